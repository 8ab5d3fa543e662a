/** Ten thousand damaged pages: none may throw, none may pass silently, and the same bytes always give the same answer. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parse } from './parser.ts';

const RUNS = 9_000;
/** Whole real pages are read at 3 ms each. */
const REAL_RUNS = 1_000;
const OWN = new URL('./fixtures/', import.meta.url);
const SHARED = new URL('../../../shared/fixtures/1001tracklists/', import.meta.url);

const MARKUP = [
  '<div>',
  '</div>',
  '<',
  '>',
  '"',
  "'",
  '&',
  '<!--',
  '<script>',
  '</head>',
  'id="tlTab"',
  'tl_save',
  '\0',
  '\ufeff',
  '{',
  '01\n',
  '</html>',
];
const put = fc.oneof(
  fc.uint8Array({ maxLength: 20 }).map((bytes) => Buffer.from(bytes)),
  fc.constantFrom(...MARKUP).map((text) => Buffer.from(text)),
);

function pagesIn(folder: URL): Buffer[] {
  if (!existsSync(folder)) return [];
  const names = readdirSync(folder).filter((name) => !/\.expected\.json$|\.md$/.test(name));
  return names.map((name) => readFileSync(new URL(name, folder)));
}

function check(pages: readonly Buffer[], numRuns: number): void {
  const mutation = fc.record({
    page: fc.nat(pages.length - 1),
    from: fc.nat(),
    drop: fc.nat(3_000),
    put,
    cut: fc.nat(19),
  });
  fc.assert(
    fc.property(mutation, ({ page: index, from, drop, put, cut }) => {
      const page = pages[index] ?? Buffer.alloc(1);
      const at = from % page.length;
      // One in twenty ends where the damage begins.
      const rest = cut === 0 ? Buffer.alloc(0) : page.subarray(at + drop);
      const body = Buffer.concat([page.subarray(0, at), put, rest]);
      const read = () => parse({ body, url: null, status: null, contentType: null, fetchedAt: null });
      const result = read();
      expect(result.items.length + result.problems.length).toBeGreaterThan(0);
      if (from % 20 === 0) expect(read()).toEqual(result);
    }),
    { numRuns },
  );
}

describe('damaged pages', () => {
  it(`${RUNS} invented ones give items or say why not`, () => check(pagesIn(OWN), RUNS), 60_000);

  it.skipIf(!existsSync(SHARED))(`${REAL_RUNS} real ones too`, () => check(pagesIn(SHARED), REAL_RUNS), 60_000);
});
