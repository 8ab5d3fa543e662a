/** Runs a job's handler as the worker would, without Redis: the row is enqueued, then the attempt is made. */
import type { JobCtx, JobDefinition, Outcome } from '../../jobs/job.ts';
import { enqueue, takeUndispatched } from '../repositories/outbox.ts';

/** Enqueues the row of a job; returns its id. */
export async function enqueued(ctx: JobCtx, queue: string, payload: object): Promise<number> {
  return ctx.db.transaction(async (tx) => {
    await enqueue(tx, [{ queue, name: queue, payload: { ...payload }, priority: 10 }], ctx.clock.now());
    const rows = await takeUndispatched(tx, ctx.clock.now(), 1_000);
    return Math.max(...rows.map(({ id }) => id));
  });
}

/** One attempt at the job of a row (null for a tick). */
export function attempt(
  ctx: JobCtx,
  definition: JobDefinition,
  outboxId: number | null,
  payload: object,
): Promise<Outcome> {
  return definition.run(ctx, {
    outboxId,
    payload: definition.parsePayload(payload),
    log: ctx.log,
    signal: ctx.signal,
  });
}

/** Enqueues a job and makes one attempt at it. */
export async function runJob(ctx: JobCtx, definition: JobDefinition, queue: string, payload: object): Promise<Outcome> {
  return attempt(ctx, definition, await enqueued(ctx, queue, payload), payload);
}
