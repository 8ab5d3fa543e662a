import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { AlbumItem, ChartItem, SetlistItem, TrackItem } from '../../src/core/items.ts';
import type { ParseResult } from '../../src/core/parse-result.ts';
import { albumAnswer as album, songResource as song } from '../../src/testing/apple-answers.ts';
import { parse } from './parser.ts';

const OWN = new URL('./fixtures/', import.meta.url);
const API = 'https://api.music.apple.com/v1/catalog/us';

function read(body: string | Uint8Array, url: string | null = null, status: number | null = null): ParseResult {
  const bytes = typeof body === 'string' ? new TextEncoder().encode(body) : body;
  return parse({ body: bytes, url, status, contentType: null, fetchedAt: null });
}

function own(name: string, url: string | null = null): ParseResult {
  return read(readFileSync(new URL(name, OWN)), url);
}

const tracks = ({ items }: ParseResult): TrackItem[] =>
  items.filter((item): item is TrackItem => item.kind === 'track');
const albums = ({ items }: ParseResult): AlbumItem[] => {
  return items.filter((item): item is AlbumItem => item.kind === 'album' || item.kind === 'playlist');
};

describe('songs', () => {
  const songs = own('songs.json', `${API}/songs?ids=1,2&include=artists&l=en-GB`);

  it('the name gives title, version and guests', () => {
    expect(tracks(songs)[0]).toMatchObject({
      id: '900000011',
      title: 'Low Tide',
      version: 'Halden Remix',
      artist: 'Mara Quill',
      artists: ['Mara Quill'],
      featured: ['Odd Lanterns', 'The Night Ferry'],
      isrc: 'QZAAA2400001',
      album: 'Pier 9 - EP',
      albumId: '900000001',
      durationMs: 180_000,
      releaseDate: '2024-05-03',
      genres: ['House', 'Music'],
      explicit: true,
      composer: 'M. Quill',
      previewUrl: 'https://example.org/900000011.m4a',
      mixed: false,
      isId: false,
    });
  });

  it('as many artists as are linked, never more', () => {
    expect(tracks(songs)[1]).toMatchObject({
      artists: ['Mara Quill', 'Halden', 'Odd Lanterns'],
      isrc: 'QZAAA2400002',
      explicit: false,
    });
    expect(tracks(songs)[2]?.artists).toEqual(['Salt, Wind & Fire']);
  });

  it('what cannot be used is null and a problem', () => {
    expect(tracks(songs)[2]).toMatchObject({ isrc: null, releaseDate: null, previewUrl: null, explicit: null });
    expect(songs.problems.map(({ code, where }) => [code, where])).toEqual([
      ['bad-value', '$.data[2].attributes.isrc'],
      ['bad-value', '$.data[2].attributes.releaseDate'],
      ['not-read-yet', '$.data[4]'],
      ['bad-value', '$.data[5]'],
    ]);
  });

  it('a resource without attributes keeps its id', () => {
    expect(tracks(songs)[3]).toMatchObject({
      id: '900000014',
      title: null,
      artists: [],
      extra: { mediaType: 'video' },
    });
  });

  it('the next page is asked for with what `next` leaves out', () => {
    expect(songs.requests).toEqual([{ url: `${API}/songs?include=artists&l=en-GB&offset=6`, kind: 'songs' }]);
  });
});

