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
  | 'browser.missing'
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

/** Appends an event that says the same as often as it is met: once in a run, and outside of any not again after `since`. Returns whether it did. */
export async function appendEventOnce(
  db: Queryable,
  { source, name, runId, detail }: Event,
  { now, since }: { now: Date; since: Date },
): Promise<boolean> {
  const { rowCount } = await db.query(
    `insert into workflow_events (happened_at, source, run_id, name, detail)
     select $5, $1, $3, $2, $4::jsonb where not exists (
       select from workflow_events where source = $1 and name = $2 and run_id is not distinct from $3::uuid and ($3::uuid is not null or happened_at > $6))`,
    [source, name, runId, storableJson(detail), now, since],
  );
  return (rowCount ?? 0) > 0;
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
