import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { Row, SetlistItem } from '../../src/core/items.ts';
import type { ParseResult } from '../../src/core/parse-result.ts';
import type { Page } from '../../src/core/source.ts';
import { parse } from './parser.ts';
import { readTitle } from './title.ts';

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
    expect(missing).toEqual(['title', 'artists', 'event', 'recording', 'length', 'tracks']);
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

describe('microdata with everything in it', () => {
  const result = parseText(fixture('set-microdata-rich.html'));

  it('gives who played, the night it was filmed, and the place with its address', () => {
    expect(setOf(result)).toMatchObject({
      title: 'Suvi Kaar live at Saltmarsh',
      artists: ['Suvi Kaar'],
      date: '2024-06-08',
      venue: 'Saltmarsh Yard',
      city: 'Seaport',
      region: 'Northshire',
      country: 'GB',
      genres: ['House', 'Dub'],
      durationSeconds: 4200,
      media: [{ service: 'youtube', id: 'QwE-rTy_456' }],
    });
  });

  it('gives chapters, whose starts may be seconds, durations or in a link', () => {
    expect(setOf(result).tracks.map(brief)).toEqual([
      [0, 'Suvi Kaar', 'Saltlight', null],
      [245, 'Kestrel', null, null],
      [600, 'Ossip', 'Quiet', 'Dub'],
    ]);
  });

  it('says what it could not use', () => {
    expect(result.problems.map(({ code, where }) => [code, where])).toEqual([
      ['bad-value', 'microdata VideoObject.hasPart[3]'],
    ]);
  });
});

describe('JSON-LD in other forms', () => {
  const page = (...data: unknown[]) =>
    parseText(
      `<html><head>${data.map((one) => `<script type="application/ld+json">${JSON.stringify(one)}</script>`).join('')}</head></html>`,
      { url: SET },
    );
  const other = {
    '@type': 'VideoObject',
    name: 'Other live at Elsewhere',
    url: 'https://watchthedj.com/djvideos/other',
  };

  it('of several videos the page is about the one with its address', () => {
    const own = { '@type': 'VideoObject', name: 'Own live at Home', mainEntityOfPage: { '@id': SET } };
    expect(setOf(page([other, own])).title).toBe('Own live at Home');
    expect(setOf(page({ '@type': 'ItemList', itemListElement: [{ item: other }] }, own)).title).toBe(
      'Own live at Home',
    );
  });

  it('a video deep inside other things, one chapter that is no list, texts for things', () => {
    const video = {
      '@type': 'http://schema.org/VideoObject',
      name: 'Own live at Home',
      recordedAt: '2022-05',
      contentLocation: 'The Barn',
      hasPart: { '@type': 'Clip', name: 'Kestrel - Undertow', startOffset: '4:05' },
    };
    const item = setOf(page({ '@type': 'WebPage', about: { associatedMedia: [[video]] } }));
    expect(item).toMatchObject({ date: '2022-05', datePrecision: 'month', venue: 'The Barn' });
    expect(item.tracks.map(brief)).toEqual([[245, 'Kestrel', 'Undertow', null]]);
  });

  it('an event beside the video says who, where and when; two say nothing', () => {
    const event = {
      '@type': 'MusicEvent',
      startDate: '2022-05-01',
      performer: ['Ada', 'Bo'],
      location: { name: 'Barn' },
    };
    const video = { '@type': 'VideoObject', name: 'A night' };
    expect(setOf(page(video, event))).toMatchObject({ artists: ['Ada', 'Bo'], date: '2022-05-01', venue: 'Barn' });
    expect(setOf(page(video, event, event))).toMatchObject({ artists: [], venue: null });
  });

  it('tracks as texts, as recordings, and in a list of their own', () => {
    const recording = {
      '@type': 'MusicRecording',
      name: 'Undertow',
      byArtist: [{ name: 'Kestrel' }, { name: 'Ossip' }],
    };
    const tracks = { '@type': 'ItemList', itemListElement: [{ '@type': 'ListItem', item: recording }] };
    for (const track of [['Kestrel & Ossip - Undertow'], tracks, recording]) {
      const item = setOf(page({ '@type': 'VideoObject', name: 'A night', track }));
      expect(item.tracks.map(brief)).toEqual([[null, 'Kestrel & Ossip', 'Undertow', null]]);
    }
  });
});

