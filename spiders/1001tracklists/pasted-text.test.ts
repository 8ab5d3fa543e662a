import { describe, expect, it } from 'vitest';
import { parse } from './parser.ts';
import { readPastedText } from './pasted-text.ts';

const list = (first: string): string => `${first} - Low Tide\nOdd Lanterns - Glass Hour\nHalden - Ferry`;

const rows = (text: string) =>
  readPastedText(text, null)?.item.tracks.map(({ artist, title, cueSeconds }) => [artist, title, cueSeconds]);

describe('a list as people post it', () => {
  it('under a word that only calls it one is known by its first track: two of them are two sets', () => {
    const ids = ['Mara Quill', 'Suvi Kaar'].map(
      (first) => readPastedText(`Tracklist:\n${list(first)}`, null)?.item.externalId,
    );
    expect(ids).toEqual(['pasted:tracklist-mara-quill-low-tide', 'pasted:tracklist-suvi-kaar-low-tide']);
  });

  it('that begins with a time in brackets is no broken JSON', () => {
    const text = '[0:00] Mara Quill - Low Tide\n[4:30] Odd Lanterns - Glass Hour\n[9:00] Halden - Ferry';
    const page = { url: null, status: null, contentType: null, fetchedAt: null };
    expect(parse({ ...page, body: new TextEncoder().encode(text) }).items).toMatchObject([
      { tracks: [{ cueSeconds: 0 }, { cueSeconds: 270 }, { cueSeconds: 540 }] },
    ]);
  });

  it('below the title of a set its tracklist is one, though its times fall or its numbers begin again', () => {
    const title = 'Nel Ardo - Harbour Radio 12 2025-07-12';
    expect(rows(`${title}\n\n[00:00] A - B\n[03:47] C - D\n[01:05] E - F\n`)).toEqual([
      ['A', 'B', 0],
      ['C', 'D', 227],
      ['E', 'F', 65],
    ]);
    expect(rows(`${title}\n01. A - B\n02. C - D\n01. E - F\n02. G - H`)).toHaveLength(4);
  });

  it('without such a title the same lines are no surer than any text', () => {
    expect(rows('[00:00] A - B\n[03:47] C - D\n[01:05] E - F')).toBeUndefined();
  });
});
