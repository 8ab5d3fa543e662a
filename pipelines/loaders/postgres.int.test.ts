import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { type Item, row, setlist } from '../../src/core/items.ts';
import { entityId } from '../../src/core/uuid5.ts';
import type { Database, Queryable } from '../../src/platform/database.ts';
import { emptyCatalogue, LOADED, loadItems, storeItems } from '../../src/testing/load-items.ts';
import { prepared, rawItem } from '../../src/testing/pipeline-items.ts';
import { openTestServices, type TestServices } from '../../src/testing/services.ts';
import { loadBatch } from './postgres.ts';

const HOUR = 3_600_000;

let clock = new Date('2026-11-19T08:00:00.000Z');
let services: TestServices;
let db: Database;

beforeAll(async () => {
  services = await openTestServices();
  db = services.db;
});
afterAll(() => services.release());
beforeEach(() => emptyCatalogue(db));

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

test('a track that is played no longer is read again by the search index', async () => {
  await load(eveningSet());
  await db.query('delete from search_outbox');
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

test('a batch of many sets takes as many statements as a batch of one', async () => {
  const sets = Array.from({ length: 12 }, (_, index) => eveningSet({ externalId: `set-${index}` }));
  expect(await statements(sets.slice(0, 1))).toBe(await statements(sets.slice(1)));
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

/** Each load reads the pages an hour after the one before. */
async function load(...items: Item[]): Promise<void> {
  clock = new Date(clock.getTime() + HOUR);
  await loadItems(db, items, clock);
}

async function read(text: string, values: unknown[] = []): Promise<Record<string, unknown>[]> {
  return (await db.query(text, values)).rows;
}

/** The first column of each row. */
async function texts(text: string): Promise<unknown[]> {
  return (await read(text)).map((each) => Object.values(each)[0]);
}

/** How many statements loading takes. */
async function statements(items: readonly Item[]): Promise<number> {
  await emptyCatalogue(db);
  const ids = await storeItems(db, items);
  const inputs = items.flatMap((item, index) => prepared(rawItem(item, { id: ids[index] ?? 0 })));
  let count = 0;
  await db.transaction((tx) => {
    const counted: Queryable = {
      query: (statement, values) => {
        count += 1;
        return tx.query(statement, values);
      },
    };
    return loadBatch(counted, inputs, LOADED);
  });
  return count;
}
