/** Loading again: the same reading changes nothing, a newer one replaces what it no longer says, and versions only grow. */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type Item, type PostItem, row, type SetlistItem, setlist, track } from '../../src/core/items.ts';
import { entityId } from '../../src/core/uuid5.ts';
import type { Database } from '../../src/platform/database.ts';
import { documentDigest, emptyCatalogue, loadItems, OBSERVED, tableDigests } from '../../src/testing/load-items.ts';
import { artist, post, postRow } from '../../src/testing/pipeline-items.ts';
import { openTestServices, type TestServices } from '../../src/testing/services.ts';

let services: TestServices;
let db: Database;
beforeAll(async () => {
  services = await openTestServices();
  db = services.db;
});
afterAll(() => services.release());
beforeEach(() => emptyCatalogue(db));

const LATER = new Date(OBSERVED.getTime() + 60_000);

test('the same reading of every kind of item, loaded again, changes no row and asks for no search', async () => {
  const items: Item[] = [
    evening(),
    list(['One', 'Two', 'Three']),
    artist('ada', { name: 'Ada', mbid: '5b11f4ce-a62d-471e-81fc-a69a8278c7da' }),
    track('applemusic', '1', { title: 'Moment', artist: 'Bo', isrc: 'GBAYE0601498', durationMs: 1000 }),
    track('applemusic', '2', { title: 'Moment', artist: 'Bo', version: 'Radio Edit', isrc: 'GBAYE0601498' }),
    track('applemusic', '3', { title: 'Else', artist: 'Nobody', isrc: 'GBAYE0601498' }),
  ];
  await loadItems(db, items);
  await db.query('delete from search_outbox');
  const before = await tableDigests(db);
  expect(await loadItems(db, items)).toEqual(
    expect.arrayContaining([expect.objectContaining({ eventDate: '2024-11-11' })]),
  );
  expect(await tableDigests(db)).toEqual(before);
  expect(await read('select * from search_outbox')).toEqual([]);
  expect(await read('select distinct state from raw_items')).toEqual([{ state: 'loaded' }]);
});

describe('a newer reading of a set', () => {
  test('replaces rows, parts and claims that vanished, and its document explains what is left', async () => {
    const parts = [{ artist: 'Bo', title: 'Moment', version: null }];
    await loadItems(db, [evening({ tracks: [...evening().tracks, row(4, { artist: 'X', title: 'Mash', parts })] })]);
    const newer = evening({ tracks: [row(1, { artist: 'Dee', title: 'Word' })] });
    await loadItems(db, [newer], LATER);
    expect(await read('select position, title from setlist_tracks')).toEqual([{ position: 1, title: 'Word' }]);
    expect(await read('select position, part, document_digest, observed_at from claims order by 1')).toEqual([
      { position: 0, part: 0, document_digest: documentDigest(newer), observed_at: LATER },
      { position: 1, part: 0, document_digest: documentDigest(newer), observed_at: LATER },
    ]);
    expect(await read('select version, track_count from setlists')).toEqual([{ version: 2, track_count: 1 }]);
  });

  test('that has no rows any more leaves none', async () => {
    await loadItems(db, [evening()]);
    await loadItems(db, [evening({ tracks: [], artists: [] })], LATER);
    expect(await read('select * from setlist_tracks')).toEqual([]);
    expect(await read('select * from setlist_artists')).toEqual([]);
    expect(await read('select position from claims')).toEqual([{ position: 0 }]);
  });

  test('that says less says null, not what was said before', async () => {
    await loadItems(db, [evening({ tour: 'T', genres: ['House'], notes: ['n'] })]);
    await loadItems(db, [evening({ title: null, venue: null })], LATER);
    expect(await read('select title, venue_id, tour, genres, detail from setlists')).toMatchObject([
      { title: null, venue_id: null, tour: null, genres: [] },
    ]);
    expect(JSON.stringify(await read('select fields from claims where position = 0'))).not.toMatch(/tour|notes|House/);
  });

  test('makes one version of it, whatever and however much changed', async () => {
    const versions: number[] = [];
    for (const said of [
      {},
      { title: 'B' },
      { artists: ['Zoe'] },
      { tracks: [] },
      { title: 'C', artists: ['Y'], date: '2020' },
      {},
    ]) {
      await loadItems(db, [evening(said)], new Date(OBSERVED.getTime() + versions.length));
      versions.push(Number((await read('select version from setlists'))[0]?.version));
    }
    expect(versions).toEqual([1, 2, 3, 4, 5, 6]);
  });
});