describe('albums', () => {
  it('a DJ mix is album, tracks and set, with starts that add up', () => {
    const mix = own('album-dj-mix.json');
    expect(mix.problems).toEqual([]);
    expect(albums(mix)).toMatchObject([
      {
        id: '900000200',
        artist: 'Halden',
        trackCount: 4,
        recordLabel: 'Pier Records',
        releaseDate: '2025-01-10',
        extra: { isDjMix: true, upc: '000000000017' },
      },
    ]);
    expect(albums(mix)[0]?.tracks).toEqual(tracks(mix));
    const set = mix.items.find((item): item is SetlistItem => item.kind === 'setlist');
    expect(set).toMatchObject({ externalId: '900000200', artists: ['Halden'], date: null, durationSeconds: 334 });
    expect(set?.tracks).toMatchObject([
      { position: 1, cueSeconds: 0, artist: 'Mara Quill', title: 'Low Tide', version: 'Mixed', parts: [] },
      {
        position: 2,
        cueSeconds: 123,
        title: 'Glass Hour / Undertow',
        version: 'Night Mix',
        parts: [{ title: 'Glass Hour' }, { title: 'Undertow' }],
      },
      { position: 3, cueSeconds: 183, artist: null, title: null, isId: true, idKind: 'full' },
      { position: 4, cueSeconds: 244, title: 'Ferry', cueGranularity: 'second' },
    ]);
    expect(tracks(mix).map(({ mixed, version, featured }) => [mixed, version, featured])).toEqual([
      [true, null, ['Odd Lanterns']],
      [true, 'Night Mix', []],
      [true, null, []],
      [true, null, []],
    ]);
  });

  it('tracks that a region lacks are a problem; those on a next page a request', () => {
    const gaps = own('albums-gaps.json');
    expect(albums(gaps).map(({ kind, id, title, artist }) => [kind, id, title, artist])).toEqual([
      ['album', '900000300', 'Two Discs', 'Mara Quill'],
      ['playlist', 'pl.abc-1', 'Night Bus', 'A Curator'],
    ]);
    expect(gaps.problems.map(({ code }) => code)).toEqual(['missing-tracks', 'bad-value']);
    expect(gaps.requests).toContainEqual({ url: `${API}/playlists/pl.abc-1/tracks?offset=100`, kind: 'tracks' });
    expect(gaps.items.filter(({ kind }) => kind === 'artist')).toMatchObject([{ id: '1', name: 'Mara Quill' }]);
  });

  it('songs of which only the numbers stand there are asked for, as many to a call as one takes', () => {
    const data = Array.from({ length: 201 }, (_, index) => ({ id: String(900_000_400 + index), type: 'songs' }));
    const [first, second] = read(album({}, data)).requests;
    expect(first?.url.split('%2C')).toHaveLength(200);
    expect(second).toEqual({ url: `${API.replace('/us', '/gb')}/songs?ids=900000600`, kind: 'songs' });
  });

  it('the further tracks of a long album are asked for without what was included of it', () => {
    const url = `${API}/albums/900000300?include=tracks,artists&l=en-GB&extend=editorialVideo`;
    const next = '/v1/catalog/us/albums/900000300/tracks?offset=300';
    expect(read(album({}, [song('1', 'One')], next), url).requests).toEqual([
      {
        url: `${API}/albums/900000300/tracks?extend=editorialVideo&include=artists&l=en-GB&offset=300`,
        kind: 'tracks',
      },
    ]);
  });
});

