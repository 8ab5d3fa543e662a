/** Crawling Apple Music: the token that is signed here, and the look-up beside it that wants none, against a local stand-in of both. */
import { generateKeyPairSync } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { loadSource } from '../spiders/registry.ts';
import { requestsForSeed } from '../src/core/seeds.ts';
import { addRequests } from '../src/repositories/frontier.ts';
import { openTestContext, type TestContext } from '../src/testing/job-context.ts';
import { attempt, enqueued } from '../src/testing/run-job.ts';
import { openTestServices, type TestServices } from '../src/testing/services.ts';
import { crawlJob } from './crawl.ts';

const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const CREDENTIALS = {
  APPLE_MUSIC_KEY_ID: 'KEY',
  APPLE_MUSIC_TEAM_ID: 'TEAM',
  APPLE_MUSIC_PRIVATE_KEY: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
};

let services: TestServices;
let test: TestContext;
let server: Server;
/** What the stand-in was asked with, by path. */
let asked: [path: string, authorization: string | undefined][];
/** Statuses it answers with before it gives songs. */
let refusals: number[];

beforeAll(async () => {
  services = await openTestServices();
  server = createServer(({ url = '', headers }, response) => {
    asked.push([new URL(url, 'http://stand-in').pathname, headers.authorization]);
    const status = refusals.shift() ?? 200;
    response.writeHead(status).end(status === 200 ? '{"data":[{"id":"900000011","type":"songs"}]}' : '');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
});
afterAll(async () => {
  await new Promise((resolve) => server.close(resolve));
  await services.release();
});
beforeEach(async () => {
  asked = [];
  refusals = [];
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  test = await openTestContext(services, {
    sandboxHosts: { 'api.music.apple.com': origin, 'itunes.apple.com': origin },
    credentials: CREDENTIALS,
    crawlConcurrency: 1,
  });
});
afterEach(async () => {
  await services.db.query(
    'truncate frontier, outbox, source_states, raw_items, fetches, documents, quarantine cascade',
  );
  await test.release();
});

it('every call of the catalogue carries the same token, the look-up none', async () => {
  await crawl('900000011', 'QZAAA2400001', 'itunes:900000300');
  const tokens = asked.map(([path, authorization]) =>
    path.startsWith('/v1/') ? authorization : [path, authorization],
  );
  expect(new Set(tokens.filter((token) => typeof token === 'string'))).toHaveLength(1);
  expect(tokens).toContainEqual(['/lookup', undefined]);
});

it.each([401, 403])('a token refused with %i is made anew, once', async (status) => {
  refusals = [status];
  expect(await crawl('900000011')).toMatchObject({ failed: 0 });
  const [first, second] = asked.map(([, authorization]) => authorization);
  expect(first).toMatch(/^Bearer ey/);
  expect(second).not.toBe(first);
});

it('403 of the look-up is no matter of tokens', async () => {
  refusals = [403];
  await crawl('itunes:900000300');
  expect(asked).toEqual([['/lookup', undefined]]);
});

async function crawl(...seeds: string[]) {
  const source = await loadSource('applemusic');
  const known = seeds
    .flatMap((seed) => requestsForSeed(source, seed))
    .map((request) => ({
      ...request,
      source: 'applemusic',
      urlKey: source.normaliseUrl(request.url),
      priority: 5,
      depth: 0,
      runId: null,
    }));
  await services.db.transaction((tx) => addRequests(tx, known, test.clock.now()));
  const payload = { source: 'applemusic', via: 'sandbox', runId: null, limit: null };
  return attempt(test.ctx, crawlJob, await enqueued(test.ctx, 'crawl-applemusic', payload), payload);
}
