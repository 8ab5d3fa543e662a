/** What a set, a post, a track and an artist become, for every kind of row; and that each thing said has one claim. */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type Item, row, setlist, track } from '../../src/core/items.ts';
import { entityId } from '../../src/core/uuid5.ts';
import type { Database } from '../../src/platform/database.ts';
import { documentDigest, emptyCatalogue, loadItems, OBSERVED } from '../../src/testing/load-items.ts';
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

const trackId = (key: string) => entityId('track', key);

describe('each kind of row', () => {
  test.each([
    ['a known track', row(1, { artist: 'Bo', title: 'Moment' }), 'bo|moment|'],
    ['a version', row(1, { artist: 'Bo', title: 'Moment', version: 'Cy Remix' }), 'bo|moment|cy remix'],
    ['nothing known', row(1, { isId: true, idKind: 'full' }), null],
    ['artist known', row(1, { artist: 'Bo', isId: true, idKind: 'title' }), null],
    [
      'version unknown',
      row(1, { artist: 'Bo', title: 'Moment', version: 'ID Remix', isId: true, idKind: 'version' }),
      null,
    ],
    ['a title that reads like a mark', row(1, { artist: 'Bo', title: 'Unknown' }), 'bo|unknown|'],
    [
      'played with the one before',
      row(1, { artist: 'Bo', title: 'Moment', number: 'w/', withPrevious: true }),
      'bo|moment|',
    ],
    ['a cover', row(1, { artist: 'Ada', title: 'Song', cover: { name: 'Zoe', mbid: null } }), 'ada|song|'],
    ['from tape', row(1, { artist: 'Ada', title: 'Intro', tape: true }), null],
    [
      'from tape, whose is known',
      row(1, { artist: 'Ada', title: 'Intro', tape: true, cover: { name: 'Zoe', mbid: null } }),
      'zoe|intro|',
    ],
    ['an encore', row(1, { artist: 'Ada', title: 'Last', encore: 2, section: 'Encore' }), 'ada|last|'],
    ['a title alone', row(1, { title: 'Moment' }), null],
  ])('%s', async (_, said, key) => {
    await loadItems(db, [setlist('mixesdb', 'a', { artists: ['Ada'], tracks: [said] })]);
    expect(
      await read('select track_id, artist, title, mix_name, is_id, id_kind, with_previous, number from setlist_tracks'),
    ).toEqual([
      {
        track_id: key === null ? null : trackId(key),
        artist: said.artist,
        title: said.title,
        mix_name: said.version,
        is_id: said.isId,
        id_kind: said.idKind,
        with_previous: said.withPrevious,
        number: said.number,
      },
    ]);
    expect(await read('select norm_key from tracks')).toEqual(key === null ? [] : [{ norm_key: key }]);
    expect(await read('select entity_type, entity_id from claims where position = 1')).toEqual([
      key === null
        ? { entity_type: 'setlist', entity_id: entityId('setlist', 'mixesdb:a') }
        : { entity_type: 'track', entity_id: trackId(key) },
    ]);
  });

  test('what only some sources say of a row stays with it, in the row and in its claim', async () => {
    const said = row(1, {
      artist: 'Ada',
      title: 'Last',
      encore: 2,
      section: 'Encore',
      info: 'acoustic',
      edit: 'Live Edit',
      with: { name: 'Zoe', mbid: null },
      recordLabel: 'Tiny',
      catalogNumber: 'T 1',
      cueSeconds: 0,
      cueGranularity: 'second',
      links: { trackId: '7' },
    });
    await loadItems(db, [setlist('mixesdb', 'a', { artists: ['Ada'], tracks: [said] })]);
    const detail = {
      encore: 2,
      info: 'acoustic',
      edit: 'Live Edit',
      with: { name: 'Zoe', mbid: null },
      recordLabel: 'Tiny',
      catalogNumber: 'T 1',
      links: { trackId: '7' },
    };
    expect(await read('select detail, cue_seconds, cue_granularity, section from setlist_tracks')).toEqual([
      { detail, cue_seconds: 0, cue_granularity: 'second', section: 'Encore' },
    ]);
    expect(await read('select fields from claims where position = 1')).toEqual([
      {
        fields: { artist: 'Ada', title: 'Last', section: 'Encore', cueSeconds: 0, cueGranularity: 'second', ...detail },
      },
    ]);
    expect(await read('select l.name from tracks t join labels l on l.id = t.label_id')).toEqual([{ name: 'Tiny' }]);
  });

  test('a medley is its parts, and no track of its own', async () => {
    const parts = ['One', 'Two'].map((title) => ({ artist: 'Ada', title, version: null }));
    await loadItems(db, [
      setlist('setlistfm', 'a', { artists: ['Ada'], tracks: [row(1, { artist: 'Ada', title: 'One / Two', parts })] }),
    ]);
    expect(await read('select track_id, parts from setlist_tracks')).toEqual([
      {
        track_id: null,
        parts: [
          { artist: 'Ada', title: 'One', mixName: null, trackId: trackId('ada|one|') },
          { artist: 'Ada', title: 'Two', mixName: null, trackId: trackId('ada|two|') },
        ],
      },
    ]);
    expect(await read('select part, entity_id, fields from claims where position = 1 order by part')).toMatchObject([
      { part: 0, entity_id: entityId('setlist', 'setlistfm:a') },
      { part: 1, entity_id: trackId('ada|one|'), fields: { artist: 'Ada', title: 'One' } },
      { part: 2, entity_id: trackId('ada|two|'), fields: { artist: 'Ada', title: 'Two' } },
    ]);
  });
});

