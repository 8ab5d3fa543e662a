/** Values nobody would print, at every place a page could print them: loaded without harm to their neighbours, or refused with a reason. */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { row, type SetlistItem, setlist, track } from '../../src/core/items.ts';
import type { Database } from '../../src/platform/database.ts';
import { emptyCatalogue, loadItems } from '../../src/testing/load-items.ts';
import { post, postRow, rawItem } from '../../src/testing/pipeline-items.ts';
import { openTestServices, type TestServices } from '../../src/testing/services.ts';
import { prepare } from '../registry.ts';

let services: TestServices;
let db: Database;
beforeAll(async () => {
  services = await openTestServices();
  db = services.db;
});
afterAll(() => services.release());
beforeEach(() => emptyCatalogue(db));

/** As printed, and as it is shown. */
const TEXTS: readonly (readonly [what: string, printed: string, shown: string])[] = [
  ['separators of the batch', 'a\x1d\x1e\x1fb', 'ab'],
  ['a mark of null alone', '\x1ex', 'x'],
  ['NUL', 'a\0b', 'a\ufffdb'],
  ['quotes and backslashes', `a'b"c\\d\\x41 E'\\n' {1,2} (NULL)`, `a'b"c\\d\\x41 E'\\n' {1,2} (NULL)`],
  ['the word null', 'NULL', 'NULL'],
  ['an array', '{}', '{}'],
  ['a script', `'); drop table tracks; --`, `'); drop table tracks; --`],
  ['line ends and tabs', 'a\r\n\tb', 'a b'],
  ['an emoji and marks of direction', '\u202ea 🎧 b', 'a 🎧 b'],
];

describe('printed everywhere at once', () => {
  test.each(TEXTS)('%s', async (_, printed, shown) => {
    await loadItems(db, [hostileSet('hostile', printed), set('plain'), hostilePost(printed), hostileTrack(printed)]);
    expect(await read('select title, tour, genres, url from setlists order by id = $1', [await idOf('plain')])).toEqual(
      [
        { title: shown, tour: shown, genres: [shown, 'House'], url: shown },
        { title: 'plain', tour: null, genres: [], url: null },
      ],
    );
    expect(
      await read(
        `select artist, title, section, number, detail->>'info' as info from setlist_tracks where setlist_id <> $1`,
        [await idOf('plain')],
      ),
    ).toEqual([{ artist: shown, title: shown, section: shown, number: shown, info: shown }]);
    expect(await read('select artist, title from setlist_tracks where setlist_id = $1', [await idOf('plain')])).toEqual(
      [{ artist: 'Ada', title: 'Moment' }],
    );
    expect(await read('select artist, title from mentions')).toEqual([{ artist: shown, title: shown }]);
    expect(
      await read(`select fields->>'title' as title from claims where position = 0 and fields->>'title' <> 'plain'`),
    ).toEqual([{ title: shown }, { title: shown }]);
    expect(await read('select count(*)::int as n from tracks')).toEqual([{ n: 2 }]);
  });

  test('a lone surrogate', async () => {
    await loadItems(db, [hostileSet('hostile', 'a\ud800b'), hostilePost('a\ud800b'), hostileTrack('a\udc00b')]);
    expect(await read('select title, artist_text from tracks')).toEqual([
      { title: 'a\ufffdb', artist_text: 'a\ufffdb' },
    ]);
    expect(await read('select title from setlists')).toEqual([{ title: 'a\ufffdb' }]);
  });

  test('a text that nothing is left of says nothing', async () => {
    await loadItems(db, [hostileSet('hostile', '\x1f\x1e'), set('plain')]);
    expect(
      await read('select title, tour, genres, url, venue_id from setlists where id <> $1', [await idOf('plain')]),
    ).toEqual([{ title: null, tour: null, genres: ['House'], url: null, venue_id: null }]);
    expect(
      await read('select artist, title, track_id from setlist_tracks where setlist_id <> $1', [await idOf('plain')]),
    ).toEqual([{ artist: null, title: null, track_id: null }]);
  });
});

test('a batch of one row in which every text is empty or null loads', async () => {
  await loadItems(db, [set('a', { title: 'A', tracks: [row(1, { isId: true, idKind: 'full' })], genres: [] })]);
  expect(await read('select genres, artist_text, tour from setlists')).toEqual([
    { genres: [], artist_text: null, tour: null },
  ]);
  expect(await read('select artist, title, number from setlist_tracks')).toEqual([
    { artist: null, title: null, number: null },
  ]);
});

