import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { TransientError } from '../core/errors.ts';
import { type Database, openDatabase } from '../platform/database.ts';
import { migrate } from '../platform/migrate.ts';
import { type EmptyDatabase, emptyDatabase } from '../testing/empty-database.ts';
import { ensurePartitions, refreshPopularTracks } from './partitions.ts';

const TABLES_BY_YEAR = ['setlists', 'setlist_artists', 'setlist_tracks'];
const ARTIST = '00000000-0000-5000-8000-000000000001';
const TRACK = '00000000-0000-5000-8000-000000000002';

let database: EmptyDatabase;
let db: Database;

beforeAll(async () => {
  database = await emptyDatabase();
  await migrate(database.url);
  db = openDatabase(database.url, { max: 6 });
  await db.query(`insert into artists (id, norm_key, name, created_date) values ($1, 'bicep', 'Bicep', '2026-11-20')`, [
    ARTIST,
  ]);
  await db.query(
    `insert into tracks (id, norm_key, artist_id, artist_text, title, created_date) values ($1, 'bicep glue', $2, 'Bicep', 'Glue', '2026-11-20')`,
    [TRACK, ARTIST],
  );
});
afterAll(async () => {
  await db.release();
  await database.release();
});

describe('ensurePartitions', () => {
  it('makes nothing while everything is there', async () => {
    expect(await ensurePartitions(db, new Date('2026-11-20T12:00:00Z'))).toEqual([]);
  });

  it('makes years up to two ahead and months up to three ahead, and moves the rows that waited', async () => {
    await addSet(1, '2029-06-01');
    await addSet(2, '2030-12-31');
    await addSet(3, '2031-01-01');
    await addSet(4, '0001-01-01');
    await addEvent('2028-02-29T23:59:59.999Z');
    await addEvent('2028-03-31T23:59:59.999Z');
    await addEvent('2028-06-01T00:00:00Z');
    const made = await ensurePartitions(db, new Date('2028-02-29T23:30:00Z'));
    expect(made).toEqual([
      ...TABLES_BY_YEAR.map((table) => `${table}_2029`),
      ...TABLES_BY_YEAR.map((table) => `${table}_2030`),
      ...['02', '03', '04', '05'].map((month) => `workflow_events_2028_${month}`),
      ...['02', '03', '04', '05'].map((month) => `request_ledger_2028_${month}`),
    ]);
    for (const table of TABLES_BY_YEAR) {
      expect(await placesOf(table, 'event_date')).toEqual([
        `0001-01-01 in ${table}_default`,
        `2029-06-01 in ${table}_2029`,
        `2030-12-31 in ${table}_2030`,
        `2031-01-01 in ${table}_default`,
      ]);
    }
    expect(await placesOf('workflow_events', `(happened_at at time zone 'UTC')::date`)).toEqual([
      '2028-02-29 in workflow_events_2028_02',
      '2028-03-31 in workflow_events_2028_03',
      '2028-06-01 in workflow_events_default',
    ]);
  });

  it('gives the new partitions the keys and indexes of their table', async () => {
    await expect(addSet(2, '2030-12-31')).rejects.toThrow(/setlists_2030/);
    const { rows } = await db.query<{ n: number }>(
      `select count(*)::int as n from pg_indexes where tablename = 'setlist_tracks_2029'`,
    );
    expect(rows[0]?.n).toBe(3);
  });

  it('is done once when several processes do it at the same time', async () => {
    const results = await Promise.all([1, 2, 3, 4].map(() => ensurePartitions(db, new Date('2029-07-01T00:00:00Z'))));
    expect(new Set(results.flat()).size).toBe(results.flat().length);
    expect(results.flat().filter((name) => name === 'setlists_2031')).toHaveLength(1);
  });

  it('loses nothing that is written at the same time', async () => {
    const writes = Array.from({ length: 40 }, (_, index) => addSet(100 + index, `2032-0${1 + (index % 9)}-15`));
    await Promise.all([ensurePartitions(db, new Date('2030-01-01T00:00:00Z')), ...writes]);
    const { rows } = await db.query<{ place: string; n: number }>(
      `select tableoid::regclass::text as place, count(*)::int as n from setlist_tracks where event_date >= '2032-01-01' group by 1`,
    );
    expect(rows).toEqual([{ place: 'setlist_tracks_2032', n: 40 }]);
  });

  it('gives way to a reader that holds a table for long, with nothing changed', async () => {
    await db.transaction(async (tx) => {
      await tx.query('lock table setlists_default in access share mode');
      await expect(ensurePartitions(db, new Date('2031-01-01T00:00:00Z'))).rejects.toThrow(TransientError);
    });
    const { rows } = await db.query(`select 1 from pg_class where relname = 'setlists_2033'`);
    expect(rows).toEqual([]);
  });
});