test('a set names its event, venue, place and artists, and its claim says what was printed', async () => {
  const item = setlist('setlistfm', 'a', {
    title: 'Ada live',
    artists: ['Ada & Bo', 'Cy'],
    date: '200X',
    datePrecision: 'decade',
    event: 'Awake',
    venue: 'Hall',
    city: 'Leeds',
    country: 'UK',
    tour: 'T',
    url: 'https://example.org/a',
    versionId: 'v7',
    genres: ['House', 'Techno'],
    durationSeconds: 3600,
    isLivePa: true,
    notes: ['a note'],
    extra: { lat: 53.8, long: -1.5 },
  });
  await loadItems(db, [item]);
  expect(
    await read(`select s.event_date, date_precision, tour, url, source_version, genres, duration_seconds, is_live_pa, track_count, identified_count, artist_text,
      e.name as event, v.name as venue, v.city, v.latitude from setlists s join events e on e.id = s.event_id join venues v on v.id = s.venue_id`),
  ).toEqual([
    {
      event_date: '2000-01-01',
      date_precision: 'decade',
      tour: 'T',
      url: 'https://example.org/a',
      source_version: 'v7',
      genres: ['House', 'Techno'],
      duration_seconds: 3600,
      is_live_pa: true,
      track_count: 0,
      identified_count: 0,
      artist_text: 'Ada & Bo, Cy',
      event: 'Awake',
      venue: 'Hall',
      city: 'Leeds',
      latitude: 53.8,
    },
  ]);
  expect(
    await read('select a.name, s.position from setlist_artists s join artists a on a.id = s.artist_id order by 2'),
  ).toEqual([
    { name: 'Ada & Bo', position: 0 },
    { name: 'Cy', position: 1 },
  ]);
  const [claim] = await read('select entity_type, entity_id, source, document_digest, observed_at, fields from claims');
  expect(claim).toMatchObject({
    entity_type: 'setlist',
    entity_id: entityId('setlist', 'setlistfm:a'),
    source: 'setlistfm',
    document_digest: documentDigest(item),
    observed_at: OBSERVED,
    fields: {
      title: 'Ada live',
      artists: ['Ada & Bo', 'Cy'],
      date: '200X',
      venue: 'Hall',
      city: 'Leeds',
      country: 'UK',
      notes: ['a note'],
      genres: ['House', 'Techno'],
    },
  });
});

