/** A replay: the spider's pages come from an archive, and nobody is asked. */
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { normaliseUrl } from '../spiders/1001tracklists/spider.ts';
import { exchangeOf } from '../src/core/exchange.ts';
import { openBreaker } from '../src/repositories/breaker.ts';
import { addRequests, countRequests } from '../src/repositories/frontier.ts';
import { addReplayPages } from '../src/repositories/replay-pages.ts';
import { startRun } from '../src/repositories/runs.ts';
import { readSourceState } from '../src/repositories/source-states.ts';
import { openTestContext, type TestContext } from '../src/testing/job-context.ts';
import { runJob } from '../src/testing/run-job.ts';
import { openTestServices, type TestServices } from '../src/testing/services.ts';
import { crawlJob } from './crawl.ts';

const SITE = 'https://www.1001tracklists.com';
const THEN = new Date('2024-05-01T10:00:00.125Z');
const BLOCKED = Buffer.from('<html><head><title>Just a moment...</title></head><body>captcha</body></html>');

let services: TestServices;
let test: TestContext;
let runId: string;
/** Requests that left this process. */
let sent: unknown[];
const onRequest = (message: unknown) => sent.push(message);

beforeAll(async () => {
  services = await openTestServices();
  subscribe('undici:request:create', onRequest);
});
afterAll(async () => {
  unsubscribe('undici:request:create', onRequest);
  await services.release();
});
beforeEach(async () => {
  test = await openTestContext(services, { sandboxHosts: { 'www.1001tracklists.com': 'http://127.0.0.1:9' } });
  const { db, clock } = test.ctx;
  runId = await startRun(db, { workflow: 'replay', source: '1001tracklists', params: {} }, clock.now());
  sent = [];
});
afterEach(async () => {
  await services.db.query(
    'truncate frontier, outbox, source_states, raw_items, fetches, documents, quarantine, runs cascade',
  );
  await test.release();
});

describe('a replay', () => {
  it('gives each page the time and the exchange that it had', async () => {
    await recorded('/a', BLOCKED);
    await due('/a');
    expect(await replay()).toMatchObject({ pages: 1, failed: 0 });
    const [fetch] = await rows('select via, url, status, exchange, fetched_at, run_id from fetches');
    expect(fetch).toMatchObject({ via: 'replay', url: `${SITE}/a`, status: 200, fetched_at: THEN, run_id: runId });
    expect(fetch?.exchange).toEqual(exchangeOf(page('/a')));
  });

  it('asks nobody for what its archive does not hold: that is an error, and counted', async () => {
    await due('/missing');
    expect(await replay()).toMatchObject({ pages: 0, failed: 1 });
    expect(sent).toEqual([]);
    expect(await countRequests(services.db)).toEqual({ failed: 1 });
    expect(await rows('select via, outcome, problem from fetches')).toEqual([
      { via: 'replay', outcome: 'unfetchable', problem: `${SITE}/missing is not in the archive that is replayed` },
    ]);
  });

  it('runs while the source is left alone, and a refusal in the archive opens no breaker', async () => {
    const now = test.ctx.clock.now();
    const until = new Date(now.getTime() + 60_000);
    await openBreaker(services.db, {
      source: '1001tracklists',
      via: 'sandbox',
      reason: 'earlier',
      until,
      now,
      document: null,
    });
    await recorded('/a', BLOCKED);
    await due('/a');
    expect(await replay()).toMatchObject({ pages: 1 });
    expect(await countRequests(services.db)).toEqual({ failed: 1 });
    expect(await readSourceState(services.db, '1001tracklists')).toMatchObject({ breakerReason: 'earlier' });
  });

  it('takes nothing that is due on the network', async () => {
    await due('/live', null);
    expect(await replay()).toMatchObject({ pages: 0, failed: 0 });
    expect(await countRequests(services.db)).toEqual({ due: 1 });
  });

  it('reads no page whose bytes are damaged', async () => {
    await recorded('/a', BLOCKED, Buffer.alloc(32, 7));
    await due('/a');
    expect(await replay()).toMatchObject({ pages: 0, failed: 1 });
    expect(await rows('select problem from fetches')).toEqual([{ problem: expect.stringContaining('0707') }]);
  });

  it('of an archive that is not on this machine fails, and says which', async () => {
    await due('/a');
    await expect(replay('/nowhere/x.warc.gz')).rejects.toMatchObject({ code: 'NO_SUCH_ARCHIVE' });
  });
});

function page(path: string) {
  return {
    url: `${SITE}${path}`,
    finalUrl: `${SITE}${path}`,
    request: { method: 'GET' as const, headers: { accept: '*/*' }, body: null },
    httpVersion: '1.1',
    status: 200,
    statusText: 'OK',
    headers: {},
    rawHeaders: [['Content-Type', 'text/html']] as const,
    rawBody: BLOCKED,
    contentEncoding: null,
    body: BLOCKED,
    bodyFault: null,
    redirects: [],
    remoteAddress: '192.0.2.1',
    durationMs: 5,
    fetchedAt: THEN,
  };
}

async function recorded(path: string, body: Buffer, digest?: Buffer): Promise<void> {
  const stored = await test.ctx.archive.put(body);
  const { finalUrl, status, contentEncoding, remoteAddress, durationMs } = page(path);
  const about = { finalUrl, status, contentEncoding, remoteAddress, durationMs, exchange: exchangeOf(page(path)) };
  const found = { urlKey: keyOf(path), fetchedAt: THEN, page: about, digest: digest ?? stored.digest, position: null };
  await addReplayPages(services.db, runId, [found]);
}

async function due(path: string, ofRun: string | null = runId): Promise<void> {
  const request = { source: '1001tracklists', urlKey: keyOf(path), url: `${SITE}${path}`, kind: 'tracklist' };
  await addRequests(services.db, [{ ...request, priority: 1, depth: 0, runId: ofRun }], test.ctx.clock.now());
}

function keyOf(path: string): string {
  return normaliseUrl(`${SITE}${path}`);
}

function replay(from = 'archive') {
  const payload = { source: '1001tracklists', via: 'replay', runId, limit: null, from };
  return runJob(test.ctx, crawlJob, 'crawl-1001tracklists', payload);
}

async function rows(text: string): Promise<Record<string, unknown>[]> {
  return (await services.db.query(text)).rows;
}
