/**
 * What every source keeps, whoever wrote it: facts that hold together, a parser that is pure, survives anything and drops nothing silently, and
 * saved pages that read as their expected files say. A further source is held to it by its line in the registry.
 */

import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Item, row, setlist, track } from '../src/core/items.ts';
import type { ParseResult } from '../src/core/parse-result.ts';
import { requestsForSeed, seedForms } from '../src/core/seeds.ts';
import type { Page, Source } from '../src/core/source.ts';
import { inBoundedTime } from '../src/testing/bounded-time.ts';
import { loadAllSources } from './registry.ts';

const MUTATIONS = 10_000;
/** Ten thousand whole pages would take minutes; the beginning of a page breaks a parser as well. */
const MUTATED_BYTES = 3_000;
const DEEP = 100_000;

/** Every field of the kinds that consumers script against. */
const FIELDS: Readonly<Partial<Record<Item['kind'], readonly string[]>>> = {
  setlist: Object.keys(setlist('', '')).sort(),
  track: Object.keys(track('', '')).sort(),
};
const ROW_FIELDS = Object.keys(row(1)).sort();

interface SavedPage {
  readonly file: URL;
  readonly page: Page;
}

const sources = await loadAllSources();

describe.each(sources.map((source) => [source.facts.name, source] as const))('%s', (name, source) => {
  const saved = savedPages(source);

  it('has facts that hold together', () => {
    const { facts } = source;
    expect(facts.name).toMatch(/^[a-z0-9][a-z0-9-]{1,39}$/);
    expect(facts.hosts.every((host) => URL.canParse(`https://${host}/`))).toBe(true);
    expect(facts.conditions.flatMap(({ hosts = [] }) => hosts).filter((host) => !facts.hosts.includes(host))).toEqual(
      [],
    );
    expect(facts.limits.minDelayMs).toBeGreaterThan(0);
    expect(facts.limits.maxConcurrency).toBeGreaterThan(0);
    expect(facts.terms.summary).not.toBe('');
    expect(Object.keys(facts.contracts).filter((kind) => !facts.pageKinds.includes(kind))).toEqual([]);
  });

  it('starts from pages of its own hosts, each known by one address', () => {
    for (const { url, kind } of source.seeds()) {
      expect(source.facts.hosts).toContain(new URL(url).hostname);
      expect(source.facts.pageKinds).toContain(kind);
      expect(source.normaliseUrl(source.normaliseUrl(url))).toBe(source.normaliseUrl(url));
    }
  });

  it.each(seedForms(source).map(({ form, example }) => [form, example] as const))(
    'starts a crawl from %s as it says, at pages of its own of a kind that it reads',
    (_, example) => {
      const requests = requestsForSeed(source, example);
      expect(requests.length).toBeGreaterThan(0);
      for (const { url, kind } of requests) {
        expect(source.facts.hosts).toContain(new URL(url).hostname);
        expect(source.facts.pageKinds).toContain(kind);
        // Each form would be tried again as an address: what a person copies from a ledger or a log works too.
        expect(source.requestFor(url)).toEqual({ url, kind });
      }
    },
  );

  it('knows the words that every source should, or says why it cannot', () => {
    const words = seedForms(source).map(({ form }) => form.split(':')[0]);
    for (const word of ['artist', 'search'])
      expect(words.includes(word)).toBe(!Object.hasOwn(source.unsupportedSeeds, word));
    expect(seedForms(source).filter(({ form }) => form === '<address>')).toHaveLength(1);
  });

  it('has two saved pages at least', () => {
    expect(saved.length).toBeGreaterThanOrEqual(2);
  });

  it.each(saved.map(({ file, page }) => [basename(file.pathname), file, page] as const))(
    'reads %s as expected',
    (_, file, page) => {
      const { items, requests, problems } = source.parse(page);
      expect({ items, requests, problems }).toEqual(expected(file, { items, requests, problems }));
    },
  );

  it('gives the same for the same page, in names that are known, and leaves the page as it was', () => {
    for (const { page } of saved) {
      const before = Buffer.from(page.body);
      const result = source.parse(page);
      expect(source.parse(page)).toEqual(result);
      expect(JSON.parse(JSON.stringify(result))).toEqual(result);
      expect(Buffer.compare(before, page.body)).toBe(0);
      expect(result.source).toBe(name);
      expect(result.items.flatMap(unknownNames)).toEqual([]);
    }
  });

  it(`survives ${MUTATIONS} mutated pages and drops nothing without a reason`, () => {
    const pages = saved.map(({ page }) => ({ ...page, body: page.body.subarray(0, MUTATED_BYTES) }));
    fc.assert(
      fc.property(mutation(pages.length), (change) => {
        const page = mutated(pages, change);
        const result = source.parse(page);
        expect(isSilent(result)).toBe(false);
      }),
      { numRuns: MUTATIONS },
    );
  });

  it.each([
    ['nothing', ''],
    ['binary', '\0\u0001\u0002'.repeat(1_000)],
    ['elements in each other, 100,000 deep', '<div>'.repeat(DEEP)],
    ['lists in each other, 100,000 deep', '['.repeat(DEEP)],
    ['a million list items', `<html><ol>${'<li>A - B</li>'.repeat(1_000_000)}</ol>`],
    ['another site', '<html><head><title>Elsewhere</title></head><body><p>Hello</p></body></html>'],
  ])('refuses %s in bounded time, and says why', (_, text) => {
    const page = { body: Buffer.from(text), url: null, status: 200, contentType: null, fetchedAt: null };
    expect(isSilent(inBoundedTime(() => source.parse(page)))).toBe(false);
  });
});

