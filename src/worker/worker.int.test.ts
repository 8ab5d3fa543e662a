import type { Job, Queue } from 'bullmq';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type Attempt, defineJob, type JobCtx, type JobDefinition } from '../../jobs/job.ts';
import { CRAWL_QUEUE_NAMES, type QueueName } from '../../jobs/queues.ts';
import { PermanentError, ThrottledError, TransientError } from '../core/errors.ts';
import { systemClock } from '../platform/context.ts';
import { type Releasable, Releases } from '../platform/releases.ts';
import { listDeadLetters, replayDeadLetter } from '../repositories/dead-letters.ts';
import { beginAttempt, countOutstanding, enqueue, finishJob, holdJob, type OutboxJob } from '../repositories/outbox.ts';
import { forgetEverything } from '../testing/forget-redis.ts';
import { openTestContext, type TestContext } from '../testing/job-context.ts';
import { openTestServices, type TestServices } from '../testing/services.ts';
import { createQueues, startWorker } from './worker.ts';

interface Payload {
  readonly key: string;
  /** Key of the job that this one asks for, in its own transaction. */
  readonly next?: string;
}
type Run = (ctx: JobCtx, attempt: Attempt<Payload>) => Promise<void>;

let services: TestServices;
let test: TestContext;
let ctx: JobCtx;
let releases: Releases;
let queueOf: (name: string) => Queue;
let workers: Releasable[];

beforeAll(async () => {
  services = await openTestServices();
  await services.db.query('create table effects (id bigint generated always as identity, key text)');
});
afterAll(() => services.release());
beforeEach(async () => {
  test = await openTestContext(services);
  // Delays are between BullMQ's clock and ours, so both must be the same.
  ctx = { ...test.ctx, clock: systemClock };
  releases = new Releases();
  queueOf = createQueues(ctx, releases);
  workers = [];
});
afterEach(async () => {
  for (const worker of workers.reverse()) await worker.release();
  await releases.releaseAll();
  await services.db.query('truncate outbox, dead_letters, effects');
  await forgetEverything(services);
  await test.release();
});

describe('a job', () => {
  it('runs once, and its row goes with its effect', async () => {
    await start({ load: effect() });
    await ask({ key: 'a' });
    await done();
    expect(await effects()).toEqual(['a']);
  });

  it('does not exist when the transaction that asked for it rolled back', async () => {
    await start({ load: effect() });
    const rolledBack = ctx.db.transaction(async (tx) => {
      await enqueue(tx, [job({ key: 'never' })], ctx.clock.now());
      throw new Error('no');
    });
    await expect(rolledBack).rejects.toThrow('no');
    await ask({ key: 'later' });
    await done();
    expect(await effects()).toEqual(['later']);
  });

  it('of better priority runs first', async () => {
    for (const priority of [10, 1, 100, 5]) await ask({ key: `${priority}` }, { priority });
    // Handed over before anybody works the queue.
    const relay = await start({});
    await expect.poll(() => queueOf('load').getPrioritizedCount()).toBe(4);
    await relay.release();
    await start({ load: effect() }, 1);
    await done();
    expect(await effects()).toEqual(['1', '5', '10', '100']);
  });

  it('that carries no row (a tick) runs too', async () => {
    const seen: unknown[] = [];
    await start({ load: define(async (_ctx, { outboxId, payload }) => void seen.push({ outboxId, payload })) });
    await queueOf('load').add('tick', { key: 'tick' }, { priority: 10 });
    await expect.poll(() => seen).toEqual([{ outboxId: null, payload: { key: 'tick' } }]);
  });

  it('that runs when the process stops is finished first', async () => {
    let started = false;
    const worker = await start({
      load: define(async (...args) => {
        started = true;
        await new Promise((resolve) => setTimeout(resolve, 300));
        await leaveEffect(...args);
      }),
    });
    await ask({ key: 'slow' });
    await expect.poll(() => started).toBe(true);
    await worker.release();
    expect(await effects()).toEqual(['slow']);
    expect(await countOutstanding(services.db)).toEqual({});
  });

  it('cannot be worked without a handler', async () => {
    await expect(startWorker(ctx, { queues: ['load'], concurrency: null }, new Map())).rejects.toThrow(
      /queue load has no handler/,
    );
  });
});

