/** A live crawl of a source of which one host waits for keys: the other is asked, and what waits is left as it is. */
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { loadSource } from '../spiders/registry.ts';
import { requestsForSeed } from '../src/core/seeds.ts';
import { SessionPool } from '../src/fetching/sessions.ts';
import { createEgressGuard } from '../src/platform/egress-guard.ts';
import { createHttpClient, type HttpClient } from '../src/platform/http-client.ts';
import { addRequests } from '../src/repositories/frontier.ts';
import { countOutstanding } from '../src/repositories/outbox.ts';
import { openTestContext, type TestContext } from '../src/testing/job-context.ts';
import { attempt, enqueued } from '../src/testing/run-job.ts';
import { openTestServices, type TestServices } from '../src/testing/services.ts';
import { drain } from '../src/worker/drain.ts';
import { allClosedHosts } from './access.ts';
import { crawlJob } from './crawl.ts';
import type { JobCtx } from './job.ts';
import { enqueueDueCrawls } from './orchestrate.ts';

const KEYS = { APPLE_MUSIC_KEY_ID: 'KEY', APPLE_MUSIC_TEAM_ID: 'TEAM' };
const ALBUM =
  '{"resultCount":1,"results":[{"wrapperType":"collection","collectionType":"Album","collectionId":900000300,"collectionName":"Night","artistName":"Halden","trackCount":1}]}';

let services: TestServices;
let test: TestContext;
let ctx: JobCtx;
let server: Server;
/** Paths that were asked for: both hosts have theirs. */
let asked: string[];
let answer: { status: number; headers: Record<string, string> };

/** The real hosts, as far as the crawl knows; a server of this file's answers for them. */
class StandIn extends SessionPool {
  override clientFor(): HttpClient {
    const local = `127.0.0.1:${(server.address() as AddressInfo).port}`;
    const hosts = ['api.music.apple.com', 'itunes.apple.com'];
    return createHttpClient({
      guard: createEgressGuard([local]),
      clock: test.clock,
      userAgent: 'MusicDB/test',
      sandboxHosts: Object.fromEntries(hosts.map((host) => [host, `http://${local}`])),
    });
  }
}

beforeAll(async () => {
  services = await openTestServices();
  server = createServer(({ url = '' }, response) => {
    asked.push(url.replace(/\?.*$/s, ''));
    response.writeHead(answer.status, answer.headers).end(ALBUM);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
});
afterAll(async () => {
  await new Promise((resolve) => server.close(resolve));
  await services.release();
});
beforeEach(async () => {
  asked = [];
  answer = { status: 200, headers: { 'content-type': 'text/javascript' } };
  test = await openTestContext(services, { contact: 'somebody@example.org', credentials: KEYS });
  ctx = { ...test.ctx, sessions: new StandIn([], test.clock) };
  await due('itunes:900000300', '900000011', 'gb:QZAAA2400001');
});
afterEach(async () => {
  await services.db.query(
    'truncate frontier, outbox, source_states, raw_items, fetches, documents, quarantine, request_gates, request_ledger cascade',
  );
  await test.release();
});

it('asks the host that is open, and lands what it says', async () => {
  expect(await crawl()).toMatchObject({ pages: 1, items: 1, failed: 0 });
  expect(asked).toEqual(['/lookup']);
});

it('leaves the requests of the host that waits for a key as they were', async () => {
  const before = await waiting();
  await crawl();
  expect(before).toHaveLength(2);
  expect(await waiting()).toEqual(before);
});

it('comes to an end: nothing more is unfinished, and nothing asks for a crawl that would find nothing', async () => {
  await crawl();
  // The slice found something, so one more is asked for; it finds nothing.
  expect(await countOutstanding(services.db)).toMatchObject({ 'crawl-applemusic': 1 });
  await services.db.query('truncate outbox');
  expect(await crawl()).toMatchObject({ pages: 0 });
  expect(await countOutstanding(services.db)).toEqual({});
  expect(await enqueueDueCrawls(ctx)).toEqual([]);
  await services.db.query('truncate raw_items cascade');
  expect(await drain(ctx, { requestsOf: 'all', closed: await allClosedHosts(ctx) })).toBe(true);
});

it('does not follow a redirect to the host that waits', async () => {
  answer = { status: 302, headers: { location: 'https://api.music.apple.com/v1/catalog/us/albums/900000300' } };
  expect(await crawl()).toMatchObject({ failed: 1 });
  expect(asked).toEqual(['/lookup']);
});

async function due(...seeds: string[]): Promise<void> {
  const source = await loadSource('applemusic');
  const known = seeds
    .flatMap((seed) => requestsForSeed(source, seed))
    .map((request) => ({ ...request, urlKey: source.normaliseUrl(request.url) }))
    .map((request) => ({ ...request, source: 'applemusic', priority: 5, depth: 0, runId: null }));
  await addRequests(services.db, known, test.clock.now());
}

async function waiting(): Promise<object[]> {
  const { rows } = await services.db.query(`select * from frontier where host = 'api.music.apple.com' order by id`);
  return rows;
}

async function crawl() {
  const payload = { source: 'applemusic', via: 'live', runId: null, limit: null };
  // Long after the request before it: none of them waits for its turn.
  test.clock.advance(60_000);
  return attempt(ctx, crawlJob, await enqueued(ctx, 'crawl-applemusic', payload), payload);
}
