/** Arrival order, batch split and loaders at once change nothing in what there is: entities, links, rows, claims. */
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { type Item, row, setlist, track } from '../../src/core/items.ts';
import type { Database } from '../../src/platform/database.ts';
import { emptyCatalogue, loadItems, loadStored, storeItems } from '../../src/testing/load-items.ts';
import { post, postRow } from '../../src/testing/pipeline-items.ts';
import { openTestServices, type TestServices } from '../../src/testing/services.ts';

let services: TestServices;
let db: Database;
beforeAll(async () => {
  services = await openTestServices();
  db = services.db;
});
afterAll(() => services.release());
beforeEach(() => emptyCatalogue(db));

/**
 * What the texts decide. Left out is what the first mention decides: the spelling shown and which of two lengths, dates or labels is kept;
 * ids of raw items and versions.
 */
const CONTENT = [
  'select id, norm_key from artists order by id',
  'select id, norm_key, artist_id from tracks order by id',
  'select track_id, artist_id, role from track_artists order by 1, 2, 3',
  'select track_id, isrc from track_isrcs order by 1, 2',
  'select id, norm_key from labels order by id',
  'select id, norm_key, city from venues order by id',
  'select id, event_date, title, venue_id, event_id, track_count, identified_count from setlists order by id',
  'select setlist_id, event_date, artist_id, position from setlist_artists order by 1, 3',
  'select setlist_id, event_date, position, track_id, parts, detail, artist, title from setlist_tracks order by 1, 3',
  'select id, track_id, title, confidence from mentions order by id',
  `select source, encode(document_digest, 'hex') as document, position, part, entity_type, entity_id, fields from claims order by 1, 2, 3, 4`,
  'select subject_key, entity_id, decision, rule from match_decisions order by 1, 2',
];

test('the same items in any order and any split into batches make the same catalogue', async () => {
  const items = manyItems();
  await loadItems(db, items);
  const expected = await content();
  expect(expected.map((rows) => rows.length)).not.toContain(0);
  for (const [seed, size] of [
    [1, 1],
    [2, 7],
    [3, 100],
  ] as const) {
    await emptyCatalogue(db);
    const mixed = shuffled(items, seed);
    for (let at = 0; at < mixed.length; at += size) await loadItems(db, mixed.slice(at, at + size));
    expect(await content()).toEqual(expected);
  }
});

test('four loaders at once over the same names, in opposite orders, never deadlock and make the same catalogue', async () => {
  const items = manyItems();
  await loadItems(db, items);
  const expected = await content();
  await emptyCatalogue(db);
  const ids = await storeItems(db, items);
  const quarters = [0, 1, 2, 3].map((part) => ids.filter((_, index) => index % 4 === part));
  const loads = quarters.map((part, index) => loadInBatches(index % 2 === 0 ? part : part.toReversed()));
  await expect(Promise.all(loads)).resolves.toHaveLength(4);
  expect(await content()).toEqual(expected);
});

test('two loaders that fill the same known tracks and artists with facts never deadlock', async () => {
  const names = Array.from({ length: 60 }, (_, index) => index);
  await loadItems(db, [setOf('base', names)]);
  const facts = (offset: number) =>
    names.map((name) =>
      track('applemusic', `${offset}-${name}`, {
        artist: `Artist ${name % 9}`,
        title: `Title ${name}`,
        isrc: codeOf(name),
        durationMs: 1000 + name,
      }),
    );
  const first = await storeItems(db, facts(0));
  const second = await storeItems(db, facts(1).toReversed());
  await Promise.all([loadStored(db, first), loadStored(db, second)]);
  expect((await db.query('select count(*)::int as n from tracks where duration_ms is not null')).rows).toEqual([
    { n: 60 },
  ]);
  expect((await db.query('select count(*)::int as n from track_isrcs')).rows).toEqual([{ n: 60 }]);
});

async function loadInBatches(ids: readonly number[]): Promise<void> {
  for (let at = 0; at < ids.length; at += 5) await loadStored(db, ids.slice(at, at + 5));
}

/** Sets, posts and tracks that share names; codes only where all their holders print one key. */
function manyItems(): Item[] {
  const sets = Array.from({ length: 24 }, (_, seed) =>
    setOf(
      `set-${seed}`,
      Array.from({ length: 15 }, (_, at) => (at * 7 + seed * 11) % 40),
    ),
  );
  const posts = Array.from({ length: 4 }, (_, seed) =>
    post(`t3_${seed}`, {
      tracks: [1, 2, 3].map((at) =>
        postRow(at, { artist: `Artist ${at}`, title: `Title ${at + seed}`, cueSeconds: at }),
      ),
    }),
  );
  const tracks = Array.from({ length: 40 }, (_, at) =>
    track('applemusic', `${at}`, { artist: `Artist ${at % 9}`, title: `Title ${at}`, isrc: codeOf(at) }),
  );
  const apart = ['X', 'Y'].map((name) =>
    track('applemusic', name, { artist: `${name}${name}`, title: `${name}qz`, isrc: codeOf(99) }),
  );
  return [...sets, ...posts, ...tracks, ...apart];
}

function setOf(id: string, names: readonly number[]): Item {
  return setlist('mixesdb', id, {
    artists: [`Artist ${names[0]}`, 'Host'],
    date: `20${10 + ((names[1] ?? 0) % 10)}`,
    venue: `Venue ${(names[0] ?? 0) % 3}`,
    city: 'Leeds',
    event: `Event ${(names[0] ?? 0) % 4}`,
    tracks: names.map((name, at) =>
      row(at + 1, {
        artist: `Artist ${name % 9}`,
        title: `Title ${name}`,
        recordLabel: `Label ${name % 5}`,
        parts: at === 3 ? [{ artist: `Artist ${name % 9}`, title: `Part ${name}`, version: null }] : [],
      }),
    ),
  });
}

function codeOf(name: number): string {
  return `GBAYE06${String(name).padStart(5, '0')}`;
}

/** The same order for the same seed. */
function shuffled<T>(things: readonly T[], seed: number): T[] {
  let state = seed;
  const next = () => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
    return state;
  };
  return things
    .map((thing) => ({ thing, key: next() }))
    .sort((a, b) => a.key - b.key)
    .map(({ thing }) => thing);
}

async function content(): Promise<unknown[][]> {
  const tables: unknown[][] = [];
  for (const text of CONTENT) tables.push((await db.query(text)).rows);
  return tables;
}