test('a post becomes mentions; only a trusted one names a track, and only that one is claimed of it', async () => {
  const listed = ['One', 'Two', 'Three'].map((title, at) =>
    postRow(at + 1, { artist: 'Ada', title, cueSeconds: at * 60 }),
  );
  const talk = postRow(1, { artist: 'Well', title: 'maybe' });
  const items = [post('t3_list', { tracks: listed }), post('t1_talk', { tracks: [talk] })];
  await loadItems(db, items);
  expect(
    await read(
      'select external_id, position, track_id, artist, title, cue_seconds, permalink, mentioned_at from mentions order by 1 desc, 2',
    ),
  ).toEqual([
    ...['one', 'two', 'three'].map((title, at) => ({
      external_id: 't3_list',
      position: at + 1,
      track_id: trackId(`ada|${title}|`),
      artist: 'Ada',
      title: listed[at]?.title,
      cue_seconds: at * 60,
      permalink: '/r/house/comments/t3_list/',
      mentioned_at: new Date('2026-10-01T10:00:00Z'),
    })),
    expect.objectContaining({ external_id: 't1_talk', track_id: null, title: 'maybe' }),
  ]);
  expect(
    await read(
      'select r.external_id, c.position, c.entity_id from claims c join raw_items r on r.id = c.raw_item_id order by 2',
    ),
  ).toEqual(
    ['one', 'two', 'three'].map((title, at) => ({
      external_id: 't3_list',
      position: at + 1,
      entity_id: trackId(`ada|${title}|`),
    })),
  );
});

test('a track of a catalogue brings its codes, facts and credits, and claims all that was printed', async () => {
  const item: Item = track('applemusic', '42', {
    title: 'Moment (feat. Dee)',
    version: 'Eve Remix',
    artist: 'Ada & Bo',
    artists: ['Ada', 'Bo'],
    featured: ['Dee'],
    isrc: 'gb-aye-06-01498',
    durationMs: 200_000,
    releaseDate: '2006-10-02',
    album: 'Album',
    extra: { recordLabel: 'Tiny' },
  });
  const [loaded] = await loadItems(db, [item]);
  const id = trackId('ada,bo|moment|eve remix');
  expect(loaded).toEqual({ rawItemId: expect.any(Number), entityId: id, eventDate: null });
  expect(
    await read(
      'select t.id, title, mix_name, artist_text, duration_ms, release_date, i.isrc, i.source from tracks t join track_isrcs i on i.track_id = t.id',
    ),
  ).toEqual([
    {
      id,
      title: 'Moment (feat. Dee)',
      mix_name: 'Eve Remix',
      artist_text: 'Ada & Bo',
      duration_ms: 200_000,
      release_date: '2006-10-02',
      isrc: 'GBAYE0601498',
      source: 'applemusic',
    },
  ]);
  expect(
    await read('select a.name, c.role from track_artists c join artists a on a.id = c.artist_id order by c.position'),
  ).toEqual([
    { name: 'Ada', role: 'primary' },
    { name: 'Bo', role: 'primary' },
    { name: 'Dee', role: 'featured' },
    { name: 'Eve', role: 'remixer' },
  ]);
  expect(
    await read('select position, part, entity_type, entity_id, fields, document_digest from claims'),
  ).toMatchObject([
    {
      position: 0,
      part: 0,
      entity_type: 'track',
      entity_id: id,
      fields: { isrc: 'gb-aye-06-01498', album: 'Album', durationMs: 200_000 },
      document_digest: documentDigest(item),
    },
  ]);
  expect(await read('select state, entity_id from raw_items')).toEqual([{ state: 'loaded', entity_id: id }]);
});

test('an artist of a catalogue fills what credits left open', async () => {
  const mbid = '5b11f4ce-a62d-471e-81fc-a69a8278c7da';
  await loadItems(db, [setlist('mixesdb', 'a', { artists: ['Ada'] })]);
  await loadItems(db, [artist('ada-id', { name: 'ADA', mbid, sortName: 'Ada', disambiguation: 'DJ' })]);
  expect(await read('select id, name, mbid, sort_name, disambiguation, version from artists')).toEqual([
    { id: entityId('artist', 'ada'), name: 'Ada', mbid, sort_name: 'Ada', disambiguation: 'DJ', version: 2 },
  ]);
});

async function read(text: string): Promise<Record<string, unknown>[]> {
  return (await db.query(text)).rows;
}
