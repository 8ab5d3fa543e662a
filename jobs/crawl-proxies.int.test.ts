/** Live crawls with PROXY_URLS: they go out through the proxies and in no other way, and a breaker is open for all of them. */
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { addRequests, countRequests } from '../src/repositories/frontier.ts';
import { openTestContext, type TestContext } from '../src/testing/job-context.ts';
import { type ProxyServer, startProxyServer } from '../src/testing/proxy-server.ts';
import { runJob } from '../src/testing/run-job.ts';
import { openTestServices, type TestServices } from '../src/testing/services.ts';
import { crawlJob } from './crawl.ts';

const URL_OF_A_SET = 'https://api.setlist.fm/rest/1.0/setlist/5be1a001';
const HOST = 'api.setlist.fm:443';

let services: TestServices;
let test: TestContext;
let proxies: ProxyServer[];

beforeAll(async () => {
  services = await openTestServices();
});
afterAll(() => services.release());
beforeEach(async () => {
  proxies = await Promise.all([startProxyServer(), startProxyServer()]);
  for (const proxy of proxies) proxy.status = 502;
  const hosts = proxies.map(({ host }) => host);
  test = await openTestContext(services, {
    proxyUrls: hosts.map((host) => `http://${host}`),
    // An allowed name is not resolved here: nothing of this test leaves the machine.
    egressAllow: [...hosts, HOST],
    credentials: { SETLISTFM_API_KEY: 'a key' },
    contact: 'somebody@example.org',
  });
  const request = { source: 'setlistfm', urlKey: URL_OF_A_SET, url: URL_OF_A_SET, kind: 'setlist' };
  await addRequests(services.db, [{ ...request, priority: 5, depth: 0, runId: null }], test.ctx.clock.now());
});
afterEach(async () => {
  await services.db.query('truncate frontier, outbox, source_states, fetches cascade');
  await Promise.all(proxies.map((proxy) => proxy.release()));
  await test.release();
});

/** Waits between two requests are real: the clock goes on. */
async function crawl(): Promise<void> {
  const going = setInterval(() => test.clock.advance(50), 50);
  const payload = { source: 'setlistfm', via: 'live', runId: null, limit: null };
  await runJob(test.ctx, crawlJob, 'crawl-setlistfm', payload).finally(() => clearInterval(going));
}
const asked = () => proxies.flatMap((proxy) => proxy.asked);

it('a page is asked for through one proxy after the other, and is held when none works', async () => {
  await crawl();
  expect(asked()).toEqual([`CONNECT ${HOST}`, `CONNECT ${HOST}`]);
  expect(await countRequests(services.db)).toEqual({ due: 1 });
});

it('an open breaker is open for all of them', async () => {
  await services.db.query(
    `insert into source_states (source, via, breaker, breaker_until, breaker_reason) values ('setlistfm', 'live', 'open', $1, 'refused')`,
    [new Date(test.ctx.clock.now().getTime() + 60_000)],
  );
  await crawl();
  expect(asked()).toEqual([]);
});