test('ids and addresses with any characters stay apart and shift nothing', async () => {
  const ids = ['a\x1fb', 'b\x1ec', 'a\0b', 'c\ud800b', `a'b`, 'a\\b', '🎧'];
  await loadItems(db, [
    ...ids.map((id) => set(id, { url: `https://example.org/${id}` })),
    post('t3_a\x1fb', { permalink: '/r/\x1e\0/', tracks: listed() }),
  ]);
  expect(await read('select count(*)::int as sets, count(distinct external_id)::int as ids from setlists')).toEqual([
    { sets: 7, ids: 7 },
  ]);
  expect(await read('select distinct title, track_count from setlists')).toHaveLength(7);
  expect(await read('select count(*)::int as n from mentions')).toEqual([{ n: 3 }]);
});

test('ids that differ only in what cannot be stored are one item, and cost no batch', async () => {
  await loadItems(db, [set('a\0b'), set('plain')]);
  await loadItems(db, [set('a\ud800b'), set('a\0b'), set('plain')]);
  expect(await read('select external_id from setlists order by 1')).toEqual([
    { external_id: 'a\ufffdb' },
    { external_id: 'plain' },
  ]);
});

test('the longest texts that are taken fit every index, and different ones stay different', async () => {
  const long = (end: string) => `${'Ünïcödé 🎧 '.repeat(100).slice(0, 990)}${end}`;
  const sets = ['x', 'y'].map((end) =>
    set(end, {
      title: long(end),
      venue: long(end),
      event: long(end),
      city: long(end),
      artists: [long(end)],
      tracks: [row(1, { artist: long(end), title: long(end), version: long(end), recordLabel: long(end) })],
    }),
  );
  await loadItems(db, sets);
  for (const table of ['tracks', 'venues', 'events', 'labels', 'setlist_artists']) {
    expect(await read(`select count(*)::int as n from ${table}`)).toEqual([{ n: 2 }]);
  }
});

test('a text of a megabyte is refused with its place, wherever a name is expected', () => {
  const huge = 'x'.repeat(2 ** 20);
  const reasons = [
    set('a', { title: huge }),
    set('a', { tracks: [row(1, { artist: huge })] }),
    set('a', { artists: [huge] }),
    hostileTrack(huge),
  ].map((item) => {
    const outcome = prepare(rawItem(item));
    return outcome.ok ? 'taken' : `${outcome.refusal.reason} ${outcome.refusal.where}`;
  });
  expect(reasons).toEqual(['bad-value title', 'bad-value tracks[0].artist', 'bad-value artists', 'bad-value title']);
});

function set(id: string, said: Partial<SetlistItem> = {}): SetlistItem {
  return setlist('mixesdb', id, { title: id, tracks: [row(1, { artist: 'Ada', title: 'Moment' })], ...said });
}

function hostileSet(id: string, text: string): SetlistItem {
  return set(id, {
    title: text,
    artists: [text],
    venue: text,
    event: text,
    city: text,
    tour: text,
    url: text,
    genres: [text, 'House'],
    notes: [text],
    extra: { [text]: text, list: [{ text }] },
    tracks: [
      row(1, {
        artist: text,
        title: text,
        section: text,
        number: text,
        info: text,
        recordLabel: text,
        links: { [text]: text },
      }),
    ],
  });
}

function hostilePost(text: string) {
  return post('t1_hostile', {
    title: text,
    body: text,
    author: text,
    tracks: [postRow(1, { artist: text, title: text, recordLabel: text })],
  });
}

function hostileTrack(text: string) {
  return track('applemusic', 'hostile', {
    title: text,
    artist: text,
    artists: [text],
    album: text,
    isrc: null,
    extra: { recordLabel: text },
  });
}

function listed() {
  return [1, 2, 3].map((at) => postRow(at, { artist: 'Ada', title: `T${at}` }));
}

async function idOf(externalId: string): Promise<unknown> {
  return (await read('select id from setlists where external_id = $1', [externalId]))[0]?.id;
}

async function read(text: string, values: unknown[] = []): Promise<Record<string, unknown>[]> {
  return (await db.query(text, values)).rows;
}
