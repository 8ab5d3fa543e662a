/** Lists of several pages, on a real server and Postgres: followed to their end, again by every run, and never without end. */
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { readCursors } from '../src/repositories/cursors.ts';
import { makeDue } from '../src/repositories/frontier.ts';
import { openTestContext, type TestContext } from '../src/testing/job-context.ts';
import { runJob } from '../src/testing/run-job.ts';
import { openTestServices, type TestServices } from '../src/testing/services.ts';
import { DEEPEST } from './crawl/keeping.ts';
import { crawlJob } from './crawl.ts';

const CATEGORY = 'https://www.mixesdb.com/w/Category:Nora_Velt';

let services: TestServices;
let test: TestContext;
let server: Server;
/** Numbers of the category's pages that were asked for. */
let asked: number[];
let pages: number;

beforeAll(async () => {
  services = await openTestServices();
  server = createServer((request, response) => {
    const from = new URL(request.url ?? '/', 'http://stand-in').searchParams.get('pagefrom');
    const page = Number(from ?? 1);
    asked.push(page);
    response.writeHead(200, { 'content-type': 'text/html' }).end(categoryPage(page, page < pages ? page + 1 : null));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
});
afterAll(async () => {
  await new Promise((resolve) => server.close(resolve));
  await services.release();
});
beforeEach(async () => {
  asked = [];
  pages = 3;
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  test = await openTestContext(services, { sandboxHosts: { 'www.mixesdb.com': origin }, crawlConcurrency: 1 });
});
afterEach(async () => {
  await services.db.query('truncate frontier, outbox, cursors, raw_items, fetches, documents, quarantine cascade');
  await test.release();
});

it('a category is read to its last page, again by the next run, each page as a list of its own', async () => {
  await look({ runId: await newRun() });
  await look({ runId: await newRun() });
  expect(asked).toEqual([1, 2, 3, 1, 2, 3]);
  const { rows } = await services.db.query(`select external_id as id from raw_items where kind = 'listing' order by 1`);
  expect(rows.map(({ id }) => id)).toEqual(
    [2, 3].map((from) => `Category:Nora_Velt from ${from}`).toSpliced(0, 0, 'Category:Nora_Velt'),
  );
});

it('a list without end is left at the bound, which is said, and its cursor stays', async () => {
  pages = Infinity;
  await look({ depth: DEEPEST - 2, window: { cursor: 'changes', until: '2026-01-01T00:00:00Z' } });
  expect(asked).toEqual([1, 2, 3]);
  const { rows } = await services.db.query(`select problem from fetches where problem like '%were not followed%'`);
  expect(rows).toEqual([{ problem: expect.stringMatching(/^2 links are more than 1000 pages/) }]);
  expect([...(await readCursors(services.db, 'mixesdb')).keys()]).toEqual([]);
});

it('the cursor of a list moves when its last page has landed', async () => {
  await look({ window: { cursor: 'changes', until: '2026-01-01T00:00:00.000Z' } });
  expect(await readCursors(services.db, 'mixesdb')).toEqual(new Map([['changes', new Date('2026-01-01T00:00:00Z')]]));
});

interface Look {
  runId?: string | null;
  depth?: number;
  window?: { cursor: string; until: string };
}

/** One look at the category from its first page; the mixes that it lists are left alone. */
async function look({ runId = null, depth = 0, window }: Look): Promise<void> {
  const request = { source: 'mixesdb', urlKey: CATEGORY, url: CATEGORY, kind: 'category', priority: 2, depth, runId };
  await makeDue(services.db, [window === undefined ? request : { ...request, window }], test.clock.now());
  for (let turn = 0; turn < pages && turn < 5; turn += 1) {
    await services.db.query(`update frontier set state = 'done' where kind = 'page'`);
    await runJob(test.ctx, crawlJob, 'crawl-mixesdb', { source: 'mixesdb', via: 'sandbox', runId, limit: 1 });
  }
}

async function newRun(): Promise<string> {
  const { rows } = await services.db.query<{ id: string }>('select gen_random_uuid() as id');
  return rows[0]?.id ?? '';
}

function categoryPage(page: number, next: number | null): string {
  const link = next === null ? 'next 200' : `<a href="/w/Category:Nora_Velt?pagefrom=${next}">next 200</a>`;
  return `<!DOCTYPE html><html><head><title>Category:Nora Velt | MixesDB</title><link rel="canonical" href="${CATEGORY}"></head>
    <body><h1 id="firstHeading">Category:Nora Velt</h1><div id="mw-content-text">
    <ul id="catMixesList"><li><a href="/w/20${10 + page}_-_Nora_Velt_@_Place">20${10 + page} - Nora Velt @ Place</a></li></ul>
    <div class="listPagination">(${link})</div></div></body></html>`;
}