describe('a Redis that is flushed while many jobs run', () => {
  it('changes nothing in the end: each effect is there, once', async () => {
    const keys = Array.from({ length: 150 }, (_, n) => `first ${n}`);
    const then = keys.map((key) => key.replace('first', 'second'));
    await start({ load: effect() }, 4);
    await ctx.db.transaction((tx) =>
      enqueue(
        tx,
        keys.map((key, n) => job({ key, next: then[n] ?? '' })),
        ctx.clock.now(),
      ),
    );
    for (const atLeast of [30, 120, 220]) {
      await expect
        .poll(async () => (await effects()).length, { interval: 2, timeout: 20_000 })
        .toBeGreaterThan(atLeast);
      expect(await forgetEverything(services)).toBeGreaterThan(0);
    }
    await done(30_000);
    expect((await effects()).sort()).toEqual([...keys, ...then].sort());
    expect(await listDeadLetters(services.db, { limit: 1, replayed: true })).toEqual([]);
  });

  it('has its bounds over all processes again, whichever process noticed', async () => {
    const bounded = { ...effect(), queues: ['crawl-reddit' as const], globalConcurrency: 3 };
    await start({ load: effect(), 'crawl-reddit': bounded }, null, ['load']);
    await expect.poll(() => queueOf('crawl-reddit').getGlobalConcurrency()).toBe(3);
    expect(await queueOf('load').getGlobalConcurrency()).toBe(null);
    await forgetEverything(services);
    await expect.poll(() => queueOf('crawl-reddit').getGlobalConcurrency(), { timeout: 5_000 }).toBe(3);
  });
});

