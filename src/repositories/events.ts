/** What happened, append-only: breakers, refusals, drifted pages, switches. Written in the transaction of what it tells of. */
import type { Queryable } from '../platform/database.ts';
import { storableJson } from './storable.ts';

/** Names are stable: hooks and alarms use them. */
export type EventName =
  | 'breaker.opened'
  | 'breaker.half-opened'
  | 'breaker.closed'
  | 'page.refused'
  | 'page.decoy'
  | 'page.drifted'
  | 'yield.dropped'
  | 'yield.recovered'
  | 'source.enabled'
  | 'source.disabled'
  | 'retention.applied'
  | 'archive.collected';

export interface Event {
  /** Null for what is no single source's. */
  readonly source: string | null;
  readonly name: EventName;
  readonly runId: string | null;
  /** Small: references and reasons. `document` is a digest, hex. */
  readonly detail: Readonly<Record<string, unknown>>;
}

export async function appendEvents(tx: Queryable, events: readonly Event[], now: Date): Promise<void> {
  if (events.length === 0) return;
  await tx.query({
    name: 'events-append',
    text: `insert into workflow_events (happened_at, source, run_id, name, detail)
           select $5, * from unnest($1::text[], $2::uuid[], $3::text[], $4::jsonb[])`,
    values: [
      events.map(({ source }) => source),
      events.map(({ runId }) => runId),
      events.map(({ name }) => name),
      events.map(({ detail }) => storableJson(detail)),
      now,
    ],
  });
}

export interface PastEvent {
  readonly at: Date;
  readonly name: EventName;
  readonly detail: Readonly<Record<string, unknown>>;
}

/** The latest of a source first. */
export async function readEvents(db: Queryable, source: string, limit: number): Promise<PastEvent[]> {
  const { rows } = await db.query<PastEvent>(
    'select happened_at as at, name, detail from workflow_events where source = $1 order by happened_at desc, id desc limit $2',
    [source, limit],
  );
  return rows;
}
