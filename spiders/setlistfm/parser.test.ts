import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { SetlistItem } from '../../src/core/items.ts';
import type { Page } from '../../src/core/source.ts';
import { parse } from './parser.ts';

const API = 'https://api.setlist.fm/rest/1.0/';
const OWN = readFileSync(new URL('./fixtures/setlists.json', import.meta.url), 'utf8');

function read(body: string | Uint8Array, page: Partial<Page> = {}) {
  const bytes = typeof body === 'string' ? new TextEncoder().encode(body) : body;
  return parse({ body: bytes, url: null, status: null, contentType: null, fetchedAt: null, ...page });
}

function own(name: string, url: string | null = null) {
  return read(readFileSync(new URL(`./fixtures/${name}.json`, import.meta.url)), { url });
}

function setlists(body: string): SetlistItem[] {
  return read(body).items.filter((item): item is SetlistItem => item.kind === 'setlist');
}

describe('a list of setlists', () => {
  it('gives each set with its place, tour, remark and page to link to', () => {
    expect(setlists(OWN)[0]).toMatchObject({
      externalId: '5be1a001',
      versionId: 'g3cc0ffee',
      url: 'https://www.setlist.fm/setlist/velvet-lantern/2023/harbour-hall-5be1a001.html',
      artists: ['Velvet Lantern'],
      date: '2023-12-31',
      datePrecision: 'day',
      venue: 'Harbour Hall',
      city: 'Seaport',
      region: 'Northshire',
      country: 'United Kingdom',
      tour: 'Lamp Oil Tour',
      sections: ['Set 1:'],
      notes: ['Incomplete setlist'],
      lastUpdated: '2024-01-02T10:20:30.000Z',
      extra: {
        artistMbid: '11111111-2222-3333-4444-555555555555',
        venueId: '1bd00001',
        geoId: '100',
        incomplete: true,
      },
    });
  });

  it('counts songs over all sets and keeps tape, encore, cover and guest', () => {
    const rows = setlists(OWN)[0]?.tracks ?? [];
    expect(rows.map((row) => row.position)).toEqual([1, 2, 3, 4]);
    expect(rows[0]).toMatchObject({
      title: 'Arrival',
      tape: true,
      info: 'video intro',
      section: 'Set 1:',
      encore: null,
    });
    expect(rows[3]).toMatchObject({
      artist: 'Velvet Lantern',
      title: 'Borrowed Light',
      section: null,
      encore: 1,
      cover: { name: 'Old Keepers', mbid: '99999999-2222-3333-4444-555555555555' },
      with: { name: 'Ada Quill', mbid: '88888888-2222-3333-4444-555555555555' },
    });
  });

  it('gives a song without a name its place as an unknown one', () => {
    expect(setlists(OWN)[0]?.tracks[2]).toMatchObject({
      artist: 'Velvet Lantern',
      title: null,
      isId: true,
      idKind: 'title',
    });
  });

  it('spreads a medley into parts and keeps its printed title', () => {
    const medley = setlists(OWN)[0]?.tracks[1];
    expect(medley?.title).toBe('Ember / Ash / Smoke');
    expect(medley?.parts.map((part) => part.title)).toEqual(['Ember', 'Ash', 'Smoke']);
  });

  it('keeps a set whose date does not exist, without the date and with a problem', () => {
    const { problems } = read(OWN);
    expect(setlists(OWN)[1]).toMatchObject({
      externalId: '5be1a002',
      date: null,
      datePrecision: null,
      city: null,
      tracks: [],
    });
    expect(problems).toContainEqual(expect.objectContaining({ code: 'bad-value', where: '$.setlist[1].eventDate' }));
  });

  it('asks for the next page while rows are left', () => {
    const url = 'https://api.setlist.fm/rest/1.0/user/ada/attended?p=1';
    expect(read(OWN, { url }).requests).toEqual([
      { url: 'https://api.setlist.fm/rest/1.0/user/ada/attended?p=2', kind: 'setlists' },
    ]);
    expect(read(OWN.replace('"total": 3', '"total": 2'), { url }).requests).toEqual([]);
  });

  it('says when the page numbers cannot be used, and follows no list for ever', () => {
    expect(read(OWN.replace('"total": 3', '"total": "3"')).problems).toContainEqual(
      expect.objectContaining({ code: 'bad-value', where: '$.total' }),
    );
    const endless = read(OWN.replace('"page": 1', '"page": 1000').replace('"total": 3', '"total": 9999999'));
    expect(endless.requests).toEqual([]);
    expect(endless.problems.map(({ code }) => code)).toContain('too-large');
  });

  it('knows the next page of a saved list by the venue or artist that all rows share, and otherwise says it does not', () => {
    expect(read(OWN).requests[0]?.url).toBe('https://api.setlist.fm/rest/1.0/venue/1bd00001/setlists?p=2');
    const mixed = read(
      OWN.replace('"id": "1bd00001", "name": "Harbour Hall, S', '"id": "1bd00002", "name": "Harbour Hall, S'),
    );
    expect(mixed.requests).toEqual([]);
    expect(mixed.problems.map((problem) => problem.code)).toContain('next-page-unknown');
  });
});