describe('charts and searches', () => {
  it('ranks go on where the page begins', () => {
    const chart = own('charts.json', `${API}/charts?types=songs&chart=most-played&genre=17&offset=20`);
    expect(chart.items[0]).toMatchObject({
      kind: 'chart',
      id: 'us/17/songs/most-played',
      name: 'Top Songs',
      type: 'songs',
      entries: [
        { rank: 21, id: '900000011' },
        { rank: 22, id: '900000012' },
      ],
    });
    expect(tracks(chart).map(({ id, rank }) => [id, rank])).toEqual([
      ['900000011', 21],
      ['900000012', 22],
    ]);
    expect(chart.requests).toEqual([
      { url: `${API}/charts?chart=most-played&genre=17&offset=22&types=songs`, kind: 'charts' },
    ]);
  });

  it('a chart ends before its 200th place, and a page without entries has no next', () => {
    const next = '/v1/catalog/us/charts?chart=most-played&offset=200&types=songs';
    const chart = { chart: 'most-played', next, data: [{ id: '1', type: 'songs' }] };
    expect(read(JSON.stringify({ results: { songs: [chart] } }))).toMatchObject({ requests: [], problems: [] });
    expect(read(JSON.stringify({ data: [], next: '/v1/catalog/us/songs?offset=25' })).requests).toEqual([]);
  });

  it('a search is no chart', () => {
    const search = own('search.json');
    expect(search.items.map(({ kind }) => kind)).toEqual(['track', 'artist']);
    expect(search.requests).toEqual([{ url: `${API}/search?offset=1&term=tide&types=songs`, kind: 'search' }]);
    expect(search.problems).toMatchObject([{ code: 'unknown-shape', where: '$.results.odd' }]);
  });

  it.each([
    ['feed-new.json', { version: 'Halden Remix', explicit: true, album: null, previewUrl: null }, ['bad-value']],
    ['feed-old.json', { version: null, explicit: null, album: 'Pier 9', previewUrl: 'https://example.org/p.m4a' }, []],
  ])('%s: a chart of songs beside the catalogue', (name, fields, problems) => {
    const feed = own(name);
    expect(feed.items[0]).toMatchObject({
      kind: 'chart',
      type: 'songs',
      entries: [{ rank: 1, id: '900000011' }],
    } satisfies Partial<ChartItem>);
    expect(tracks(feed)).toMatchObject([
      {
        id: '900000011',
        title: 'Low Tide',
        artist: 'Mara Quill',
        rank: 1,
        releaseDate: '2024-05-03',
        genres: ['House'],
        albumId: '900000001',
        ...fields,
      },
    ]);
    expect(feed.problems.map(({ code }) => code)).toEqual(problems);
  });
});

describe('the iTunes look-up', () => {
  const lookup = own('itunes-lookup.json');

  it('gives the album and its tracks; the longer name wins and numbers keep their gaps', () => {
    expect(albums(lookup)).toMatchObject([
      {
        id: '900000300',
        title: 'Two Discs - EP',
        trackCount: 4,
        releaseDate: null,
        extra: { typeSuffix: 'EP', upc: '012345678905' },
      },
    ]);
    expect(
      tracks(lookup).map(({ id, title, version, trackNumber, explicit, isrc }) => [
        id,
        title,
        version,
        trackNumber,
        explicit,
        isrc,
      ]),
    ).toEqual([
      ['900000301', 'Tide 1', null, 1, false, null],
      ['900000302', 'Tide 2', null, 2, true, null],
      ['900000304', 'Tide 4', 'Live At Pier 9', 4, false, null],
    ]);
    expect(tracks(lookup)[2]).toMatchObject({
      releaseDate: '2020-02-03',
      extra: { mediaType: 'video', name: 'Tide 4' },
    });
  });

  it('says what is missing and what it did not read', () => {
    expect(lookup.problems.map(({ code }) => code)).toEqual(['bad-value', 'missing-tracks', 'not-read-yet']);
    expect(lookup.items.some(({ kind }) => kind === 'artist')).toBe(true);
  });
});

describe('a look-up by bar code or of an album', () => {
  const collection = (more: object) =>
    JSON.stringify({
      resultCount: 1,
      results: [
        {
          wrapperType: 'collection',
          collectionId: 900000500,
          collectionName: 'Night (DJ Mix)',
          artistName: 'Halden',
          trackCount: 12,
          artworkUrl100: 'https://example.org/a/012345678905.jpg/100x100bb.jpg',
          ...more,
        },
      ],
    });

  it('says when it answers with another edition', () => {
    const codes = (upc: string) =>
      read(collection({}), `https://itunes.apple.com/lookup?upc=${upc}`).problems.map(({ code }) => code);
    expect(codes('12345678905')).toEqual([]);
    expect(codes('999999999999')).toEqual(['other-edition']);
  });

  it('without any track says that they are missing; found by a search it is asked for with them', () => {
    const asked = read(collection({}), 'https://itunes.apple.com/lookup?id=900000500&entity=song');
    expect([asked.problems.map(({ code }) => code), asked.requests]).toEqual([['missing-tracks'], []]);
    const found = read(collection({}), 'https://itunes.apple.com/search?term=night&entity=album&country=de');
    expect(found.requests).toEqual([
      {
        url: 'https://itunes.apple.com/lookup?country=de&entity=song&id=900000500&limit=200',
        kind: 'itunes-lookup',
      },
    ]);
  });
});

