/** What becomes of a request that gave no page, and of a source that refuses us. */
import { PermanentError, ThrottledError } from '../../src/core/errors.ts';
import type { LeasedRequest } from '../../src/core/fetching.ts';
import { recordFailedFetch } from '../../src/repositories/fetches.ts';
import { failLease } from '../../src/repositories/frontier.ts';
import { openBreaker } from '../../src/repositories/source-states.ts';
import type { Slice } from './slice.ts';

const DAY_MS = 86_400_000;
/** Bounds of the wait that a server may ask for: a shorter one would ask it again at once, a longer one is a mistake of its clock. */
const SHORTEST_WAIT_MS = 1_000;
const LONGEST_WAIT_MS = 30 * DAY_MS;
/** First retry of a page after about this long, doubling with each attempt. */
export const RETRY_MS = 5_000;

export async function fail(
  slice: Slice,
  { id, token, attempts, url, kind }: LeasedRequest,
  error: Error,
): Promise<void> {
  const now = slice.ctx.clock.now().getTime();
  if (error.name === 'AbortError' && slice.stop.aborted) {
    await failLease(slice.ctx.db, {
      id,
      token,
      problem: 'stopped before it was asked',
      cure: 'wait',
      dueAt: new Date(now),
    });
    return;
  }
  slice.failed += 1;
  await recordFailedFetch(slice.ctx.db, {
    ...slice.payload,
    url,
    kind,
    problem: error.message,
    fetchedAt: new Date(now),
  });
  if (error instanceof ThrottledError) {
    const waitMs = Math.min(Math.max(error.retryAfterMs, SHORTEST_WAIT_MS), LONGEST_WAIT_MS);
    await failLease(slice.ctx.db, { id, token, problem: error.message, cure: 'wait', dueAt: new Date(now + waitMs) });
    await refuse(slice, error.message, waitMs);
    return;
  }
  const cure = error instanceof PermanentError ? 'give-up' : 'retry';
  slice.ctx.log.warn({ source: slice.payload.source, url, err: error, cure }, 'page failed');
  await failLease(slice.ctx.db, {
    id,
    token,
    problem: error.message.slice(0, 1_000),
    cure,
    dueAt: new Date(now + RETRY_MS * 2 ** attempts * (0.5 + Math.random())),
  });
}

export async function refuse(slice: Slice, reason: string, forMs: number): Promise<void> {
  slice.end.abort();
  slice.ctx.log.warn({ source: slice.payload.source, reason, forMs }, 'breaker opened');
  await openBreaker(slice.ctx.db, slice.payload.source, reason, new Date(slice.ctx.clock.now().getTime() + forMs));
}
