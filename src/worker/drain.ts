/** Waiting for work to be done: polls what Postgres says is unfinished, because Postgres is the truth about work. */
import { PermanentError } from '../core/errors.ts';
import type { Ctx } from '../platform/context.ts';
import { type Counted, countUnfinished, type Unfinished } from '../repositories/summary.ts';

/** Time between two looks, milliseconds; longer where a look itself takes long, so that waiting never costs more than a small part of a core. */
const LOOK_EVERY_MS = 150;
const LOOK_SHARE = 10;
/** Work without a job is asked for by the orchestrator, which looks every few seconds, or by housekeeping, every minute. */
const UNASKED_MS = 75_000;

/** Whose crawl requests and jobs to wait for too: who waits for requests must see to it that somebody works them off. */
export interface DrainOptions extends Counted {
  /** How long work that no job will do is given until somebody asks for it, milliseconds. */
  readonly unaskedMs?: number;
  readonly onProgress?: (unfinished: Unfinished) => void | Promise<void>;
}

/**
 * Resolves with true when nothing is unfinished any more, with false when the process was asked to stop first.
 * @throws PermanentError `STUCK` when something is unfinished and no job will do it: the job that would have is a dead letter.
 */
export async function drain(
  ctx: Ctx,
  { unaskedMs = UNASKED_MS, onProgress, ...counted }: DrainOptions,
): Promise<boolean> {
  let unaskedSince: number | null = null;
  for (;;) {
    const lookedAt = performance.now();
    const unfinished = await countUnfinished(ctx.db, counted, ctx.clock.now());
    await onProgress?.(unfinished);
    const { requests, jobs, items, searchChanges } = unfinished;
    if (requests + jobs + items + searchChanges === 0) return true;
    if (ctx.signal.aborted) return false;
    unaskedSince = jobs > 0 ? null : (unaskedSince ?? performance.now());
    if (unaskedSince !== null && performance.now() - unaskedSince > unaskedMs) throw stuck(unfinished);
    const lookMs = performance.now() - lookedAt;
    await new Promise((resolve) => setTimeout(resolve, Math.max(LOOK_EVERY_MS, lookMs * LOOK_SHARE)));
  }
}

function stuck({ requests, items, searchChanges }: Unfinished): PermanentError {
  const waiting = [
    ...(requests > 0 ? [`${requests} requests are due`] : []),
    ...(items > 0 ? [`${items} items are not loaded`] : []),
    ...(searchChanges > 0 ? [`${searchChanges} changes are not in the search index`] : []),
  ];
  return new PermanentError(`${waiting.join(', ')}, and no job will see to it`, {
    code: 'STUCK',
    hint: 'What came in is kept. `musicdb dlq list` shows the job that failed for good and why; replay it when the cause is gone.',
  });
}
