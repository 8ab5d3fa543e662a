/** Forms of pages beside those of the fixtures: faults that templates make, tracklists in plain words, titles of other makes. */
import { describe, expect, it } from 'vitest';
import type { SetlistItem } from '../../src/core/items.ts';
import type { ParseResult } from '../../src/core/parse-result.ts';
import { parse } from './parser.ts';
import { readTitle } from './title.ts';

const URL_OF_SET = 'https://watchthedj.com/djvideos/ada-quill-live-at-pier-2024';

function read(head: string, body = ''): ParseResult {
  const html = `<!doctype html><html><head>${head}</head><body>${body}</body></html>`;
  const page = { url: URL_OF_SET, status: null, contentType: null, fetchedAt: null };
  return parse({ ...page, body: new TextEncoder().encode(html) });
}

const setOf = ({ items }: ParseResult): SetlistItem | undefined =>
  items.find((item): item is SetlistItem => item.kind === 'setlist');
const told = (result: ParseResult): unknown =>
  setOf(result)?.tracks.map(({ cueSeconds, artist, title }) => [cueSeconds, artist, title]);

const TRACKS = [
  [0, 'Mara Quill', 'Low Tide'],
  [270, 'Odd Lanterns', 'Glass Hour'],
  [540, 'Halden', 'Ferry'],
];

describe('JSON-LD that templates broke', () => {
  const json = '{"@type":"VideoObject","name":"Ada &amp; Bo live at Pier","description":"Set"}';
  const script = (text: string): string => `<script type="application/ld+json">${text}</script>`;

  it.each([
    ['within CDATA', `//<![CDATA[\n${json}\n//]]>`, 0],
    ['within a comment', `<!--\n${json}\n-->`, 0],
    ['with a line break in a text', json.replace('"Set"', '"one\ntwo"'), 1],
    ['with a comma behind the last entry', json.replace('"Set"}', '"Set",}'), 1],
  ])('%s is read, and its faults are told', (_form, text, faults) => {
    const result = read(script(text));
    expect(setOf(result)?.artists).toEqual(['Ada & Bo']);
    expect(result.problems.filter(({ code }) => code === 'bad-value')).toHaveLength(faults);
  });

  it('what cannot be mended is told by its first fault', () => {
    expect(read(script('{"@type": "VideoObject", name: x}')).problems[0]?.message).toMatch(
      /^structured data is broken JSON: /,
    );
  });
});

describe('tracklists where no list is', () => {
  it.each([
    [
      'line breaks',
      '<h2>Tracklist</h2><p>0:00 Mara Quill - Low Tide<br>4:30 Odd Lanterns - Glass Hour<br/>9:00 Halden - Ferry</p>',
    ],
    [
      'paragraphs',
      '<p>0:00 Mara Quill - Low Tide</p><p>4:30 Odd Lanterns - <b>Glass\n Hour</b></p><p>9:00 Halden - Ferry</p>',
    ],
    [
      'names that no dash parts',
      '<ol><li>0:00 Low Tide by Mara Quill<li>4:30 Glass Hour by Odd Lanterns<li>9:00 Ferry by Halden</ol>',
    ],
  ])('%s', (_form, body) => {
    const result = read('<title>Ada Quill live at Pier</title>', body);
    expect(told(result)).toEqual(TRACKS);
    expect(setOf(result)?.extra.tracksFoundIn).toBe('text of the page');
  });

  it('scripts and menus are no tracks', () => {
    const body = '<nav><a>Sets</a> <a>Channels</a></nav><script>0:00 A - B\n1:00 C - D\n2:00 E - F</script><p>soon</p>';
    expect(
      told(
        read(
          '<title>Ada Quill live at Pier</title><meta property="og:video" content="https://youtu.be/abcdefghijk">',
          body,
        ),
      ),
    ).toEqual([]);
  });
});

describe('titles', () => {
  const slug = (dj: string): string => `${dj}-live-at-somewhere-2024`;

  it.each([
    ['Ada @ Pier Festival 2024', null, ['Ada'], 'Pier Festival', '2024'],
    ['Ada de Quill | Pier Lab NYC', slug('ada-de-quill'), ['Ada de Quill'], 'Pier Lab NYC', null],
    ['PIER - Ada Quill / May 3 2024', slug('ada-quill'), ['Ada Quill'], 'PIER, May 3', '2024'],
    ['Ada Quill Boiler: Berlin DJ Set', slug('ada-quill'), ['Ada Quill'], 'Boiler: Berlin', null],
    ['Ada b2b Bo | Pier', slug('ada-b2b-bo'), ['Ada', 'Bo'], 'Pier', null],
    ['Ada Quill', slug('ada-quill'), ['Ada Quill'], null, null],
  ])('%s', (title, address, artists, event, year) => {
    expect(readTitle(title, address)).toEqual({ artists, event, year });
  });

  it('a title that neither names a set nor fits the address says nothing', () => {
    expect([readTitle('Pier Lab NYC', slug('ada')), readTitle('Pier Lab NYC')]).toEqual([null, null]);
  });
});

