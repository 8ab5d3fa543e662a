/** What pages of the wiki do besides what its help page says, and what bad ones do to a reader. */

import { describe, expect, it, vi } from 'vitest';
import type { Row, SetlistItem } from '../../src/core/items.ts';
import { inBoundedTime } from '../../src/testing/bounded-time.ts';
import { parse } from './parser.ts';

/** The machine may be busy with other files' tests. */
vi.setConfig({ testTimeout: 60_000 });

const REST = 'https://www.mixesdb.com/w/rest.php/v1';

function read(text: string, url: string | null = null, status: number | null = null) {
  return parse({ body: Buffer.from(text), url, status, contentType: null, fetchedAt: null });
}

function answer(source: string, title = '2020-01-02 - Ada Quill @ Somewhere'): string {
  return JSON.stringify({ id: 1, key: title.replaceAll(' ', '_'), title, latest: { id: 2 }, source });
}

function setOf(source: string, title?: string): SetlistItem {
  const [item] = read(answer(source, title)).items;
  if (item?.kind !== 'setlist') throw new Error('expected a setlist');
  return item;
}

const tracklist = (body: string): SetlistItem => setOf(`== Tracklist ==\n${body}`);
const names = ({ artist, title, recordLabel, catalogNumber }: Row) => [artist, title, recordLabel, catalogNumber];

describe('a line of a list', () => {
  it.each([
    ['[Harbour -]', 'Harbour', null, null],
    ['[Harbour - HBR 01] [2003]', 'Harbour', 'HBR 01', '2003'],
    ['[2003]', null, null, '2003'],
    ['[Forthcoming on Harbour - HBR 02]', 'Harbour', 'HBR 02', 'Forthcoming'],
    ['[Test Pressing]', null, null, 'Test Pressing'],
    ['{{Rare|since={{Year|2003}}}} [Harbour]', 'Harbour', null, null],
  ])('that ends in %s', (end, recordLabel, catalogNumber, info) => {
    const [track] = tracklist(`# A - B ${end}`).tracks;
    expect(track).toMatchObject({ artist: 'A', title: 'B', recordLabel, catalogNumber, info });
  });

  it('may be broken by hand: what begins a track is one, what does not goes on', () => {
    const set = tracklist('# A - B<br>(first half)<br />[05] C - D<BR/># E - F');
    expect(set.tracks.map(({ title, cueSeconds }) => [title, cueSeconds])).toEqual([
      ['B (first half)', null],
      ['D', 300],
      ['F', null],
    ]);
  });

  it('a mark set off by spaces is a mark, and one before dots a gap', () => {
    const set = tracklist('<list>\n[ 07 ] A - B\n[??] ...\n[1:05] C - D\n</list>');
    expect(set.tracks.map(({ cueSeconds }) => cueSeconds)).toEqual([420, 3900]);
    expect(set.extra.gapsAfter).toEqual([1]);
  });
});

describe('a page of various artists', () => {
  it('has no style of the name of somebody who stands over a chapter', () => {
    const categories = ['2020', 'Ada Quill', 'Old Keepers', 'Deep House'].map((name) => `[[Category:${name}]]`);
    const body = `== Tracklist ==\n;Ada Quill (Live PA)\n# A - B\n;Old Keepers\n# C - D\n${categories.join('\n')}`;
    expect(setOf(body, '2020-01-02 - VA @ Somewhere').genres).toEqual(['Deep House']);
  });
});

describe('a tracklist in a table', () => {
  it('is read by its headings, chapters and cells over several lines included', () => {
    const set = tracklist(
      [
        '{| class="wikitable sortable"',
        '|+ All of it',
        '! No. !! Time !! Artist !! Title !! Label !! Cat. No.',
        '|-',
        '| colspan="6" | Part 1',
        '|-',
        '| 1 || 00:00 || [[Ada Quill]] || First Light || Harbour || HBR 01',
        '|-',
        '| align="right" | 2',
        '| 05:10',
        '| Old Keepers',
        '| ?',
        '|',
        '|',
        '|}',
      ].join('\n'),
    );
    expect(set.tracks.map(names)).toEqual([
      ['Ada Quill', 'First Light', 'Harbour', 'HBR 01'],
      ['Old Keepers', null, null, null],
    ]);
    expect(set.tracks.map(({ cueSeconds, section }) => [cueSeconds, section])).toEqual([
      [0, 'Part 1'],
      [310, 'Part 1'],
    ]);
  });

  it('is read without headings too: number, time, names, label', () => {
    const set = tracklist(
      '{|\n|-\n| 1. || [07] || Ada Quill - Sail || Glass\n|-\n| 2. || Old Keepers || Ash\n|-\n| ?\n|}',
    );
    expect(set.tracks.map(names)).toEqual([
      ['Ada Quill', 'Sail', 'Glass', null],
      ['Old Keepers', 'Ash', null, null],
      [null, null, null, null],
    ]);
    expect(set.tracks[0]?.cueSeconds).toBe(420);
  });

  it('that nothing ends costs no row of the list below it', () => {
    expect(tracklist('{|\n! dur !! MB\n|-\n| 1:00:00 || 5\n# A - B\n# C - D').tracks).toHaveLength(2);
  });
});

