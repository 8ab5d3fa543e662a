/** The worker role: one BullMQ worker a queue, all handlers from the registry, and the relay that feeds the queues. */
import { type Job, type Queue, Worker } from 'bullmq';
import type { JobCtx, JobDefinition } from '../../jobs/job.ts';
import { isFinal, toQueueError } from '../../jobs/job-errors.ts';
import type { QueueName } from '../../jobs/queues.ts';
import { createRegistry } from '../../jobs/registry.ts';
import { asError, PermanentError, ThrottledError } from '../core/errors.ts';
import { JOB_ATTEMPTS, openQueue } from '../platform/queues.ts';
import { type Releasable, Releases } from '../platform/releases.ts';
import { beginAttempt, buryJob, endAttempt } from '../repositories/outbox.ts';
import { startRelay } from './relay.ts';

/** A job that stops answering is taken from its worker after this long, milliseconds. */
const LOCK_MS = 60_000;
/** A job whose attempts began this often and never ended takes its process down with it: it is not begun again. */
const MAX_UNENDED = 3;

export interface WorkerOptions {
  readonly queues: readonly QueueName[];
  /** Jobs of one queue at a time in this process; null for each job's own figure. */
  readonly concurrency: number | null;
  readonly onRedisLost?: () => Promise<void>;
}

/** Opens queues on demand, once each. */
export function createQueues(ctx: Pick<JobCtx, 'redis' | 'config'>, releases: Releases): (name: string) => Queue {
  const open = new Map<string, Queue>();
  return (name) => {
    const existing = open.get(name);
    if (existing) return existing;
    const queue = openQueue(name, ctx.redis.client, ctx.config.queuePrefix);
    open.set(name, queue);
    releases.defer(`queue ${name}`, () => queue.close());
    return queue;
  };
}

export async function startWorker(
  ctx: JobCtx,
  { queues, concurrency, onRedisLost }: WorkerOptions,
  registry: ReadonlyMap<QueueName, JobDefinition> = createRegistry(),
): Promise<Releasable> {
  const releases = new Releases();
  const queueOf = createQueues(ctx, releases);
  const setUp = async () => {
    // For all queues, not only ours: one relay alone notices that Redis was lost, whichever queues its process works.
    for (const [name, { globalConcurrency }] of registry)
      if (globalConcurrency !== null) await queueOf(name).setGlobalConcurrency(globalConcurrency);
    await onRedisLost?.();
  };
  await setUp();
  for (const name of queues) {
    const definition = registry.get(name);
    if (definition === undefined) throw new Error(`queue ${name} has no handler`);
    const worker = openWorker(ctx, name, definition, concurrency);
    releases.defer(`worker ${name}`, () => worker.close());
  }
  releases.add('relay', await startRelay(ctx, { queueOf, onRedisLost: setUp }));
  return { release: () => releases.releaseAll() };
}

function openWorker(ctx: JobCtx, name: QueueName, definition: JobDefinition, concurrency: number | null): Worker {
  const worker = new Worker(name, (job, token) => runJob(ctx, definition, job, token), {
    connection: ctx.redis.client,
    prefix: ctx.config.queuePrefix,
    concurrency: concurrency ?? definition.concurrency,
    lockDuration: LOCK_MS,
    maxStalledCount: JOB_ATTEMPTS,
  });
  worker.on('error', (error) => ctx.log.error({ err: error, queue: name }, 'queue connection failed, reconnecting'));
  return worker;
}

async function runJob(ctx: JobCtx, definition: JobDefinition, job: Job, token: string | undefined): Promise<unknown> {
  const { outboxId = null, ...data } = job.data as { outboxId?: number } & Record<string, unknown>;
  const log = ctx.log.child({ queue: job.queueName, job: job.id });
  const starts = outboxId === null ? 1 : await beginAttempt(ctx.db, outboxId);
  if (starts === null) return { skipped: 'done by another attempt' };
  let payload: unknown = null;
  try {
    payload = definition.parsePayload(data);
    assertHarmless(starts);
    const outcome = await definition.run(ctx, { outboxId, payload, log, signal: ctx.signal });
    log.debug({ outcome }, 'job done');
    // One that stopped half-way keeps its row.
    if (outboxId !== null) await endAttempt(ctx.db, outboxId);
    return outcome;
  } catch (error) {
    const isThrottled = error instanceof ThrottledError;
    const isLast = isFinal(error) || (!isThrottled && job.attemptsMade + 1 >= (job.opts.attempts ?? JOB_ATTEMPTS));
    log.error({ err: error, attempt: job.attemptsMade + 1, isLast }, 'job failed');
    if (isLast) await bury(ctx, definition, { outboxId, data, payload, job, error: asError(error) });
    else if (outboxId !== null) await endAttempt(ctx.db, outboxId);
    throw await toQueueError(error, job, token, ctx.clock.now());
  }
}

/** @throws PermanentError when the job's attempts end their processes instead of ending. */
function assertHarmless(starts: number): void {
  if (starts <= MAX_UNENDED) return;
  throw new PermanentError(`${starts - 1} attempts at this job began and never ended: it seems to kill its process`, {
    code: 'KILLS_WORKER',
    hint: 'Look for memory or a crash in the log of the workers before you replay it.',
  });
}

interface Failed {
  readonly outboxId: number | null;
  readonly data: Record<string, unknown>;
  /** Null when the data were no payload of this job. */
  readonly payload: unknown;
  readonly job: Job;
  readonly error: Error;
}

/** The dead letter and the state of what the job worked on are one transaction. */
async function bury(
  ctx: JobCtx,
  definition: JobDefinition,
  { outboxId, data, payload, job, error }: Failed,
): Promise<void> {
  const dead = {
    outboxId,
    queue: job.queueName,
    name: job.name,
    // One letter a schedule, however often its tick fails.
    jobId: outboxId === null ? `tick-${job.queueName}-${data.scheduleId ?? job.name}` : (job.id ?? `o-${outboxId}`),
    payload: data,
    priority: job.opts.priority ?? 1,
    error: error.message,
    attempts: job.attemptsMade + 1,
  };
  await ctx.db.transaction(async (tx) => {
    if (payload !== null) await definition.onDead?.(tx, payload);
    await buryJob(tx, dead, ctx.clock.now());
  });
}
