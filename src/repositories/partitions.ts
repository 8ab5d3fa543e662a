/**
 * Partitions made ahead of need: a row for which there is none lands in the default partition, where no date range can skip it.
 * Names and bounds continue those of the first migration: `setlists_2024`, `workflow_events_2026_11`.
 */
import { asError, TransientError } from '../core/errors.ts';
import type { Database, Queryable } from '../platform/database.ts';

/** Our own key of the advisory lock: one process at a time makes partitions. */
const PARTITIONS_LOCK = 1_160_331_001;

/** The first year that has a partition; what is older stays in the default one. */
const FIRST_YEAR = 2000;
const YEARS_AHEAD = 2;
const MONTHS_AHEAD = 3;

/** Waiting longer than this would hold up every loader behind us. There is time: partitions are made years and months ahead. */
const LOCK_TIMEOUT_MS = 3000;
/** What Postgres says then. */
const LOCK_NOT_AVAILABLE = '55P03';

/** Tables that are partitioned alike and refer to each other. */
interface Family {
  /** Referenced tables first. */
  readonly tables: readonly string[];
  /** Partition key. */
  readonly column: string;
  /** Tables that a new partition's foreign keys lock, in the order the loader writes them, so that the two cannot wait for each other. */
  readonly references: readonly string[];
  readonly periods: (now: Date) => Period[];
}

interface Period {
  /** End of the partition's name. */
  readonly suffix: string;
  /** First moment in it, as Postgres reads it. */
  readonly from: string;
  /** First moment after it. */
  readonly to: string;
}

const FAMILIES: readonly Family[] = [
  {
    tables: ['setlists', 'setlist_artists', 'setlist_tracks'],
    column: 'event_date',
    references: ['artists', 'venues', 'events', 'tracks'],
    periods: yearsUntil,
  },
  { tables: ['workflow_events'], column: 'happened_at', references: [], periods: monthsFrom },
  { tables: ['request_ledger'], column: 'started_at', references: [], periods: monthsFrom },
];

/**
 * Makes the year partitions of sets up to two years after `now`, and the month partitions of events and requests up to three months after it.
 * Rows that wait in a default partition move into the new one. Safe to repeat, and to run from several processes at once.
 *
 * @returns names of the partitions that were made, none in most runs.
 * @throws TransientError when a table stays locked by someone else for three seconds; nothing was changed.
 */
export async function ensurePartitions(db: Database, now: Date): Promise<string[]> {
  const made: string[] = [];
  for (const family of FAMILIES) made.push(...(await ensureFamily(db, family, now)));
  return made;
}

/** Tables with a partition a month whose months may go. */
type Monthly = 'workflow_events' | 'request_ledger';

/**
 * Drops the month partitions that end before a moment, oldest first. Nobody reads or writes such a table while it goes, for milliseconds.
 * @returns their names.
 * @throws TransientError when the table stays locked by someone else for three seconds; what was dropped before that stays dropped.
 */
export async function dropMonthsBefore(db: Database, table: Monthly, before: Date): Promise<string[]> {
  const family = FAMILIES.find(({ tables }) => tables.includes(table)) as Family;
  const kept = `${table}_${monthAfter(before, 0).replace('-', '_')}`;
  const months = [...(await partitionNames(db, family))].filter((name) => /_\d{4}_\d{2}$/.test(name) && name < kept);
  for (const name of months.toSorted()) {
    await orTooBusy(family, () =>
      db.transaction(async (tx) => {
        await tx.query(`set local lock_timeout = ${LOCK_TIMEOUT_MS}`);
        await tx.query(`drop table if exists ${name}`);
      }),
    );
  }
  return months;
}

/** First moment of a moment's month, UTC. */
export function monthOf(moment: Date): Date {
  return new Date(`${monthAfter(moment, 0)}-01T00:00:00Z`);
}

/** Brings `popular_tracks` up to date; readers see the old rows until it is done. */
export async function refreshPopularTracks(db: Queryable): Promise<void> {
  await db.query('refresh materialized view concurrently popular_tracks');
}

function ensureFamily(db: Database, family: Family, now: Date): Promise<string[]> {
  return orTooBusy(family, () => db.transaction((tx) => makeMissing(tx, family, now)));
}

