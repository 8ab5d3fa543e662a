/** What is no answer, or a broken one: bounded time, a problem that says what is wrong, never a throw. */
import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { inBoundedTime } from '../../src/testing/bounded-time.ts';
import { hostileBodies, mutatedJson } from '../../src/testing/hostile-json.ts';
import { parse } from './parser.ts';

const NAMES = ['setlists', 'festival', 'artist', 'venues', 'user'];
const SAMPLES = NAMES.map((name) =>
  JSON.parse(readFileSync(new URL(`fixtures/${name}.json`, import.meta.url), 'utf8')),
);
const URLS = [null, 'https://api.setlist.fm/rest/1.0/user/ada/attended?p=1', 'no address'];

function read(body: Uint8Array, url: string | null = null, status: number | null = null) {
  return parse({ body, url, status, contentType: null, fetchedAt: null });
}

describe.each(NAMES.map((name, index) => [name, SAMPLES[index]] as const))('%s', (_name, sample) => {
  it.each(hostileBodies(sample))('as %s is read, or refused, in bounded time', (_what, body) => {
    const { items, problems } = inBoundedTime(() => read(body));
    expect(items.length + problems.length).toBeGreaterThan(0);
    expect(problems.length).toBeLessThan(1_100);
    expect(problems.every(({ message, where }) => message.length + (where?.length ?? 0) < 600)).toBe(true);
  });

  it('with any of its values exchanged is read the same twice, and says something', () => {
    fc.assert(
      fc.property(
        mutatedJson(sample),
        fc.constantFrom(...URLS),
        fc.constantFrom(null, 200, 404, 500),
        (text, url, status) => {
          const result = read(Buffer.from(text), url, status);
          expect(JSON.stringify(read(Buffer.from(text), url, status))).toBe(JSON.stringify(result));
          expect(result.problems.every(({ message }) => message.length < 500)).toBe(true);
        },
      ),
      { numRuns: 150 },
    );
  });
});

it('keeps no set whose songs it could not read: stored, it would take away those that were known', () => {
  const [sample] = SAMPLES;
  for (const sets of [undefined, null, {}, { set: { song: [] } }, { set: [{ song: { name: 'One' } }] }, { set: [1] }]) {
    const body = JSON.stringify({ ...sample.setlist[0], sets });
    expect(read(Buffer.from(body))).toMatchObject({ items: [], problems: [{ code: 'unknown-shape' }] });
  }
});

it('counts every value it could not use', () => {
  const [sample] = SAMPLES;
  const songs = [7, { name: ['x'], cover: 'Somebody', with: [{ name: 'Two' }] }, { name: 'Kept' }];
  const body = {
    ...sample.setlist[0],
    url: null,
    lastUpdated: 'soon',
    sets: { set: [{ encore: 'one', song: songs }] },
  };
  const { items, problems } = read(Buffer.from(JSON.stringify(body)));
  expect(items).toMatchObject([
    {
      tracks: [
        { position: 1, title: null },
        { position: 2, title: 'Kept' },
      ],
    },
  ]);
  expect(problems.map(({ where }) => where)).toEqual([
    '$.sets.set[0].encore',
    '$.url',
    '$.sets.set[0].song[0]',
    '$.sets.set[0].song[1].name',
    '$.sets.set[0].song[1].cover',
    '$.sets.set[0].song[1].with',
    '$.lastUpdated',
  ]);
});

it('answers the same twice, whatever the bytes or the damage', () => {
  const own = readFileSync(new URL('fixtures/setlists.json', import.meta.url), 'utf8');
  const damaged = fc
    .tuple(fc.nat(own.length), fc.nat(40), fc.string({ maxLength: 12 }))
    .map(([at, length, text]) => Buffer.from(own.slice(0, at) + text + own.slice(at + length)));
  const text = fc.json().map((json) => Buffer.from(json));
  fc.assert(
    fc.property(fc.oneof(damaged, text, fc.uint8Array({ maxLength: 200 })), (body) => {
      expect(JSON.stringify(read(body))).toBe(JSON.stringify(read(body)));
    }),
    { numRuns: 200 },
  );
});
