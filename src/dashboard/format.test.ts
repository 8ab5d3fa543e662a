import { expect, it } from 'vitest';
import { ago, clock, count, counted, cueText, titleText } from './format.ts';

const NOW = new Date('2026-11-20T12:00:00Z');
const before = (seconds: number): Date => new Date(NOW.getTime() - seconds * 1000);

it.each([
  [0, 'just now'],
  [9, 'just now'],
  [10, '10 s ago'],
  [59, '59 s ago'],
  [60, '1 min ago'],
  [3_599, '59 min ago'],
  [3_600, '1 h ago'],
  [86_400, '1 day ago'],
  [400 * 86_400, '400 days ago'],
  [-240, 'in 4 min'],
])('%i seconds before now is "%s"', (seconds, text) => expect(ago(before(seconds), NOW)).toBe(text));

it('numbers are grouped, nouns follow them', () => {
  expect(count(1_234_567)).toBe('1,234,567');
  expect([0, 1, 2_000].map((number) => counted(number, 'set'))).toEqual(['0 sets', '1 set', '2,000 sets']);
});

it('a clock has hours only where there are some', () => {
  expect([0, 245, 3_723, 36_000].map(clock)).toEqual(['0:00', '4:05', '1:02:03', '10:00:00']);
});

it('a cue is as precise as its page', () => {
  expect(cueText(3_720, 'minute')).toBe('62 min');
  expect(cueText(3_720, 'second')).toBe('1:02:00');
  expect(cueText(0, 'second')).toBe('0:00');
  expect(cueText(null, 'second')).toBeNull();
});

it('an unknown title is an ID, with its version where that is known', () => {
  expect(titleText(null, null)).toBe('ID');
  expect(titleText('Glue', 'Dub')).toBe('Glue (Dub)');
});
