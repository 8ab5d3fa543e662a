import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Row, SetlistItem } from '../../src/core/items.ts';
import type { ParseResult } from '../../src/core/parse-result.ts';
import type { Page } from '../../src/core/source.ts';
import { searchAddress } from './addresses.ts';
import { parse } from './parser.ts';

function fixture(name: string): string {
  return readFileSync(new URL(`fixtures/${name}`, import.meta.url), 'utf8');
}

function parseText(text: string, said: Partial<Page> = {}): ParseResult {
  return parse({ body: Buffer.from(text), url: null, status: null, contentType: null, fetchedAt: null, ...said });
}

function setOf({ items }: ParseResult): SetlistItem {
  const [item] = items;
  if (item?.kind !== 'setlist') throw new Error('expected a setlist');
  return item;
}

const set = fixture('set-page.html');
const codes = (result: ParseResult): string[] => result.problems.map(({ code }) => code);
const brief = ({ number, artist, title, version }: Row) => [number, artist, title, version];

describe('a set page', () => {
  it('gives the set: ids, people, date, place, sources with roles, media, remarks', () => {
    const result = parseText(set);
    expect(result.problems).toEqual([]);
    expect(setOf(result)).toMatchObject({
      externalId: '9x8w7v6u',
      otherIds: [],
      title:
        'Marlo Fenn & Tilda Roe @ Glasshouse Stage, Saltmarsh Festival, Tidewater Hall Aldermere, Norway 2025-07-12',
      artists: ['Marlo Fenn', 'Tilda Roe'],
      date: '2025-07-12',
      event: 'Glasshouse Stage, Saltmarsh Festival, Tidewater Hall Aldermere, Norway',
      venue: 'Tidewater Hall Aldermere',
      sources: [
        { id: 'sm1234', name: 'Saltmarsh Festival', role: 'Open Air / Festival' },
        { id: 'th5678', name: 'Tidewater Hall Aldermere', role: 'Event Location' },
      ],
      genres: ['Deep House', 'Bassline / Garage / Grime'],
      media: [
        { service: 'youtube', id: 'AbC-dEf_123', durationSeconds: 1805 },
        { service: 'mixcloud', id: '/marlofenn/saltmarsh-%C3%B8/', durationSeconds: 3600 },
      ],
      sections: ['First Set', 'Second Set'],
      notes: ['identical tracklist end Marlo Fenn @ Elsewhere 2024-01-01'],
      lastUpdated: '2025-07-20T08:30:00+00:00',
    });
  });

  it('gives the rows that were played, without ads, notices, suggestions and deleted rows', () => {
    expect(setOf(parseText(set)).tracks.map(brief)).toEqual([
      ['01', 'Nel Ardo ft. Suvi Kaar', 'Paper Lanterns', null],
      ['02', 'Ossip & The Vanes', 'Quiet Rooms', 'Marlo Fenn Remix'],
      ['w/', 'Tilda Roe', '(All The) Small Hours', null],
      ['03', 'Kestrel vs. Nel Ardo', 'Undertow vs. Paper Lanterns', 'Tilda Roe Mashup'],
      ['04', 'ID ID', 'Id', null],
      ['05', 'Marlo Fenn & Tilda Roe', null, null],
      ['06', null, null, null],
      ['07', 'Ossip & The Vanes', 'Slow Machines', null],
      ['08', 'Kestrel', 'Ærø - Part Two', null],
    ]);
  });

  it('puts parts of a mashup into the mashup and counts no position for them', () => {
    const { tracks } = setOf(parseText(set));
    expect(tracks[3]?.parts).toEqual([
      { artist: 'Kestrel', title: 'Undertow', version: 'Dub' },
      { artist: 'Nel Ardo ft. Suvi Kaar', title: 'Paper Lanterns', version: null },
    ]);
    expect(tracks.map(({ position }) => position)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9]);
  });

  it('tells identified rows by the flag and not by the letters "ID"', () => {
    const kinds = setOf(parseText(set)).tracks.map(({ isId, idKind, info }) => [isId, idKind, info]);
    expect(kinds.slice(4, 8)).toEqual([
      [false, null, null],
      [true, 'title', null],
      [true, 'full', null],
      [true, 'version', 'ID Remix'],
    ]);
  });

  it('takes a hidden 0 for a cue on the first row only', () => {
    const cues = setOf(parseText(set)).tracks.map(({ cueSeconds }) => cueSeconds);
    expect(cues).toEqual([0, 245, null, 480, 700, 905, null, 1260, null]);
  });

  it('takes the 0 of an uncued page for a placeholder', () => {
    const uncued = set.replace(/(_cue_seconds" type="hidden" value=)"\d+"/g, '$1"0"').replace(/>\d+:\d\d</g, '><');
    const item = setOf(parseText(uncued));
    expect(item.tracks.map(({ cueSeconds }) => cueSeconds)).toEqual(Array(9).fill(null));
    expect(item.extra.cued).toBe(false);
  });

  it('keeps the player beside each cue when several players restart the clock', () => {
    const entry = /(seconds = (?:0|245); cueValuesEntry.number = '1'; cueValuesEntry.idPlayer = )''/g;
    const two = set
      .replace(entry, "$1'first-player'")
      .replace(/idPlayer = ''/g, "idPlayer = 'second-player'")
      .replace('value="700"', 'value="0"')
      .replace('seconds = 700', 'seconds = 0')
      .replace('>11:40<', '><');
    const item = setOf(parseText(two));
    expect(item.extra.cuePlayerId).toBeNull();
    expect(item.tracks[0]?.links.cueMediaId).toBe('first-player');
    expect(item.tracks[4]).toMatchObject({ cueSeconds: 0, links: { cueMediaId: 'second-player' } });
  });

  it('gives what stands beside a track: label, length, genre, note, ids', () => {
    const { tracks } = setOf(parseText(set));
    expect(tracks[0]).toMatchObject({
      recordLabel: 'FERNWEH (NORTHLINE)',
      durationSeconds: 252,
      genre: 'Deep House',
      section: 'First Set',
      links: {
        trackId: 'aa11bb2c',
        trackUrl: '/track/aa11bb2c/nel-ardo-paper-lanterns/index.html',
        mediaItemId: '501',
      },
    });
    expect(tracks[2]).toMatchObject({ withPrevious: true, edit: 'Acappella' });
  });

  it('takes the label out of escaped HTML where the page shows none', () => {
    const hidden = set.replaceAll('class="trackLabel ', 'class="otherLabel ');
    expect(setOf(parseText(hidden)).tracks[0]?.recordLabel).toBe('FERNWEH (NORTHLINE)');
  });

  it('keeps suggestions apart from facts', () => {
    expect(setOf(parseText(set)).extra.suggestions).toEqual([
      {
        id: '777',
        rowId: '9000004',
        position: 4,
        type: 14,
        meaning: 'correct cue time is',
        value: '8:20',
        valueSeconds: 500,
      },
    ]);
  });

  it('names no user of the site', () => {
    expect(JSON.stringify(parseText(set))).not.toMatch(/somebody|an-uploader/);
  });

  it('is read the same when its landmarks are written in another way', () => {
    const other = set.replace('id="pageTitle"', "id='pageTitle'");
    expect(setOf(parseText(other))).toEqual(setOf(parseText(set)));
  });

  it('keeps the id of the list beside the id of the page where they differ', () => {
    const rebroadcast = set.replace('data-id="9x8w7v6u"', 'data-id="1a2b3c4d"');
    expect(setOf(parseText(rebroadcast))).toMatchObject({ externalId: '9x8w7v6u', otherIds: ['1a2b3c4d'] });
  });

  it('reads a rendered page with a response header above it', () => {
    const kept = `HTTP/1.1 206 Partial Content\r\nServer: Apache\r\n\r\n${set}`;
    expect(setOf(parseText(kept))).toEqual(setOf(parseText(set)));
  });

  it('survives a page title that no address names', () => {
    const bare = set.replace(/<link rel="canonical"[^>]*>/, '');
    expect(setOf(parseText(bare, { url: 'not an address' })).externalId).toBe('9x8w7v6u');
  });
});

describe('a set page that must not be believed', () => {
  it('says how many rows are missing', () => {
    const result = parseText(set.replace('data-count="11"', 'data-count="14"'));
    expect(result.problems).toMatchObject([{ code: 'missing-tracks', message: 'the page says 14 rows, 11 were read' }]);
    expect(result.items).toHaveLength(1);
  });

  it('is a decoy when most rows show another name than their microdata', () => {
    const titles = set.replace(/(<span class="blueTxt">)[^<]+(<\/span> <\/span>)/g, '$1Wholly Different$2');
    const shuffled = titles.replace(/(translate="no">)[^<]+(<span title="open artist)/g, '$1Nobody Known$2');
    const result = parseText(shuffled);
    expect(result.items).toEqual([]);
    expect(codes(result)).toEqual(['decoy']);
  });

  it('is a decoy when most rows link to pages of other tracks', () => {
    const result = parseText(set.replace(/\/track\/(\w+)\/[^/]+\//g, '/track/$1/wholly-different-words/'));
    expect(result.items).toEqual([]);
    expect(codes(result)).toEqual(['decoy']);
  });

  it('is no decoy for an added bracket, a "ft." credit, another case or a repeated artist', () => {
    const harmless = set
      .replace('>Paper Lanterns</span>', '>PAPER  LANTERNS (Extended)</span>')
      .replace(
        '>Quiet Rooms (Marlo Fenn Remix)</span>',
        '>Quiet Rooms (Ossip &amp; The Vanes) (Marlo Fenn Remix)</span>',
      )
      .replace('>Tilda Roe<span', '>Tilda Roe ft. L.V.<span');
    expect(parseText(harmless).problems).toEqual([]);
  });

  it('says which row disagrees on a page that otherwise agrees', () => {
    const stray = set.replace('>Kestrel<span', '>Nobody Known<span').replace('>Ærø - Part Two<', '>Other Words<');
    const result = parseText(stray.replaceAll('>Kestrel<span', '>Nobody Known<span'));
    expect(result.items).toHaveLength(1);
    expect(result.problems).toMatchObject([{ code: 'bad-value', where: '#tlp_9000010' }]);
  });

  it.each([
    ['rows lose their class', set.replaceAll('tlpItem', 'trackItem')],
    ['the list loses its id', set.replaceAll('tlTab', 'tracks')],
    ['names lose their class', set.replaceAll('trackValue', 'tv')],
    ['names lose their microdata', set.replaceAll('itemprop="name"', 'property="name"')],
    ['rows lose the identified flag', set.replaceAll('data-isided', 'data-known')],
    ['names are gone', set.replaceAll('trackValue', 'tv').replaceAll('itemprop="name"', 'x="name"')],
  ])('has drifted when %s', (_what, page) => {
    const result = parseText(page);
    expect(result.items).toEqual([]);
    expect(codes(result)).toEqual(['layout-drift']);
  });

  it('is refused when it ends in the middle', () => {
    const result = parseText(set.slice(0, set.indexOf('9000007')));
    expect(result.items).toEqual([]);
    expect(codes(result)).toEqual(['truncated']);
  });

  it('without tracks yet says so', () => {
    const empty = set.replaceAll('tlpItem', 'x').replace('data-count="11"', 'data-count="0"');
    expect(codes(parseText(empty))).toEqual(['missing-tracks']);
  });
});

describe('other pages', () => {
  it('a list gives its sets, their counts and play times, and says which row is no set', () => {
    const result = parseText(fixture('listing.html'));
    expect(result.items).toMatchObject([
      {
        kind: 'listing',
        id: 'search saltmarsh',
        entries: [
          { externalId: '9x8w7v6u', date: '2025-07-12', identified: 9, total: 9, playTimeSeconds: 3720 },
          { externalId: '8a7b6c5', date: '2025-02-03', identified: 4, total: 12, playTimeSeconds: null },
          { externalId: '7q6r5s4t', date: '2025-01-01', identified: 3, total: 3, playTimeSeconds: 2700 },
        ],
      },
    ]);
    expect(result.requests).toHaveLength(3);
    expect(result.problems).toMatchObject([{ code: 'bad-value', where: '.oItm[data-id="zz"]' }]);
  });

  it.each([
    ['marlo fenn', ['Marlo Fenn & Tilda Roe @ Glasshouse Stage, Saltmarsh Festival']],
    ['Kestrel 2025', ['Kestrel - Lowtide Radio']],
    [
      '2025',
      ['Marlo Fenn & Tilda Roe @ Glasshouse Stage, Saltmarsh Festival', 'Kestrel - Lowtide Radio', 'Ossip - Home'],
    ],
    ['Nobody', []],
  ])('a search for "%s" lists every row and follows those that hold the words', (words, titles) => {
    const body = Buffer.from(fixture('listing.html'));
    const page = { body, url: searchAddress(words), status: 200, contentType: 'text/html', fetchedAt: null };
    const { items, requests, problems } = parse(page);
    const entries = items.flatMap((item) => (item.kind === 'listing' ? item.entries : []));
    const followed = entries.filter(({ url }) => requests.some((request) => request.url === url));
    expect(followed.map(({ title }) => title)).toEqual(titles);
    expect(problems.filter(({ code }) => code === 'not-followed')).toHaveLength(titles.length === 3 ? 0 : 1);
    expect(entries).toHaveLength(3);
  });

  it('rows that scrolling loads are read from their JSON', () => {
    const data = fixture('listing.html').replace(/^[\s\S]*?(?=<div class="bItm)/, '');
    const result = parseText(JSON.stringify({ success: true, data }));
    expect(result.items).toMatchObject([{ kind: 'listing', entries: [{ externalId: '9x8w7v6u' }, {}, {}] }]);
  });

  it.each([
    ['captcha', 'captcha'],
    ['ip-limited', 'ip-limited'],
    ['turnstile', 'turnstile-interstitial'],
    ['js-forwarding', 'js-forwarding-interstitial'],
    ['login', 'login'],
  ])('block-%s.html is a refusal, not an empty set', (name, reason) => {
    const url = 'https://www.1001tracklists.com/tracklist/9x8w7v6u/marlo-fenn-2025-07-12.html';
    expect(parseText(fixture(`block-${name}.html`))).toEqual({
      source: '1001tracklists',
      items: [{ kind: 'block', source: '1001tracklists', reason, url }],
      requests: [],
      problems: [],
    });
  });

  it('a sign of a refusal on a page with rows proves nothing', () => {
    const marked = set.replace('<div id="csRight">', '<div id="csRight"><div id="turnstile-container"></div>');
    expect(parseText(marked).items).toMatchObject([{ kind: 'setlist' }]);
  });

  it.each([
    ['Your access has been blocked for one hour due to abnormal use.', 403, 'ip-limited'],
    ['', 429, 'rate-limited'],
    ['{"success":false,"captcha":true}', 200, 'captcha'],
  ])('%j with status %i is a refusal', (text, status, reason) => {
    expect(parseText(text, { status }).items).toMatchObject([{ kind: 'block', reason }]);
  });

  it('media links keep service, id, length and album; one without an id is said', () => {
    const result = parseText(fixture('medialink.json'));
    expect(result.items).toMatchObject([
      {
        kind: 'media',
        id: '501',
        links: [
          { service: 'apple-music', id: '333444', albumId: '111222', country: 'no', durationSeconds: 252 },
          { service: 'soundcloud', id: '9990001', account: 'nelardo', durationSeconds: null },
          { service: 'service-99', id: '77', durationSeconds: 200 },
          { service: 'youtube', id: 'AbC-dEf_123', durationSeconds: null },
        ],
      },
    ]);
    expect(result.problems).toMatchObject([{ code: 'bad-value', where: '$.data[3]' }]);
  });

  it('media links of nothing belong to the track they were asked for', () => {
    const url = 'https://www.1001tracklists.com/ajax/get_medialink.php?idObject=5&idItem=88';
    const result = parseText('{"success":true,"data":[],"more":[]}', { url });
    expect(result.items).toMatchObject([{ kind: 'media', id: '88', links: [] }]);
  });

  it('pasted text gives rows, and labels as far as they can be told from titles', () => {
    const result = parseText(fixture('pasted.txt'));
    const item = setOf(result);
    expect(item).toMatchObject({ artists: ['Marlo Fenn'], date: '2025-07-12', durationSeconds: 1805 });
    expect(item.tracks.map((row) => [...brief(row), row.recordLabel, row.cueSeconds, row.idKind])).toEqual([
      ['01', 'Nel Ardo', 'Paper Lanterns 2', null, 'FERNWEH', null, null],
      ['02', 'Ossip & The Vanes', 'Quiet Rooms', 'Marlo Fenn Remix', 'NORTHLINE (FERNWEH)', 245, null],
      ['w/', 'Tilda Roe', 'LOUD HOURS', null, null, null, null],
      ['03', 'Kestrel', null, null, null, 3750, 'title'],
      ['04', null, null, null, null, null, 'full'],
    ]);
    expect(result.problems).toMatchObject([{ code: 'bad-value', where: 'line 22' }]);
  });

  it('a page of a kind that is not read is named', () => {
    const page = set
      .replaceAll('tlTab', 'x')
      .replace(
        /<link rel="canonical"[^>]*>/,
        '<link rel="canonical" href="https://www.1001tracklists.com/label/ab/x/index.html">',
      );
    expect(parseText(page).problems).toMatchObject([{ code: 'not-read-yet', message: 'not read yet: label page' }]);
  });
});

describe('bad input', () => {
  it.each<[string, string | Uint8Array, string]>([
    ['nothing', '', 'empty'],
    ['white space', ' \n ', 'empty'],
    ['binary', Uint8Array.from([0x89, 0x50, 0x4e, 0x47, 0, 0, 0xff]), 'not-text'],
    ['Latin-1 text', Uint8Array.from([0x3c, 0x64, 0x69, 0x76, 0x3e, 0xe9, 0x3c]), 'not-text'],
    ['a page cut within a letter', Buffer.from(set).subarray(0, Buffer.from(set).indexOf('Ø') + 1), 'truncated'],
    ['broken JSON', '{"success": tr}', 'unknown-shape'],
    ['half of a JSON answer', '{"success": true, "data": [', 'truncated'],
    ['JSON of another source', '{"setlist": []}', 'unknown-shape'],
    ['a page of another site', '<html><head><title>x</title></head><body>y</body></html>', 'unknown-shape'],
    ['plain words', 'hello', 'unknown-shape'],
  ])('%s gives no item and says why', (_what, body, code) => {
    const result = parse({ body: Buffer.from(body), url: null, status: null, contentType: null, fetchedAt: null });
    expect(result.items).toEqual([]);
    expect(codes(result)).toEqual([code]);
  });

  it('a body of more than 50 MB is not read', () => {
    const body = Buffer.alloc(50 * 1024 * 1024 + 1, 'a');
    expect(codes(parse({ body, url: null, status: null, contentType: null, fetchedAt: null }))).toEqual(['too-large']);
  });

  it('a name without end is read in bounded time', () => {
    const page = set.replace('>Paper Lanterns<', `>${'Paper ( '.repeat(500_000)}<`);
    expect(parseText(page).items).toHaveLength(1);
  });

  it.each([
    ['nesting without end', `<html><div id="tlTab">${'<div>'.repeat(100_000)}`],
    ['rows without end', `<html><div id="tlTab">${'<div class="tlpItem"></div>'.repeat(300_000)}</html>`],
  ])('%s is refused in bounded time', (_what, page) => {
    expect(codes(parseText(page))).toEqual(['too-large']);
  });

  it('mutated pages never throw, and give the same result twice', () => {
    const pages = ['set-page.html', 'listing.html', 'block-turnstile.html', 'medialink.json', 'pasted.txt'].map(
      (name) => readFileSync(new URL(`fixtures/${name}`, import.meta.url)),
    );
    const mutation = fc.record({
      page: fc.constantFrom(...pages),
      from: fc.double({ min: 0, max: 1, noNaN: true }),
      drop: fc.nat(3_000),
      put: fc.oneof(fc.uint8Array({ maxLength: 20 }), fc.string({ unit: 'grapheme', maxLength: 20 })),
    });
    fc.assert(
      fc.property(mutation, ({ page, from, drop, put }) => {
        const at = Math.floor(from * page.length);
        const body = Buffer.concat([page.subarray(0, at), Buffer.from(put), page.subarray(at + drop)]);
        const read = () => parse({ body, url: null, status: null, contentType: null, fetchedAt: null });
        const result = read();
        expect(read()).toEqual(result);
        expect(result.items.length + result.problems.length).toBeGreaterThan(0);
      }),
      { numRuns: 400 },
    );
  });
});
