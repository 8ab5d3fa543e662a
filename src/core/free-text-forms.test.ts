import { describe, expect, it } from 'vitest';
import { readTracklist } from './free-text.ts';

/** Cue, artist and title of each row. */
const told = (text: string, context = {}): unknown[] =>
  readTracklist(text, context).map(({ cueSeconds, artist, title }) => [cueSeconds, artist, title]);

const TIMED = [
  [0, 'Mara Quill', 'Low Tide'],
  [270, 'Odd Lanterns', 'Glass Hour'],
  [4150, 'Halden', 'Ferry'],
];
const UNTIMED = TIMED.map(([, artist, title]) => [null, artist, title]);

describe('one list in the forms that people type', () => {
  it.each([
    ['time in front', '0:00 Mara Quill - Low Tide\n4:30 Odd Lanterns - Glass Hour\n1:09:10 Halden - Ferry'],
    ['in brackets', '[00:00] Mara Quill – Low Tide  \n[04:30] Odd Lanterns — Glass Hour  \n[1:09:10] Halden - Ferry'],
    ['about', '~0:00 Mara Quill - Low Tide\n~4:30 Odd Lanterns - Glass Hour\n~1:09:10 Halden - Ferry'],
    [
      'start and end',
      '0:00 - 4:30 Mara Quill - Low Tide\n4:30 - 69:10 Odd Lanterns - Glass Hour\n69:10 - 75:00 Halden - Ferry',
    ],
    ['behind', 'Mara Quill - Low Tide (0:00)\nOdd Lanterns - Glass Hour @ 4:30\nHalden - Ferry - 1:09:10'],
    ['ends', 'Mara Quill - Low Tide 4:30\nOdd Lanterns - Glass Hour 1:09:10\nHalden - Ferry'],
    ['in a block', '0:00\n4:30\n1:09:10\n\nMara Quill - Low Tide\nOdd Lanterns - Glass Hour\nHalden - Ferry'],
    ['on one line', '0:00 Mara Quill - Low Tide 4:30 Odd Lanterns - Glass Hour 1:09:10 Halden - Ferry'],
    [
      'times that are links',
      '[0:00](https://a.test/?t=0) Mara Quill - Low Tide\n[4:30](https://a.test/?t=270) Odd Lanterns - Glass Hour\n[1:09:10](https://a.test/x_(y)) Halden - Ferry',
    ],
    ['quoted', '> 0:00 Mara Quill - Low Tide\n> 4:30 Odd Lanterns - Glass Hour\n> 1:09:10 Halden - Ferry'],
    [
      'struck out and said anew',
      '0:00 ~~ID - ID~~ Mara Quill - Low Tide\n4:30 Odd Lanterns - Glass Hour\n1:09:10 Halden - Ferry',
    ],
    [
      'a table',
      '|Time|Artist|Title|\n|:-|:-|:-|\n|0:00|Mara Quill|Low Tide|\n|4:30|Odd Lanterns|Glass Hour|\n|1:09:10|Halden|Ferry|',
    ],
    [
      'a table of two columns',
      'Time | Track\n--- | ---\n0:00 | Mara Quill - Low Tide\n4:30 | Odd Lanterns - Glass Hour\n1:09:10 | Halden - Ferry',
    ],
    ['parted by slashes', '0:00 Mara Quill / Low Tide\n4:30 Odd Lanterns / Glass Hour\n1:09:10 Halden / Ferry'],
    ['title by artist', '0:00 Low Tide by Mara Quill\n4:30 Glass Hour by Odd Lanterns\n1:09:10 Ferry by Halden'],
    ['glued dashes', '0:00 Mara Quill—Low Tide\n4:30 Odd Lanterns- Glass Hour\n1:09:10 Halden -Ferry'],
    ['titles in quotes', '0:00 Mara Quill "Low Tide"\n4:30 Odd Lanterns “Glass Hour”\n1:09:10 Halden - "Ferry"'],
  ])('%s', (_form, text) => {
    expect(told(text)).toEqual(TIMED);
  });

  it.each([
    ['bullets', 'Tracklist:\n\n* Mara Quill - Low Tide\n- Odd Lanterns - Glass Hour\n• Halden - Ferry'],
    [
      'emphasis',
      '**Tracklist**\n\n**Mara Quill** - *Low Tide*\n\n**Odd Lanterns** - _Glass Hour_\n\n**Halden** - *Ferry*',
    ],
    [
      'links',
      'Tracklist\n1. [Mara Quill - Low Tide](https://a.test/b)\n2. [Odd Lanterns - Glass Hour](https://a.test/c_(d) "buy")\n3. Halden - [Ferry](https://a.test)',
    ],
    ['a heading that says more', 'Tracklist so far:\nMara Quill - Low Tide\nOdd Lanterns - Glass Hour\nHalden - Ferry'],
    ['another language', 'Lista de canciones:\nMara Quill - Low Tide\nOdd Lanterns - Glass Hour\nHalden - Ferry'],
    ['another script', 'トラックリスト\nMara Quill - Low Tide\nOdd Lanterns - Glass Hour\nHalden - Ferry'],
  ])('%s', (_form, text) => {
    expect(told(text)).toEqual(UNTIMED);
  });
});

