import { existsSync, readdirSync, readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Row, SetlistItem } from '../../src/core/items.ts';
import type { Page, ParseResult } from '../../src/core/source.ts';
import { parse } from './parser.ts';
import { readTitle } from './set.ts';

const SET = 'https://watchthedj.com/djvideos/marlo-fenn-live-at-glasshouse-sessions-2023';

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

const codes = (result: ParseResult): string[] => result.problems.map(({ code }) => code);
const brief = (row: Row) => [row.cueSeconds, row.artist, row.title, row.version];

describe('a page with a JSON-LD video', () => {
  const result = parseText(fixture('set-json-ld.html'));

  it('gives the set with its recorded date, place, channel and recording', () => {
    expect(setOf(result)).toMatchObject({
      externalId: 'marlo-fenn-live-at-glasshouse-sessions-2023',
      url: SET,
      title: 'Marlo Fenn live at Glasshouse Sessions 2023',
      artists: ['Marlo Fenn'],
      event: 'Glasshouse Sessions',
      date: '2023-08-26',
      datePrecision: 'day',
      venue: 'Tidewater Hall',
      sources: [{ id: 'glasshouse', name: 'Glasshouse', role: 'Channel' }],
      genres: ['Deep House'],
      media: [{ service: 'youtube', id: 'AbC-dEf_123', durationSeconds: 3723 }],
      durationSeconds: 3723,
    });
    expect(result.problems).toEqual([]);
  });

  it('takes chapters as rows; one that is no track keeps its time', () => {
    expect(setOf(result).tracks.map(brief)).toEqual([
      [0, 'Nel Ardo', 'Paper Lanterns', 'Kestrel Remix'],
      [245, null, null, null],
      [600, 'Ossip & The Vanes', null, null],
      [1800, null, 'Interview', null],
    ]);
    expect(setOf(result).tracks[1]).toMatchObject({ isId: true, idKind: 'full', info: 'Intro' });
  });

  it('without recorded date has the year of the title, never the upload date', () => {
    const page = fixture('set-json-ld.html').replace('"startDate":"2023-08-26",', '');
    expect(setOf(parseText(page))).toMatchObject({ date: '2023', datePrecision: 'year' });
  });

  it('with broken JSON says so and reads what else there is', () => {
    const broken = parseText(fixture('set-json-ld.html').replace('"@graph":[', '"@graph":['.slice(0, -1)));
    expect(broken.problems[0]).toMatchObject({ code: 'bad-value', where: 'script[type="application/ld+json"] #1' });
    expect(setOf(broken)).toMatchObject({ artists: ['Marlo Fenn'], media: [{ id: 'AbC-dEf_123' }], tracks: [] });
  });
});

