/** The orchestrator role: keeps BullMQ's Job Schedulers equal to the schedules in Postgres. The ticks they make are jobs like any other. */
import { isDeepStrictEqual } from 'node:util';
import type { JobSchedulerJson, Queue } from 'bullmq';
import { defaultSchedules } from '../../jobs/orchestrate.ts';
import type { Ctx } from '../platform/context.ts';
import type { Releasable } from '../platform/releases.ts';
import { ensureSchedules, listSchedules, type Schedule } from '../repositories/schedules.ts';

/** How often the schedules are compared, milliseconds. */
const RECONCILE_EVERY_MS = 30_000;
const SCHEDULED_QUEUES = ['orchestrate', 'maintenance'] as const;

export async function startOrchestrator(ctx: Ctx, queueOf: (name: string) => Queue): Promise<Releasable> {
  await ensureSchedules(ctx.db, await defaultSchedules());
  await reconcileSchedules(ctx, queueOf);
  const timer = setInterval(() => {
    reconcileSchedules(ctx, queueOf).catch((error: unknown) =>
      ctx.log.error({ err: error }, 'schedules could not be reconciled, trying again'),
    );
  }, RECONCILE_EVERY_MS);
  return {
    release: async () => clearInterval(timer),
  };
}

/** Makes the Job Schedulers follow the enabled schedules: adds, changes and removes. Safe to repeat, and after a loss of Redis. */
export async function reconcileSchedules(ctx: Pick<Ctx, 'db'>, queueOf: (name: string) => Queue): Promise<void> {
  const enabled = (await listSchedules(ctx.db)).filter((schedule) => schedule.enabled);
  for (const name of SCHEDULED_QUEUES) {
    const wanted = new Map(enabled.filter(({ queue }) => queue === name).map((schedule) => [schedule.id, schedule]));
    await reconcileQueue(queueOf(name), wanted);
  }
}

async function reconcileQueue(queue: Queue, wanted: ReadonlyMap<string, Schedule>): Promise<void> {
  const existing = new Map((await queue.getJobSchedulers(0, -1)).map((scheduler) => [scheduler.key, scheduler]));
  for (const id of existing.keys()) if (!wanted.has(id)) await queue.removeJobScheduler(id);
  for (const schedule of wanted.values()) {
    const { id, everyMs, name, payload, priority } = schedule;
    // Setting an equal one again would start its interval anew.
    if (!follows(existing.get(id), schedule))
      await queue.upsertJobScheduler(id, { every: everyMs }, { name, data: payload, opts: { priority } });
  }
}

function follows(scheduler: JobSchedulerJson | undefined, { everyMs, name, payload, priority }: Schedule): boolean {
  return (
    scheduler !== undefined &&
    Number(scheduler.every) === everyMs &&
    scheduler.name === name &&
    scheduler.template?.opts?.priority === priority &&
    isDeepStrictEqual(scheduler.template.data, payload)
  );
}
