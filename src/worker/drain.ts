/** Waiting for work to be done: polls what Postgres says is unfinished, because Postgres is the truth about work. */
import { PermanentError } from '../core/errors.ts';
import type { Ctx } from '../platform/context.ts';
import { countUnfinished, type OfSource, type Unfinished } from '../repositories/summary.ts';

/** Time between two looks, milliseconds. */
const LOOK_EVERY_MS = 150;
/** The orchestrator looks every few seconds. */
const UNASKED_MS = 30_000;

export interface DrainOptions {
  /** Whose crawl requests to wait for too: who waits for them must see to it that somebody works them off. */
  readonly requestsOf: OfSource;
  /** Whose crawl jobs to wait for too; by default of the sources whose requests count. */
  readonly crawlJobsOf?: OfSource;
  /** How long requests that no job asks for are given until somebody does, milliseconds. */
  readonly unaskedMs?: number;
  readonly onProgress?: (unfinished: Unfinished) => void | Promise<void>;
}

/**
 * Resolves with true when nothing is unfinished any more, with false when the process was asked to stop first.
 * @throws PermanentError `STUCK` when requests are due and nobody will ask for them: their crawl job is a dead letter.
 */
export async function drain(
  ctx: Ctx,
  { requestsOf, crawlJobsOf = requestsOf, unaskedMs = UNASKED_MS, onProgress }: DrainOptions,
): Promise<boolean> {
  let unaskedSince: number | null = null;
  for (;;) {
    const unfinished = await countUnfinished(ctx.db, requestsOf, ctx.clock.now(), crawlJobsOf);
    await onProgress?.(unfinished);
    const { requests, jobs, items, searchChanges } = unfinished;
    if (requests + jobs + items + searchChanges === 0) return true;
    if (ctx.signal.aborted) return false;
    unaskedSince = jobs + items + searchChanges > 0 ? null : (unaskedSince ?? performance.now());
    if (unaskedSince !== null && performance.now() - unaskedSince > unaskedMs) throw stuck(requests);
    await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
  }
}

function stuck(requests: number): PermanentError {
  return new PermanentError(`${requests} requests are due, and no job asks for them`, {
    code: 'STUCK',
    hint: '`musicdb dlq list` shows jobs that failed for good, `musicdb status` what waits.',
  });
}