describe('errors and other answers', () => {
  it.each([
    ['{"errors":[{"title":"Forbidden"}]}', 403, 403, false],
    ['{"errors":[]}', 500, 500, true],
    ['{"odd":1}', 504, 504, true],
    ['', 403, 403, false],
    ['{"errors":[{"status":"0x10","code":"1"}]}', null, null, false],
  ])('%j with status %s is an error of status %s', (body, answered, status, retryable) => {
    const { items, problems } = read(body, null, answered);
    expect(items).toMatchObject([{ kind: 'error', status, extra: { retryable } }]);
    expect(problems).toEqual([]);
  });

  it('403 of the look-up is for asking too often: it answers again later', () => {
    const { items } = read('', 'https://itunes.apple.com/lookup?id=1', 403);
    expect(items).toMatchObject([{ kind: 'error', status: 403, extra: { retryable: true } }]);
  });

  it('what found songs and errors gives both', () => {
    const both = '{"data":[{"id":"1","type":"songs"}],"errors":[{"status":"404","code":"40400","title":"Not Found"}]}';
    expect(read(both).items.map(({ kind }) => kind)).toEqual(['error', 'track']);
  });

  it('values of the wrong type are counted one by one', () => {
    const data = [song('1', 'One'), song('2', 'Two')];
    Object.assign(data[0]?.attributes ?? {}, { durationInMillis: '60000', artistName: ['Ada'], genreNames: 'House' });
    Object.assign(data[1] ?? {}, { attributes: 'none' });
    expect(read(JSON.stringify({ data })).problems.map(({ where }) => where)).toEqual([
      '$.data[0].attributes.artistName',
      '$.data[0].attributes.durationInMillis',
      '$.data[0].attributes.genreNames',
      '$.data[1].attributes',
    ]);
  });

  it('an error answer is an item', () => {
    expect(read('{"errors":[{"status":"429","code":"42900","title":"Too Many Requests"}]}').items).toMatchObject([
      { kind: 'error', status: 429, code: '42900', message: 'Too Many Requests', extra: { retryable: true } },
    ]);
    expect(
      read('{"errorMessage":"Invalid value(s) for key(s): [term]","queryParameters":{}}', null, 400).items,
    ).toMatchObject([{ kind: 'error', status: 400, message: 'Invalid value(s) for key(s): [term]' }]);
  });

  it('a refused token answers in plain text or with nothing', () => {
    expect(read('Unauthorized').items).toMatchObject([{ kind: 'error', status: 401 }]);
    expect(read('', null, 401).items).toMatchObject([
      { kind: 'error', status: 401, message: null, extra: { retryable: false } },
    ]);
    expect(read('<html>Service Unavailable</html>', null, 503).items).toMatchObject([
      { status: 503, extra: { retryable: true } },
    ]);
  });

  it.each([
    ['', 'empty'],
    [new Uint8Array([0x1f, 0x8b, 0, 255]), 'not-text'],
    ['{"data": [{"id": "1", "type": "so', 'truncated'],
    ['<html></html>', 'unknown-shape'],
    ['{"kind":"Listing","data":{"children":[]}}', 'unknown-shape'],
    ['{"data":[1, 2]}', 'unknown-shape'],
    ['null', 'unknown-shape'],
  ])('%j gives no item but the problem %s', (body, code) => {
    expect(read(body)).toMatchObject({ items: [], requests: [], problems: [{ code }] });
  });

  it('no song for a code is an answer, not a problem', () => {
    expect(read('{"data":[]}')).toMatchObject({ items: [], problems: [] });
  });

  it('lists longer than a call can take arguments are read like others', () => {
    const listed = { data: Array.from({ length: 150_000 }, (_, index) => ({ id: String(index), type: 'songs' })) };
    const album = { data: [{ id: '1', type: 'albums', relationships: { tracks: listed } }] };
    expect(tracks(read(JSON.stringify(album)))).toHaveLength(150_000);
  });
});
