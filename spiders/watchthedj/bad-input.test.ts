/** What is no page, or a broken one: bounded time, a problem that says what is wrong, never a throw. */
import { readdirSync, readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ParseResult } from '../../src/core/parse-result.ts';
import { inBoundedTime } from '../../src/testing/bounded-time.ts';
import { hostileBodies, mutatedJson } from '../../src/testing/hostile-json.ts';
import { parse } from './parser.ts';

const SET = 'https://watchthedj.com/djvideos/marlo-fenn-live-at-glasshouse-sessions-2023';
const FIXTURES = new URL('fixtures/', import.meta.url);
const PAGES = readdirSync(FIXTURES).map((name) => readFileSync(new URL(name, FIXTURES)));
const MARKUP = ['<ol>', '</div>', '<!--', '<script>', '"', '<table><tr>', '&#0;', ' itemscope itemprop="track" '];
const VIDEO = {
  '@context': 'https://schema.org',
  '@graph': [
    {
      '@type': 'VideoObject',
      name: 'Marlo Fenn live at Glasshouse 2023',
      description: '0:00 A - B',
      duration: 'PT1H',
      recordedAt: {
        '@type': 'Event',
        startDate: '2023-08-26',
        location: { name: 'Hall', address: { addressLocality: 'X' } },
      },
      actor: [{ name: 'Marlo Fenn' }],
      hasPart: [{ '@type': 'Clip', name: 'Nel Ardo - Lanterns', startOffset: 245 }],
      track: { itemListElement: [{ item: { '@type': 'MusicRecording', name: 'One', byArtist: 'Ada' } }] },
    },
  ],
};

function fixture(name: string): string {
  return readFileSync(new URL(name, FIXTURES), 'utf8');
}

function read(body: Uint8Array, url: string | null, status: number | null = null): ParseResult {
  return parse({ body, url, status, contentType: null, fetchedAt: null });
}

const codes = (result: ParseResult): string[] => result.problems.map(({ code }) => code);

describe('bad input', () => {
  it.each<[string, string | Uint8Array, string]>([
    ['nothing', '', 'empty'],
    ['binary', Uint8Array.from([0xff, 0xd8, 0xff, 0, 1]), 'not-text'],
    ['broken JSON', '{"a": tru}', 'unknown-shape'],
    ['half of a JSON text', '{"@type": "VideoObject", "name": "x', 'truncated'],
    ['JSON of another source', '{"data": [{"id": 1}]}', 'unknown-shape'],
    [
      'a page of another site',
      '<html><head><link rel="canonical" href="https://example.org/x"></head></html>',
      'unknown-shape',
    ],
    ['half of a page', fixture('set-list.html').slice(0, 700), 'truncated'],
    ['a page without a video', '<html><body>words</body></html>', 'unknown-shape'],
    ['plain words', 'hello', 'unknown-shape'],
    ['nesting without end', '<div>'.repeat(100_000), 'too-large'],
  ])('%s gives no item and says why', (_what, body, code) => {
    const result = read(Buffer.from(body), null);
    expect(result.items).toEqual([]);
    expect(codes(result)).toEqual([code]);
  });

  it('a body of more than 50 MB is not read', () => {
    expect(codes(read(Buffer.alloc(50 * 1024 * 1024 + 1, 'a'), null))).toEqual(['too-large']);
  });

  it.each([
    [
      '<html><title>Just a moment...</title><body><form id="challenge-form"></form></body></html>',
      200,
      'turnstile-interstitial',
    ],
    ['<html><body>Forbidden</body></html>', 403, 'forbidden'],
  ])('%s is a refusal', (text, status, reason) => {
    expect(read(Buffer.from(text), SET, status).items).toEqual([
      { kind: 'block', source: 'watchthedj', reason, url: SET },
    ]);
  });

  it('damaged pages never throw, and give the same result twice', () => {
    const mutation = fc.record({
      page: fc.constantFrom(...PAGES),
      from: fc.double({ min: 0, max: 1, noNaN: true }),
      drop: fc.nat(800),
      put: fc.oneof(
        fc.uint8Array({ maxLength: 20 }),
        fc.string({ unit: 'grapheme', maxLength: 20 }),
        fc.constantFrom(...MARKUP),
      ),
      url: fc.constantFrom(null, SET, `${SET}#rendered`, 'not an address'),
    });
    fc.assert(
      fc.property(mutation, ({ page, from, drop, put, url }) => {
        const at = Math.floor(from * page.length);
        const body = Buffer.concat([page.subarray(0, at), Buffer.from(put), page.subarray(at + drop)]);
        const result = read(body, url);
        expect(JSON.stringify(read(body, url))).toBe(JSON.stringify(result));
        expect(result.items.length + result.problems.length).toBeGreaterThan(0);
      }),
      { numRuns: 150 },
    );
  });

  it('structured data with any of its values exchanged never throws', () => {
    fc.assert(
      fc.property(mutatedJson(VIDEO), (text) => {
        const html = `<html><body><script type="application/ld+json">${text.replaceAll('<', '')}</script></body></html>`;
        expect(read(Buffer.from(html), SET).problems.every(({ message }) => message.length < 500)).toBe(true);
        expect(read(Buffer.from(text), null).source).toBe('watchthedj');
      }),
      { numRuns: 100 },
    );
  });

  it.each(hostileBodies(VIDEO))('JSON as %s is read, or refused, in bounded time', (_what, body) => {
    const { items, problems } = inBoundedTime(() => read(body, null));
    expect(items.length + problems.length).toBeGreaterThan(0);
    expect(problems.length).toBeLessThan(1_100);
  });

  it.each([
    ['a million list items', `<ol>${'<li>0:13 Ada - One</li>'.repeat(1_000_000)}</ol>`],
    ['lists in lists', `${'<ol class=track>'.repeat(180)}${'<li>0:13 Ada - One'.repeat(20_000)}`],
    ['items in items', `${'<i itemscope itemprop="a b c">'.repeat(190)}${'<b itemprop=name>x</b>'.repeat(20_000)}`],
    ['many properties of one name', `<div itemscope>${'<b itemprop=track>A - B</b>'.repeat(40_000)}</div>`],
    ['a paragraph of line breaks', `<pre>${'<br>'.repeat(45_000)}</pre>`],
    ['megabytes of new lines', `<pre>${'\n'.repeat(20_000_000)}</pre>`],
    ['megabytes in a title', `<h1>${'live at '.repeat(2_000_000)}</h1><div>`],
    ['megabytes in an attribute', `<a href="${'?t=1'.repeat(1_000_000)}">x</a>`],
    ['megabytes of dashes', `<ol><li>${' - '.repeat(2_000_000)}</li></ol>`],
  ])('HTML with %s is read, or refused, in bounded time', (_what, body) => {
    const { problems } = inBoundedTime(() => read(Buffer.from(`<html><body>${body}</body></html>`), SET));
    expect(problems.length).toBeGreaterThan(0);
  });

  it('megabytes of text that was never copied from a page are not read', () => {
    expect(read(Buffer.from('\n0:13 Ada - One'.repeat(100_000)), null).problems).toMatchObject([{ code: 'too-large' }]);
  });
});
