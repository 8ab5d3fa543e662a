import { describe, expect, it } from 'vitest';
import { joinedArray, joinedTexts, storableJson, storableKey, storableText } from './storable.ts';

describe('JSON that Postgres can hold', () => {
  it.each([
    ['NUL', 'a\0b', 'a\ufffdb'],
    ['half of a pair, first or second', '\ud83d-\ude00', '\ufffd-\ufffd'],
    ['a whole pair', '😀', '😀'],
    ['a backslash and the letters of an escape', '\\u0000 \\ud83d', '\\u0000 \\ud83d'],
    ['a backslash before NUL', '\\\0', '\\\ufffd'],
    ['other control characters', '\u0001\n"', '\u0001\n"'],
  ])('%s', (_, given, expected) => {
    expect(JSON.parse(storableJson({ [given]: [given] }))).toEqual({ [expected]: [expected] });
  });
});

describe('text that Postgres can hold', () => {
  it('has the replacement character for each NUL and lone surrogate, and null stays null', () => {
    expect(storableText('a\0\0b')).toBe('a\ufffd\ufffdb');
    expect(storableText('a\ud800b')).toBe('a\ufffdb');
    expect(storableText(null)).toBe(null);
  });
});

describe('a key', () => {
  it('of ordinary length stays as it is, without NUL', () => {
    expect(storableKey('x'.repeat(600))).toBe('x'.repeat(600));
    expect(storableKey('a\0b')).toBe('a\ufffdb');
  });

  it('that is too long for an index is cut, and still differs from one with another end', () => {
    const [a, b] = [storableKey(`${'é'.repeat(5_000)}a`), storableKey(`${'é'.repeat(5_000)}b`)];
    expect(a).not.toBe(b);
    expect(Buffer.byteLength(a)).toBeLessThan(2_600);
    expect(a.startsWith('é'.repeat(600))).toBe(true);
  });
});

describe('JSON texts as one parameter', () => {
  it('are told apart by a character that JSON text cannot hold', () => {
    const texts = [JSON.stringify({ a: '\x1f"{},\\' }), '{}'];
    expect(joinedTexts(texts).split('\x1f')).toEqual(texts);
    expect(joinedArray('$3')).toBe("string_to_array($3, E'\\x1f')");
  });
});
