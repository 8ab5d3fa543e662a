import { expect, it } from 'vitest';
import { readPastedText } from './pasted-text.ts';

const rows = (text: string) =>
  readPastedText(text, null)?.item.tracks.map(({ artist, title, cueSeconds }) => [artist, title, cueSeconds]);

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