describe('a job that fails', () => {
  it('for a passing reason is tried again after a wait, and its failed attempts leave nothing', async () => {
    const attempts = failing(2, new TransientError('not now'));
    await start({ load: attempts.definition });
    await ask({ key: 'a' });
    const first = await delayed();
    expect(first.delay).toBeGreaterThanOrEqual(500);
    expect(first.delay).toBeLessThanOrEqual(1_000);
    expect(await effects()).toEqual([]);
    await queueOf('load').promoteJobs();
    await expect.poll(async () => (await delayed()).attemptsMade).toBe(2);
    expect((await delayed()).delay).toBeGreaterThanOrEqual(1_000);
    await queueOf('load').promoteJobs();
    await done();
    expect(await effects()).toEqual(['a']);
    expect(attempts.count()).toBe(3);
    expect(await deadLetters()).toEqual([]);
  });

  it('for good is not tried again: its dead letter takes the place of its row', async () => {
    const attempts = failing(99, new PermanentError('never'));
    await start({ load: attempts.definition });
    await ask({ key: 'a' }, { name: 'one', priority: 7 });
    await done();
    expect(attempts.count()).toBe(1);
    expect(await deadLetters()).toMatchObject([
      { queue: 'load', name: 'one', payload: { key: 'a' }, priority: 7, error: 'never', attempts: 1, replayedAt: null },
    ]);
    await expect.poll(() => queueOf('load').getFailedCount()).toBe(1);
    expect(await effects()).toEqual(['dead a']);
  });

  it('five times is dead', async () => {
    const attempts = failing(99, new TransientError('not now'));
    await start({ load: attempts.definition });
    await ask({ key: 'a' });
    for (let made = 1; made < 5; made += 1) {
      await expect.poll(async () => (await delayed()).attemptsMade).toBe(made);
      expect(await deadLetters()).toEqual([]);
      await queueOf('load').promoteJobs();
    }
    await done();
    expect(attempts.count()).toBe(5);
    expect(await deadLetters()).toMatchObject([{ error: 'not now', attempts: 5 }]);
  });

  it('is dead only together with what it worked on', async () => {
    let isBroken = true;
    const { definition } = failing(99, new PermanentError('never'));
    const onDead: JobDefinition['onDead'] = async (tx, payload) => {
      await definition.onDead?.(tx, payload);
      if (isBroken) throw new Error('the row cannot be marked');
    };
    await start({ load: { ...definition, onDead } });
    await ask({ key: 'a' });
    await delayed();
    expect([await deadLetters(), await effects(), await countOutstanding(services.db)]).toEqual([[], [], { load: 1 }]);
    isBroken = false;
    await queueOf('load').promoteJobs();
    await done();
    expect(await deadLetters()).toHaveLength(1);
    expect(await effects()).toEqual(['dead a']);
  });

  it('on data that are no payload of it is dead, with the data, and marks nothing', async () => {
    const parsePayload = () => {
      throw new PermanentError('no payload of this job');
    };
    await start({ load: { ...failing(99, new Error('must not run')).definition, parsePayload } });
    await ask({ key: 'a' });
    await done();
    expect(await deadLetters()).toMatchObject([{ payload: { key: 'a' }, error: 'no payload of this job' }]);
    expect(await effects()).toEqual([]);
  });

  it('because it must wait costs no attempt, however often', async () => {
    const attempts = failing(7, new ThrottledError('wait', { retryAfterMs: 10 }));
    await start({ load: attempts.definition });
    await ask({ key: 'a' });
    await done();
    expect(attempts.count()).toBe(8);
    expect(await effects()).toEqual(['a']);
    expect(await deadLetters()).toEqual([]);
  });

  it('because it must wait is not given up, even if it was its last attempt', async () => {
    const wait = new ThrottledError('wait', { retryAfterMs: 10 });
    await start({ load: failing(4, new TransientError('not now'), wait).definition });
    await ask({ key: 'a' });
    for (let made = 1; made < 5; made += 1) {
      await expect.poll(async () => (await delayed()).attemptsMade).toBe(made);
      await queueOf('load').promoteJobs();
    }
    await done();
    expect(await effects()).toEqual(['a']);
    expect(await deadLetters()).toEqual([]);
  });

  it('that took its process down three times is dead before it can do so again', async () => {
    const attempts = failing(0, new Error('unused'));
    await ask({ key: 'a' });
    const { rows } = await services.db.query<{ id: number }>('select id from outbox');
    for (let killed = 0; killed < 3; killed += 1) await beginAttempt(ctx.db, rows[0]?.id ?? 0);
    await start({ load: attempts.definition });
    await done();
    expect(attempts.count()).toBe(0);
    expect(await deadLetters()).toMatchObject([{ error: expect.stringMatching(/^3 attempts .* never ended/) }]);
    expect(await effects()).toEqual(['dead a']);
  });

  it('that stops half-way, however often, keeps its row and is not taken for one that kills', async () => {
    let runs = 0;
    const run: Run = async (_ctx, { outboxId }) => {
      runs += 1;
      if (runs > 5 && outboxId !== null) await finishJob(ctx.db, outboxId);
    };
    await start({
      load: { ...failing(0, new Error('unused')).definition, run: run as unknown as JobDefinition['run'] },
    });
    await ask({ key: 'a' });
    while (runs < 6) {
      await services.db.query(`update outbox set dispatched_at = null; notify musicdb_outbox`);
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    await done();
    expect(await deadLetters()).toEqual([]);
  });

  it('as a tick leaves one letter, however often it fails', async () => {
    const never = () => Promise.reject(new PermanentError('no such schedule'));
    await start({ load: { ...failing(0, new Error('unused')).definition, run: never } });
    for (let tick = 0; tick < 3; tick += 1) await queueOf('load').add('seed', { key: 'k', scheduleId: 'seed-x' });
    await expect.poll(async () => (await deadLetters())[0]?.attempts).toBe(3);
    expect(await deadLetters()).toMatchObject([{ jobId: 'tick-load-seed-x', error: 'no such schedule' }]);
  });

  it('and is replayed runs once more', async () => {
    await start({ load: failing(1, new PermanentError('never')).definition });
    await ask({ key: 'a' });
    await done();
    const [dead] = await deadLetters();
    expect(await replayDeadLetter(ctx.db, dead?.id ?? 0, ctx.clock.now())).toBe(true);
    expect(await replayDeadLetter(ctx.db, dead?.id ?? 0, ctx.clock.now())).toBe(false);
    await done();
    expect(await effects()).toEqual(['dead a', 'a']);
  });
});

describe('the queues of crawls', () => {
  it('run one job at a time over all processes', async () => {
    await start(null, null, ['index']);
    for (const name of CRAWL_QUEUE_NAMES) expect(await queueOf(name).getGlobalConcurrency()).toBe(1);
    expect(await queueOf('transform').getGlobalConcurrency()).toBe(null);
  });
});

/** @param handlers null for the real ones. */
async function start(
  handlers: Partial<Record<QueueName, JobDefinition>> | null,
  concurrency: number | null = null,
  queues = Object.keys(handlers ?? {}) as QueueName[],
): Promise<Releasable> {
  const registry = handlers === null ? undefined : new Map(Object.entries(handlers) as [QueueName, JobDefinition][]);
  const worker = await startWorker(ctx, { queues, concurrency }, registry);
  workers.push(worker);
  return worker;
}

function define(run: Run, said: Partial<JobDefinition<Payload>> = {}): JobDefinition {
  return defineJob<Payload>({
    queues: ['load'],
    parsePayload: (data) => data as Payload,
    concurrency: 2,
    globalConcurrency: null,
    run: async (...args) => {
      await run(...args);
      return {};
    },
    ...said,
  });
}

/** A job whose effect is a row with its key. */
function effect(): JobDefinition {
  return define(leaveEffect);
}

async function leaveEffect({ db, clock }: JobCtx, { outboxId, payload }: Attempt<Payload>): Promise<void> {
  await db.transaction(async (tx) => {
    if (outboxId === null || !(await holdJob(tx, outboxId))) return;
    await tx.query('insert into effects (key) values ($1)', [payload.key]);
    if (payload.next !== undefined) await enqueue(tx, [job({ key: payload.next })], clock.now());
    await finishJob(tx, outboxId);
  });
}

/**
 * A job that fails so many times (then with further errors, one each), after it wrote something, and then leaves its effect; when it dies it
 * says so in its rows.
 */
function failing(times: number, first: Error, ...then: Error[]): { definition: JobDefinition; count: () => number } {
  let count = 0;
  const run: Run = async (of, attempt) => {
    count += 1;
    const error = count <= times ? first : then[count - times - 1];
    if (error === undefined) return leaveEffect(of, attempt);
    await of.db.transaction(async (tx) => {
      await tx.query(`insert into effects (key) values ('half')`);
      throw error;
    });
  };
  const onDead: NonNullable<JobDefinition<Payload>['onDead']> = async (tx, { key }) => {
    await tx.query('insert into effects (key) values ($1)', [`dead ${key}`]);
  };
  return { definition: define(run, { onDead }), count: () => count };
}

function job(payload: Payload, said: Partial<OutboxJob> = {}): OutboxJob {
  return { queue: 'load', name: 'load', payload: { ...payload }, priority: 10, ...said };
}

async function ask(payload: Payload, said: Partial<OutboxJob> = {}): Promise<void> {
  await enqueue(ctx.db, [job(payload, said)], ctx.clock.now());
}

/** Waits until no job is outstanding. */
async function done(timeout = 10_000): Promise<void> {
  await expect.poll(() => countOutstanding(services.db), { interval: 10, timeout }).toEqual({});
}

async function effects(): Promise<string[]> {
  const { rows } = await services.db.query<{ key: string }>('select key from effects order by id');
  return rows.map(({ key }) => key);
}

function deadLetters() {
  return listDeadLetters(services.db, { limit: 10, replayed: false });
}

/** The one job that waits for its next attempt. */
async function delayed(): Promise<Job> {
  await expect.poll(() => queueOf('load').getDelayedCount(), { interval: 10, timeout: 5_000 }).toBe(1);
  const [waiting] = await queueOf('load').getDelayed();
  return waiting ?? expect.fail('no job waits');
}
