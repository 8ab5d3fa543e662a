/**
 * What is kept for a time only goes here, in batches that hold no lock for long: old records of fetches, bodies of refusals, what was held
 * of them, letters that were replayed, looks at robots.txt files. What a raw item was read from, and the newest page of an address, stay.
 */
import type { Queryable } from '../platform/database.ts';
import { IS_PAGE, IS_TROUBLE } from './outcomes.ts';

const BATCH = 2_000;
const START = new Date(0);

/** What to go through. */
export interface Sweep {
  /** What is younger stays. */
  readonly before: Date;
  /** When aborted, the rest is left to the next time. */
  readonly signal: AbortSignal;
}

/** Something was read from the document, and is in the catalogue or on its way there. */
const IS_READ = 'exists (select 1 from raw_items r where r.document_digest = o.document_digest)';
/** A later fetch of the same way, source and address. */
const LATER = `g.url is not distinct from o.url and g.source = o.source and g.via = o.via and (g.fetched_at, g.id) > (o.fetched_at, o.id)`;

/**
 * Removes records of fetches that tell nothing any more: those that gave no page, and pages of which a newer one is there. A document that
 * was stored since (an old file was imported), or that raw items were read from, keeps its last record. Returns how many.
 */
export async function removeOldFetches(db: Queryable, sweep: Sweep): Promise<number> {
  return eachSource(
    db,
    sweep,
    `delete from fetches f using old o where f.id = o.id and o.via <> 'import'
       and (not (o.${IS_PAGE}) or exists (select 1 from fetches g where g.url = o.url and g.${IS_PAGE} and ${LATER}))
       and (o.document_digest is null
         or exists (select 1 from fetches g where g.document_digest = o.document_digest and ${LATER})
         or (not ${IS_READ} and exists (select 1 from documents d where d.digest = o.document_digest and d.created_at < $2)))`,
  );
}

/**
 * Lets go of the bodies of answers that were no page; that they came, with status and headers, stays on record. Files that people brought
 * stay with it. Returns how many.
 */
export async function releaseRefusals(db: Queryable, sweep: Sweep): Promise<number> {
  return eachSource(
    db,
    sweep,
    `update fetches f set document_digest = null from old o where f.id = o.id
       and o.document_digest is not null and o.via <> 'import' and not (o.${IS_PAGE}) and not ${IS_READ}`,
    `and ${IS_TROUBLE}`,
  );
}

/** Goes through the old fetches of every source in the order of their times, whatever becomes of them. */
async function eachSource(db: Queryable, sweep: Sweep, change: string, only = ''): Promise<number> {
  const text = `with old as materialized (
      select id, source, via, url, outcome, document_digest, fetched_at from fetches
      where source = $1 and fetched_at < $2 ${only} and fetched_at >= $3 and (fetched_at, id) > ($3, $4) order by fetched_at, id limit ${BATCH}),
    changed as (${change} returning 1)
    select (select count(*)::int from changed) as changed, fetched_at as at, id from old order by fetched_at desc, id desc limit 1`;
  let changed = 0;
  for (const source of await sourcesOf(db)) {
    for (let [at, id] = [START, 0]; !sweep.signal.aborted; ) {
      const { rows } = await db.query<{ changed: number; at: Date; id: number }>(text, [source, sweep.before, at, id]);
      const [last] = rows;
      if (last === undefined) break;
      changed += last.changed;
      [at, id] = [last.at, last.id];
    }
  }
  return changed;
}

/** Sources that have fetches, one step of the index each. */
async function sourcesOf(db: Queryable): Promise<string[]> {
  const { rows } = await db.query<{ source: string }>(
    `with recursive found as (
       (select source from fetches order by source limit 1)
       union all
       select (select f.source from fetches f where f.source > found.source order by f.source limit 1) from found where found.source is not null)
     select source from found where source is not null`,
  );
  return rows.map(({ source }) => source);
}

/** Removes what is no use any more: what was resolved, and what was held of a document that no fetch and no item has. Returns how many. */
export async function removeOldQuarantine(db: Queryable, { before, signal }: Sweep): Promise<number> {
  return inSteps(
    db,
    signal,
    `with old as materialized (
       select id, raw_item_id, document_digest, created_at, resolved_at from quarantine where id > $2 order by id limit ${BATCH}),
     changed as (
       delete from quarantine q using old o where q.id = o.id and o.created_at < $1
         and (q.resolved_at < $1 or (o.raw_item_id is null and o.document_digest is not null and not ${IS_READ}
           and not exists (select 1 from fetches f where f.document_digest = o.document_digest)))
       returning 1)
     select (select count(*)::int from changed) as changed, id from old order by id desc limit 1`,
    before,
  );
}

/** Removes dead letters that were replayed. Returns how many. */
export async function removeReplayedLetters(db: Queryable, { before, signal }: Sweep): Promise<number> {
  return inSteps(
    db,
    signal,
    `with old as materialized (select id from dead_letters where id > $2 order by id limit ${BATCH}),
     changed as (delete from dead_letters d using old o where d.id = o.id and d.replayed_at < $1 returning 1)
     select (select count(*)::int from changed) as changed, id from old order by id desc limit 1`,
    before,
  );
}

async function inSteps(db: Queryable, signal: AbortSignal, text: string, before: Date): Promise<number> {
  let changed = 0;
  for (let id = 0; !signal.aborted; ) {
    const { rows } = await db.query<{ changed: number; id: number }>(text, [before, id]);
    const [last] = rows;
    if (last === undefined) break;
    changed += last.changed;
    id = last.id;
  }
  return changed;
}

/**
 * Removes looks at robots.txt files that no entry of the ledger can name: of each site the one in force at the moment stays, and those since.
 * Permissions are asked for before the wait for a turn, hence the days between. Returns how many.
 */
export async function removeOldRobots(db: Queryable, ledgerFrom: Date): Promise<number> {
  const { rowCount } = await db.query(
    `delete from robots_files r where exists (
       select 1 from robots_files n where n.via = r.via and n.origin = r.origin and n.checked_at > r.checked_at and n.checked_at < $1::timestamptz - interval '2 days')`,
    [ledgerFrom],
  );
  return rowCount ?? 0;
}

/** Removes rows of times that have no partition of their own. Returns how many. */
export async function emptyDefaultPartition(
  db: Queryable,
  table: 'workflow_events' | 'request_ledger',
  { before, signal }: Sweep,
): Promise<number> {
  const column = table === 'workflow_events' ? 'happened_at' : 'started_at';
  for (let removed = 0; ; ) {
    const { rowCount } = await db.query(
      `delete from ${table}_default where ctid = any(array(select ctid from ${table}_default where ${column} < $1 limit ${BATCH}))`,
      [before],
    );
    removed += rowCount ?? 0;
    if ((rowCount ?? 0) < BATCH || signal.aborted) return removed;
  }
}
