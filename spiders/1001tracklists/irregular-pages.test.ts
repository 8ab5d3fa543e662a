/** Pages as the site has them and its simplest set page does not show: invented here, row by row, in the site's own markup. */
import { describe, expect, it } from 'vitest';
import type { SetlistItem } from '../../src/core/items.ts';
import type { Page } from '../../src/core/source.ts';
import { parse } from './parser.ts';

interface TestRow {
  /** "Artist - Title (Version)"; null for an anonymous row. */
  name: string | null;
  number?: string;
  cue?: number;
  /** Media id of the player the cue belongs to. */
  player?: string;
  identified?: boolean;
  classes?: string;
  attributes?: string;
  status?: string;
  slug?: string;
  visible?: string;
  /** Further markup beside the name. */
  beside?: string;
}

const ID = '9x8w7v6u';
const PLACE = `https://www.1001tracklists.com/tracklist/${ID}/nel-ardo-b2b-kestrel-saltmarsh-2025-07-12.html`;

function rowHtml(row: TestRow, k: number): string {
  const { name, number = String(k + 1).padStart(2, '0'), cue = 0, identified = name !== null } = row;
  const id = `ab${String(k).padStart(4, '0')}cd`;
  const slug =
    row.slug ??
    (name ?? '')
      .normalize('NFKD')
      .toLowerCase()
      .replace(/[^a-z0-9]+/g, '-');
  const metas =
    name === null
      ? ''
      : `<meta itemprop="name" content="${escaped(name)}"><meta itemprop="url" content="/track/${id}/${slug}/index.html">`;
  return `<div id="tlp_${7000 + k}" class="tlpTog bItm tlpItem trRow${k} ${row.classes ?? ''}" data-id="${7000 + k}"${
    identified ? ` data-isided="true" data-trackid="${id}"` : ''
  } ${row.attributes ?? ''}><div class="bPlay"><input id="tlp${7000 + k}_cue_seconds" type="hidden" value="${cue}">
    <span id="tlp${k}_tracknumber_value">${number}</span><div class="cue noWrap action mt5">${cue > 0 ? clock(cue) : ''}</div></div>
    <div class="bCont tl"><div id="tlp${k}_content" itemprop="tracks">${metas}<span class="trackValue notranslate">${escaped(row.visible ?? name ?? 'ID - ID')}</span>${
      row.status ? `<span class="trackStatus">(${row.status})</span>` : ''
    }${row.beside ?? ''}</div></div><div class="iRow grow mediaRow" data-trackid="${500 + k}"></div></div>`;
}

interface TestPage {
  rows: (TestRow | string)[];
  title?: string;
  artists?: string[];
  canonical?: string;
  dataId?: string;
  date?: string;
  media?: string;
  side?: string;
}

function pageHtml(given: TestPage): string {
  const {
    title = 'Nel Ardo & Kestrel @ Saltmarsh 2025-07-12',
    artists = ['Nel Ardo', 'Kestrel'],
    canonical = PLACE,
  } = given;
  let k = 0;
  const cues: string[] = [];
  const rows = given.rows.map((row) => {
    if (typeof row === 'string') return row;
    if (row.cue !== undefined || k === 0) cues.push(cueEntry(k, row));
    return rowHtml(row, k++);
  });
  return `<!DOCTYPE html><html><head><title>${escaped(title)}</title><link rel="canonical" href="${canonical}"></head><body>
    <nav></nav><div id="csRoot"><h1 id="pageTitle">${escaped(title)}</h1><div id="csMiddle">${given.media ?? ''}
    <div id="tlTab" data-id="${given.dataId ?? ID}" data-islive="true" data-count="${k}"><meta itemprop="name" content="${escaped(title)}">
    <meta itemprop="datePublished" content="${given.date ?? '2025-07-12'}">${artists.map((name) => `<meta itemprop="author" content="${escaped(name)}">`).join('')}
    <script>cueValueData = [];${cues.join('')}</script>${rows.join('\n')}<div id="tl_save"></div></div></div>
    <div id="csLeft">${given.side ?? ''}</div><div id="csRight"></div></div></body></html>`;
}

function cueEntry(k: number, { cue = 0, player = '' }: TestRow): string {
  return `cueValuesEntry = {};cueValuesEntry.seconds = ${cue};cueValuesEntry.idPlayer = '${player}';cueValuesEntry.ids = [];cueValuesEntry.ids[0] = 'tlp${k}_content';`;
}

function clock(seconds: number): string {
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;
}

