import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { SetlistItem } from '../../src/core/items.ts';
import type { Page } from '../../src/core/source.ts';
import { parse } from './parser.ts';

const REST_PAGE = fixture('rest-page.json');
const TEXT_DUMP = fixture('text-dump.txt');
const CSV_DUMP = fixture('dump.csv');
const BARE_LISTS = fixture('bare-lists.txt');
const TITLE = '2019-05-04 - Nora Velt & Gus Hallow (Live PA) @ Night Tide, Old Dock, Seaport';

function fixture(name: string): string {
  return readFileSync(new URL(`./fixtures/${name}`, import.meta.url), 'utf8');
}

function read(body: string | Uint8Array, page: Partial<Page> = {}) {
  const bytes = typeof body === 'string' ? new TextEncoder().encode(body) : body;
  return parse({ body: bytes, url: null, status: null, contentType: null, fetchedAt: null, ...page });
}

function sets(body: string, page: Partial<Page> = {}): SetlistItem[] {
  return read(body, page).items.filter((item): item is SetlistItem => item.kind === 'setlist');
}

function restPage(source: string, title = '2020-01-02 - Ada Quill @ Somewhere'): string {
  return JSON.stringify({
    id: 1,
    key: title.replaceAll(' ', '_'),
    title,
    latest: { id: 2, timestamp: '2026-01-01T00:00:00Z' },
    source,
  });
}

describe('a page of the REST interface', () => {
  const [set] = sets(REST_PAGE, { fetchedAt: '2026-03-01T00:00:00.000Z' });

  it('gives the facts of its title', () => {
    expect(set).toMatchObject({
      externalId: '2019-05-04_-_Nora_Velt_&_Gus_Hallow_(Live_PA)_@_Night_Tide,_Old_Dock,_Seaport',
      title: TITLE,
      date: '2019-05-04',
      datePrecision: 'day',
      artists: ['Nora Velt', 'Gus Hallow'],
      isLivePa: true,
      event: 'Night Tide, Old Dock, Seaport',
      venue: 'Old Dock',
      city: 'Seaport',
      country: null,
    });
  });

  it('keeps address, revision, licence and the time it was read', () => {
    expect(set).toMatchObject({
      url: 'https://www.mixesdb.com/w/2019-05-04_-_Nora_Velt_%26_Gus_Hallow_(Live_PA)_@_Night_Tide,_Old_Dock,_Seaport',
      otherIds: ['4711'],
      versionId: '99001',
      lastUpdated: '2026-02-03T04:05:06Z',
      extra: { licence: 'CC BY-SA 3.0 US', revisionId: 99001, retrievedAt: '2026-03-01T00:00:00.000Z' },
    });
  });

  it('adds up the parts of the recording', () => {
    expect(set?.durationSeconds).toBe(3731 + 3529);
  });

  it('gives players as media, those hidden in comments too', () => {
    expect(set?.media).toEqual([
      { service: 'youtube', id: 'abc_DEF-123', durationSeconds: null },
      { service: 'soundcloud', id: 'nora-velt/night-tide-pt-2', durationSeconds: null },
      { service: 'mixcloud', id: 'noravelt/night-tide', durationSeconds: null },
    ]);
  });

  it('tells styles from the other categories', () => {
    expect(set?.genres).toEqual(['Deep House', 'Techno']);
    expect(set?.extra).toMatchObject({
      tracklistState: 'incomplete',
      categorySortKeys: { 'Deep House': '2019-06-01' },
    });
  });

  it('takes notes, and no comments of users', () => {
    expect(set?.notes).toEqual(['Recorded by the club itself.', 'Episode #12']);
  });

  it('counts rows over all chapters', () => {
    expect(set?.sections).toEqual(['Part 1', 'Part 2 - 2019-05-05 - After Hours']);
    expect(set?.tracks.map((row) => row.position)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]);
    expect(set?.tracks[6]?.section).toBe('Part 2 - 2019-05-05 - After Hours');
  });

  it('reads marks with their granularity and gives back hours to lists that start again at 00', () => {
    expect(set?.tracks.map((row) => [row.cueSeconds, row.cueGranularity])).toEqual([
      [0, 'minute'],
      [null, 'unknown'],
      [720, 'minute'],
      [3300, 'minute'],
      [3840, 'minute'],
      [4140, 'minute'],
      [30, 'second'],
      [3723, 'second'],
      [1260, 'second'],
      [null, 'unknown'],
      [null, 'unknown'],
    ]);
    expect(set?.extra.unreadCues).toEqual({ 2: '0?' });
  });

  it('reads names, labels, notes and what nobody knows', () => {
    const rows = set?.tracks ?? [];
    expect(rows[0]).toMatchObject({
      artist: 'Ada Quill',
      title: 'First Light',
      recordLabel: 'Harbour',
      catalogNumber: 'HBR 01',
    });
    expect(rows[1]).toMatchObject({
      artist: 'Old Keepers',
      title: null,
      isId: true,
      idKind: 'title',
      recordLabel: null,
      info: 'Unreleased',
    });
    expect(rows[2]).toMatchObject({
      artist: 'Paper Comet',
      title: 'Sail',
      version: 'Gus Hallow Remix',
      withPrevious: true,
    });
    expect(rows[3]).toMatchObject({ artist: 'Lantern Choir', title: 'Ash & Ember', info: 'Rewind; Forthcoming' });
    expect(rows[4]).toMatchObject({ artist: '[KRTM]', title: 'Slow', recordLabel: 'Glass', catalogNumber: null });
    expect(rows[5]).toMatchObject({ artist: null, title: null, isId: true, idKind: 'full' });
    expect(rows[6]).toMatchObject({
      title: 'Tide',
      version: 'ID Remix',
      isId: true,
      idKind: 'version',
      recordLabel: 'ARC(ANE)',
    });
    expect(rows[7]).toMatchObject({ artist: null, title: 'Chorus Improvising', isId: false });
    expect(rows[8]).toMatchObject({ artist: 'If [Redacted] Speaks', title: 'Again', recordLabel: 'Kompakt' });
    expect(rows[9]).toMatchObject({ artist: 'Daniel Example', title: '#Six' });
    expect(rows[10]).toMatchObject({ artist: null, title: null, isId: true, idKind: 'full' });
    expect(set?.extra).toMatchObject({ gapsAfter: [3], tentative: [2], unreleased: [2, 4, 5] });
  });
});

