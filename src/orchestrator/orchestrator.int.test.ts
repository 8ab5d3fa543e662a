import type { Queue } from 'bullmq';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { defaultSchedules } from '../../jobs/orchestrate.ts';
import { Releases } from '../platform/releases.ts';
import { addRequests } from '../repositories/frontier.ts';
import { countOutstanding } from '../repositories/outbox.ts';
import { ensureSchedules, type Schedule } from '../repositories/schedules.ts';
import { forgetEverything } from '../testing/forget-redis.ts';
import { openTestContext, type TestContext } from '../testing/job-context.ts';
import { openTestServices, type TestServices } from '../testing/services.ts';
import { createQueues, startWorker } from '../worker/worker.ts';
import { reconcileSchedules, startOrchestrator } from './orchestrator.ts';

let services: TestServices;
let test: TestContext;
let releases: Releases;
let queueOf: (name: string) => Queue;

beforeAll(async () => {
  services = await openTestServices();
});
afterAll(() => services.release());
beforeEach(async () => {
  // MixesDB has a stand-in, at a port that nobody listens on.
  test = await openTestContext(services, { sandboxHosts: { 'www.mixesdb.com': 'http://127.0.0.1:9' } });
  releases = new Releases();
  queueOf = createQueues(test.ctx, releases);
});
afterEach(async () => {
  await releases.releaseAll();
  await services.db.query('truncate schedules, outbox, frontier');
  await forgetEverything(services);
  await test.release();
});

describe('the schedulers in Redis', () => {
  it('are added, changed and removed as the schedules are', async () => {
    await ensureSchedules(services.db, [schedule('a'), schedule('b'), schedule('c', { queue: 'maintenance' })]);
    await reconcile();
    expect(await schedulers()).toEqual({
      a: { queue: 'orchestrate', name: 'tick', every: 60_000, data: { scheduleId: 'a' }, priority: 10 },
      b: { queue: 'orchestrate', name: 'tick', every: 60_000, data: { scheduleId: 'b' }, priority: 10 },
      c: { queue: 'maintenance', name: 'tick', every: 60_000, data: { scheduleId: 'c' }, priority: 10 },
    });
    await services.db.query(`update schedules set every_ms = 5000 where id = 'a'`);
    await services.db.query(`update schedules set enabled = false where id = 'b'`);
    await services.db.query(`delete from schedules where id = 'c'`);
    await reconcile();
    expect(await schedulers()).toMatchObject({ a: { every: 5_000 } });
    expect(Object.keys(await schedulers())).toEqual(['a']);
    await services.db.query(`update schedules set enabled = true where id = 'b'`);
    await reconcile();
    expect(Object.keys(await schedulers()).sort()).toEqual(['a', 'b']);
  });

  it.each([
    ['priority', `priority = 3`, { priority: 3 }],
    ['payload', `payload = '{"scheduleId": "a", "source": "reddit"}'`, { data: { scheduleId: 'a', source: 'reddit' } }],
    ['name', `name = 'other'`, { name: 'other' }],
  ])('follow a changed %s', async (_, change, expected) => {
    await ensureSchedules(services.db, [schedule('a')]);
    await reconcile();
    await services.db.query(`update schedules set ${change}`);
    await reconcile();
    expect(await schedulers()).toMatchObject({ a: expected });
  });

  it('that are equal keep the time of their next tick', async () => {
    await ensureSchedules(services.db, [schedule('a')]);
    await reconcile();
    const [before] = await queueOf('orchestrate').getJobSchedulers();
    await reconcile();
    expect(await queueOf('orchestrate').getJobSchedulers()).toEqual([before]);
    expect(before).toMatchObject({ iterationCount: 1 });
  });

  it('make ticks with a priority, which are tried again like any job', async () => {
    await ensureSchedules(services.db, [schedule('a', { priority: 7 })]);
    await reconcile();
    const [tick] = await queueOf('orchestrate').getJobs(['delayed', 'prioritized', 'waiting']);
    expect(tick).toMatchObject({ name: 'tick', data: { scheduleId: 'a' }, opts: { priority: 7, attempts: 5 } });
  });

  it('of several orchestrators are the same ones', async () => {
    releases.add('one', await startOrchestrator(test.ctx, queueOf));
    releases.add('two', await startOrchestrator(test.ctx, queueOf));
    expect(Object.keys(await schedulers()).sort()).toEqual((await defaultSchedules()).map(({ id }) => id).sort());
  });
});

describe('two orchestrators with their workers', () => {
  it('ask for one crawl of what is due, and have their schedulers again after Redis was lost', async () => {
    const about = { source: 'mixesdb', kind: 'page', priority: 5, depth: 0, runId: null };
    await addRequests(services.db, [{ ...about, url: 'u', urlKey: 'u' }], test.clock.now());
    for (const name of ['one', 'two']) {
      const onRedisLost = () => reconcileSchedules(test.ctx, queueOf);
      const worker = await startWorker(test.ctx, { queues: ['orchestrate'], concurrency: null, onRedisLost });
      releases.add(`worker ${name}`, worker);
      releases.add(name, await startOrchestrator(test.ctx, queueOf));
    }
    await expect.poll(() => countOutstanding(services.db), { timeout: 10_000 }).toEqual({ 'crawl-mixesdb': 1 });
    await expect.poll(ticksDone, { timeout: 10_000 }).toBe(7);
    expect(await countOutstanding(services.db)).toEqual({ 'crawl-mixesdb': 1 });
    const before = Object.keys(await schedulers()).sort();
    await forgetEverything(services);
    await expect.poll(async () => Object.keys(await schedulers()).sort(), { timeout: 10_000 }).toEqual(before);
  });
});

function schedule(id: string, said: Partial<Schedule> = {}): Schedule {
  const payload = { scheduleId: id };
  return { id, queue: 'orchestrate', name: 'tick', payload, everyMs: 60_000, priority: 10, enabled: true, ...said };
}

function reconcile(): Promise<void> {
  return reconcileSchedules(test.ctx, queueOf);
}

/** Schedules of the orchestrate queue whose first tick was worked off. */
async function ticksDone(): Promise<number | undefined> {
  const { rows } = await services.db.query<{ count: number }>(
    'select count(last_enqueued_at)::int as count from schedules',
  );
  return rows[0]?.count;
}

async function schedulers() {
  const found = await Promise.all(
    ['orchestrate', 'maintenance'].map(async (queue) =>
      (await queueOf(queue).getJobSchedulers(0, -1, true)).map(({ key, name, every, template }) => {
        const said = { queue, name, every: Number(every), data: template?.data, priority: template?.opts?.priority };
        return [key, said] as const;
      }),
    ),
  );
  return Object.fromEntries(found.flat());
}
