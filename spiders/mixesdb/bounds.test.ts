/** Damage and malice of every kind: no throw, the same answer twice, and time in proportion to the length. */

import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import { inBoundedTime } from '../../src/testing/bounded-time.ts';
import { parse } from './parser.ts';

/** The machine may be busy with other files' tests. */
vi.setConfig({ testTimeout: 60_000 });

const REST_PAGE = fixture('rest-page.json');
const TEXT_DUMP = fixture('text-dump.txt');
const CSV_DUMP = fixture('dump.csv');
const BARE_LISTS = fixture('bare-lists.txt');

function fixture(name: string): string {
  return readFileSync(new URL(`./fixtures/${name}`, import.meta.url), 'utf8');
}

function read(body: string | Uint8Array) {
  return parse({ body: Buffer.from(body), url: null, status: null, contentType: null, fetchedAt: null });
}

function restPage(source: string): string {
  const title = '2020-01-02 - Ada Quill @ Somewhere';
  return JSON.stringify({ id: 1, key: title.replaceAll(' ', '_'), title, latest: { id: 2 }, source });
}

describe('bad pages', () => {
  it('never throws and always answers the same, whatever the bytes or the damage', () => {
    const whole = fc.constantFrom(REST_PAGE, TEXT_DUMP, CSV_DUMP, BARE_LISTS);
    const damaged = fc
      .tuple(whole, fc.nat(3000), fc.nat(60), fc.string({ maxLength: 12 }))
      .map(([text, at, length, put]) => text.slice(0, at) + put + text.slice(at + length));
    const wikitext = fc
      .array(
        fc.constantFrom(
          "''",
          "'''",
          '[[',
          ']]',
          '{{Player',
          '}}',
          '{|',
          '|}',
          '\n',
          '# ',
          '[0?]',
          ' - ',
          '(',
          ')',
          '<list>',
          '==',
          ';',
          'A',
          '[[Category:',
        ),
      )
      .map((parts) => restPage(parts.join('')));
    fc.assert(
      fc.property(fc.oneof(damaged, wikitext, fc.uint8Array({ maxLength: 200 })), (body) => {
        expect(read(body)).toEqual(read(body));
      }),
      { numRuns: 500 },
    );
  });

  it.each([
    '{|\n',
    '<ref>',
    '[[',
    '{{Player ',
    '<!--',
    '\n',
    '= ',
    ' ',
    '(',
    "'''",
    '[[Category:x]]',
    '# A - B\n',
    '; x\n',
  ])('400 kB of %j are read in bounded time', (piece) => {
    const body = piece.repeat(Math.ceil(400_000 / piece.length));
    const pages = [
      restPage(`== Tracklist ==\n${body}`),
      restPage(`== File details ==\n${body}\n== Notes ==\n${body}`),
      `[00] ${body}`,
    ];
    expect(() => inBoundedTime(() => pages.map((page) => read(page)))).not.toThrow();
  });

  it.each(['"', '","', '""', '\n"'])('a CSV with a megabyte of %j is read in bounded time', (piece) => {
    const dump = `${CSV_DUMP.slice(0, 60)}\n${piece.repeat(1_000_000 / piece.length)}`;
    expect(() => inBoundedTime(() => read(dump))).not.toThrow();
  });
});