describe('a range of dates', () => {
  it.each(['setlists', 'setlist_tracks', 'setlist_artists'])('reads only its own years of %s', async (table) => {
    const plan = await db.query<{ 'QUERY PLAN': object }>(
      `explain (format json) select * from ${table} where event_date >= '2023-06-01' and event_date < '2024-06-01'`,
    );
    const relations = JSON.stringify(plan.rows).matchAll(/"Relation Name":"(\w+)"/g);
    expect([...relations].map(([, name]) => name).toSorted()).toEqual([`${table}_2023`, `${table}_2024`]);
  });

  it('reads only its own months of workflow_events', async () => {
    const plan = await db.query(
      `explain (format json) select * from workflow_events where happened_at >= '2026-12-05T00:00Z' and happened_at < '2026-12-06T00:00Z'`,
    );
    const relations = JSON.stringify(plan.rows).matchAll(/"Relation Name":"(\w+)"/g);
    expect([...relations].map(([, name]) => name)).toEqual(['workflow_events_2026_12']);
  });
});

describe('refreshPopularTracks', () => {
  it('counts plays and sets, and says when a track was last played', async () => {
    await refreshPopularTracks(db);
    const { rows } = await db.query<{ plays: number; setlists: number; last_played: string; total: number }>(
      'select plays, setlists, last_played, (select count(*) from setlist_tracks) as total from popular_tracks',
    );
    expect(rows).toMatchObject([{ last_played: '2032-09-15' }]);
    expect(rows[0]?.plays).toBe(rows[0]?.total);
    expect(rows[0]?.setlists).toBe(rows[0]?.total);
  });

  it('leaves the view readable meanwhile', async () => {
    await db.transaction(async (tx) => {
      await refreshPopularTracks(tx);
      const { rows } = await db.query('select track_id from popular_tracks');
      expect(rows).toHaveLength(1);
    });
  });
});

/** A set of one artist and one row. */
async function addSet(n: number, date: string): Promise<void> {
  const id = `00000000-0000-5000-8000-${String(n).padStart(12, '0')}`;
  await db.transaction(async (tx) => {
    await tx.query(
      `insert into setlists (id, event_date, date_precision, source, external_id, raw_item_id, track_count, identified_count, created_date)
       values ($1, $2, 'day', 'mixesdb', $3, $4, 1, 1, '2026-11-20')`,
      [id, date, String(n), n],
    );
    await tx.query('insert into setlist_artists (setlist_id, event_date, artist_id) values ($1, $2, $3)', [
      id,
      date,
      ARTIST,
    ]);
    await tx.query(
      `insert into setlist_tracks (setlist_id, event_date, position, track_id, cue_granularity, is_id, with_previous)
       values ($1, $2, 1, $3, 'unknown', false, false)`,
      [id, date, TRACK],
    );
  });
}

async function addEvent(happenedAt: string): Promise<void> {
  await db.query(`insert into workflow_events (happened_at, name) values ($1, 'test')`, [happenedAt]);
}

/** "<key> in <partition>", in order of the key. */
async function placesOf(table: string, key: string): Promise<string[]> {
  const { rows } = await db.query<{ place: string }>(
    `select ${key} || ' in ' || tableoid::regclass as place from ${table} order by ${key}`,
  );
  return rows.map((row) => row.place);
}
