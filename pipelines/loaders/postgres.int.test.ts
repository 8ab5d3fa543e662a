import { createHash } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { externalIdOf, type Item, row, setlist, track } from '../../src/core/items.ts';
import { entityId } from '../../src/core/uuid5.ts';
import type { Database } from '../../src/platform/database.ts';
import { openTestServices, type TestServices } from '../../src/testing/services.ts';
import type { LoadInput, RawItem } from '../pipeline.ts';
import { prepare } from '../registry.ts';
import { loadBatch } from './postgres.ts';

const NOW = new Date('2026-11-20T12:00:00.000Z');
const OBSERVED = new Date('2026-11-19T08:00:00.000Z');
const TABLES = `setlists, setlist_artists, setlist_tracks, mentions, claims, quality_scores, items, raw_items, fetches, documents, match_decisions,
  entity_redirects, search_outbox, track_isrcs, track_artists, tracks, artists, labels, venues, events`;

let services: TestServices;
let db: Database;

beforeAll(async () => {
  services = await openTestServices();
  db = services.db;
});
afterAll(() => services.release());
beforeEach(async () => {
  await db.query(`truncate ${TABLES} cascade`);
});

test('a set becomes entities, rows, claims and search changes', async () => {
  await load(eveningSet());
  const [set] = await read('select id, event_date, version, track_count, identified_count, artist_text from setlists');
  expect(set).toEqual({
    id: entityId('setlist', 'mixesdb:evening'),
    event_date: '2024-11-11',
    version: 1,
    track_count: 3,
    identified_count: 2,
    artist_text: 'Ada',
  });
  expect(
    await read('select position, artist, title, is_id, track_id is not null as known from setlist_tracks order by 1'),
  ).toEqual([
    { position: 1, artist: 'Bo & Cy', title: 'Moment', is_id: false, known: true },
    { position: 2, artist: 'Dee', title: 'Word', is_id: false, known: true },
    { position: 3, artist: null, title: null, is_id: true, known: false },
  ]);
  expect(await texts('select name from artists order by 1')).toEqual(['Ada', 'Bo', 'Cy', 'Dee', 'Eve']);
  expect(
    await texts(`select a.name || ' ' || t.role from track_artists t join artists a on a.id = t.artist_id order by 1`),
  ).toEqual(['Bo primary', 'Cy primary', 'Dee primary', 'Eve remixer']);
  expect(await texts('select entity_type from claims order by position')).toEqual([
    'setlist',
    'track',
    'track',
    'setlist',
  ]);
  expect(await texts('select entity_type from search_outbox order by 1')).toEqual([
    ...['artist', 'artist', 'artist', 'artist', 'artist', 'setlist', 'track', 'track'],
  ]);
  expect(await read('select state, event_date, (select count(*)::int from items) as prepared from raw_items')).toEqual([
    { state: 'loaded', event_date: '2024-11-11', prepared: 0 },
  ]);
});

test('loading the same set again changes nothing', async () => {
  await load(eveningSet());
  await db.query('truncate search_outbox');
  const before = await fingerprint();
  await load(eveningSet());
  expect(await fingerprint()).toEqual(before);
});

test('a row that vanished from the page vanishes from the set, and the set is a newer version', async () => {
  await load(eveningSet());
  await load(eveningSet({ tracks: eveningSet().tracks.slice(0, 1) }));
  expect(await texts('select title from setlist_tracks')).toEqual(['Moment']);
  expect(await texts('select position::text from claims order by 1')).toEqual(['0', '1']);
  expect(await read('select version, track_count from setlists')).toEqual([{ version: 2, track_count: 1 }]);
});

test('a change in one row alone makes the set a newer version', async () => {
  await load(eveningSet());
  const tracks = eveningSet().tracks.map((each) => ({ ...each, cueSeconds: each.position * 60 }));
  await load(eveningSet({ tracks }));
  expect(await read('select version from setlists')).toEqual([{ version: 2 }]);
});

