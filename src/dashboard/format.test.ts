import { expect, it } from 'vitest';
import { ago, clock, count, counted, cueText, titleText } from './format.ts';

it.each([
  [0, 'just now'],
  [9, 'just now'],
  [45, '45 s ago'],
  [200, '3 min ago'],
  [7_199, '1 h ago'],
  [86_400, '1 day ago'],
  [200_000, '2 days ago'],
  [-250, 'in 4 min'],
])('%i seconds later it was %s', (seconds, text) => {
  const now = new Date('2026-11-20T12:00:00Z');
  expect(ago(new Date(now.getTime() - seconds * 1000), now)).toBe(text);
});

it('numbers have separators and nouns agree', () => {
  expect(count(1_234_567)).toBe('1,234,567');
  expect([counted(1, 'set'), counted(2_000, 'set'), counted(0, 'set')]).toEqual(['1 set', '2,000 sets', '0 sets']);
});

it('a cue is as precise as the page was, and nothing where it said nothing', () => {
  expect([clock(245), clock(3_723)]).toEqual(['4:05', '1:02:03']);
  expect([cueText(0, 'second'), cueText(3_720, 'minute'), cueText(null, 'unknown')]).toEqual(['0:00', '62 min', null]);
});

it('an unknown title is ID, a version stands in brackets', () => {
  expect([titleText(null, null), titleText('Glue', null), titleText('Glue', 'Live')]).toEqual([
    'ID',
    'Glue',
    'Glue (Live)',
  ]);
});
