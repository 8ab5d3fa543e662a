import { describe, expect, it } from 'vitest';
import { parseEventDate, UNKNOWN_DATE } from './event-date.ts';

const seen = new Date('2026-11-20T12:00:00Z');

describe('a date becomes the first day of what is known', () => {
  it.each([
    ['2024-11-11', '2024-11-11', 'day'],
    ['2024-11', '2024-11-01', 'month'],
    ['2024', '2024-01-01', 'year'],
    ['200X', '2000-01-01', 'decade'],
    ['199x', '1990-01-01', 'decade'],
    ['2024-02-29', '2024-02-29', 'day'],
    ['2031-12-31', '2031-12-31', 'day'],
  ])('%s', (text, eventDate, precision) => {
    expect(parseEventDate(text, seen)).toEqual({ eventDate, precision });
  });

  it('that nobody knows has a partition of its own', () => {
    expect(parseEventDate(null, seen)).toEqual(UNKNOWN_DATE);
  });
});

it.each([['2023-02-29'], ['2024-13-01'], ['2024-00'], ['1899'], ['2032-01-01'], ['11.11.2024'], [''], ['20XX']])(
  '"%s" is no date',
  (text) => {
    expect(parseEventDate(text, seen)).toBeNull();
  },
);
