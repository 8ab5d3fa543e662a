/** What is no answer, or a broken one: bounded time, a problem that says what is wrong, never a throw. */
import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { inBoundedTime } from '../../src/testing/bounded-time.ts';
import { hostileBodies, mutatedJson } from '../../src/testing/hostile-json.ts';
import { parse } from './parser.ts';

const BROKEN = ['songs', 'album-dj-mix', 'itunes-lookup'];
const NAMES = [...BROKEN, 'albums-gaps', 'charts', 'search', 'feed-new', 'feed-old'];
const URLS = [
  null,
  'https://api.music.apple.com/v1/catalog/us/charts?types=songs&offset=20',
  'https://itunes.apple.com/lookup?id=1&entity=song',
  'no address',
];

function fixture(name: string): Buffer {
  return readFileSync(new URL(`fixtures/${name}.json`, import.meta.url));
}

function read(body: Uint8Array, url: string | null = null, status: number | null = null) {
  return parse({ body, url, status, contentType: null, fetchedAt: null });
}

describe.each(BROKEN)('%s', (name) => {
  it.each(hostileBodies(JSON.parse(fixture(name).toString())))(
    'as %s is read, or refused, in bounded time',
    (_, body) => {
      const { items, problems } = inBoundedTime(() => read(body));
      expect(items.length + problems.length).toBeGreaterThan(0);
      expect(problems.length).toBeLessThan(1_100);
      expect(problems.every(({ message, where }) => message.length + (where?.length ?? 0) < 600)).toBe(true);
    },
  );
});

describe.each(NAMES)('%s', (name) => {
  const urls = fc.constantFrom(...URLS);
  const statuses = fc.constantFrom(null, 200, 401, 403, 500);

  it('with any of its values exchanged is read the same twice', () => {
    const answers = mutatedJson(JSON.parse(fixture(name).toString()));
    fc.assert(
      fc.property(answers, urls, statuses, (text, url, status) => {
        const result = read(Buffer.from(text), url, status);
        expect(JSON.stringify(read(Buffer.from(text), url, status))).toBe(JSON.stringify(result));
        expect(result.problems.every(({ message }) => message.length < 500)).toBe(true);
      }),
      { numRuns: 80 },
    );
  });

  it('with any of its bytes exchanged, or cut, is read the same twice', () => {
    const page = fixture(name);
    const changes = fc.array(fc.tuple(fc.nat(page.length - 1), fc.nat(255)), { maxLength: 8 });
    fc.assert(
      fc.property(changes, fc.nat(3 * page.length), (changed, cut) => {
        const body = Uint8Array.from(page);
        for (const [place, byte] of changed) body[place] = byte;
        const kept = body.subarray(0, cut);
        expect(JSON.stringify(read(kept))).toBe(JSON.stringify(read(kept)));
      }),
      { numRuns: 60 },
    );
  });
});
