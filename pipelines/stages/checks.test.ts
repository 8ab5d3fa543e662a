import { describe, expect, it } from 'vitest';
import { anyObject, firstFault, flag, listOf, oneOf, optional, text, whole } from './checks.ts';

describe('a check passes what it names and says what it expected of the rest', () => {
  it.each([
    ['text', text(3), ['a', 'abc'], ['', 'abcd', null, 1], 'text of 1 to 3 characters'],
    ['whole', whole(0, 5), [0, 5], [-1, 6, 1.5, '1', null, Number.NaN], 'a whole number from 0 to 5'],
    ['oneOf', oneOf('a', 'b'), ['a', 'b'], ['c', null], 'one of a, b'],
    ['flag', flag, [true, false], [0, 'true', null], 'true or false'],
    ['anyObject', anyObject, [{}], [[], null, 'x'], 'an object'],
    ['optional', optional(flag), [null, true], [undefined, 1], 'true or false, or null'],
  ])('%s', (_, check, good, bad, expected) => {
    expect(good.map(check)).toEqual(good.map(() => null));
    expect(bad.map(check)).toEqual(bad.map(() => expected));
  });

  it('of a list names the entry, or the length', () => {
    const check = listOf(text(2), 2);
    expect(check(['a', 'b'])).toBeNull();
    expect(check('ab')).toBe('a list');
    expect(check(['a', 'b', 'c'])).toBe('at most 2 entries, got 3');
    expect(check(['a', ''])).toBe('a list whose entry 1 is text of 1 to 2 characters');
  });
});

describe('the first fault of a thing', () => {
  it('is null when all fields are what the shape says', () => {
    expect(firstFault({ name: 'Ada', more: 1 }, { name: text(5) })).toBeNull();
  });

  it('names the path, the value and what was expected', () => {
    expect(firstFault({ name: 7 }, { name: text(5) }, 'tracks[2].')).toEqual({
      where: 'tracks[2].name',
      message: 'tracks[2].name is 7, expected text of 1 to 5 characters',
    });
    expect(firstFault({}, { name: text(5) })?.message).toBe('name is missing, expected text of 1 to 5 characters');
  });

  it('shows no more than the beginning of a long value', () => {
    expect(firstFault({ name: 'x'.repeat(1_000_000) }, { name: text(5) })?.message.length).toBeLessThan(150);
  });
});