describe('lines that people type', () => {
  it.each([
    ['# A - B [Glass] [GLS 12]', ['A', 'B', 'Glass', 'GLS 12']],
    ['# A - B - [Glass]', ['A', 'B', 'Glass', null]],
    ['# A - [Glass]', ['A', null, 'Glass', null]],
    ['# [00] - A - B', ['A', 'B', null, null]],
    ['# 1. A - B', ['A', 'B', null, null]],
    ['# w/ A - B', ['A', 'B', null, null]],
    ['# A &ouml; - B &frac12;', ['A ö', 'B ½', null, null]],
    ['# Unknown - Unknown', [null, null, null, null]],
    ['# A - Unknown [Glass]', ['A', 'Unknown', 'Glass', null]],
    ['# A – B <ref>said so</ref> {{note}}', ['A', 'B', null, null]],
  ])('%s', (line, expected) => {
    expect(tracklist(line).tracks.map(names)).toEqual([expected]);
  });

  it('"? - Title" is somebody\'s, and nobody knows whose', () => {
    expect(tracklist('# ? - B').tracks).toMatchObject([{ artist: null, title: 'B', isId: true, idKind: null }]);
  });

  it('a line under a track is a remark and no track', () => {
    expect(tracklist("# A - B\n#: played - twice\n#: ''\n# C - D")).toMatchObject({
      tracks: [{ title: 'B' }, { title: 'D' }],
      notes: ['played - twice'],
    });
  });

  it('a bold line is a heading, numbered or not, unless it names a track', () => {
    const set = tracklist("# '''Part 1'''\n# A - B\n'''Part 2'''\n# '''C - D'''");
    expect(set.tracks.map(({ title, section }) => [title, section])).toEqual([
      ['B', 'Part 1'],
      ['D', 'Part 2'],
    ]);
  });

  it('sections are chapters where none is called a tracklist', () => {
    const set = setOf('== Notes ==\nsaid - so\n== Part 1 ==\n# A - B\n== Part 2 ==\n# C - D');
    expect(set).toMatchObject({
      sections: ['Part 1', 'Part 2'],
      notes: ['said - so'],
      tracks: [{}, { section: 'Part 2' }],
    });
  });

  it('preformatted lines go on below themselves, and a bare line may say which part begins', () => {
    const set = tracklist('<pre>\n01. A - B\n    (C Remix) [Glass]\nPart 2\n01. D - E\n   [05] F - G\n</pre>');
    expect(set.tracks.map((line) => [...names(line), line.section])).toEqual([
      ['A', 'B', 'Glass', null, null],
      ['D', 'E', null, null, 'Part 2'],
      ['F', 'G', null, null, 'Part 2'],
    ]);
  });

  it('chapters keep the days that they name', () => {
    const set = tracklist(';Part 1\n# A - B\n;Part 2 - 2010-02-07 - Uptown Top Sessions\n# C - D');
    expect(set.extra.sectionDates).toEqual({ 'Part 2 - 2010-02-07 - Uptown Top Sessions': '2010-02-07' });
  });
});

