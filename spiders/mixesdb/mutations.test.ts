/** Ten thousand damaged pages: none may throw, none may pass silently, and the same bytes always give the same answer. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parse } from './parser.ts';

const RUNS = 10_000;
const OWN = new URL('./fixtures/', import.meta.url);
const SHARED = new URL('../../../shared/fixtures/mixesdb/', import.meta.url);

const pages = [OWN, SHARED]
  .filter((folder) => existsSync(folder))
  .flatMap((folder) => readdirSync(folder).map((name) => new URL(name, folder)))
  .filter(({ pathname }) => !/\.expected\.json$|\.md$/.test(pathname))
  // The longest samples say nothing that their first kilobytes do not.
  .map((url) => readFileSync(url).subarray(0, 3_500));

const MARKUP = [
  '[[',
  ']]',
  '{{',
  '}}',
  '{|',
  '|}',
  "'''",
  '<list>',
  '<!--',
  '\n',
  '\n# ',
  '\n;',
  ' - ',
  '[0?]',
  '"',
  '\0',
  '</div>',
  '<li>',
];
const put = fc.oneof(
  fc.uint8Array({ maxLength: 12 }).map((bytes) => Buffer.from(bytes)),
  fc.constantFrom(...MARKUP).map((text) => Buffer.from(text)),
);
const mutation = fc.record({ page: fc.nat(pages.length - 1), from: fc.nat(), drop: fc.nat(400), put, cut: fc.nat(19) });

describe('damaged pages', () => {
  it(`${RUNS} of them give items or say why not`, () => {
    fc.assert(
      fc.property(mutation, (given) => {
        const result = read(given);
        const isSilent = result.items.length + result.requests.length + result.problems.length === 0;
        expect(isSilent).toBe(false);
        if (given.from % 20 === 0) expect(read(given)).toEqual(result);
      }),
      { numRuns: RUNS },
    );
  }, 60_000);
});

type Mutation = typeof mutation extends fc.Arbitrary<infer T> ? T : never;

function read({ page: index, from, drop, put, cut }: Mutation) {
  const page = pages[index] ?? Buffer.alloc(1);
  const at = from % page.length;
  // One in twenty ends where the damage begins.
  const rest = cut === 0 ? Buffer.alloc(0) : page.subarray(at + drop);
  const body = Buffer.concat([page.subarray(0, at), put, rest]);
  return parse({ body, url: null, status: null, contentType: null, fetchedAt: null });
}
