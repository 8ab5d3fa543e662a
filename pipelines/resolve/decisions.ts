/** The resolver's memory: which key was found to be which entity, why, and what a person should look at. */
import type { Queryable } from '../../src/platform/database.ts';
import type { Evidence } from './same-isrc.ts';

export interface Decision {
  /** Normalised key of what was compared. */
  readonly subjectKey: string;
  readonly entityId: string;
  readonly decision: 'match' | 'review' | 'no-match';
  readonly rule: string;
  readonly probability: number;
  readonly evidence: readonly Evidence[];
}

/** Writes the model's decisions on tracks; what was decided before stays, above all what a person decided. */
export async function recordDecisions(tx: Queryable, decisions: readonly Decision[], now: Date): Promise<void> {
  if (decisions.length === 0) return;
  const sorted = decisions.toSorted((a, b) => compare(a.subjectKey, b.subjectKey) || compare(a.entityId, b.entityId));
  await tx.query({
    name: 'resolve-record-decisions',
    text: `insert into match_decisions (entity_type, subject_key, entity_id, decision, rule, probability, evidence, decided_by, decided_at)
           select 'track', d.*, 'model', $7 from unnest($1::text[], $2::uuid[], $3::text[], $4::text[], $5::real[], $6::jsonb[]) d
           on conflict (entity_type, subject_key, entity_id) do nothing`,
    values: [
      sorted.map((d) => d.subjectKey),
      sorted.map((d) => d.entityId),
      sorted.map((d) => d.decision),
      sorted.map((d) => d.rule),
      sorted.map((d) => d.probability),
      sorted.map((d) => JSON.stringify(d.evidence)),
      now,
    ],
  });
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