describe('other places of data', () => {
  it('microdata gives video and tracks, and the missing cues are said', () => {
    const result = parseText(fixture('set-microdata.html'));
    expect(setOf(result)).toMatchObject({
      title: 'Kestrel live at Lowtide 2021 (North Stage)',
      event: 'Lowtide 2021 (North Stage)',
      date: '2021',
      media: [{ service: 'vimeo', id: '7654321', durationSeconds: 1800 }],
    });
    expect(setOf(result).tracks.map(brief)).toEqual([
      [null, 'Kestrel', 'Undertow', 'Dub'],
      [null, 'Tilda Roe', 'Small Hours', null],
    ]);
    expect(result.problems).toEqual([
      { code: 'missing-field', message: "the page does not say the set's cues", where: 'chapters, times in the list' },
    ]);
  });

  it('an ordered list gives rows: times, unknown tracks, labels, elements of their own, played together', () => {
    const item = setOf(parseText(fixture('set-list.html')));
    expect(item.tracks.map(brief)).toEqual([
      [13, null, null, null],
      [245, 'Nel Ardo & Suvi Kaar', 'Paper Lanterns', 'Kestrel Remix'],
      [3750, 'Kestrel', 'Undertow', null],
      [null, 'Marlo Fenn', 'Quiet Rooms', null],
    ]);
    expect(item.tracks[1]?.recordLabel).toBe('FERNWEH');
    expect(item.tracks[3]?.withPrevious).toBe(true);
    expect(item).toMatchObject({ artists: ['Tilda Roe', 'Ossip'], event: 'The Quarry', date: '2022' });
    expect(item.media).toEqual([{ service: 'youtube', id: 'ZyX-wVu_987', durationSeconds: null }]);
  });

  it('a saved JSON-LD video gives a set, with chapters out of its description', () => {
    const item = setOf(parseText(fixture('video.json')));
    expect(item).toMatchObject({ externalId: 'kestrel-live-at-lowtide-2021', media: [{ id: 'AbC-dEf_123' }] });
    expect(item.tracks.map(brief)).toEqual([
      [0, 'Kestrel', 'Undertow', null],
      [245, 'Tilda Roe', 'Small Hours', null],
      [550, 'Ossip', null, null],
    ]);
  });

  it('copied text gives a set without an id of the site', () => {
    const item = setOf(parseText(fixture('pasted.txt')));
    expect(item).toMatchObject({ externalId: 'unnamed:suvi-kaar-live-at-saltmarsh-yard-2024', date: '2024' });
    expect(item.tracks).toHaveLength(3);
  });

  it('a page of a set that says nothing gives no set, and lists each thing it lacks, and where it was looked for', () => {
    const result = parseText('<html><body><p>Nothing here but words.</p></body></html>', { url: SET });
    expect(result.items).toEqual([]);
    const missing = result.problems.map(({ message }) => /set's (\w+)$/.exec(message)?.[1]);
    expect(missing).toEqual(['title', 'artists', 'event', 'date', 'recording', 'length', 'tracks']);
    expect(result.problems.every(({ code, where }) => code === 'missing-field' && where !== null)).toBe(true);
  });

  it('a channel lists its sets, each once, and asks for them', () => {
    const result = parseText(fixture('channel.html'));
    expect(result.items).toMatchObject([
      {
        kind: 'listing',
        id: 'glasshouse',
        entries: [
          {
            externalId: 'marlo-fenn-live-at-glasshouse-sessions-2023',
            title: 'Marlo Fenn live at Glasshouse Sessions 2023',
          },
          { externalId: 'tilda-roe-b2b-ossip-live-at-the-quarry-2022' },
        ],
      },
    ]);
    expect(result.requests.map(({ kind }) => kind)).toEqual(['djvideo', 'djvideo']);
  });
});

describe('an empty application shell', () => {
  it('is asked again in a browser', () => {
    const result = parseText(fixture('shell.html'), { url: SET });
    expect(result.requests).toEqual([{ url: `${SET}#rendered`, kind: 'djvideo-rendered' }]);
    expect(result.items).toEqual([]);
    expect(codes(result)).toEqual(['needs-rendering']);
  });

  it('is not asked a third time when it stays empty', () => {
    const result = parseText(fixture('shell.html'), { url: `${SET}#rendered` });
    expect(result.requests).toEqual([]);
    expect(codes(result)).toEqual(['layout-drift']);
  });

  it('of no known address says that it needs one', () => {
    const result = parseText(fixture('shell.html'));
    expect(result.items).toEqual([]);
    expect(result.requests).toEqual([]);
    expect(result.problems).toHaveLength(1);
  });

  it('once rendered gives the set under its plain address', () => {
    const page = fixture('set-list.html').replace(/<link rel="canonical"[^>]*>/, '');
    expect(setOf(parseText(page, { url: `${SET}#rendered` })).url).toBe(SET);
  });
});

describe('titles', () => {
  it.each([
    ['Dixon Vane live at Cercle Yard 2024', ['Dixon Vane'], 'Cercle Yard', '2024'],
    ['A b2b B - Live @ Mix Lab NYC (2020)', ['A', 'B'], 'Mix Lab NYC', '2020'],
    ['Someone Live from Studio 1999 Berlin', ['Someone'], 'Studio 1999 Berlin', '1999'],
    ['Someone live at Home', ['Someone'], 'Home', null],
  ])('%s', (title, artists, event, year) => {
    expect(readTitle(title)).toEqual({ artists, event, year });
  });

  it('without "live at" say nothing', () => {
    expect(readTitle('A documentary about living')).toBeNull();
  });
});

describe('bad input', () => {
  it.each<[string, string | Uint8Array, string]>([
    ['nothing', '', 'empty'],
    ['binary', Uint8Array.from([0xff, 0xd8, 0xff, 0, 1]), 'not-text'],
    ['broken JSON', '{"a": tru}', 'unknown-shape'],
    ['half of a JSON text', '{"@type": "VideoObject", "name": "x', 'truncated'],
    ['JSON of another source', '{"data": [{"id": 1}]}', 'unknown-shape'],
    [
      'a page of another site',
      '<html><head><link rel="canonical" href="https://example.org/x"></head></html>',
      'unknown-shape',
    ],
    ['half of a page', fixture('set-list.html').slice(0, 700), 'truncated'],
    ['a page without a video', '<html><body>words</body></html>', 'unknown-shape'],
    ['plain words', 'hello', 'unknown-shape'],
    ['nesting without end', '<div>'.repeat(100_000), 'too-large'],
  ])('%s gives no item and says why', (_what, body, code) => {
    const result = parse({ body: Buffer.from(body), url: null, status: null, contentType: null, fetchedAt: null });
    expect(result.items).toEqual([]);
    expect(codes(result)).toEqual([code]);
  });

  it('a body of more than 50 MB is not read', () => {
    expect(codes(parseText('a'.repeat(50 * 1024 * 1024 + 1)))).toEqual(['too-large']);
  });

  it.each([
    [
      '<html><title>Just a moment...</title><body><form id="challenge-form"></form></body></html>',
      200,
      'turnstile-interstitial',
    ],
    ['<html><body>Forbidden</body></html>', 403, 'forbidden'],
  ])('%s is a refusal', (text, status, reason) => {
    expect(parseText(text, { status, url: SET }).items).toEqual([
      { kind: 'block', source: 'watchthedj', reason, url: SET },
    ]);
  });

  it('mutated pages never throw, and give the same result twice', () => {
    const folder = new URL('fixtures/', import.meta.url);
    const pages = readdirSync(folder).map((name) => readFileSync(new URL(name, folder)));
    const mutation = fc.record({
      page: fc.constantFrom(...pages),
      from: fc.double({ min: 0, max: 1, noNaN: true }),
      drop: fc.nat(800),
      put: fc.oneof(fc.uint8Array({ maxLength: 20 }), fc.string({ unit: 'grapheme', maxLength: 20 })),
      url: fc.constantFrom(null, SET, 'not an address'),
    });
    fc.assert(
      fc.property(mutation, ({ page, from, drop, put, url }) => {
        const at = Math.floor(from * page.length);
        const body = Buffer.concat([page.subarray(0, at), Buffer.from(put), page.subarray(at + drop)]);
        const read = () => parse({ body, url, status: null, contentType: null, fetchedAt: null });
        const result = read();
        expect(read()).toEqual(result);
        expect(result.items.length + result.problems.length).toBeGreaterThan(0);
      }),
      { numRuns: 400 },
    );
  });
});

const shared = new URL('../../../shared/fixtures/', import.meta.url);
describe.skipIf(!existsSync(shared))('pages of the other sources in ../shared/fixtures', () => {
  it.each(['1001tracklists', 'mixesdb', 'setlistfm', 'reddit', 'applemusic'])('of %s give nothing', (source) => {
    const folder = new URL(`${source}/`, shared);
    const pages = readdirSync(folder).filter(
      (name) => /\.(?:html|json|csv|txt)$/.test(name) && !name.includes('.expected.'),
    );
    for (const name of pages) {
      const result = parse({
        body: readFileSync(new URL(name, folder)),
        url: null,
        status: null,
        contentType: null,
        fetchedAt: null,
      });
      expect([name, result.items]).toEqual([name, []]);
      expect([name, result.problems.length]).not.toEqual([name, 0]);
    }
  });
});
