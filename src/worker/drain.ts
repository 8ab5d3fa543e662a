/** Waiting for work to be done: polls what Postgres says is unfinished, because Postgres is the truth about work. */
import type { Ctx } from '../platform/context.ts';
import { countUnfinished, type OfSource, type Unfinished } from '../repositories/summary.ts';

/** Time between two looks, milliseconds. */
const LOOK_EVERY_MS = 150;

export interface DrainOptions {
  /** Whose crawl requests to wait for too: who waits for them must see to it that somebody works them off. */
  readonly requestsOf: OfSource;
  /** Whose crawl jobs to wait for too; by default of the sources whose requests count. */
  readonly crawlJobsOf?: OfSource;
  readonly onProgress?: (unfinished: Unfinished) => void | Promise<void>;
}

/** Resolves with true when nothing is unfinished any more, with false when the process was asked to stop first. */
export async function drain(
  ctx: Ctx,
  { requestsOf, crawlJobsOf = requestsOf, onProgress }: DrainOptions,
): Promise<boolean> {
  for (;;) {
    const unfinished = await countUnfinished(ctx.db, requestsOf, ctx.clock.now(), crawlJobsOf);
    await onProgress?.(unfinished);
    const { requests, jobs, items, searchChanges } = unfinished;
    if (requests + jobs + items + searchChanges === 0) return true;
    if (ctx.signal.aborted) return false;
    await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
  }
}
