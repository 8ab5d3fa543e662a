/**
 * Load: prepared items become entities, claims and search changes in one transaction of about 50 pages. When the database refuses the
 * batch, its items are tried one by one, and the one that is refused alone is quarantined alone. Payload: ids of raw items.
 */
import { loadBatch } from '../pipelines/loaders/postgres.ts';
import type { LoadInput, Prepared } from '../pipelines/pipeline.ts';
import { asError } from '../src/core/errors.ts';
import type { Queryable } from '../src/platform/database.ts';
import { enqueue, finishJob, holdJob } from '../src/repositories/outbox.ts';
import { resolveQuarantine } from '../src/repositories/quarantine.ts';
import { endItems, holdTransformed } from '../src/repositories/raw-items.ts';
import { type Attempt, defineJob, type JobCtx, type Outcome } from './job.ts';
import { isDataFault } from './job-errors.ts';
import { parseRawItemsPayload, type RawItemsPayload } from './payloads.ts';
import { PRIORITY } from './queues.ts';
import { quarantineItems } from './transform.ts';

export const loadJob = defineJob<RawItemsPayload>({
  queues: ['load'],
  parsePayload: parseRawItemsPayload,
  concurrency: 2,
  globalConcurrency: null,
  run: loadItems,
  onDead: (tx, { rawItemIds }) => endItems(tx, rawItemIds, 'dead'),
});

async function loadItems(ctx: JobCtx, attempt: Attempt<RawItemsPayload>): Promise<Outcome> {
  try {
    return await loadTogether(ctx, attempt);
  } catch (error) {
    if (!isDataFault(error)) throw error;
    attempt.log.warn(
      { err: error, items: attempt.payload.rawItemIds.length },
      'batch refused, loading its items one by one',
    );
    return loadOneByOne(ctx, attempt);
  }
}

async function loadTogether(ctx: JobCtx, { outboxId, payload }: Attempt<RawItemsPayload>): Promise<Outcome> {
  return ctx.db.transaction(async (tx) => {
    if (outboxId !== null && !(await holdJob(tx, outboxId))) return { skipped: 'done by another attempt' };
    const loaded = await loadHeld(tx, payload.rawItemIds, ctx.clock.now());
    if (outboxId !== null) await finishJob(tx, outboxId);
    return { loaded };
  });
}

async function loadOneByOne(ctx: JobCtx, { outboxId, payload }: Attempt<RawItemsPayload>): Promise<Outcome> {
  let loaded = 0;
  let quarantined = 0;
  for (const id of payload.rawItemIds) {
    try {
      loaded += await ctx.db.transaction((tx) => loadHeld(tx, [id], ctx.clock.now()));
    } catch (error) {
      if (!isDataFault(error)) throw error;
      quarantined += await ctx.db.transaction((tx) => quarantineUnloadable(tx, id, asError(error), ctx.clock.now()));
    }
  }
  if (outboxId !== null) await finishJob(ctx.db, outboxId);
  return { loaded, quarantined };
}

async function loadHeld(tx: Queryable, ids: readonly number[], now: Date): Promise<number> {
  const held = await holdTransformed<Prepared>(tx, ids);
  if (held.length === 0) return 0;
  const inputs: LoadInput[] = held.map(({ prepared, ...raw }) => ({ raw, prepared }));
  const loaded = await loadBatch(tx, inputs, now);
  await resolveQuarantine(tx, ids, now);
  await enqueue(tx, [{ queue: 'index', name: 'index', payload: {}, priority: PRIORITY.scheduled }], now);
  return loaded.length;
}

async function quarantineUnloadable(tx: Queryable, id: number, error: Error, now: Date): Promise<number> {
  const held = await holdTransformed<Prepared>(tx, [id]);
  const refused = held.map((raw) => ({
    raw,
    refusal: { reason: 'load-refused', message: error.message, where: null },
  }));
  await quarantineItems(tx, refused, now);
  return refused.length;
}
