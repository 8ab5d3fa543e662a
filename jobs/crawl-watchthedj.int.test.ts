/** Crawling WatchTheDJ with a real browser: HTTP first, the browser only for a page whose scripts write the tracklist. */
import { readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { findChromium } from '../ops/dev-services/chromium.ts';
import { loadSource } from '../spiders/registry.ts';
import { requestsForSeed } from '../src/core/seeds.ts';
import { addRequests } from '../src/repositories/frontier.ts';
import { openTestContext, type TestContext } from '../src/testing/job-context.ts';
import { attempt, enqueued } from '../src/testing/run-job.ts';
import { openTestServices, type TestServices } from '../src/testing/services.ts';
import { crawlJob } from './crawl.ts';

const FIXTURES = new URL('../spiders/watchthedj/fixtures/', import.meta.url);
const SCRIPT = `const list = document.createElement('ol');
list.innerHTML = '<li>0:00 Nel Ardo - Lanterns</li><li>4:05 Kestrel - Undertow (Dub)</li><li>9:10 Ossip - ID</li>';
document.querySelector('#app').replaceChildren(list);`;

let services: TestServices;
let test: TestContext;
let server: Server;
let asked: string[];

beforeAll(async () => {
  services = await openTestServices();
  server = createServer(({ url = '' }, response) => {
    const { pathname } = new URL(url, 'http://stand-in');
    asked.push(pathname);
    if (pathname === '/assets/app.js')
      return response.writeHead(200, { 'content-type': 'text/javascript' }).end(SCRIPT);
    const page = pathname.includes('quay-radio') ? 'set-half.html' : 'set-table.html';
    return response.writeHead(200, { 'content-type': 'text/html' }).end(readFileSync(new URL(page, FIXTURES)));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
});
afterAll(async () => {
  await new Promise((resolve) => server.close(resolve));
  await services.release();
});
beforeEach(async () => {
  asked = [];
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  test = await openTestContext(services, {
    sandboxHosts: { 'watchthedj.com': origin },
    chromiumPath: (await findChromium()).path,
    crawlConcurrency: 1,
  });
});
afterEach(async () => {
  await services.db.query(
    'truncate frontier, outbox, source_states, raw_items, fetches, documents, quarantine cascade',
  );
  await test.release();
});

it('half a page is kept, asked again in a browser, and kept whole', async () => {
  await crawl('nel-ardo-live-at-quay-radio-2025');
  expect(asked.filter((path) => path.startsWith('/djvideos/'))).toHaveLength(2);
  expect(await rowsOf('nel-ardo-live-at-quay-radio-2025')).toEqual(['Lanterns', 'Undertow', null]);
});

it('a page that has its tracks is asked once, by HTTP', async () => {
  await crawl('ossip-live-at-the-mill-2021');
  expect(asked).toEqual(['/djvideos/ossip-live-at-the-mill-2021']);
  expect(await rowsOf('ossip-live-at-the-mill-2021')).toEqual(['Undertow', null, 'Small Hours']);
});

async function crawl(seed: string) {
  const source = await loadSource('watchthedj');
  const [request] = requestsForSeed(source, seed);
  if (request === undefined) throw new Error(`no address: ${seed}`);
  const known = {
    ...request,
    source: 'watchthedj',
    urlKey: source.normaliseUrl(request.url),
    priority: 5,
    depth: 0,
    runId: null,
  };
  await services.db.transaction((tx) => addRequests(tx, [known], test.clock.now()));
  const payload = { source: 'watchthedj', via: 'sandbox', runId: null, limit: null };
  return attempt(test.ctx, crawlJob, await enqueued(test.ctx, 'crawl-watchthedj', payload), payload);
}

async function rowsOf(externalId: string): Promise<(string | null)[]> {
  const { rows } = await services.db.query<{ body: { tracks: { title: string | null }[] } }>(
    `select body from raw_items where source = 'watchthedj' and kind = 'setlist' and external_id = $1`,
    [externalId],
  );
  return (rows[0]?.body.tracks ?? []).map(({ title }) => title);
}
