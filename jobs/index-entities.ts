/** Index: brings the search index up to what Postgres says. Needs no payload: the changes wait in `search_outbox`. */
import { drainSearchOutbox } from '../pipelines/loaders/search.ts';
import { finishJob } from '../src/repositories/outbox.ts';
import { type Attempt, defineJob, type JobCtx, type Outcome } from './job.ts';
import { parseEmptyPayload } from './payloads.ts';

/** Entities in one bulk request. */
const BULK_SIZE = 1_000;

export const indexJob = defineJob<Record<string, never>>({
  queues: ['index'],
  parsePayload: parseEmptyPayload,
  concurrency: 1,
  globalConcurrency: null,
  run: indexChanges,
});

async function indexChanges(ctx: JobCtx, { outboxId, signal }: Attempt<Record<string, never>>): Promise<Outcome> {
  let indexed = 0;
  for (let remaining = 1; remaining > 0; ) {
    // What is left has its row still: it is dispatched again after the restart.
    if (signal.aborted) return { indexed, stopped: true };
    const drained = await drainSearchOutbox(ctx.db, ctx.search, BULK_SIZE);
    indexed += drained.indexed;
    remaining = drained.indexed === 0 ? 0 : drained.remaining;
  }
  if (outboxId !== null) await finishJob(ctx.db, outboxId);
  return { indexed };
}
