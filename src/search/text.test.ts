import { describe, expect, it } from 'vitest';
import { vectorText } from './postgres.ts';
import { chunks, newestOfEach, parseQuery, searchKey } from './text.ts';

const page = { limit: 10, offset: 0 };

describe('folding', () => {
  it('marks, case, punctuation and special letters are folded away', () => {
    expect(searchKey('Sven VÄTH')).toBe('sven vath');
    expect(searchKey('Mø & Røyksopp — “Straße”')).toBe('mo and royksopp strasse');
  });

  it('native scripts are kept', () => {
    expect(searchKey('Кино')).toBe('кино');
  });
});

describe('reading a query', () => {
  it('words keep their order and the key joins them', () => {
    expect(parseQuery({ text: ' Bicep —  Apricots ', ...page })).toMatchObject({
      key: 'bicep apricots',
      words: ['bicep', 'apricots'],
    });
  });

  it.each(['', '   ', '?!… --'])('a text without a word is refused: %j', (text) => {
    expect(() => parseQuery({ text, ...page })).toThrow(/no letter or digit; expected a word to look for/);
  });

  it('a text nobody types, a limit and an offset out of range are refused with the number given', () => {
    expect(() => parseQuery({ text: 'a'.repeat(301), ...page })).toThrow(/has 301 characters, expected 300 at most/);
    expect(() => parseQuery({ text: 'a', limit: 0, offset: 0 })).toThrow(/limit is 0, expected 1 to 100/);
    expect(() => parseQuery({ text: 'a', limit: 10, offset: -1 })).toThrow(/offset is -1/);
    expect(() => parseQuery({ text: 'a', limit: 100, offset: 9_950 })).toThrow(/offset \+ limit is 10050/);
  });
});

describe('documents', () => {
  it('of two versions of one document in a batch the newer one stays', () => {
    const make = (version: number) => ({ id: 'a', version, texts: ['x'], body: {} });
    expect(newestOfEach([make(2), make(3), make(1)])).toEqual([make(3)]);
  });

  it('a tsvector carries weight A for the name, B for the rest, and a gap between texts', () => {
    expect(vectorText(['Big Fish', 'Fish'])).toBe("'big':1A 'fish':2A,13B");
  });

  it('chunks cover the list and the last one is shorter', () => {
    expect(chunks([1, 2, 3], 2)).toEqual([[1, 2], [3]]);
    expect(chunks([], 2)).toEqual([]);
  });
});
