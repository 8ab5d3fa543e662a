/** What is no answer of Reddit, or a broken one: bounded time, a problem that says what is wrong, never a throw. */
import { existsSync, readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { inBoundedTime } from '../../src/testing/bounded-time.ts';
import { hostileBodies, mutatedJson } from '../../src/testing/hostile-json.ts';
import { parse } from './parser.ts';

const OWN = new URL('./fixtures/', import.meta.url);
const REAL = new URL('../../../shared/fixtures/reddit/', import.meta.url);
const NAMES = ['discussion', 'info-deletions', 'listing-escaped'];
const REAL_NAMES = [
  'go-reddit-post-more',
  'go-reddit-post-post',
  'listentothis-hot',
  'praw-api-info-deletions.trimmed',
];
const URLS = [
  null,
  'no address',
  'https://oauth.reddit.com/api/info?id=t1_a,t3_b,x&raw_json=1',
  'https://oauth.reddit.com/r/house/new?limit=100#since=2026-11-22T12:00:00.000Z',
  'https://oauth.reddit.com/comments/abc',
];

function read(body: Uint8Array, url: string | null = null, status: number | null = null) {
  return parse({ body, url, status, contentType: null, fetchedAt: null });
}

function sample(folder: URL, name: string): unknown {
  return JSON.parse(readFileSync(new URL(`${name}.json`, folder), 'utf8'));
}

/** Reads twice alike, and names nothing that could leave Reddit's interface. */
function assertSound(text: string, url: string | null): void {
  const result = read(Buffer.from(text), url);
  expect(JSON.stringify(read(Buffer.from(text), url))).toBe(JSON.stringify(result));
  for (const request of result.requests)
    expect(request.url).toMatch(
      /^https:\/\/oauth\.reddit\.com\/(?:r\/|api\/|comments\/|search\?|domain\/|user\/)[\w/+.%?&=:#-]*$/,
    );
  expect(result.problems.every(({ message }) => message.length < 500)).toBe(true);
}

describe.each(NAMES.map((name) => [name, sample(OWN, name)] as const))('%s', (_name, value) => {
  it.each(hostileBodies(value))('as %s is read, or refused, in bounded time', (_what, body) => {
    const { items, problems, requests } = inBoundedTime(() => read(body, URLS[3]));
    expect(items.length + problems.length + requests.length).toBeGreaterThan(0);
    expect(problems.length).toBeLessThan(1_100);
  });

  it('with any of its values exchanged is read the same twice', () => {
    const property = fc.property(mutatedJson(value), fc.constantFrom(...URLS), assertSound);
    fc.assert(property, { numRuns: 200 });
  });
});

describe.skipIf(!existsSync(REAL))('real answers (../shared/fixtures/reddit)', () => {
  it.each(REAL_NAMES)('%s with any of its values exchanged is read the same twice', (name) => {
    const property = fc.property(mutatedJson(sample(REAL, name)), fc.constantFrom(...URLS), assertSound);
    fc.assert(property, { numRuns: 50 });
  });
});

it('any bytes give the same twice', () => {
  const property = fc.property(fc.uint8Array({ maxLength: 400 }), fc.constantFrom(...URLS), (bytes, url) => {
    expect(read(bytes, url)).toEqual(read(bytes, url));
  });
  fc.assert(property, { numRuns: 500 });
});