function escaped(text: string): string {
  return text.replace(/&/g, '&amp;').replace(/"/g, '&quot;').replace(/</g, '&lt;');
}

function read(html: string, said: Partial<Page> = {}) {
  return parse({ body: Buffer.from(html), url: null, status: null, contentType: null, fetchedAt: null, ...said });
}

function setOf(page: TestPage): SetlistItem {
  const { items, problems } = read(pageHtml(page));
  const [item] = items;
  if (item?.kind !== 'setlist') throw new Error(`expected a setlist, got ${JSON.stringify(problems)}`);
  expect(problems).toEqual([]);
  return item;
}

const track = (k: number): TestRow => ({ name: `Artist ${k} - Song Number ${k}` });
const heading = (inside: string): string => `<div class="bItmH">${inside}</div>`;

describe('sets as festivals and shows have them', () => {
  it('a night of several DJs: headings that link them stand over rows, players restart the clock', () => {
    const set = setOf({
      rows: [
        heading(
          '<a href="/artist/nel-ardo/tracklists.html">Nel Ardo</a> &amp; <a href="/artist/x/tracklists.html">Kestrel</a> played:',
        ),
        { ...track(1), cue: 0, player: 'first' },
        { ...track(2), cue: 400, player: 'first' },
        heading('Player 2:'),
        { ...track(3), cue: 0, player: 'second' },
        { ...track(4), cue: 300, player: 'second' },
      ],
    });
    expect(set.sections).toEqual(['Nel Ardo & Kestrel played', 'Player 2']);
    expect(set.tracks.map(({ cueSeconds, links }) => [cueSeconds, links.cueMediaId])).toEqual([
      [0, 'first'],
      [400, 'first'],
      [0, 'second'],
      [300, 'second'],
    ]);
  });

  it('a show in numbered hours counts its printed numbers again, its positions on', () => {
    const set = setOf({
      rows: [
        heading('Hour 1'),
        track(1),
        track(2),
        heading('Hour 2'),
        { ...track(3), number: '01' },
        { ...track(4), number: '02' },
      ],
    });
    expect(set.tracks.map(({ position, number, section }) => [position, number, section])).toEqual([
      [1, '01', 'Hour 1'],
      [2, '02', 'Hour 1'],
      [3, '01', 'Hour 2'],
      [4, '02', 'Hour 2'],
    ]);
  });

  it('a day of 400 rows is read whole', () => {
    const set = setOf({ rows: Array.from({ length: 400 }, (_, k) => ({ ...track(k), cue: k * 200 })) });
    expect(set.tracks).toHaveLength(400);
    expect(set.tracks.at(-1)).toMatchObject({ position: 400, cueSeconds: 79_800 });
  });

  it('several tracks played over one: each belongs to the row before', () => {
    const set = setOf({
      rows: [
        { ...track(1), cue: 0 },
        { ...track(2), number: 'w/', classes: 'con' },
        { ...track(3), number: 'w/', classes: 'con', cue: 90 },
        { ...track(4), cue: 200 },
      ],
    });
    expect(set.tracks.map(({ withPrevious, cueSeconds }) => [withPrevious, cueSeconds])).toEqual([
      [false, 0],
      [true, null],
      [true, 90],
      [false, 200],
    ]);
  });

  it('a set of which nobody knows a track is a set', () => {
    const set = setOf({ rows: [1, 2, 3, 4, 5].map(() => ({ name: null, attributes: 'data-isid="true"' })) });
    expect(set.tracks).toHaveLength(5);
    expect(set.tracks.every(({ isId, idKind, artist }) => isId && idKind === 'full' && artist === null)).toBe(true);
    expect(set.extra.cued).toBe(false);
  });

  it('a mashup without parts is a track, one with an unknown part keeps it', () => {
    const parts = {
      classes: 'tlpSubTog con tgHid subPos1',
      attributes: 'data-mashpos="true"',
      number: '',
      identified: false,
    };
    const set = setOf({
      rows: [
        { name: 'A vs. B - X vs. Y (Z Mashup)', attributes: 'data-mashup="0"' },
        { name: 'C vs. D - Q vs. ID', attributes: 'data-mashup="2"' },
        { ...parts, name: 'C - Q' },
        { ...parts, name: null },
      ],
    });
    expect(set.tracks.map((row) => row.parts)).toEqual([
      [],
      [
        { artist: 'C', title: 'Q', version: null },
        { artist: null, title: null, version: null },
      ],
    ]);
  });

  it('an unknown remix of a known track is known but for its version', () => {
    const set = setOf({
      rows: [
        { name: 'Kestrel - Tide', identified: false, status: 'ID Remix' },
        { name: 'Kestrel - ID', identified: false },
      ],
    });
    expect(set.tracks.map(({ title, idKind, info }) => [title, idKind, info])).toEqual([
      ['Tide', 'version', 'ID Remix'],
      [null, 'title', null],
    ]);
  });

  it('notices name the sets that they call identical', () => {
    const notice =
      '<i class="fa"></i><span>identical tracklist start:</span> <a href="/tracklist/zz99yy8x/x-2024-01-01.html">X</a>';
    const set = setOf({ rows: [heading(notice), track(1)] });
    expect(set.sections).toEqual([]);
    expect(set.extra.identicalSets).toEqual(['zz99yy8x']);
  });

  it('a set from before 2018 has its number for an id, and the list another', () => {
    const canonical = 'https://www.1001tracklists.com/tracklist/72910_nel-ardo-saltmarsh-2015-03-28.html';
    expect(setOf({ rows: [track(1)], canonical, date: '' })).toMatchObject({
      externalId: '72910',
      otherIds: [ID],
      date: '2015-03-28',
    });
  });

  it('a slug with two dates and dots, a day nobody knows', () => {
    const canonical = `https://www.1001tracklists.com/tracklist/${ID}/a-pres.-b-2024-04-06-2024-10-12.html`;
    expect(setOf({ rows: [track(1)], canonical, date: '' }).date).toBe('2024-10-12');
    expect(setOf({ rows: [track(1)], date: '2024-05-00' })).toMatchObject({ date: '2024-05', datePrecision: 'month' });
  });

  it('"all / 30" means that all are identified', () => {
    const side = '<div class="fTab"><div>IDed</div><div> all / 30 </div></div>';
    expect(setOf({ rows: [track(1)], side }).extra).toMatchObject({ identified: 30, identifiedOf: 30 });
  });

  it.each([
    ['Ōsé & Ø [Phase] - Clüb De Combat (Radio Edit)', 'Ōsé & Ø [Phase]', 'Clüb De Combat', 'Radio Edit'],
    ['KEO - (It Goes Like) Nanana - Part 2', 'KEO', '(It Goes Like) Nanana - Part 2', null],
    ['"XY" pres. Z aka Q - "Title" (12" Mix)', '"XY" pres. Z aka Q', '"Title"', '12" Mix'],
    ['Кино - Группа Крови (Dub)', 'Кино', 'Группа Крови', 'Dub'],
    ['A x B ft. C - D (E VIP) (F Edit)', 'A x B ft. C', 'D', 'E VIP, F Edit'],
  ])('%s', (name, artist, title, version) => {
    expect(setOf({ rows: [{ name }] }).tracks).toMatchObject([{ artist, title, version, isId: false }]);
  });
});

describe('what the microdata leaves out', () => {
  const bare = (html: string) =>
    html.replace(/<meta itemprop="(?:author|datePublished)"[^>]*>/g, '').replace(PLACE, '/x');
  const links =
    '<a href="/dj/nel-ardo/index.html">Nel Ardo</a> &amp; <a href="/artist/kestrel/tracklists.html">Kestrel</a>';

  it("is taken from the page's title: its DJs by their links, the date at its end", () => {
    const html = bare(pageHtml({ rows: [track(1)] })).replace(
      '"pageTitle">Nel Ardo &amp; Kestrel',
      `"pageTitle">${links}`,
    );
    expect(read(html)).toMatchObject({
      items: [{ artists: ['Nel Ardo', 'Kestrel'], date: '2025-07-12', event: 'Saltmarsh' }],
      problems: [],
    });
  });
});

describe('pasted text', () => {
  const title = 'Nel Ardo @ Saltmarsh 2025-07-12';

  it.each([
    ['number and cue on one line', `${title}\n01\t00:30\nA - Blue GLASS\nw/\nC - D (E Remix) FERNWEH`],
    [
      'as people post it',
      `${title}\n01. [00:30] A - Blue [GLASS]\nw/ C - D (E Remix) [FERNWEH]\n02. [02:10] E - F\n03. [04:10] ID - ID`,
    ],
  ])('%s', (_what, text) => {
    const [item] = read(text).items;
    expect(item).toMatchObject({ kind: 'setlist', artists: ['Nel Ardo'], date: '2025-07-12' });
    expect(item?.kind === 'setlist' && item.tracks.slice(0, 2)).toMatchObject([
      { artist: 'A', title: 'Blue', recordLabel: 'GLASS', cueSeconds: 30 },
      { artist: 'C', title: 'D', version: 'E Remix', recordLabel: 'FERNWEH', withPrevious: true },
    ]);
  });

  it('of a million rows is refused', () => {
    expect(read(`${title}\n${'01\nA - B\n'.repeat(1_000_000)}`).problems).toMatchObject([{ code: 'too-large' }]);
  });
});

describe('what tells decoys from good pages', () => {
  const rows = [1, 2, 3, 4, 5, 6].map(track);

  it('names of other tracks that share only words such as "Extended Mix" are a decoy', () => {
    const swapped = rows.map((row, k) => ({
      ...row,
      name: `Aa${k} - Bb${k} (Extended Mix)`,
      visible: `Cc${k} - Dd${k} (Extended Mix)`,
    }));
    expect(read(pageHtml({ rows: swapped })).problems).toMatchObject([{ code: 'decoy' }]);
  });

  it('track pages of other ids than the rows say are a decoy', () => {
    const html = pageHtml({ rows }).replace(/data-trackid="ab(\d+)cd"/g, 'data-trackid="zz$1zz"');
    expect(read(html)).toMatchObject({ items: [], problems: [{ code: 'decoy' }] });
  });

  it.each([
    ['guests in the text only', 'Artist 1 ft. L.V. - Song Number 1'],
    ['another case and spacing', 'ARTIST 1 -  SONG NUMBER 1'],
    ['an added bracket', 'Artist 1 - Song Number 1 (Mixed) (From "Film")'],
    ['an artist said twice', 'Artist 1 - Artist 1 - Song Number 1'],
  ])('%s on every row: no decoy', (_what, visible) => {
    const all = rows.map((row, k) => ({ ...row, visible: visible.replaceAll('1', String(k + 1)) }));
    expect(setOf({ rows: all }).tracks).toHaveLength(6);
  });

  it('addresses in Latin letters of names in other scripts: no decoy', () => {
    const cyrillic = rows.map((_, k) => ({ name: `Кино - Группа Крови ${k}`, slug: `kino-gruppa-krovi-${k}` }));
    expect(setOf({ rows: cyrillic }).tracks).toHaveLength(6);
  });
});

describe('a refusal inside the frame of a list', () => {
  it('is a refusal and no change of the layout', () => {
    const page = pageHtml({ rows: ['<div id="captcha">We need to validate your are real human!</div>'] });
    const html = page.replace('data-count="0"', 'data-count="12"');
    expect(read(html, { status: 401, url: PLACE })).toMatchObject({
      items: [{ kind: 'block', reason: 'captcha', url: PLACE }],
    });
  });
});

describe('pages that are too large', () => {
  it.each([
    ['a set page', pageHtml({ rows: ['a & b < c '.repeat(2_000_000)] })],
    ['another page', `<html><body>${'a & b < c '.repeat(2_000_000)}</body></html>`],
  ])('%s with 20 MB of text gives nothing and says so', (_what, html) => {
    expect(read(html)).toMatchObject({ items: [], problems: [{ code: 'too-large' }] });
  });
});

describe('answers of other kinds', () => {
  it.each([
    ['{"success":false,"captcha":1}', { kind: 'block', reason: 'captcha' }],
    ['{"success":false,"captchaHTML":"<div></div>"}', { kind: 'block', reason: 'captcha' }],
    ['{"success":false,"message":"no such item"}', { kind: 'error', code: 'unsuccessful', message: 'no such item' }],
  ])('%s', (text, item) => {
    expect(read(text)).toMatchObject({ items: [item], problems: [] });
  });

  it('scrolled rows of something else than sets are said to be that', () => {
    const data = '<div class="bItm oItm"><div class="bTitle"><a href="/track/ab/x/index.html">x</a></div></div>';
    expect(read(JSON.stringify({ success: true, data }))).toMatchObject({
      items: [],
      problems: [{ code: 'not-read-yet' }],
    });
  });

  it('a row saved on its own is named, and is no set', () => {
    const { items, problems } = read(rowHtml(track(3), 3));
    expect(items).toEqual([]);
    expect(problems).toMatchObject([
      { code: 'fragment', message: expect.stringContaining('Artist 3 - Song Number 3') },
    ]);
  });

  it.each([404, 410])('status %i is no page, whatever it holds', (status) => {
    expect(read('Not here', { status }).problems).toMatchObject([{ code: 'not-found' }]);
    expect(read('<html><body>Not here</body></html>', { status }).problems).toMatchObject([{ code: 'not-found' }]);
  });

  it('a challenge of the network in front of the site is a refusal', () => {
    const { items } = read('<html><head><title>Just a moment...</title></head><body></body></html>', { status: 403 });
    expect(items).toMatchObject([{ kind: 'block', reason: 'turnstile-interstitial' }]);
  });

  it('a page cut off before it says whose it is was cut off', () => {
    expect(read('<!DOCTYPE html><html><head><title>Nel Ardo @ Saltm').problems).toMatchObject([{ code: 'truncated' }]);
  });
});

describe('a page saved as a single file', () => {
  it('is read as the page in it', () => {
    const html = pageHtml({ rows: [track(1), { name: 'Ōsé - Ø' }] });
    expect(read(singleFile(html))).toEqual(read(html));
  });
});

/** As browsers save a page "as a single file". */
function singleFile(html: string): string {
  const part = `Content-Type: text/html\r\nContent-Transfer-Encoding: base64\r\n\r\n${Buffer.from(html).toString('base64')}`;
  return `From: <Saved by Blink>\r\nContent-Type: multipart/related; boundary="cut"\r\n\r\n--cut\r\n${part}\r\n--cut--\r\n`;
}