describe('pasted lists', () => {
  const paste = (text: string): SetlistItem | undefined =>
    setOf(parse({ body: new TextEncoder().encode(text), url: null, status: null, contentType: null, fetchedAt: null }));
  const list = '[0:00] Mara Quill - Low Tide\n[4:30] Odd Lanterns - Glass Hour\n[9:00] Halden - Ferry\n';

  it.each([
    ['that begin with a time in brackets', list],
    ['under a word that only calls them one', `Tracklist:\n\n${list}`],
  ])('%s have no title, and are known by their first track', (_what, text) => {
    expect(paste(text)).toMatchObject({ title: null, externalId: 'unnamed:mara-quill-low-tide' });
    expect(paste(text)?.tracks).toHaveLength(3);
  });

  it('have the line above as their title', () => {
    expect(paste(`Ada live at Pier\n${list}`)).toMatchObject({ title: 'Ada live at Pier', artists: ['Ada'] });
  });
});

describe('of several lists', () => {
  const tracks = '<ol><li>Mara Quill - Low Tide</li><li>Odd Lanterns - Glass Hour</li><li>Halden - Ferry</li></ol>';
  const said = ['Bo - great', 'Co - yes', 'Do - wow', 'Eo - love it'];
  const list = (attributes: string, lines: string[]): string =>
    `<ul ${attributes}>${lines.map((line) => `<li>${line}</li>`).join('')}</ul>`;

  it.each([
    ['what people say', list('class="comments"', said)],
    ['what stands beside', `<aside>${list('', said)}</aside>`],
    [
      'what leads to other sets',
      list(
        '',
        said.map((line) => `<a href="/djvideos/${line[0]}">${line}</a>`),
      ),
    ],
  ])('%s is none of tracks, however long it is', (_what, other) => {
    const result = read('<title>Ada Quill live at Pier</title>', `${other}${tracks}`);
    expect(told(result)).toEqual(TRACKS.map(([, artist, title]) => [null, artist, title]));
  });

  it('one with times wins over a longer one without', () => {
    const timed = tracks.replace(/<li>/g, '<li>0:01 ');
    expect(told(read('<title>Ada Quill live at Pier</title>', `${list('', said)}${timed}`))).toHaveLength(3);
  });

  it('a page that is marked as one with comments keeps its list', () => {
    const body = `<div class="comments open"><main><div>${tracks}</div></main></div>`;
    expect(told(read('<title>Ada Quill live at Pier</title>', body))).toHaveLength(3);
  });
});

describe('structured data without its types', () => {
  const video = { '@type': 'VideoObject', name: 'Ada live at Pier' };
  const script = (value: unknown): string => `<script type="application/ld+json">${JSON.stringify(value)}</script>`;

  it('parts of a video that have a start are its chapters', () => {
    const hasPart = [
      { name: 'Mara Quill - Low Tide', startOffset: 0 },
      { name: 'About', url: '?x' },
    ];
    expect(told(read(script({ ...video, hasPart })))).toEqual([[0, 'Mara Quill', 'Low Tide']]);
  });

  it('a list that is named a tracklist holds tracks, another one does not', () => {
    const named = (name: string) =>
      told(read(script([video, { '@type': 'ItemList', name, itemListElement: ['Mara Quill - Low Tide'] }])));
    expect([named('Tracklist'), named('More sets')]).toEqual([[[null, 'Mara Quill', 'Low Tide']], []]);
  });
});

it('players of Mixcloud and SoundCloud are recordings, however their addresses are written', () => {
  const players = [
    'https://www.mixcloud.com/widget/iframe/?hide_cover=1&feed=%2Fada%2Fpier%2F',
    'https://w.soundcloud.com/player/?url=https%3A%2F%2Fapi.soundcloud.com%2Ftracks%2F123456789',
  ];
  const head = '<title>Ada Quill live at Pier</title><meta property="og:type" content="video.other">';
  const result = read(head, players.map((src) => `<iframe src="${src}"></iframe>`).join(''));
  expect(setOf(result)?.media.map(({ service, id }) => `${service} ${id}`)).toEqual([
    'mixcloud /ada/pier/',
    'soundcloud 123456789',
  ]);
});