describe('lists in other forms', () => {
  const rowsIn = (html: string) =>
    setOf(parseText(`<html><body>${html}</body></html>`, { url: SET })).tracks.map(brief);
  const three = [
    [13, 'Ada', 'One', null],
    [245, 'Bo', null, null],
    [3750, 'Cy', 'Three', 'Dub'],
  ];

  it.each([
    [
      'a description list',
      '<dl><dt>0:13</dt><dd>Ada - One</dd><dt>4:05</dt><dd>Bo - ID</dd><dt>1:02:30</dt><dd>Cy - Three (Dub)</dd></dl>',
    ],
    [
      'starts in attributes',
      '<ol><li data-time="13">Ada - One</li><li><i data-start="4:05"></i>Bo - ID</li><li data-seconds="3750.4">Cy - Three (Dub)</li></ol>',
    ],
    [
      'starts in links',
      '<ul><li><a href="?v=x&t=13s">Ada - One</a></li><li><a href="#t=4m5s">Bo - ID</a></li><li><a href="?t=1h2m30s">Cy - Three (Dub)</a></li></ul>',
    ],
    [
      'a table with headed columns',
      '<table><tr><th>Track</th><th>Artist</th><th>Time</th></tr><tr><td>One</td><td>Ada</td><td>0:13</td></tr><tr><td>ID</td><td>Bo</td><td>4:05</td></tr><tr><td>Three (Dub)</td><td>Cy</td><td>1:02:30</td></tr></table>',
    ],
    ['one line each, by line breaks', '<pre>0:13 Ada - One<br>4:05 Bo - ID<br>1:02:30 Cy - Three (Dub)</pre>'],
  ])('%s', (_what, html) => {
    expect(rowsIn(html)).toEqual(three);
  });

  it('fourteen lines without a time, six of them unknown, are a tracklist', () => {
    const lines = Array.from(
      { length: 14 },
      (_, index) => `<li>Artist ${index} - ${index % 7 < 3 ? 'ID' : 'Name (Bo Remix)'}</li>`,
    );
    const item = setOf(parseText(`<html><body><ol>${lines.join('')}</ol></body></html>`, { url: SET }));
    expect(item.tracks).toHaveLength(14);
    expect(item.tracks.filter(({ idKind }) => idKind === 'title')).toHaveLength(6);
  });

  it('facts of a page with dashes in them are none', () => {
    const item = setOf(parseText(fixture('set-table.html')));
    expect(item.tracks.map(brief)).toEqual([
      [0, 'Kestrel', 'Undertow', 'Dub'],
      [245, 'Nel Ardo', null, null],
      [3750, 'Tilda Roe x Suvi Kaar', 'Small Hours', null],
    ]);
  });
});

describe('half of a page, whose scripts may write the rest', () => {
  const half = fixture('set-half.html');

  it('gives what it says, and is asked again in a browser', () => {
    const result = parseText(half);
    expect(setOf(result)).toMatchObject({
      artists: ['Nel Ardo'],
      event: 'Quay Radio',
      date: '2025',
      media: [{ service: 'youtube', id: 'ZxC-vBn_789' }],
    });
    expect(result.requests.map(({ kind }) => kind)).toEqual(['djvideo-rendered']);
    expect(codes(result)).toContain('needs-rendering');
  });

  it('is asked only once, and not where it has its tracks or no scripts', () => {
    const url = 'https://watchthedj.com/djvideos/nel-ardo-live-at-quay-radio-2025';
    expect(parseText(half, { url: `${url}#rendered` }).requests).toEqual([]);
    expect(parseText(half.replace(/<script src.*?<\/script>/, '')).requests).toEqual([]);
    const tracks = '<ol><li>0:00 A - B</li><li>1:00 C - D</li><li>2:00 E - F</li></ol>';
    expect(parseText(half.replace('<main', `${tracks}<main`)).requests).toEqual([]);
  });

  it('a channel without a set in it is asked again too', () => {
    const page = '<html><body><p>Many words about it.</p><script src="/a.js"></script></body></html>';
    expect(parseText(page, { url: 'https://watchthedj.com/channels/some-radio' }).requests).toEqual([
      { url: 'https://watchthedj.com/channels/some-radio#rendered', kind: 'channel-rendered' },
    ]);
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
    ['Someone - DJ set at Home 2024', ['Someone'], 'Home', '2024'],
    ['Someone (Live Set) @ Home', ['Someone'], 'Home', null],
  ])('%s', (title, artists, event, year) => {
    expect(readTitle(title)).toEqual({ artists, event, year });
  });

  it('without "live at" say nothing', () => {
    expect(readTitle('A documentary about living')).toBeNull();
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
