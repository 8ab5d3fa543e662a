import { describe, expect, it } from 'vitest';
import { type Column, defineBatch, nested, nestedList, sortedBy } from './columns.ts';

interface Pair {
  readonly text: string | null;
  readonly count: number | null;
}
const COLUMNS: Column<Pair>[] = [
  ['text', 'text', ({ text }) => text],
  ['count', 'int', ({ count }) => count],
];
const batch = defineBatch(COLUMNS);

describe('a batch', () => {
  it('has one parameter a column, whatever the number of rows', () => {
    expect(batch.names).toBe('text, count');
    expect(batch.source).toContain('$2');
    expect(batch.source).not.toContain('$3');
    expect(batch.values([{ text: 'a', count: 1 }])).toEqual(['a', '1']);
    expect(
      batch.values([
        { text: 'a', count: 1 },
        { text: 'b', count: 0 },
      ]),
    ).toEqual(['a\x1fb', '1\x1f0']);
  });

  it('marks null, and an empty text, which alone would be no value at all', () => {
    expect(batch.values([{ text: null, count: null }])).toEqual(['\x1e', '\x1e']);
    expect(batch.values([{ text: '', count: 0 }])).toEqual(['\x1e', '0']);
  });

  it('takes its own marks out of texts', () => {
    expect(batch.values([{ text: 'a\x1db\x1ec\x1fd', count: 1 }])[0]).toBe('abcd');
  });

  it('keeps a list in one value, without the marks its entries hold', () => {
    expect(nested(['a', 'b\x1d\x1f', ''])).toBe('a\x1db\x1d');
    expect(nested([])).toBe('');
    expect(nestedList('genres')).toContain('genres');
  });
});

it('rows are sorted by the units of their keys, not by a language', () => {
  expect(sortedBy(['ä', 'b', 'B', 'a'], (key) => key)).toEqual(['B', 'a', 'b', 'ä']);
  const given = ['b', 'a'];
  sortedBy(given, (key) => key);
  expect(given).toEqual(['b', 'a']);
});