describe('pages', () => {
  it.each([
    ['{{StandardShow1h}}', 3600],
    ['{{StandardShow90min}}', 5400],
    ['{{StandardShow?h}}', null],
  ])('%s says the length', (template, seconds) => {
    expect(setOf(`== File details ==\n${template}\n== Tracklist ==\n# A - B`).durationSeconds).toBe(seconds);
  });

  it('a night of several people, over midnight, in a room of its own', () => {
    expect(setOf('# A - B', '1999-12-31/2000-01-01 - VA @ Hessle Audio, Rinse FM, London, UK')).toMatchObject({
      date: '1999-12-31',
      artists: ['VA'],
      venue: 'Rinse FM',
      city: 'London',
      country: 'UK',
    });
    expect(setOf('# A - B', '2013 - A, B & C b2b D @ Hessle Audio, Rinse FM')).toMatchObject({
      artists: ['A', 'B', 'C', 'D'],
      venue: 'Rinse FM',
      city: null,
    });
  });

  it.each([
    [
      '1996-11-03 - Daft Punk - Essential Mix (Live @ Que Club)',
      ['Daft Punk'],
      'Essential Mix (Live @ Que Club)',
      'series',
    ],
    ['2016 - Ada Quill - Live @ Night Tide', ['Ada Quill'], 'Night Tide', 'live'],
    ['2003 - Ada Quill (DJ Set) & B (Live PA) @ Night Tide', ['Ada Quill', 'B'], 'Night Tide', 'live'],
    ['2024-11-02 – Ada Quill – Night Tide 04', ['Ada Quill'], 'Night Tide 04', 'series'],
    ['2022 - A @ B @ C', ['A'], 'B @ C', 'live'],
  ])('%s', (title, artists, event, titleKind) => {
    expect(setOf('# A - B', title)).toMatchObject({ artists, event, extra: { titleKind } });
  });

  it('a disambiguation page is no set: the mixes it tells apart are asked for', () => {
    const page = '{{Disambig}}\n* [[2010 - A @ B|first]]\n* [[2011_-_A_@_C]]\n* [[Help:X]]';
    const { items, requests } = read(answer(page, 'A'));
    expect(items).toEqual([]);
    expect(requests.map(({ url }) => url)).toEqual([`${REST}/page/2010_-_A_%40_B`, `${REST}/page/2011_-_A_%40_C`]);
  });

  it('a key with "/" that the wiki does not know is asked once more as it is, then given up', () => {
    const unknown = '{"errorKey":"rest-nonexistent-title","httpCode":404}';
    const { requests } = read(unknown, `${REST}/page/2020_-_A_%40_AC%2FDC`, 404);
    expect(requests).toEqual([{ url: `${REST}/page/2020_-_A_%40_AC/DC`, kind: 'page' }]);
    expect(read(unknown, requests[0]?.url, 404)).toMatchObject({ requests: [], problems: [{ code: 'unresolved' }] });
  });

  it('that says it has no tracklist, outside its categories too', () => {
    expect(tracklist('Tracklist: none').extra.tracklistState).toBe('none');
  });

  it('a redirect to a category asks for its list', () => {
    expect(read(answer('#REDIRECT [[Category:Berghain]]')).requests).toEqual([
      { url: 'https://www.mixesdb.com/w/Category:Berghain', kind: 'category' },
    ]);
  });

  it('two searches are two lists', () => {
    const hits = JSON.stringify({ pages: [{ key: 'X', title: 'X' }] });
    expect(read(hits, `${REST}/search/page?q=Ben%20UFO&limit=100`).items).toMatchObject([{ id: 'search Ben UFO' }]);
  });
});

describe('pages that would cost the square of their length', () => {
  it.each([
    '[[File:',
    '[[File:a.',
    '[[:',
    '[[a|',
    '{{Player|',
    '{{Disambig',
    '{|\n',
    '| a\n',
    '! a\n',
    '{|\n| a ||\n',
    '&x',
    '<ref>',
  ])('400 kB of %j are read in bounded time', (piece) => {
    const body = piece.repeat(400_000 / piece.length);
    const pages = [
      `[[Category:x]]\n${body}`,
      answer(`{{Disambig}}\n${body}`),
      answer(`== File details ==\n${body}\n== Tracklist ==\n${body}`),
    ];
    expect(() => inBoundedTime(() => pages.map((page) => read(page)))).not.toThrow();
  });

  it.each(['(', '[', ' - ', "'''", '[a]', '(a) ', 'a & ', 'mix ', '{{', '[[a|', '&a;'])(
    '200 lines of %j, each as long as lines may be, are read in bounded time',
    (piece) => {
      const line = `# [00] A - b ${piece.repeat(1_900 / piece.length)}`;
      const page = answer(`== Tracklist ==\n${`${line})\n${line}]\n`.repeat(100)}`);
      expect(() => inBoundedTime(() => read(page))).not.toThrow();
    },
  );
});

describe('pages that are too large', () => {
  const columns = 'mix_title,mix_url,part,position,timestamp,artist,title,raw\n';
  const rule = '='.repeat(20);

  it.each([
    ['an answer with 300,000 rows', answer(`== Tracklist ==\n${'# A\n'.repeat(300_000)}`)],
    ['wikitext beyond the size of pages', answer(' '.repeat(2_300_000))],
    ['a list of a million rows', '# A - B\n'.repeat(1_000_000)],
    ['a CSV of a million rows', `${columns}${'a,b,c,1,00,A,B,x\n'.repeat(1_000_000)}`],
    ['a dump of 20,000 mixes', `${rule}\n2020 - A @ B\nhttps://x.y/w/z\n${rule}\n1. A - B\n`.repeat(20_000)],
  ])('%s is refused as a whole', (_what, text) => {
    expect(read(text)).toMatchObject({ items: [], problems: [{ code: 'too-large' }] });
  });
});
