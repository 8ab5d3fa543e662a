import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { SetlistItem } from '../../src/core/items.ts';
import { source } from './index.ts';
import { parse } from './parser.ts';

const PAGE = readFileSync(new URL('./fixtures/rendered-page.html', import.meta.url), 'utf8');
const CATEGORY = readFileSync(new URL('./fixtures/category-page.html', import.meta.url), 'utf8');
const REST = readFileSync(new URL('./fixtures/rest-page.json', import.meta.url), 'utf8');

function read(text: string, status: number | null = null) {
  return parse({ body: Buffer.from(text), url: null, status, contentType: null, fetchedAt: '2026-03-01T00:00:00Z' });
}

function setOf(text: string): SetlistItem {
  const [item] = read(text).items;
  if (item?.kind !== 'setlist') throw new Error('expected a setlist');
  return item;
}

describe('a page as readers see it', () => {
  it('is the same set as its wikitext: key, ids, licence, length, players, genres', () => {
    const rest = setOf(REST);
    expect(setOf(PAGE)).toMatchObject({
      externalId: rest.externalId,
      url: rest.url,
      otherIds: ['4711'],
      versionId: '99001',
      artists: ['Nora Velt', 'Gus Hallow'],
      date: '2019-05-04',
      durationSeconds: 3731 + 3529,
      media: [{ service: 'soundcloud', id: 'nora-velt/night-tide' }],
      genres: ['Deep House'],
      extra: { licence: 'CC BY-SA 3.0 US', retrievedAt: '2026-03-01T00:00:00Z', tracklistState: 'incomplete' },
    });
    expect(read(PAGE).problems).toEqual([]);
  });

  it('gives rows of numbered lists and of list boxes, without comments, contents and footer', () => {
    const set = setOf(PAGE);
    expect(set.sections).toEqual(['Part 1', 'Part 2']);
    expect(set.tracks).toMatchObject([
      { artist: 'Ada Quill', title: 'First Light', cueSeconds: 0, recordLabel: 'Harbour', catalogNumber: 'HBR 01' },
      { artist: 'Old Keepers', title: null, info: 'Unreleased' },
      { title: 'Sail <3', version: 'Gus Hallow Remix', withPrevious: true },
      { artist: 'Lantern Choir', title: 'Ash & Ember', info: 'Rewind; Forthcoming' },
      { artist: '[KRTM]', title: 'Slow', recordLabel: 'Glass', section: 'Part 2' },
      { isId: true, idKind: 'full' },
    ]);
    expect(set.notes).toEqual(['Recorded by the club itself.', 'played twice']);
    expect(set.extra).toMatchObject({ gapsAfter: [3], tentative: [2] });
  });

  it('names no commenter', () => {
    expect(JSON.stringify(read(PAGE))).not.toMatch(/Somebody|Said Something|Footer/);
  });

  it.each([
    ['cut off', PAGE.slice(0, -900), null, 'truncated'],
    ['unknown to the wiki', PAGE.replace('<ol>', '<div class="noarticletext"></div><ol>'), 200, 'not-found'],
    ['nested without end', PAGE.replace('<ol>', '<div>'.repeat(100_000)), null, 'too-large'],
    [
      'without a heading',
      PAGE.replace('"firstHeading"', '"h"').replace(/<link rel="canonical"[^>]*>/, ''),
      null,
      'layout-drift',
    ],
  ])('%s gives no set and says why', (_what, text, status, code) => {
    expect(read(text, status)).toMatchObject({ items: [], problems: [{ code }] });
  });
});

describe('the page of a category', () => {
  it('lists its mixes, asks for each by the REST interface, and follows where it goes on', () => {
    const { items, requests, problems } = read(CATEGORY);
    expect(items).toMatchObject([
      {
        kind: 'listing',
        id: 'Category:Nora_Velt',
        entries: [{ date: '2019-05-04' }, { date: '2020' }, { date: '200X' }],
      },
    ]);
    expect(requests.map(({ url, kind }) => [kind, url.replace(/^.*\/(?:page|w)\//, '')])).toEqual([
      ['page', '2019-05-04_-_Nora_Velt_%40_Night_Tide'],
      ['page', '2020_-_Nora_Velt_%40_AC%2FDC_Club'],
      ['page', '200X_-_Nora_Velt_-_Harbour_Sessions'],
      ['category', 'Category:Nora_Velt?pagefrom=2020'],
    ]);
    expect(problems).toEqual([]);
  });

  it('a further page is known by where it begins, and no address stands for two pages', () => {
    const url = 'https://www.mixesdb.com/w/Category:Nora_Velt?pagefrom=2020+-+A%2C+B#mw-pages';
    const next = source.requestFor(url);
    expect(next?.url).toBe('https://www.mixesdb.com/w/Category:Nora_Velt?pagefrom=2020%20-%20A%2C%20B');
    expect(source.normaliseUrl(url)).toBe(next?.url);
    const page = { body: Buffer.from(CATEGORY), url, status: 200, contentType: null, fetchedAt: null };
    expect(parse(page).items).toMatchObject([{ id: 'Category:Nora_Velt from 2020 - A, B' }]);
  });

  it.each([
    '/w/index.php?title=Category:Nora_Velt&amp;pagefrom=2020#mw-pages',
    '/w/Category:Somebody_Else?pagefrom=2020',
    '/w/Category:Nora_Velt',
    'https://example.org/w/Category:Nora_Velt?pagefrom=2020',
  ])('is not followed to %s: what reads the rest is said', (href) => {
    const { requests, problems } = read(CATEGORY.replace('/w/Category:Nora_Velt?pagefrom=2020', href));
    expect(requests.map(({ kind }) => kind)).toEqual(['page', 'page', 'page']);
    expect(problems).toMatchObject([{ code: 'not-followed', message: expect.stringContaining('"members:Nora_Velt"') }]);
  });

  it('that holds categories or nothing is an empty list, and no change of the layout', () => {
    const without = CATEGORY.replace(/<ul id="catMixesList">[\s\S]*?<\/ul>/, '<div id="mw-subcategories"></div>');
    expect(read(without)).toMatchObject({ items: [{ entries: [] }], problems: [{ code: 'not-read-yet' }] });
    expect(read(without.replace('mw-subcategories', 'x')).problems).toMatchObject([{ code: 'layout-drift' }]);
  });

  it('is asked for as HTML, and never where robots.txt forbids it', () => {
    const request = source.requestFor('https://www.mixesdb.com/w/Category:Nora_Velt');
    expect(request).toEqual({ url: 'https://www.mixesdb.com/w/Category:Nora_Velt', kind: 'category' });
    expect(request && source.headers(request, {}).accept).toBe('text/html');
    expect(source.requestFor('https://www.mixesdb.com/w/Category:Mixcloud')).toBeNull();
  });
});

describe('a page saved as a single file', () => {
  it('is read as the page in it', () => {
    const html = PAGE;
    expect(read(singleFile(html))).toEqual(read(html));
  });
});

/** As browsers save a page "as a single file". */
function singleFile(html: string): string {
  const part = `Content-Type: text/html\r\nContent-Transfer-Encoding: base64\r\n\r\n${Buffer.from(html).toString('base64')}`;
  return `From: <Saved by Blink>\r\nContent-Type: multipart/related; boundary="cut"\r\n\r\n--cut\r\n${part}\r\n--cut--\r\n`;
}
