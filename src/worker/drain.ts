/** Waiting for work to be done: polls what Postgres says is unfinished, because Postgres is the truth about work. */
import type { Ctx } from '../platform/context.ts';
import { countUnfinished, type Unfinished } from '../repositories/summary.ts';

/** Time between two looks, milliseconds. */
const LOOK_EVERY_MS = 150;

export interface DrainOptions {
  /** Wait for the crawl requests of this source too; `all` for those of every source; null for none. */
  readonly requestsOf: string | 'all' | null;
  readonly onProgress?: (unfinished: Unfinished) => void | Promise<void>;
}

/** Resolves with true when nothing is unfinished any more, with false when the process was asked to stop first. */
export async function drain(ctx: Ctx, { requestsOf, onProgress }: DrainOptions): Promise<boolean> {
  for (;;) {
    const unfinished = await countUnfinished(ctx.db, requestsOf === 'all' ? null : requestsOf, ctx.clock.now());
    await onProgress?.(unfinished);
    const requests = requestsOf === null ? 0 : unfinished.requests;
    if (requests + unfinished.jobs + unfinished.items + unfinished.searchChanges === 0) return true;
    if (ctx.signal.aborted) return false;
    await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
  }
}