describe('a set whose date changes', () => {
  test('moves with rows and artists between partitions, back and forth, and keeps its id and its first day', async () => {
    const dates = [null, '2023-05', '2024-11-11', '1998', '2023'];
    for (const [at, date] of dates.entries())
      await loadItems(db, [evening({ date })], new Date(OBSERVED.getTime() + at * 86_400_000));
    expect(await read('select id, tableoid::regclass::text as part, version, created_date from setlists')).toEqual([
      { id: entityId('setlist', 'mixesdb:evening'), part: 'setlists_2023', version: 5, created_date: '2026-11-19' },
    ]);
    expect(await read('select tableoid::regclass::text as part, count(*)::int from setlist_tracks group by 1')).toEqual(
      [{ part: 'setlist_tracks_2023', count: 3 }],
    );
    expect(await read('select tableoid::regclass::text as part, event_date from setlist_artists')).toEqual([
      { part: 'setlist_artists_2023', event_date: '2023-01-01' },
    ]);
    expect(await read('select event_date from raw_items')).toEqual([{ event_date: '2023-01-01' }]);
  });

  test('within one year keeps its rows with it', async () => {
    await loadItems(db, [evening({ date: '2024' })]);
    await loadItems(db, [evening({ date: '2024-11-11' })], LATER);
    expect(await read('select event_date, version from setlists')).toEqual([{ event_date: '2024-11-11', version: 2 }]);
    expect(await read('select distinct event_date from setlist_tracks')).toEqual([{ event_date: '2024-11-11' }]);
  });
});

describe('a newer reading of a post', () => {
  test('that mentions less takes its mentions away, from the search too', async () => {
    await loadItems(db, [list(['One', 'Two', 'Three', 'Four'])]);
    await db.query('delete from search_outbox');
    await loadItems(db, [list(['One', 'Two', 'Three'])], LATER);
    expect(await read('select position from mentions order by 1')).toEqual([
      { position: 1 },
      { position: 2 },
      { position: 3 },
    ]);
    expect(await read('select position from claims order by 1')).toEqual([
      { position: 1 },
      { position: 2 },
      { position: 3 },
    ]);
    expect(await read('select entity_id from search_outbox')).toEqual([
      { entity_id: entityId('mention', 'reddit:t3_list:4') },
    ]);
  });

  test('that was deleted leaves nothing of it', async () => {
    await loadItems(db, [list(['One', 'Two', 'Three'])]);
    await loadItems(
      db,
      [post('t3_list', { status: 'deleted-by-author', purge: true, tracks: list(['One']).tracks })],
      LATER,
    );
    expect(await read('select * from mentions')).toEqual([]);
    expect(await read('select * from claims')).toEqual([]);
  });

  test('that says a row otherwise makes a newer version of that mention alone', async () => {
    await loadItems(db, [list(['One', 'Two', 'Three'])]);
    await loadItems(db, [list(['One', 'Other', 'Three'])], LATER);
    expect(await read('select title, version from mentions order by position')).toEqual([
      { title: 'One', version: 1 },
      { title: 'Other', version: 2 },
      { title: 'Three', version: 1 },
    ]);
  });
});

test('versions of tracks and artists grow with what is learnt, never with what is said again', async () => {
  const moment = (said: object) => track('applemusic', '1', { title: 'Moment', artist: 'Bo', ...said });
  const versions: unknown[] = [];
  const facts = [
    {},
    { durationMs: 5 },
    { durationMs: 5, isrc: 'GBAYE0601498' },
    { durationMs: 6, isrc: 'GBAYE0601498' },
    { releaseDate: '2020' },
  ];
  for (const [at, said] of facts.entries()) {
    await loadItems(db, [moment(said)], new Date(OBSERVED.getTime() + at));
    versions.push((await read('select version from tracks'))[0]?.version);
  }
  expect(versions).toEqual([1, 2, 3, 3, 4]);
  expect(await read('select version from artists')).toEqual([{ version: 1 }]);
});

function evening(said: Partial<SetlistItem> = {}): SetlistItem {
  return setlist('mixesdb', 'evening', {
    title: 'Ada @ Somewhere',
    artists: ['Ada'],
    date: '2024-11-11',
    venue: 'Somewhere',
    tracks: [
      row(1, { artist: 'Bo', title: 'Moment', recordLabel: 'Tiny' }),
      row(2, { artist: 'Dee', title: 'Word', version: 'Eve Remix' }),
      row(3, { isId: true, idKind: 'full' }),
    ],
    ...said,
  });
}

function list(titles: string[]): PostItem {
  const tracks = titles.map((title, at) => postRow(at + 1, { artist: 'Ada', title, cueSeconds: at * 60 }));
  return post('t3_list', { tracks });
}

async function read(text: string): Promise<Record<string, unknown>[]> {
  return (await db.query(text)).rows;
}
