/**
 * Maintenance: gives expired leases back, finds work whose job was lost, makes partitions ahead of need; and, less often, refreshes
 * the read models, follows deletions, and lets go of what is kept for a time only.
 * Every step is safe to repeat and to run beside itself.
 */
import { expireLeases } from '../src/repositories/frontier.ts';
import { countOutstanding, enqueue, finishJob, type OutboxJob } from '../src/repositories/outbox.ts';
import { ensurePartitions, refreshPopularTracks } from '../src/repositories/partitions.ts';
import { findStranded } from '../src/repositories/raw-items.ts';
import { countUnfinished } from '../src/repositories/summary.ts';
import { FOLLOW_DELETIONS, followDeletions } from './follow-deletions.ts';
import { type Attempt, defineJob, type JobCtx, type Outcome } from './job.ts';
import { parseTickPayload } from './payloads.ts';
import { PRIORITY } from './queues.ts';
import { applyRetention, RETENTION } from './retention.ts';

/** An item is given this long to be on its way before its job counts as lost, milliseconds. */
const STRANDED_AFTER_MS = 5 * 60_000;
const STRANDED_BATCH = 1_000;
const ITEMS_PER_JOB = 50;

/** The schedule on which read models are refreshed: they cost a pass over all plays, the rest of housekeeping nearly nothing. */
export const READ_MODELS = 'read-models';

type Tick = ReturnType<typeof parseTickPayload>;

export const maintenanceJob = defineJob<Tick>({
  queues: ['maintenance'],
  parsePayload: parseTickPayload,
  // Two: what runs for long once a day must not keep leases from being given back.
  concurrency: 2,
  globalConcurrency: 2,
  run: keepHouse,
});

async function keepHouse(ctx: JobCtx, { outboxId, payload }: Attempt<Tick>): Promise<Outcome> {
  const outcome = await workOf(payload.scheduleId)(ctx);
  if (outboxId !== null) await finishJob(ctx.db, outboxId);
  return outcome;
}

function workOf(scheduleId: string): (ctx: JobCtx) => Promise<Outcome> {
  if (scheduleId === READ_MODELS) return refreshReadModels;
  if (scheduleId === RETENTION) return applyRetention;
  return scheduleId === FOLLOW_DELETIONS ? followDeletions : tidy;
}

async function refreshReadModels({ db }: JobCtx): Promise<Outcome> {
  await refreshPopularTracks(db);
  return { refreshed: ['popular_tracks'] };
}

async function tidy(ctx: JobCtx): Promise<Outcome> {
  const now = ctx.clock.now();
  const leasesExpired = await expireLeases(ctx.db, now);
  const requeued = await requeueMissing(ctx);
  await ensurePartitions(ctx.db, now);
  return { leasesExpired, requeued };
}

/** Enqueues items that a stage never finished and no job will, and the index job when changes wait without one. Returns how many items. */
export async function requeueMissing(
  ctx: Pick<JobCtx, 'db' | 'clock'>,
  strandedAfterMs = STRANDED_AFTER_MS,
): Promise<number> {
  const now = ctx.clock.now();
  const stranded = await findStranded(ctx.db, new Date(now.getTime() - strandedAfterMs), STRANDED_BATCH);
  const jobs = [
    ...batches(
      'transform',
      stranded.filter(({ state }) => state === 'landed'),
    ),
    ...batches(
      'load',
      stranded.filter(({ state }) => state === 'transformed'),
    ),
  ];
  const { searchChanges } = await countUnfinished(ctx.db, { requestsOf: null }, now);
  if (searchChanges > 0 && (await countOutstanding(ctx.db)).index === undefined)
    jobs.push({ queue: 'index', name: 'index', payload: {}, priority: PRIORITY.background });
  await enqueue(ctx.db, jobs, now);
  return stranded.length;
}

function batches(queue: 'transform' | 'load', items: readonly { id: number }[]): OutboxJob[] {
  const jobs: OutboxJob[] = [];
  for (let from = 0; from < items.length; from += ITEMS_PER_JOB) {
    jobs.push({
      queue,
      name: queue,
      payload: { rawItemIds: items.slice(from, from + ITEMS_PER_JOB).map(({ id }) => id) },
      priority: PRIORITY.background,
    });
  }
  return jobs;
}
