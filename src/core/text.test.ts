import { describe, expect, it } from 'vitest';
import { JSON_START, readJsonText } from './json-page.ts';
import { kindOfText, notTextReason } from './text.ts';

describe('what is no text', () => {
  it.each([
    ['gzip', Uint8Array.from([0x1f, 0x8b, 8, 0]), /gzip: unpack it/],
    ['zip', Uint8Array.from([0x50, 0x4b, 3, 4, 0]), /zip archive: unpack it/],
    ['PDF', new TextEncoder().encode('%PDF-1.7 \0'), /a PDF/],
    ['UTF-16 without its mark', Buffer.from('<html><body>a page</body></html>', 'utf16le'), /UTF-16 without its mark/],
    ['another encoding', Buffer.from('Café', 'latin1'), /another encoding; save it as UTF-8/],
    ['NULs', new Uint8Array(100), /: binary$/],
  ])('%s is told as such', (_what, bytes, reason) => {
    expect(notTextReason(bytes)).toMatch(reason);
  });
});

describe('how JSON begins', () => {
  it.each(['{}', ' [{"a":1}]', '["a"]', '[[1]]', '[', '[]'])('%j does', (text) => {
    expect(JSON_START.test(text)).toBe(true);
  });

  it.each(['[00:00] Ada - Moment', '[00] Ada - Moment', '[Intro]', 'Ada - Moment'])('a list "%s" does not', (text) => {
    expect(JSON_START.test(text)).toBe(false);
  });
});

it('more objects than any answer holds are refused before they cost memory', () => {
  expect(readJsonText(`[${'{},'.repeat(200_001)}{}]`)).toMatchObject({ ok: false, problem: { code: 'too-large' } });
});

it('an address in place of its page is told as such', () => {
  expect(['https://a.test/x\n', '<html>', 'https://a.test is down'].map(kindOfText)).toEqual([
    'an address, not the page behind it',
    'HTML',
    'other text',
  ]);
});