describe('other answers', () => {
  it('reads artists by their MusicBrainz id', () => {
    const body =
      '{"type":"artists","itemsPerPage":30,"page":1,"total":1,"artist":[{"mbid":"m-1","name":"Ada Quill","sortName":"Quill, Ada","disambiguation":""}]}';
    expect(read(body).items).toEqual([
      expect.objectContaining({
        kind: 'artist',
        id: 'm-1',
        name: 'Ada Quill',
        sortName: 'Quill, Ada',
        disambiguation: null,
      }),
    ]);
  });

  it('lists venues with their cities', () => {
    const body =
      '{"venue":[{"id":"v1","name":"Hall","city":{"id":"1","name":"Seaport","country":{"code":"GB","name":"United Kingdom"}}}],"total":1,"page":1,"itemsPerPage":30}';
    expect(read(body).items).toMatchObject([
      { kind: 'listing', entries: [{ externalId: 'v1', title: 'Hall', city: 'Seaport' }] },
    ]);
  });

  it('a city is one without its coordinates too', () => {
    const body = '{"id":"100","name":"Seaport","country":{"code":"GB","name":"United Kingdom"}}';
    expect(read(body, { url: `${API}city/100` }).items).toMatchObject([
      { kind: 'listing', id: 'city/100', entries: [{ title: 'Seaport', country: 'United Kingdom', lat: null }] },
    ]);
  });

  it("a setlist's sets may stand without the object around them, as the interface's own document shows them", () => {
    const { sets, ...rest } = JSON.parse(OWN).setlist[0];
    const [bare] = setlists(JSON.stringify({ ...rest, set: [...sets.set, { name: 'Late:', song: null }] }));
    expect(bare?.tracks).toEqual(setlists(OWN)[0]?.tracks);
    expect(bare?.sections).toEqual(['Set 1:', 'Late:']);
  });

  it('an artist, a venue and a user lead to the lists of their setlists', () => {
    expect(own('artist').requests.map(({ url, kind }) => [url.slice(API.length), kind])).toEqual([
      ['artist/22222222-2222-3333-4444-555555555555/setlists', 'setlists'],
    ]);
    expect(read('{"id":"1bd00001","name":"Harbour Hall","url":"https://x"}').requests).toMatchObject([
      { url: `${API}venue/1bd00001/setlists` },
    ]);
    expect(own('user').requests.map(({ url }) => url.slice(API.length))).toEqual([
      'user/ada/attended',
      'user/ada/edited',
    ]);
  });

  it('of a user nothing personal is kept', () => {
    expect(JSON.stringify(own('user').items)).not.toMatch(/Person|shows|example/);
    expect(own('user').items).toMatchObject([{ kind: 'listing', id: 'user/ada', entries: [{ externalId: 'ada' }] }]);
  });

  it('each page of a search for places is a listing of its own', () => {
    const result = own('venues', `${API}search/venues?p=2&name=lido`);
    expect(result.items).toMatchObject([
      {
        id: 'search/venues?name=lido&p=2',
        entries: [{ city: null }, { geoId: '100', countryCode: 'GB', stateCode: '07' }],
      },
    ]);
    expect(result.requests).toEqual([{ url: `${API}search/venues?name=lido&p=3`, kind: 'venues' }]);
  });
});

describe('a show at a festival', () => {
  const [item] = setlists(readFileSync(new URL('./fixtures/festival.json', import.meta.url), 'utf8'));
  const rows = item?.tracks ?? [];

  it('has several main sets, and encores by their number', () => {
    expect(rows.map(({ position, section, encore }) => [position, section, encore])).toEqual([
      [1, 'Main Stage:', null],
      [2, 'Main Stage:', null],
      [3, 'Main Stage:', null],
      [4, 'Main Stage:', null],
      [5, 'Woods Stage:', null],
      [6, null, 1],
      [7, 'Goodnight', 2],
    ]);
    expect(item?.extra).toMatchObject({ setCount: 5, lastFmEventId: 900001, incomplete: false });
  });

  it('an unknown song from tape keeps what is said of it; a slash without spaces is part of a name', () => {
    expect(rows[1]).toMatchObject({ title: null, isId: true, tape: true, info: 'Long Road - The Ferrymen' });
    expect(rows[2]).toMatchObject({ title: 'AC/DC Bag', parts: [] });
    expect(rows[0]?.info).toBe('>');
  });

  it('a medley of a cover keeps both; old titles keep their words', () => {
    expect(rows[4]).toMatchObject({ cover: { name: 'Old Keepers' }, parts: [{ title: 'Ember' }, { title: 'Ash' }] });
    expect(rows[3]).toMatchObject({ title: 'Call Me Back (Old Keepers cover)', cover: null });
  });

  it('may lie at a venue without a city', () => {
    expect(item).toMatchObject({ venue: 'Lido Field, Seaport, UK', city: null, country: null, versionId: '2b1f00d4' });
  });
});

