import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readTracklist } from './free-text.ts';
import { readTrackLine } from './free-text-lines.ts';

const lines = (...text: string[]): string => text.join('\n');

describe('readTrackLine', () => {
  it.each([
    [
      '[12:34] Mara Quill - Low Tide (Halden Remix) [Pier Records]',
      {
        cueSeconds: 754,
        artist: 'Mara Quill',
        title: 'Low Tide',
        version: 'Halden Remix',
        recordLabel: 'Pier Records',
      },
    ],
    ['01. 1:02:30 Mara Quill - Low Tide', { number: '01', cueSeconds: 3750, artist: 'Mara Quill', title: 'Low Tide' }],
    ['0:00 | Mara Quill – Low Tide', { cueSeconds: 0, artist: 'Mara Quill', title: 'Low Tide' }],
    ['Mara Quill - Low Tide @ 3:05', { cueSeconds: 185, artist: 'Mara Quill', title: 'Low Tide' }],
    [
      '* **Mara Quill - Low Tide [Halden Remix]**',
      { artist: 'Mara Quill', title: 'Low Tide', version: 'Halden Remix', recordLabel: null },
    ],
    ['[Mara Quill - Low Tide](https://example.org/x)', { artist: 'Mara Quill', title: 'Low Tide' }],
    ['3 - Mara Quill - Low Tide', { number: '3', artist: 'Mara Quill' }],
    ['1979 - The Halden Five', { number: null, artist: '1979', title: 'The Halden Five' }],
    ['w/ Mara Quill - Low Tide', { withPrevious: true, artist: 'Mara Quill' }],
    ['05:00 ID - ID', { artist: null, title: null, isId: true, idKind: 'full' }],
    ['05:00 Mara Quill - ID', { artist: 'Mara Quill', title: null, isId: true, idKind: 'title' }],
    ['05:00 Mara Quill - Low Tide (ID Remix)', { title: 'Low Tide', isId: true, idKind: 'version' }],
  ])('%j', (line, said) => {
    expect(readTrackLine(line)?.said).toMatchObject(said);
  });

  it('a line without time, number or dash is no track', () => {
    expect(readTrackLine('what a night, thanks all')).toBeNull();
    expect(readTrackLine('6 Decks, 2 Mixers')).toBeNull();
  });

  it('"ID - ID" is a track even without a mark, a lone "ID" is not', () => {
    expect(readTrackLine('ID - ID')?.said).toMatchObject({ isId: true, idKind: 'full' });
    expect(readTrackLine('ID')).toBeNull();
  });

  it('a line without a time has null, not 0', () => {
    expect(readTrackLine('Mara Quill - Low Tide')?.said).toMatchObject({ cueSeconds: null, cueGranularity: 'unknown' });
  });
});

describe('readTracklist', () => {
  it('rising times make a list, whatever stands around it', () => {
    const rows = readTracklist(
      lines(
        'Recorded live on Saturday, sorry for the noise',
        '',
        '0:00 Mara Quill - Low Tide',
        '4:10 - Odd Lanterns - Glass Hour (Original Mix)',
        'https://example.org/buy',
        'this one is my favourite',
        '9:59 ID - ID',
        '14:00 Halden - Ferry',
        '',
        'Cheers - see you next time',
      ),
    );
    expect(rows.map(({ position, cueSeconds, artist, title }) => [position, cueSeconds, artist, title])).toEqual([
      [1, 0, 'Mara Quill', 'Low Tide'],
      [2, 250, 'Odd Lanterns', 'Glass Hour'],
      [3, 599, null, null],
      [4, 840, 'Halden', 'Ferry'],
    ]);
  });

  it('plain lines make a list only under a heading that calls them one', () => {
    const plain = lines('Mara Quill - Low Tide', 'Odd Lanterns - Glass Hour', 'Halden - Ferry');
    expect(readTracklist(plain)).toEqual([]);
    expect(readTracklist(`**Tracklist:**\n\n${plain}`)).toHaveLength(3);
  });

  it('a numbered list must count without a jump and sound like music', () => {
    const numbered = (first: number, second: number): string =>
      lines(
        `${first}. Mara Quill - Low Tide (Halden Remix)`,
        `${second}. Odd Lanterns - Glass Hour`,
        '3. Halden - Ferry',
      );
    expect(readTracklist(numbered(1, 2))).toHaveLength(3);
    expect(readTracklist(numbered(1, 9))).toEqual([]);
    expect(readTracklist('1. Boots - 5 euro\n2. Hat - 7 euro\n3. Scarf - 2 euro')).toEqual([]);
  });

  it('what is sold, chapters of a talk and one answer are no tracklist', () => {
    expect(readTracklist('Blue Boots - SOLD\n\nRed Hat - SOLD\n\nGreen Scarf - Offer\n\nCap - 40$')).toEqual([]);
    expect(readTracklist('0:00 Hello\n3:20 What we did\n9:00 Questions\n12:00 Thanks')).toEqual([]);
    expect(readTracklist('It is Mara Quill - Low Tide')).toEqual([]);
  });

  it('no text throws, and the same text gives the same rows', () => {
    fc.assert(
      fc.property(
        fc.array(fc.oneof(fc.string(), fc.constantFrom('1:00 A - B', '2. C - D [x]', 'Tracklist', '- [')), {
          maxLength: 12,
        }),
        (parts) => {
          expect(readTracklist(parts.join('\n'))).toEqual(readTracklist(parts.join('\n')));
        },
      ),
    );
  });
});