test('a track that is played no longer is read again by the search index', async () => {
  await load(eveningSet());
  await db.query('truncate search_outbox');
  await load(eveningSet({ tracks: eveningSet().tracks.slice(0, 1) }));
  const replayed = await texts(
    `select t.title from search_outbox s join tracks t on t.id = s.entity_id where s.entity_type = 'track' order by 1`,
  );
  expect(replayed).toEqual(['Moment', 'Word']);
});

test('performers that the page no longer names leave the set', async () => {
  await load(eveningSet({ artists: ['Ada', 'Zoe'] }));
  await load(eveningSet({ artists: ['Zoe'] }));
  const players = 'select a.name from setlist_artists s join artists a on a.id = s.artist_id';
  expect(await texts(players)).toEqual(['Zoe']);
});

test('a corrected date moves the set with its rows, and its id and its history stay', async () => {
  await load(eveningSet({ date: null }));
  expect(await texts('select tableoid::regclass::text from setlists')).toEqual(['setlists_default']);
  await load(eveningSet({ date: '2023-05' }));
  expect(
    await read(
      'select tableoid::regclass::text as part, event_date, date_precision, version, created_date from setlists',
    ),
  ).toEqual([
    {
      part: 'setlists_2023',
      event_date: '2023-05-01',
      date_precision: 'month',
      version: 2,
      created_date: '2026-11-19',
    },
  ]);
  expect(await texts('select distinct event_date::text from setlist_tracks')).toEqual(['2023-05-01']);
});

test('an unknown date is the far past with its precision unknown', async () => {
  await load(eveningSet({ date: null }));
  expect(await read('select event_date, date_precision from setlists')).toEqual([
    { event_date: '0001-01-01', date_precision: 'unknown' },
  ]);
});

test('the same track in two sets of one batch is one track', async () => {
  await load(
    eveningSet(),
    eveningSet({ externalId: 'morning', tracks: [row(1, { artist: 'Cy & Bo', title: 'Moment' })] }),
  );
  expect(
    await read(
      'select count(*)::int as plays, count(distinct track_id)::int as tracks from setlist_tracks where title = $1',
      ['Moment'],
    ),
  ).toEqual([{ plays: 2, tracks: 1 }]);
});

test('parts of a mashup have claims of their own, and the row says which tracks they are', async () => {
  const parts = [
    { artist: 'Bo', title: 'Moment', version: null },
    { artist: null, title: null, version: null },
  ];
  await load(eveningSet({ tracks: [row(1, { artist: 'Bo vs. ?', title: 'Moment vs. ?', parts })] }));
  expect(await texts('select part || entity_type from claims where position = 1 order by part')).toEqual([
    '0track',
    '1track',
    '2setlist',
  ]);
  expect(await texts(`select parts->0->>'trackId' from setlist_tracks`)).toEqual([entityId('track', 'bo|moment|')]);
});

test('a later document fills what a track lacks, once', async () => {
  await load(eveningSet());
  await load(
    track('applemusic', '1', { artist: 'Bo & Cy', title: 'Moment', isrc: 'GBAYE0601498', durationMs: 200_000 }),
  );
  const facts = `select duration_ms, version, (select array_agg(isrc) from track_isrcs where track_id = t.id) as isrcs from tracks t where title = 'Moment'`;
  expect(await read(facts)).toEqual([{ duration_ms: 200_000, version: 2, isrcs: ['GBAYE0601498'] }]);
  await load(
    track('applemusic', '1', { artist: 'Bo & Cy', title: 'Moment', isrc: 'GBAYE0601498', durationMs: 200_000 }),
  );
  expect(await read(facts)).toEqual([{ duration_ms: 200_000, version: 2, isrcs: ['GBAYE0601498'] }]);
});

test('two loaders of overlapping batches wait for each other and never deadlock', async () => {
  const sets = Array.from({ length: 24 }, (_, index) =>
    eveningSet({ externalId: `set-${index}`, tracks: manyRows(index) }),
  );
  const inputs = await Promise.all(sets.map((set) => landed(set)));
  const batches = [inputs.slice(0, 12), inputs.slice(12).reverse()];
  await Promise.all(batches.map((batch) => db.transaction((tx) => loadBatch(tx, batch, NOW))));
  expect(await read('select count(*)::int as sets, sum(track_count)::int as rows from setlists')).toEqual([
    { sets: 24, rows: 960 },
  ]);
});