describe('error answers', () => {
  const documented =
    '{"code":404,"status":"Not Found","message":"unknown mbid","timestamp":"2016-12-08T17:52:48.817+0000"}';

  it('are read in both shapes', () => {
    expect(read(documented).items).toMatchObject([
      {
        kind: 'error',
        status: 404,
        code: 'Not Found',
        message: 'unknown mbid',
        extra: { timestamp: '2016-12-08T17:52:48.817Z' },
      },
    ]);
    expect(
      read('{"timestamp":0,"status":500,"error":"Internal Server Error","message":"x","path":"/1.0/search/venues"}')
        .items,
    ).toMatchObject([
      { kind: 'error', status: 500, code: 'Internal Server Error', extra: { timestamp: '1970-01-01T00:00:00.000Z' } },
    ]);
  });

  it.each([
    ['search/artists?artistName=x', /empty search result/],
    ['user/ada/attended?p=1', /empty search result/],
    ['setlist/5be1a001', /gone/],
    ['artist/m-1', /not found/],
  ])('404 at %s means %s', (path, meaning) => {
    const [item] = read(documented, { url: `https://api.setlist.fm/rest/1.0/${path}` }).items;
    expect(item).toMatchObject({ kind: 'error', extra: { meaning: expect.stringMatching(meaning) } });
  });

  it.each([
    ['search/setlists?artistName=x', 404, '', /empty/],
    ['setlist/5be1a001', 404, '<html>Not Found</html>', /gone/],
    ['setlist/version/g5be1a001', 404, '{"odd":1}', /gone/],
    ['venue/1bd00001/setlists', 503, 'Service Unavailable', /again later/],
    ['search/artists?artistName=x', 429, '{"message":null}', /quota/],
    ['search/artists?artistName=x', 403, '{"message":"Forbidden"}', /SETLISTFM_API_KEY/],
  ])('at %s, status %i with body %j, means %s', (path, status, body, meaning) => {
    const { items, problems } = read(body, { url: `${API}${path}`, status });
    expect(items).toMatchObject([{ kind: 'error', status, extra: { meaning: expect.stringMatching(meaning) } }]);
    expect(problems).toEqual([]);
  });

  it.each([
    ['Forbidden', 403],
    ['Limit Exceeded', 429],
    ['Endpoint request timed out', 504],
    ['Something else', null],
  ])('the gateway says %j for %s', (message, status) => {
    expect(read(JSON.stringify({ message })).items).toMatchObject([{ kind: 'error', status, message }]);
  });

  it('of the gateway take their status from the answer', () => {
    expect(read('{"message":"Forbidden"}', { status: 403 }).items).toMatchObject([
      { kind: 'error', status: 403, message: 'Forbidden' },
    ]);
  });
});

describe('what is no answer of the interface 1.0', () => {
  it.each([
    [
      '0.1 in BadgerFish',
      '{"setlists":{"@itemsPerPage":"20","@total":"1","setlist":{"@id":"5be1a001"}}}',
      'unknown-shape',
      /0\.1/,
    ],
    ['one set of 0.1', '{"setlist":{"@id":"5be1a001","@eventDate":"01-01-2010"}}', 'unknown-shape', /0\.1/],
    ['a list of 0.1', '{"setlist":[{"@id":"5be1a001","@eventDate":"01-01-2010"}]}', 'unknown-shape', /0\.1/],
    ['one object for a list', '{"type":"setlists","setlist":{"id":"5be1a001"}}', 'unknown-shape', /single object/],
    ['XML of countries', '\ufeff<countries><country code="DE"/></countries>', 'unknown-shape', /Accept/],
    ['XML', '<?xml version="1.0"?><setlists total="1"/>', 'unknown-shape', /Accept/],
    ['a cassette', 'interactions:\n- request:\n    body: x\n', 'not-read-yet', /cassette/],
    ['nothing', '  ', 'empty', /./],
    ['a page of another source', '<html><body>Tracklist</body></html>', 'unknown-shape', /./],
    ['another interface', '{"resultCount":1,"results":[]}', 'unknown-shape', /resultCount/],
    ['a cut answer', OWN.slice(0, 900), 'truncated', /./],
    ['a bare list', '[1,2]', 'unknown-shape', /./],
  ])('%s gives no item and says so', (_name, body, code, message) => {
    const result = read(body);
    expect(result.items).toEqual([]);
    expect(result.problems).toEqual([expect.objectContaining({ code, message: expect.stringMatching(message) })]);
  });

  it('gives no item for bytes that are no text', () => {
    expect(read(new Uint8Array([0x89, 0x50, 0x4e, 0x47, 0, 1, 2, 255]))).toMatchObject({
      items: [],
      problems: [{ code: 'not-text' }],
    });
  });

  it('reads the challenge of the website as a block', () => {
    const page = read('<html><script>window.gokuProps = {}; AwsWafIntegration.saveReferrer()</script></html>', {
      status: 202,
    });
    expect(page.items).toMatchObject([{ kind: 'block', reason: 'js-forwarding-interstitial' }]);
  });
});