describe('wikitext in its other forms', () => {
  it.each([
    ['a list element', '== Tracklist ==\n<list>\n[000] A - B\nC - D\n</list>'],
    ['an old heading', '== Notes & Tracklist ==\nRecorded live\n# [000] A - B\n# C - D'],
    ['preformatted text', '== Tracklist ==\n<pre>\n01. [000] A - B\n02. C - D\n</pre>'],
    [
      'a deeper heading as chapter',
      '== Tracklist ==\n=== Part 1 ===\n# [000] A - B\n# C - D\n[[Category:Tracklist: complete]]',
    ],
    ['no heading at all', '# [000] A - B\n# C - D'],
  ])('%s is read', (_name, source) => {
    const [set] = sets(restPage(source));
    expect(set?.tracks.map((row) => [row.artist, row.title, row.cueSeconds])).toEqual([
      ['A', 'B', 0],
      ['C', 'D', null],
    ]);
  });

  it('a remark beside a marked list is a note', () => {
    expect(sets(restPage('== Tracklist ==\nThanks - to all\n# A - B'))[0]).toMatchObject({
      notes: ['Thanks - to all'],
      tracks: [{ title: 'B' }],
    });
  });

  it('a page without tracklist is a set without tracks', () => {
    expect(read(restPage('== Tracklist ==\n[[Category:Tracklist: none]]'))).toMatchObject({
      items: [{ tracks: [], extra: { tracklistState: 'none', hasTracklist: false } }],
      problems: [],
    });
  });

  it('says so when a filed tracklist cannot be found', () => {
    expect(read(restPage('== Tracklist ==\n[[Category:Tracklist: complete]]')).problems).toMatchObject([
      { code: 'missing-tracks' },
    ]);
  });

  it('a redirect asks for its target', () => {
    expect(read(restPage('#REDIRECT [[2020-01-02 - Ada Quill @ AC/DC Club]]'))).toMatchObject({
      items: [],
      requests: [
        { url: 'https://www.mixesdb.com/w/rest.php/v1/page/2020-01-02_-_Ada_Quill_%40_AC%2FDC_Club', kind: 'page' },
      ],
    });
  });

  it('a saved page takes its title from the address or from its image', () => {
    const { source } = JSON.parse(REST_PAGE) as { source: string };
    expect(sets(source)[0]?.title).toBe(TITLE);
    expect(sets(source, { url: 'https://www.mixesdb.com/w/2018_-_Ada_Quill_@_X' })[0]).toMatchObject({
      date: '2018',
      datePrecision: 'year',
    });
  });

  it('the Action API gives the same set', () => {
    const { source, title, id } = JSON.parse(REST_PAGE) as { source: string; title: string; id: number };
    const body = JSON.stringify({
      query: {
        pages: [
          {
            pageid: id,
            ns: 0,
            title,
            revisions: [{ revid: 99001, timestamp: '2026-02-03T04:05:06Z', slots: { main: { content: source } } }],
          },
        ],
      },
    });
    expect(sets(body)).toEqual(sets(REST_PAGE));
  });
});

