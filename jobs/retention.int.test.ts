/** The daily retention as a whole, on real Postgres and real files. */
import { utimes } from 'node:fs/promises';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { storedPath } from '../src/platform/archive-files.ts';
import { readMetricCounts } from '../src/repositories/metrics.ts';
import { enqueue } from '../src/repositories/outbox.ts';
import { addReplayPages } from '../src/repositories/replay-pages.ts';
import { finishRun, startRun } from '../src/repositories/runs.ts';
import { openTestContext, type TestContext } from '../src/testing/job-context.ts';
import { runJob } from '../src/testing/run-job.ts';
import { openTestServices, type TestServices } from '../src/testing/services.ts';
import type { JobCtx } from './job.ts';
import { maintenanceJob } from './maintenance.ts';

const DAY_MS = 86_400_000;

let services: TestServices;
let test: TestContext;

beforeAll(async () => {
  services = await openTestServices();
});
afterAll(() => services.release());
beforeEach(async () => {
  test = await openTestContext(services);
});
afterEach(async () => {
  await services.db.query(
    'truncate fetches, documents, workflow_events, request_ledger, robots_files, runs, outbox cascade',
  );
  await test.release();
});

describe('a refusal that was kept for its time', () => {
  it('leaves the archive, and stays on record', async () => {
    const [old, young] = [await refused('slow down', 31), await refused('slow down again', 29)];
    expect(await retain()).toMatchObject({ removed: { refusalBodies: 1 }, collected: { documents: 1, files: 1 } });
    expect([await test.ctx.archive.has(old), await test.ctx.archive.has(young)]).toEqual([false, true]);
    expect(await rows('select status from fetches')).toHaveLength(2);
    expect(await retain()).toMatchObject({ removed: { refusalBodies: 0 }, collected: { documents: 0, files: 0 } });
  });

  it('is kept as long as an operator says', async () => {
    const digest = await refused('slow down', 31);
    const config = { ...test.ctx.config, keepRefusalsDays: 32 };
    expect(await retain({ config })).toMatchObject({ removed: { refusalBodies: 0 } });
    expect(await test.ctx.archive.has(digest)).toBe(true);
  });
});

describe('what was done', () => {
  it('is told in events, and measured by the latest of them', async () => {
    await refused('slow down', 31);
    await retain();
    test.clock.advance(DAY_MS);
    await refused('one', 31);
    await refused('two', 31);
    await retain();
    const metrics = (await readMetricCounts(services.db)).map(({ name, part, value }) => [name, part, value]);
    expect(metrics).toContainEqual(['retention_removed', 'refusalBodies', 2]);
    expect(metrics).toContainEqual(['archive_collected', 'files', 2]);
    const at = test.clock.now().getTime() / 1_000;
    expect(metrics).toContainEqual(['upkeep_timestamp_seconds', 'archive.collected', at]);
    expect(metrics).toContainEqual(['upkeep_timestamp_seconds', 'retention.applied', at]);
  });
});

describe('garbage', () => {
  it('in a bucket is left to the command: another may store it at that moment', async () => {
    const digest = await refused('slow down', 31);
    const archive = { ...test.ctx.archive, isDiscardSafe: false };
    expect(await retain({ archive })).toMatchObject({ removed: { refusalBodies: 1 }, collected: null });
    expect(await test.ctx.archive.has(digest)).toBe(true);
    expect(await rows('select name from workflow_events')).toEqual([{ name: 'retention.applied' }]);
  });

  it('waits for another day when the process stops', async () => {
    const digest = await refused('slow down', 31);
    test.stop.abort();
    expect(await retain()).toMatchObject({ removed: { refusalBodies: 0 }, collected: null });
    expect(await test.ctx.archive.has(digest)).toBe(true);
    expect(await rows('select 1 from workflow_events')).toEqual([]);
  });
});

describe('the index of a replay', () => {
  it('goes a day after its process was killed, and the run says that it failed', async () => {
    const killed = await replay();
    test.clock.advance(DAY_MS);
    expect(await retain()).toMatchObject({ removed: { replays: 0 } });
    test.clock.advance(1);
    expect(await retain()).toMatchObject({ removed: { replays: 1 } });
    expect(await rows('select 1 from replay_pages')).toEqual([]);
    expect(await rows('select id, state, error from runs')).toEqual([
      { id: killed, state: 'failed', error: 'its process ended before it did' },
    ]);
  });

  it('goes too when the run was stopped, and stays what it is', async () => {
    const end = { state: 'cancelled', counts: { items: 3 }, error: null } as const;
    await finishRun(services.db, await replay(), end, test.clock.now());
    test.clock.advance(2 * DAY_MS);
    expect(await retain()).toMatchObject({ removed: { replays: 1 } });
    expect(await rows('select state, counts from runs')).toEqual([{ state: 'cancelled', counts: { items: 3 } }]);
    expect(await rows('select 1 from replay_pages')).toEqual([]);
  });

  it('stays while a job of the run waits or works', async () => {
    const runId = await replay();
    const payload = { source: 'mixesdb', via: 'replay', runId, limit: null, from: 'archive' };
    await enqueue(services.db, [{ queue: 'crawl-mixesdb', name: 'crawl', payload, priority: 1 }], test.clock.now());
    test.clock.advance(30 * DAY_MS);
    expect(await retain()).toMatchObject({ removed: { replays: 0 } });
    expect(await rows('select state from runs')).toEqual([{ state: 'running' }]);
  });
});

