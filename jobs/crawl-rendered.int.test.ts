/** A page that gives its data by script, all the way: fetched as an empty shell, asked again in a real Chromium, landed as a set. */
import { readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { findChromium } from '../ops/dev-services/chromium.ts';
import { addRequests, countRequests } from '../src/repositories/frontier.ts';
import { openTestContext, type TestContext } from '../src/testing/job-context.ts';
import { runJob } from '../src/testing/run-job.ts';
import { openTestServices, type TestServices } from '../src/testing/services.ts';
import { crawlJob } from './crawl.ts';

const FIXTURES = new URL('../spiders/watchthedj/fixtures/', import.meta.url);
const fixture = (name: string) => readFileSync(new URL(name, FIXTURES), 'utf8');
const SET = 'https://watchthedj.com/djvideos/marlo-fenn-live-at-glasshouse-sessions-2023';
/** What the page's own program does: it puts the page in the place of the shell. */
const PROGRAM = `document.open(); document.write(${JSON.stringify(fixture('set-json-ld.html'))}); document.close();`;

let services: TestServices;
let test: TestContext;
let server: Server;
const asked: string[] = [];

beforeAll(async () => {
  services = await openTestServices();
  server = createServer((request, response) => {
    asked.push(request.url ?? '');
    const isProgram = request.url === '/assets/index.js';
    response.setHeader('content-type', isProgram ? 'text/javascript' : 'text/html; charset=utf-8');
    response.end(isProgram ? PROGRAM : fixture('shell.html'));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  test = await openTestContext(services, {
    sandboxHosts: { 'watchthedj.com': `http://127.0.0.1:${(server.address() as AddressInfo).port}` },
    chromiumPath: (await findChromium()).path,
    contact: 'somebody@example.org',
  });
});
afterAll(async () => {
  await test?.release();
  await services?.release();
  await new Promise((resolve) => server.close(resolve));
});

it('is rendered, archived as the browser shows it, and read', async () => {
  const request = { source: 'watchthedj', urlKey: SET, url: SET, kind: 'djvideo' };
  await addRequests(services.db, [{ ...request, priority: 5, depth: 0, runId: null }], test.ctx.clock.now());
  const payload = { source: 'watchthedj', via: 'sandbox', runId: null, limit: 2 };
  await runJob(test.ctx, crawlJob, 'crawl-watchthedj', payload);
  const page = new URL(SET).pathname;
  expect(asked).toEqual([page, page, '/assets/index.js']);
  const { rows } = await services.db.query(`select body->>'title' as title from raw_items where kind = 'setlist'`);
  expect(rows).toEqual([{ title: 'Marlo Fenn live at Glasshouse Sessions 2023' }]);
  expect(await countRequests(services.db)).toMatchObject({ done: 2 });
});
