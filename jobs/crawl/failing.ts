/** What becomes of a request that gave no page: its fault is a verdict like any other, and what came instead is kept. */
import { HeldError, MusicDbError, PermanentError, ThrottledError } from '../../src/core/errors.ts';
import type { FetchedPage, LeasedRequest } from '../../src/core/fetching.ts';
import { hasDeletionDuty, withoutTitleWords } from '../../src/core/post-duty.ts';
import type { Verdict } from '../../src/core/verdicts.ts';
import { appendEventOnce } from '../../src/repositories/events.ts';
import { recordFailedFetch } from '../../src/repositories/fetches.ts';
import { failLease, postponeDue } from '../../src/repositories/frontier.ts';
import { countVerdicts } from '../../src/repositories/page-yields.ts';
import { landRefused } from './keeping.ts';
import { react } from './reacting.ts';
import type { Slice } from './slice.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
/** Bounds of the wait that a server may ask for: a shorter one would ask it again at once, a longer one is a mistake of its clock. */
const SHORTEST_WAIT_MS = 1_000;
const LONGEST_WAIT_MS = 30 * DAY_MS;

/** Faults by their code; all others are those of a source that does not answer, or of a request that may not be made. */
const VERDICTS: Readonly<Record<string, Verdict>> = {
  TRUNCATED: 'truncated',
  TOO_LARGE: 'unreadable',
};

export interface Failure {
  readonly error: Error;
  /** The answer that was no page, archived; null when none came. */
  readonly page: FetchedPage | null;
}

export async function fail(slice: Slice, request: LeasedRequest, { error, page }: Failure): Promise<void> {
  const { payload } = slice;
  const wait = await waitFor(slice, request, error);
  if (wait !== null) {
    const { id, token } = request;
    await failLease(slice.ctx.db, { id, token, problem: wait.problem, cure: 'wait', dueAt: wait.until });
    return;
  }
  slice.failed += 1;
  // It names the address, and words of posts have no place in it.
  const reason = hasDeletionDuty(payload.source) ? withoutTitleWords(error.message) : error.message;
  const judgement = { verdict: verdictOf(error), reason };
  const document = page === null ? null : await landRefused(slice, { request, page }, judgement);
  if (page === null) await recordUnanswered(slice, request, judgement);
  await react(slice, request, judgement, { document, waitMs: waitOf(error) });
}

/** What is no fault of the page, which was not asked for: its request waits, and costs nothing. Null for every other fault. */
async function waitFor(
  slice: Slice,
  request: LeasedRequest,
  error: Error,
): Promise<{ problem: string; until: Date } | null> {
  const { ctx } = slice;
  const now = ctx.clock.now();
  if (error.name === 'AbortError' && slice.stop.aborted) return { problem: 'stopped before it was asked', until: now };
  if (error instanceof HeldError) {
    await hold(slice, request, error);
    return { problem: error.message, until: error.until };
  }
  if (!(error instanceof MusicDbError)) return null;
  // Whoever has it now asks for it. Where nobody has, it is due again.
  if (error.code === 'LEASE_LOST') return { problem: error.message, until: now };
  if (error.code !== 'NO_BROWSER') return null;
  await tellOfBrowser(slice, error);
  // Others, which need none, may be asked in its place.
  slice.leased -= 1;
  return { problem: error.message, until: new Date(now.getTime() + HOUR_MS) };
}

/** Ends the slice. What else is due of the host waits with the request: each alone would cost a slice to learn the same. */
async function hold({ ctx, payload, end }: Slice, { url }: LeasedRequest, error: HeldError): Promise<void> {
  const { until, message: problem } = error;
  const { source } = payload;
  end.abort();
  const { hostname } = new URL(url);
  const isItsHost = error.host === null || error.host === hostname;
  const now = ctx.clock.now();
  // A request may have been held on its way, at another host than those that wait with it.
  const postponed = isItsHost ? await postponeDue(ctx.db, { source, host: hostname, problem, until, now }) : 0;
  ctx.log.info({ source, until, reason: problem, postponed }, 'held');
}

/** Pages wait for a browser: ours to mend, and said once in a run. */
async function tellOfBrowser(slice: Slice, error: MusicDbError): Promise<void> {
  const { ctx, payload } = slice;
  if (slice.saysNoBrowser) return;
  slice.saysNoBrowser = true;
  const now = ctx.clock.now();
  const event = { ...payload, name: 'browser.missing' as const, detail: { reason: error.message } };
  if (await appendEventOnce(ctx.db, event, { now, since: new Date(now.getTime() - HOUR_MS) }))
    ctx.log.warn({ source: payload.source, err: error }, 'pages wait for a browser');
}

async function recordUnanswered(
  { ctx, payload }: Slice,
  { url, kind }: LeasedRequest,
  { verdict, reason }: { verdict: Verdict; reason: string },
): Promise<void> {
  await ctx.db.transaction(async (tx) => {
    const fetchedAt = ctx.clock.now();
    await recordFailedFetch(tx, { ...payload, url, kind, verdict, problem: reason, fetchedAt });
    await countVerdicts(tx, [{ source: payload.source, via: payload.via, verdict }]);
  });
}

function verdictOf(error: Error): Verdict {
  if (error instanceof ThrottledError) return 'throttled';
  const known = error instanceof MusicDbError ? VERDICTS[error.code] : undefined;
  return known ?? (error instanceof PermanentError ? 'unfetchable' : 'source-outage');
}

function waitOf(error: Error): number | null {
  if (!(error instanceof ThrottledError)) return null;
  return Math.min(Math.max(error.retryAfterMs, SHORTEST_WAIT_MS), LONGEST_WAIT_MS);
}