describe('searches and errors', () => {
  it('mix pages become requests, and everything found is listed', () => {
    const pages = ['2020-01-02 - Ada Quill @ AC/DC Club', 'Category:Ada Quill'].map((title, id) => ({
      id,
      key: title.replaceAll(' ', '_'),
      title,
      excerpt: '',
    }));
    const result = read(JSON.stringify({ pages }));
    expect(result.requests).toEqual([
      { url: 'https://www.mixesdb.com/w/rest.php/v1/page/2020-01-02_-_Ada_Quill_%40_AC%2FDC_Club', kind: 'page' },
    ]);
    expect(result.items).toMatchObject([
      { kind: 'listing', entries: [{ date: '2020-01-02' }, { title: 'Category:Ada Quill', date: null }] },
    ]);
  });

  it('a search that found nothing is an answer', () => {
    expect(read('{"pages":[]}')).toMatchObject({
      items: [{ kind: 'listing', entries: [] }],
      requests: [],
      problems: [],
    });
  });

  it('an unknown page is an error with its status', () => {
    const body =
      '{"errorKey":"rest-nonexistent-title","messageTranslations":{"en":"No such title"},"httpCode":404,"httpReason":"Not Found"}';
    expect(read(body).items).toMatchObject([
      { kind: 'error', status: 404, code: 'rest-nonexistent-title', message: 'No such title' },
    ]);
  });
});