// Last: it takes the partitions of this file's database away.
describe('months that are old as a whole', () => {
  it('go with all that they hold; the robots.txt in force at the first request that is left stays', async () => {
    const dates = ['2026-11-20', '2027-01-31', '2027-02-01', '2027-12-31', '2028-01-01'];
    for (const date of dates) await happened(date);
    for (const date of ['2026-11-20', '2027-01-20', '2027-01-31', '2027-02-05']) await lookedAtRobots(date);
    test.clock.advance(Date.parse('2028-03-31T12:00:00Z') - test.clock.now().getTime());
    expect(await retain()).toMatchObject({
      removed: { workflow_events_months: 14, workflow_events_rows: 0, request_ledger_months: 3, robotsLooks: 1 },
    });
    expect(await daysOf('workflow_events', 'happened_at')).toEqual(['2028-01-01', '2028-03-31', '2028-03-31']);
    expect(await daysOf('request_ledger', 'started_at')).toEqual(['2027-02-01', '2027-12-31', '2028-01-01']);
    expect(await daysOf('robots_files', 'checked_at')).toEqual(['2027-01-20', '2027-01-31', '2027-02-05']);
  });

  it('and rows that never had a month of their own', async () => {
    await happened('2019-05-01');
    test.clock.advance(Date.parse('2028-03-31T12:00:00Z') - test.clock.now().getTime());
    expect(await retain()).toMatchObject({ removed: { workflow_events_rows: 1, request_ledger_rows: 1 } });
  });
});

function retain(said: Partial<JobCtx> = {}) {
  return runJob({ ...test.ctx, ...said }, maintenanceJob, 'maintenance', { scheduleId: 'retention' });
}

/** An answer of so many days ago that was no page. */
async function refused(body: string, daysAgo: number): Promise<Buffer> {
  const at = new Date(test.clock.now().getTime() - daysAgo * DAY_MS);
  const { digest, sizeBytes, storedBytes } = await test.ctx.archive.put(Buffer.from(body));
  await utimes(storedPath(test.ctx.archive.location, digest), at, at);
  await services.db.query(
    'insert into documents (digest, size_bytes, stored_bytes, created_at) values ($1, $2, $3, $4)',
    [...[digest, sizeBytes, storedBytes, at]],
  );
  await services.db.query(
    `insert into fetches (source, via, url, status, document_digest, outcome, fetched_at) values ('mixesdb', 'live', 'u', 503, $1, 'throttled', $2)`,
    [digest, at],
  );
  return digest;
}

async function replay(): Promise<string> {
  const about = { workflow: 'replay', source: 'mixesdb', params: {} };
  const runId = await startRun(services.db, about, test.clock.now());
  const page = {
    finalUrl: 'u',
    status: 200,
    contentEncoding: null,
    remoteAddress: null,
    durationMs: null,
    exchange: null,
  };
  const found = { urlKey: 'u', fetchedAt: test.clock.now(), page, digest: null, position: 1 };
  await addReplayPages(services.db, runId, [found]);
  return runId;
}

async function happened(date: string): Promise<void> {
  await services.db.query(`insert into workflow_events (happened_at, name) values ($1, 'test')`, [`${date}T00:00:00Z`]);
  await services.db.query(
    `insert into request_ledger (started_at, via, source, host, credential, kind, method, url, robots, waited_ms, process)
     values ($1, 'live', 'mixesdb', 'h', 'none', 'page', 'GET', 'u', 'rules', 0, 'p')`,
    [`${date}T00:00:00Z`],
  );
}

async function lookedAtRobots(date: string): Promise<void> {
  const at = `${date}T00:00:00Z`;
  await services.db.query(
    `insert into robots_files (via, origin, checked_at, state, expires_at) values ('live', 'https://a.example', $1, 'open', $1)`,
    [at],
  );
}

async function daysOf(table: string, column: string): Promise<unknown[]> {
  const found = await rows(
    `select to_char(${column} at time zone 'utc', 'YYYY-MM-DD') as day from ${table} order by 1`,
  );
  return found.map(({ day }) => day);
}

async function rows(text: string): Promise<Record<string, unknown>[]> {
  return (await services.db.query(text)).rows;
}
