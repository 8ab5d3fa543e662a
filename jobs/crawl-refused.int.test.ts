/** Answers that are no page: what came is kept whole, for people and for export, and nothing takes it for a page. */
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { loadSource } from '../spiders/registry.ts';
import { indexFetches, indexWarc, type ReplayRun } from '../src/fetching/replay-index.ts';
import { exportWarc } from '../src/fetching/warc-export.ts';
import { openWarcWriter } from '../src/platform/warc-writer.ts';
import { addRequests } from '../src/repositories/frontier.ts';
import { startRun } from '../src/repositories/runs.ts';
import { openTestContext, type TestContext } from '../src/testing/job-context.ts';
import { runJob } from '../src/testing/run-job.ts';
import { openTestServices, type TestServices } from '../src/testing/services.ts';
import { crawlJob } from './crawl.ts';

const URL_OF_SET = 'https://api.setlist.fm/rest/1.0/setlist/5be1a001';
/** A refusal that looks like data: it must not become any. */
const SET = JSON.stringify({
  id: '5be1a001',
  versionId: '7be1a001',
  eventDate: '01-02-2026',
  artist: { name: 'Ada' },
  venue: { name: 'Kantine', city: { name: 'Köln', country: { name: 'Germany' } } },
  sets: { set: [{ song: [{ name: 'One' }] }] },
  url: 'https://www.setlist.fm/setlist/ada/2026/kantine-5be1a001.html',
});

let services: TestServices;
let test: TestContext;
let server: Server;
let answer: (response: ServerResponse) => void;
let folder: string;

beforeAll(async () => {
  services = await openTestServices();
  folder = await mkdtemp(join(tmpdir(), 'musicdb-refused-'));
  server = createServer((_request, response) => answer(response));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
});
afterAll(async () => {
  await new Promise((resolve) => server.close(resolve));
  await services.release();
  await rm(folder, { recursive: true });
});
beforeEach(async () => {
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  test = await openTestContext(services, { sandboxHosts: { 'api.setlist.fm': origin }, crawlConcurrency: 1 });
});
afterEach(async () => {
  await services.db.query(
    'truncate frontier, outbox, source_states, raw_items, fetches, documents, quarantine, page_verdicts, runs cascade',
  );
  await test.release();
});

describe('an answer that is no page', () => {
  it.each([
    [429, 'throttled'],
    [503, 'throttled'],
    [500, 'source-outage'],
    [408, 'source-outage'],
  ])('with %i is kept: its bytes, its headers, its address', async (status, outcome) => {
    await crawlOnce(status, SET);
    const [fetch] = await rows('select status, outcome, exchange, remote_address, document_digest from fetches');
    expect(fetch).toMatchObject({ status, outcome, remote_address: '127.0.0.1' });
    expect(fetch?.exchange).toMatchObject({ headers: expect.arrayContaining([['X-Ray', 'b7']]) });
    expect((await test.ctx.archive.get(fetch?.document_digest as Buffer)).toString()).toBe(SET);
  });

  it('is no data, whatever it holds', async () => {
    await crawlOnce(503, SET);
    expect(await rows('select 1 from raw_items')).toEqual([]);
    expect(await rows('select verdict, pages from page_verdicts')).toEqual([{ verdict: 'throttled', pages: 1 }]);
    test.clock.advance(86_400_000);
    await crawlOnce(200, SET);
    expect(await rows('select kind from raw_items')).toEqual([{ kind: 'setlist' }]);
  });

  it('because its connection ended before it did is kept as far as it came, and nothing is held of it', async () => {
    await crawlOnce(200, SET, Buffer.byteLength(SET) + 1);
    const [fetch] = await rows('select status, outcome, exchange, document_digest from fetches');
    expect(fetch).toMatchObject({ status: 200, outcome: 'truncated', exchange: { bodyFault: { code: 'TRUNCATED' } } });
    expect((await test.ctx.archive.get(fetch?.document_digest as Buffer)).toString()).toBe(SET);
    expect(await rows('select 1 from raw_items union all select 1 from quarantine')).toEqual([]);
  });

  it('and was cut off too is waited for as it asked', async () => {
    await crawlOnce(503, 'no', 100);
    expect(await rows('select outcome from fetches')).toEqual([{ outcome: 'throttled' }]);
  });

  it('is what the breaker names as its reason', async () => {
    await crawlOnce(429, 'slow down');
    expect(await rows('select breaker_document = document_digest as same from source_states, fetches')).toEqual([
      { same: true },
    ]);
  });
});

describe('a replay of what was kept', () => {
  it.each([503, 500, 429, 403])('answers with the page that came before a %i', async (status) => {
    await crawlOnce(200, SET);
    test.clock.advance(1_000);
    await crawlOnce(status, 'no');
    expect(await statusesReplayed()).toEqual([200]);
    expect(await statusesReplayed('warc')).toEqual([200]);
  });

  it('answers nothing where nothing else came', async () => {
    await crawlOnce(503, SET);
    expect(await statusesReplayed()).toEqual([]);
  });

  it('answers with nothing that was cut off', async () => {
    await crawlOnce(200, SET, Buffer.byteLength(SET) + 1);
    expect(await statusesReplayed()).toEqual([]);
    expect(await statusesReplayed('warc')).toEqual([]);
  });
});

it('an export holds the refusal as it was', async () => {
  await crawlOnce(503, 'no');
  const { exported } = await exportAll();
  expect(exported).toMatchObject({ records: { response: 1, request: 1, metadata: 1 }, withoutAnswer: 0, problems: [] });
});

/** @param length as it is announced: when less comes, the connection ends. */
async function crawlOnce(status: number, body: string, length = Buffer.byteLength(body)): Promise<void> {
  const headers = { 'content-type': 'application/json', 'X-Ray': 'b7', 'retry-after': '1', 'content-length': length };
  answer = (response) => {
    response.writeHead(status, headers).write(body, () => {
      if (length > Buffer.byteLength(body)) response.destroy();
      else response.end();
    });
  };
  const request = { source: 'setlistfm', urlKey: 'a', url: URL_OF_SET, kind: 'setlist', priority: 5, depth: 0 };
  await addRequests(services.db, [{ ...request, runId: null }], test.clock.now());
  await services.db.query(`update frontier set state = 'due', due_at = $1`, [test.clock.now()]);
  const payload = { source: 'setlistfm', via: 'sandbox', runId: null, limit: 1 };
  await runJob(test.ctx, crawlJob, 'crawl-setlistfm', payload);
}

async function statusesReplayed(from: 'archive' | 'warc' = 'archive'): Promise<number[]> {
  const about = { workflow: 'replay', source: 'setlistfm', params: {} };
  const runId = await startRun(services.db, about, test.clock.now());
  const run: ReplayRun = {
    runId,
    source: await loadSource('setlistfm'),
    at: null,
    signal: test.ctx.signal,
    onProgress: () => undefined,
  };
  if (from === 'archive') await indexFetches(services.db, services.db, run);
  else await indexWarc(services.db, (await exportAll()).file, run);
  const found = await services.db.query<{ status: number }>(
    `select (page->>'status')::int as status from replay_pages where run_id = $1`,
    [runId],
  );
  return found.rows.map(({ status }) => status);
}

async function exportAll() {
  const file = join(folder, 'all.warc.gz');
  const writer = await openWarcWriter(file);
  const options = { writer, source: null, since: null, signal: test.ctx.signal, onProgress: () => undefined };
  const exported = await exportWarc(test.ctx, options);
  await writer.finish();
  return { exported, file };
}

async function rows(text: string): Promise<Record<string, unknown>[]> {
  return (await services.db.query(text)).rows;
}