function savedPages({ facts }: Source): SavedPage[] {
  const folder = new URL(`${facts.name}/fixtures/`, import.meta.url);
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .filter((name) => !/\.(?:expected\.json|url|md)$/.test(name))
    .sort()
    .map((name) => {
      const file = new URL(name, folder);
      return { file, page: pageOf(file) };
    });
}

function pageOf(file: URL): Page {
  const address = new URL(`${file.href}.url`);
  const url = existsSync(address) ? (readFileSync(address, 'utf8').split('\n')[0] ?? null) : null;
  return { body: readFileSync(file), url, status: 200, contentType: null, fetchedAt: '2026-01-01T00:00:00.000Z' };
}

/** What a page must give. A missing file is written, and the test fails: somebody must read it before it becomes the truth. */
function expected(file: URL, actual: Omit<ParseResult, 'source'>): unknown {
  const path = new URL(`${file.href}.expected.json`);
  if (existsSync(path)) return JSON.parse(readFileSync(path, 'utf8'));
  writeFileSync(path, `${JSON.stringify(actual, null, 2)}\n`);
  throw new Error(`wrote ${basename(path.pathname)}: read it, correct the parser or keep it, and run again`);
}

function unknownNames(item: Item): string[] {
  const known = FIELDS[item.kind];
  const own = known === undefined ? [] : Object.keys(item).filter((field) => !known.includes(field));
  const missing = known === undefined ? [] : known.filter((field) => !(field in item));
  const rows = item.kind === 'setlist' ? item.tracks.flatMap((each) => Object.keys(each)) : [];
  return [...own, ...missing, ...rows.filter((field) => !ROW_FIELDS.includes(field))];
}

function mutation(pages: number) {
  return fc.record({
    page: fc.nat(Math.max(0, pages - 1)),
    at: fc.nat(MUTATED_BYTES),
    drop: fc.nat(200),
    put: fc.uint8Array({ maxLength: 12 }),
    cut: fc.nat(9),
  });
}
type Mutation = ReturnType<typeof mutation> extends fc.Arbitrary<infer T> ? T : never;

function mutated(pages: readonly Page[], { page: index, at, drop, put, cut }: Mutation): Page {
  const page = pages[index];
  if (page === undefined) throw new Error('the source has no saved page');
  const { body } = page;
  const from = at % (body.length + 1);
  const changed = Buffer.concat([body.subarray(0, from), put, body.subarray(from + drop)]);
  // One in ten ends early.
  return { ...page, body: cut === 0 ? changed.subarray(0, at) : changed };
}

function isSilent({ items, requests, problems }: ParseResult): boolean {
  return items.length + requests.length + problems.length === 0;
}