describe('what only the list tells', () => {
  it('numbers in brackets are minutes where they do not count', () => {
    const [first, second] = [
      '[00] Mara Quill - Low Tide\n[04] Odd Lanterns - Glass Hour\n[69] Halden - Ferry',
      'Tracklist\n[01] Mara Quill - Low Tide\n[02] Odd Lanterns - Glass Hour\n[03] Halden - Ferry',
    ].map((text) =>
      readTracklist(text).map(({ number, cueSeconds, cueGranularity }) => [number, cueSeconds, cueGranularity]),
    );
    expect(first).toEqual([0, 240, 4140].map((cue) => [null, cue, 'minute']));
    expect(second).toEqual(['01', '02', '03'].map((number) => [number, null, 'unknown']));
  });

  it('times that no track is as short as are hours and minutes, of the day or of the recording', () => {
    const text = (...times: string[]) =>
      `${times[0]} Mara Quill - Low Tide\n${times[1]} Odd Lanterns - Glass Hour\n${times[2]} Halden - Ferry`;
    const cues = (shown: string) => readTracklist(shown).map(({ cueSeconds }) => cueSeconds);
    expect(cues(text('20:00', '20:04', '20:09'))).toEqual([0, 240, 540]);
    expect(cues(text('0:00', '0:04', '0:09'))).toEqual([0, 240, 540]);
    expect(cues(text('0:00', '0:40', '1:20'))).toEqual([0, 40, 80]);
  });

  it('a third part on every line is the label; on one line it belongs to the title', () => {
    const list = (first: string) =>
      readTracklist(`Tracklist\n${first}\nOdd Lanterns - Glass Hour - Pier\nHalden - Ferry - Dock`).map(
        ({ title, recordLabel }) => [title, recordLabel],
      );
    expect(list('Mara Quill - Low Tide - Quay')[0]).toEqual(['Low Tide', 'Quay']);
    expect(list('Mara Quill - Low Tide')[1]).toEqual(['Glass Hour - Pier', null]);
  });

  it('a question mark is doubt where several titles end in one', () => {
    const list = (mark: string) => told(`Tracklist\nMara Quill - Low Tide?\nHalden - Ferry${mark}\nAda - Oh`);
    expect(list('?')).toEqual([
      [null, 'Mara Quill', 'Low Tide'],
      [null, 'Halden', 'Ferry'],
      [null, 'Ada', 'Oh'],
    ]);
    expect(list('')[0]).toEqual([null, 'Mara Quill', 'Low Tide?']);
  });

  it('lists under headings are sections of one set', () => {
    const part = 'Mara Quill - Low Tide\nOdd Lanterns - Glass Hour\nHalden - Ferry';
    const rows = readTracklist(`Tracklist Friday:\n${part}\n\nTracklist Saturday:\n${part}`);
    expect(rows.map(({ position, section }) => `${position} ${section}`)).toEqual([
      ...[1, 2, 3].map((at) => `${at} Tracklist Friday`),
      ...[4, 5, 6].map((at) => `${at} Tracklist Saturday`),
    ]);
  });

  it('versions behind a bar or bare at the end', () => {
    const rows = readTracklist(
      'Tracklist\nAda - Oh | Original Mix\nHalden - Ferry Radio Edit\nMara Quill - Low Tide flip',
    );
    expect(rows.map(({ title, version }) => [title, version])).toEqual([
      ['Oh', 'Original Mix'],
      ['Ferry', 'Radio Edit'],
      ['Low Tide', 'flip'],
    ]);
  });
});

describe('what is around a text', () => {
  const numbered = '1. Mara Quill - Low Tide\n2. Odd Lanterns - Glass Hour\n3. Halden - Ferry';

  it('a list that counts is one among people who talk about music, elsewhere only by a further sign', () => {
    expect(told(numbered, { isMusic: true })).toEqual(UNTIMED);
    expect(told(numbered)).toEqual([]);
    expect(told('1. Boots: new\n2. Hat - 7 euro\n3. Scarf', { isMusic: true })).toEqual([]);
  });

  it('the title of a post may be the heading of its text', () => {
    expect(told(numbered, { heading: 'Tracklist: Mara Quill at the pier' })).toEqual(UNTIMED);
    expect(told(numbered, { heading: 'What a night' })).toEqual([]);
  });

  it('chapters of a talk and what is sold stay none', () => {
    expect(told('0:00 Intro: welcome\n3:20 Part 1: what we did\n9:00 Part 2: questions')).toEqual([]);
    expect(told('My top 3:\n1. The beach - great\n2. The food - fine\n3. The weather - bad')).toEqual([]);
  });
});