test('control characters in ids and addresses cannot shift the columns of a batch', async () => {
  await load(eveningSet({ url: 'https://example.org/a\u001fb\u001ec' }), eveningSet({ externalId: 'morning' }));
  expect(await texts('select url from setlists where url is not null')).toEqual(['https://example.org/abc']);
  expect(await texts('select external_id from setlists order by 1')).toEqual(['evening', 'morning']);
});

function eveningSet(said: Partial<ReturnType<typeof setlist>> = {}) {
  return setlist('mixesdb', said.externalId ?? 'evening', {
    title: 'Ada @ Somewhere',
    artists: ['Ada'],
    date: '2024-11-11',
    venue: 'Somewhere',
    city: 'Leeds',
    genres: ['Techno'],
    tracks: [
      row(1, { artist: 'Bo & Cy', title: 'Moment', recordLabel: 'Tiny' }),
      row(2, { artist: 'Dee', title: 'Word', version: 'Eve Remix' }),
      row(3, { isId: true, idKind: 'full' }),
    ],
    ...said,
  });
}

/** Rows of 40 tracks that all sets share, each in an order of its own. */
function manyRows(seed: number) {
  return Array.from({ length: 40 }, (_, index) => {
    const name = (index * 7 + seed * 11) % 40;
    return row(index + 1, { artist: `Artist ${name % 13}`, title: `Title ${name}` });
  });
}

async function load(...items: Item[]): Promise<void> {
  const inputs = await Promise.all(items.map((item) => landed(item)));
  await db.transaction((tx) => loadBatch(tx, inputs, NOW));
}

/** Lands and prepares an item as the transform job does. */
async function landed(item: Item): Promise<LoadInput> {
  const json = JSON.stringify(item);
  const digest = createHash('sha256').update(json).digest();
  await db.query('insert into documents values ($1, 1, 1, null, $2) on conflict do nothing', [digest, OBSERVED]);
  const { rows } = await db.query<{ id: number; version: number; eventDate: string | null }>(
    `insert into raw_items as old (source, kind, external_id, document_digest, body, body_digest, state, observed_at)
     values ($1, $2, $3, $4, $5, $4, 'transformed', $6) on conflict (source, kind, external_id) do update set state = 'transformed',
       version = old.version + (old.body_digest <> excluded.body_digest)::int, body_digest = excluded.body_digest
     returning id, version, event_date as "eventDate"`,
    [item.source, item.kind, externalIdOf(item), digest, json, OBSERVED],
  );
  const head = rows[0];
  if (head === undefined) throw new Error('the raw item was not stored');
  const raw: RawItem = {
    ...head,
    source: item.source,
    kind: item.kind,
    externalId: externalIdOf(item),
    documentDigest: digest,
    url: null,
    body: item,
    observedAt: OBSERVED,
  };
  const prepared = prepare(raw);
  if (!prepared.ok) throw new Error(prepared.refusal.message);
  await db.query('insert into items values ($1, $2, $3) on conflict do nothing', [head.id, head.version, '{}']);
  return { raw, prepared: JSON.parse(JSON.stringify(prepared.value)) };
}

async function read(text: string, values: unknown[] = []): Promise<Record<string, unknown>[]> {
  return (await db.query(text, values)).rows;
}

/** The first column of each row. */
async function texts(text: string): Promise<unknown[]> {
  return (await read(text)).map((each) => Object.values(each)[0]);
}

/** Everything a load may write, with the transaction that wrote it last: equal only when no row was touched. */
async function fingerprint(): Promise<unknown[]> {
  const tables = TABLES.split(/,\s*/).filter((name) => !['raw_items', 'documents', 'items'].includes(name));
  const counts = tables.map(
    (name) => `select '${name}' as name, count(*)::int as rows, max(xmin::text) as written from ${name}`,
  );
  return read(counts.join(' union all '));
}
