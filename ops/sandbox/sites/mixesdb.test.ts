import { expect, it } from 'vitest';
import { source } from '../../../spiders/mixesdb/index.ts';
import type { PageRequest } from '../../../src/core/parse-result.ts';
import { requestsForSeed } from '../../../src/core/seeds.ts';
import { buildWorld } from '../world.ts';
import { createSite } from './mixesdb.ts';

const site = createSite(buildWorld('7', 1_500));
/** The year with most sets fills several pages. */
const year = mostCommon([...site.shownSets()].map(({ date }) => date?.slice(0, 4) ?? ''));
const ofYear = [...site.shownSets()].filter(({ date }) => date?.startsWith(year)).map(({ externalId }) => externalId);

it('all members of a category are found page by page by the Action API', () => {
  const { keys, pages } = follow(seed(`members:${year}`), (url) => url.searchParams.set('cmlimit', '50'));
  expect(pages).toBe(Math.ceil(ofYear.length / 50));
  expect(keys.sort()).toEqual(ofYear.sort());
});

it("a category's own page lists its first 200 mixes, and its link to the next page is closed to crawlers", () => {
  const { keys, pages, problems } = follow(seed(`category:${year}`));
  expect(ofYear.length).toBeGreaterThan(200);
  expect([pages, keys.length, problems]).toEqual([1, 200, ['not-followed']]);
});

it('a category that nobody filed anything under is empty', () => {
  expect(follow(seed('category:Nobody'))).toMatchObject({ keys: [], problems: ['not-read-yet'] });
});

function seed(text: string): PageRequest | null {
  return requestsForSeed(source, text)[0] ?? null;
}

/** Asks for the first page and all that go on with it; gives the mixes that they lead to. */
function follow(first: PageRequest | null, change: (url: URL) => void = () => undefined) {
  const keys: string[] = [];
  const problems: string[] = [];
  let pages = 0;
  for (let next = first; next !== null && pages < 100; pages += 1) {
    const url = new URL(next.url);
    change(url);
    const { kind } = next;
    const read = source.parse({ ...page(url), url: url.href });
    keys.push(
      ...read.requests
        .filter((one) => one.kind === 'page')
        .map((one) => decodeURIComponent(one.url.split('/page/')[1] ?? '')),
    );
    problems.push(...read.problems.map(({ code }) => code));
    next = read.requests.find((one) => one.kind === kind) ?? null;
  }
  return { keys, pages, problems };
}

function page(url: URL) {
  const request = { host: url.hostname, method: 'GET', path: url.pathname, query: url.searchParams };
  const { status, body } = site.respond({ ...request, headers: {}, body: '', today: null });
  return { body: Buffer.from(body), status, contentType: null, fetchedAt: null };
}

function mostCommon(texts: readonly string[]): string {
  const groups = Object.entries(Object.groupBy(texts, (text) => text));
  return groups.reduce((most, one) => ((one[1]?.length ?? 0) > (most[1]?.length ?? 0) ? one : most))[0];
}