describe('dumps', () => {
  it('text: one set per block, known by the key in its address', () => {
    const [first, second] = sets(TEXT_DUMP);
    expect(first).toMatchObject({
      externalId: '2016-02-03_-_Nora_Velt_(Live_PA)_@_Night_Tide,_Seaport',
      isLivePa: true,
      tracks: [],
      city: 'Seaport',
      extra: { hasTracklist: false },
    });
    expect(second).toMatchObject({
      date: '200X',
      datePrecision: 'decade',
      event: 'Harbour Sessions',
      artists: ['Nora Velt', 'Gus Hallow'],
      extra: { titleKind: 'series', placeOrSeries: 'Unknown (Harbour Sessions)' },
    });
    expect(second?.tracks).toMatchObject([
      { number: '1', cueSeconds: 20, artist: 'Ada Quill', catalogNumber: '01' },
      { number: '2', artist: '[KRTM]', title: 'Slow' },
      { number: '3', artist: 'Old Keepers', title: null, idKind: 'title' },
      { number: '10', cueSeconds: 3690, artist: null, title: 'Intro' },
    ]);
  });

  it('text: the notebook that printed it reads the same', () => {
    const notebook = JSON.stringify({ cells: [{ outputs: [{ name: 'stdout', text: TEXT_DUMP.split(/(?<=\n)/) }] }] });
    expect(sets(notebook).map((set) => set.tracks)).toEqual(sets(TEXT_DUMP).map((set) => set.tracks));
  });

  it('CSV: rows are read from what the page said, and a place of the dump is no city', () => {
    const [first, second] = sets(CSV_DUMP);
    expect(first).toMatchObject({
      date: '2007-08',
      datePrecision: 'month',
      venue: 'Night Tide',
      city: null,
      country: 'Italy',
      sections: ['Part 1', 'Part 2'],
    });
    expect(first?.tracks).toMatchObject([
      { position: 1, section: 'Part 1', cueSeconds: 0, cueGranularity: 'minute' },
      { position: 2, cueSeconds: null, artist: 'Keepers,Old', title: '3, 2, 1 "Go"!', version: 'Night Edit' },
      { position: 3, section: 'Part 2', cueSeconds: 4920, cueGranularity: 'second', isId: true, idKind: 'full' },
    ]);
    expect(second?.tracks[0]).toMatchObject({ title: 'Circle', recordLabel: 'Trapez' });
    expect(read(CSV_DUMP).problems).toMatchObject([{ code: 'bad-value', where: 'record 6' }]);
  });

  it('bare lists: every body is a set, times of day are no offsets', () => {
    const [original, candidate, titled] = sets(BARE_LISTS);
    expect(original).toMatchObject({
      title: null,
      extra: { heading: 'Example', label: 'Original' },
      tracks: [{ title: 'First Light' }, { version: 'Extended Mix' }],
    });
    expect(candidate?.extra).toMatchObject({ gapsAfter: [1], tentative: [3] });
    expect(candidate?.tracks[1]).toMatchObject({ artist: 'Paper Comet', title: 'Sail', recordLabel: 'Glass' });
    expect(titled).toMatchObject({
      externalId: '2001-05-05_-_Nora_Velt_@_Night_Tide',
      artists: ['Nora Velt'],
      extra: { unreadCues: { 1: '21:00', 2: '21:40', 3: '23:05' } },
    });
    expect(titled?.tracks.map((row) => row.cueSeconds)).toEqual([null, null, null]);
    expect(new Set(sets(BARE_LISTS).map((set) => set.externalId)).size).toBe(3);
  });
});

describe('what is no page of the wiki', () => {
  it.each([
    ['nothing', '', 'empty'],
    [
      'a page of another source',
      '<!DOCTYPE html><html><head><title>Tracks</title></head><body><h1>Tracklist</h1># A - B</body></html>',
      'unknown-shape',
    ],
    ['another interface', '{"type":"setlists","setlist":[]}', 'unknown-shape'],
    ['a cut answer', REST_PAGE.slice(0, -200), 'truncated'],
    ['a list', '[1,2,3]', 'unknown-shape'],
    [
      'prose with one numbered line',
      '# A heading\n\nThis is a text about music.\nIt goes on - for a while.\nAnd on.\n# Another - one\nEnd.',
      'unknown-shape',
    ],
    ['a page of another model', '{"id":1,"key":"X","title":"X","content_model":"css","source":"a{}"}', 'unknown-shape'],
    ['a page about no mix', '{"id":1,"key":"X","title":"X","source":"Hello"}', 'unknown-shape'],
    ['a category', '{"id":1,"key":"Category:X","title":"Category:X","source":"Hello"}', 'not-read-yet'],
    [
      'a rendered page without a heading',
      '<!DOCTYPE html><html><meta name="generator" content="MediaWiki 1.44"><title>x | MixesDB</title></html>',
      'layout-drift',
    ],
  ])('%s gives no item and says so', (_name, body, code) => {
    expect(read(body)).toMatchObject({ items: [], requests: [], problems: [{ code }] });
  });

  it('a challenge is a block', () => {
    const url = 'https://www.mixesdb.com/w/rest.php/v1/page/X';
    expect(read('<!DOCTYPE html><title>Just a moment...</title>', { url, status: 403 }).items).toEqual([
      { kind: 'block', source: 'mixesdb', reason: 'turnstile-interstitial', url },
    ]);
  });

  it('bytes that are no text give no item', () => {
    expect(read(new Uint8Array([0x89, 0x50, 0x4e, 0x47, 0, 255]))).toMatchObject({
      items: [],
      problems: [{ code: 'not-text' }],
    });
  });
});
