import type { Queue } from 'bullmq';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type Releasable, Releases } from '../platform/releases.ts';
import { enqueue } from '../repositories/outbox.ts';
import { forgetEverything } from '../testing/forget-redis.ts';
import { openTestContext, type TestContext } from '../testing/job-context.ts';
import { openTestServices, type TestServices } from '../testing/services.ts';
import { jobIdOf, startRelay } from './relay.ts';
import { createQueues } from './worker.ts';

let services: TestServices;
let test: TestContext;
let releases: Releases;
let queueOf: (name: string) => Queue;
let relays: Releasable[];
let timesLost: number;

beforeAll(async () => {
  services = await openTestServices();
});
afterAll(() => services.release());
beforeEach(async () => {
  test = await openTestContext(services);
  releases = new Releases();
  queueOf = createQueues(test.ctx, releases);
  relays = [];
  timesLost = 0;
});
afterEach(async () => {
  for (const relay of relays) await relay.release();
  await releases.releaseAll();
  await services.db.query('truncate outbox');
  await forgetEverything(services);
  await test.release();
});

describe('the relay', () => {
  it('hands rows over as they were enqueued: name, payload with the row, priority, retries', async () => {
    await ask('load', { name: 'one', payload: { rawItemIds: [7] }, priority: 3 });
    await start();
    const [id] = await outstanding();
    const job = await handedOver('load', jobIdOf(id ?? 0, 1));
    expect(job).toMatchObject({ name: 'one', data: { outboxId: id, rawItemIds: [7] } });
    expect(job.opts).toMatchObject({
      priority: 3,
      attempts: 5,
      backoff: { type: 'exponential', delay: 1_000, jitter: 0.5 },
      removeOnComplete: { count: 500 },
      removeOnFail: { count: 2_000 },
    });
    expect(await queueOf('load').getJobCountByTypes('prioritized')).toBe(1);
  });

  it('hands over what is enqueued later, moments after its commit', async () => {
    await start();
    const started = performance.now();
    for (let n = 1; n <= 8; n += 1) {
      await ask('load');
      await expect.poll(() => countOf('load'), { interval: 5 }).toBe(n);
    }
    // It looks once a second when nobody wakes it.
    expect(performance.now() - started).toBeLessThan(4_000);
  });

  it('hands nothing over whose transaction rolled back, or whose time has not come', async () => {
    await start();
    const { ctx, clock } = test;
    await expect(
      ctx.db.transaction(async (tx) => {
        await enqueue(tx, [{ queue: 'index', name: 'index', payload: {}, priority: 1 }], clock.now());
        throw new Error('no');
      }),
    ).rejects.toThrow('no');
    await enqueue(
      ctx.db,
      [{ queue: 'index', name: 'index', payload: {}, priority: 1 }],
      new Date(clock.now().getTime() + 1),
    );
    await ask('load');
    await expect.poll(() => countOf('load')).toBe(1);
    expect(await countOf('index')).toBe(0);
    clock.advance(1);
    await expect.poll(() => countOf('index'), { timeout: 5_000 }).toBe(1);
  });

  it('hands each row over once, with two relays and more rows than one batch', async () => {
    const { ctx, clock } = test;
    const jobs = Array.from({ length: 1_100 }, (_, n) => ({
      queue: n % 2 ? 'load' : 'index',
      name: 'x',
      payload: { n },
      priority: 5,
    }));
    await enqueue(ctx.db, jobs, clock.now());
    await start();
    await start();
    await expect.poll(async () => (await countOf('load')) + (await countOf('index')), { timeout: 10_000 }).toBe(1_100);
    await expect.poll(dispatches).toEqual([1]);
  });

  it('goes on after its connections to Postgres were cut', async () => {
    await start();
    await services.db.query(
      `select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'musicdb-test-ctx' and datname = current_database()`,
    );
    await expect.poll(listeners).toBe(0);
    await ask('load', {}, services);
    await expect.poll(() => countOf('load'), { timeout: 10_000 }).toBe(1);
    await expect.poll(listeners, { timeout: 5_000 }).toBe(1);
  });

  it('hands nothing over any more once it was released', async () => {
    const relay = await start();
    await relay.release();
    await ask('load');
    await new Promise((resolve) => setTimeout(resolve, 1_200));
    expect(await countOf('load')).toBe(0);
  });
});

describe('a Redis that lost its memory', () => {
  it('is given everything that is outstanding again, once, and is set up again', async () => {
    await ask('load');
    await ask('index');
    await start();
    await start();
    await expect.poll(async () => (await countOf('load')) + (await countOf('index'))).toBe(2);
    // A Redis without our key may have lost its memory: the first look of all counts as a loss.
    expect(timesLost).toBe(1);
    await forgetEverything(services);
    await expect.poll(async () => (await countOf('load')) + (await countOf('index')), { timeout: 5_000 }).toBe(2);
    await expect.poll(() => timesLost).toBe(2);
    await expect.poll(dispatches).toEqual([2]);
  });
});

describe('a job that Redis lost singly', () => {
  it('is handed over again after a minute; one that still waits is not', async () => {
    await ask('load');
    await ask('load');
    await start();
    await expect.poll(() => countOf('load')).toBe(2);
    const [lost = 0, waiting = 0] = await outstanding();
    await queueOf('load').remove(jobIdOf(lost, 1));
    test.clock.advance(59_000);
    await new Promise((resolve) => setTimeout(resolve, 1_200));
    expect(await countOf('load')).toBe(1);
    test.clock.advance(31_001);
    await handedOver('load', jobIdOf(lost, 2));
    expect(await queueOf('load').getJobState(jobIdOf(waiting, 1))).toBe('prioritized');
    await expect.poll(dispatches).toEqual([1, 2]);
  });
});

async function start(): Promise<Releasable> {
  const relay = await startRelay(test.ctx, {
    queueOf,
    onRedisLost: async () => {
      timesLost += 1;
    },
  });
  relays.push(relay);
  return relay;
}

async function ask(
  queue: string,
  said: { name?: string; payload?: Record<string, unknown>; priority?: number } = {},
  { db } = test.ctx as Pick<TestServices, 'db'>,
): Promise<void> {
  await enqueue(db, [{ queue, name: queue, payload: {}, priority: 10, ...said }], test.clock.now());
}

function countOf(queue: string): Promise<number> {
  return queueOf(queue).getJobCountByTypes('wait', 'prioritized', 'delayed', 'active');
}

async function handedOver(queue: string, jobId: string) {
  await expect.poll(() => queueOf(queue).getJobState(jobId), { timeout: 5_000 }).toBe('prioritized');
  return (await queueOf(queue).getJob(jobId)) ?? expect.fail(`no job ${jobId}`);
}

/** Connections that wait to be told of commits. */
async function listeners(): Promise<number | undefined> {
  const { rows } = await services.db.query<{ count: number }>(
    `select count(*)::int as count from pg_stat_activity where datname = current_database() and query = 'listen musicdb_outbox'`,
  );
  return rows[0]?.count;
}

/** How often rows were handed over: each number once. */
async function dispatches(): Promise<number[]> {
  const { rows } = await services.db.query<{ dispatches: number }>('select distinct dispatches from outbox order by 1');
  return rows.map((row) => row.dispatches);
}

async function outstanding(): Promise<number[]> {
  const { rows } = await services.db.query<{ id: number }>('select id from outbox order by id');
  return rows.map(({ id }) => id);
}