async function orTooBusy<T>({ tables }: Family, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if ((error as { code?: string }).code !== LOCK_NOT_AVAILABLE) throw error;
    throw new TransientError(
      `partitions of ${tables.join(', ')} were left as they are: a table was locked for more than ${LOCK_TIMEOUT_MS} ms`,
      {
        hint: 'The next maintenance run tries again; until then rows go to the default partition.',
        cause: asError(error),
      },
    );
  }
}

async function makeMissing(tx: Queryable, family: Family, now: Date): Promise<string[]> {
  await tx.query('select pg_advisory_xact_lock($1)', [PARTITIONS_LOCK]);
  const existing = await partitionNames(tx, family);
  const made: string[] = [];
  for (const period of family.periods(now)) {
    const names = family.tables.map((table) => `${table}_${period.suffix}`);
    if (names.every((name) => existing.has(name))) continue;
    if (made.length === 0) await lockTables(tx, family);
    await makePeriod(tx, family, period);
    made.push(...names);
  }
  return made;
}

async function partitionNames(tx: Queryable, { tables }: Family): Promise<Set<string>> {
  const { rows } = await tx.query<{ relname: string }>(
    'select c.relname from pg_inherits i join pg_class c on c.oid = i.inhrelid where i.inhparent = any($1::regclass[])',
    [tables],
  );
  return new Set(rows.map((row) => row.relname));
}

/** Held to the end of the transaction: no row may enter a default partition between moving its rows and making the new one. */
async function lockTables(tx: Queryable, { tables, references }: Family): Promise<void> {
  await tx.query(`set local lock_timeout = ${LOCK_TIMEOUT_MS}`);
  for (const table of references) await tx.query(`lock table ${table} in share row exclusive mode`);
  for (const table of tables) await tx.query(`lock table ${table}, ${table}_default in access exclusive mode`);
}

/**
 * Postgres refuses a partition whose rows are in the default one, so they step aside and come back.
 * Children leave first and return last: deleting a set would delete its rows.
 */
async function makePeriod(tx: Queryable, { tables, column }: Family, { suffix, from, to }: Period): Promise<void> {
  const inPeriod = `${column} >= '${from}' and ${column} < '${to}'`;
  for (const table of tables.toReversed()) {
    await tx.query(
      `create temporary table moving_${table} on commit drop as select * from ${table}_default where ${inPeriod}`,
    );
    await tx.query(`delete from ${table}_default where ${inPeriod}`);
  }
  for (const table of tables) {
    await tx.query(`create table ${table}_${suffix} partition of ${table} for values from ('${from}') to ('${to}')`);
    if (table.startsWith('setlist_')) await referToSets(tx, table, suffix);
    await tx.query(`insert into ${table} select * from moving_${table}`);
    await tx.query(`drop table moving_${table}`);
  }
}

/** As the first migration does for its partitions: a row refers to its set in the partition of the same period. */
async function referToSets(tx: Queryable, table: string, suffix: string): Promise<void> {
  await tx.query(
    `alter table ${table}_${suffix} add constraint ${table}_${suffix}_setlist_fkey foreign key (setlist_id, event_date)
     references setlists_${suffix} (id, event_date) on delete cascade on update cascade`,
  );
}

function yearsUntil(now: Date): Period[] {
  const last = now.getUTCFullYear() + YEARS_AHEAD;
  return Array.from({ length: Math.max(0, last - FIRST_YEAR + 1) }, (_, index) => {
    const year = FIRST_YEAR + index;
    return { suffix: String(year), from: `${year}-01-01`, to: `${year + 1}-01-01` };
  });
}

function monthsFrom(now: Date): Period[] {
  return Array.from({ length: MONTHS_AHEAD + 1 }, (_, index) => {
    const [from, to] = [monthAfter(now, index), monthAfter(now, index + 1)];
    return { suffix: from.replace('-', '_'), from: `${from}-01 00:00:00+00`, to: `${to}-01 00:00:00+00` };
  });
}

/** "2026-11", `months` after the month of `now` (UTC). */
function monthAfter(now: Date, months: number): string {
  return new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth() + months, 1)).toISOString().slice(0, 7);
}
