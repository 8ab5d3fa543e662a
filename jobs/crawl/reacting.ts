/** What a verdict leads to: its row of the reaction table is carried out, on the request, the source's breaker and the record of events. */
import type { LeasedRequest } from '../../src/core/fetching.ts';
import type { Judgement } from '../../src/core/verdict.ts';
import type { Queryable } from '../../src/platform/database.ts';
import {
  closeAfterTrial,
  endStreak,
  giveBackTrial,
  lengthenStreak,
  openBreaker,
} from '../../src/repositories/breaker.ts';
import { appendEvents } from '../../src/repositories/events.ts';
import { failLease } from '../../src/repositories/frontier.ts';
import type { BreakerKey } from '../../src/repositories/source-states.ts';
import { isGoodAnswer, openFor, type Reaction, reactionTo } from './reactions.ts';
import type { Slice } from './slice.ts';

/** What is known beside the verdict. */
export interface Evidence {
  /** Digest of the page; null when none came. */
  readonly document: Buffer | null;
  /** How long the server asked us to wait, milliseconds; null when it did not say. */
  readonly waitMs: number | null;
}

export async function react(
  slice: Slice,
  request: LeasedRequest,
  judgement: Judgement,
  evidence: Evidence,
): Promise<void> {
  const reaction = reactionTo(judgement);
  if (isGoodAnswer(reaction)) {
    await goOn(slice);
    return;
  }
  const { breaker } = slice;
  // Whoever was taken for a scraper is not to come back as somebody else. What plays the site refuses nobody.
  if (breaker?.via === 'live' && (judgement.verdict === 'block' || judgement.verdict === 'decoy'))
    slice.ctx.sessions.refused(breaker.source);
  const problem = `${judgement.verdict}: ${judgement.reason ?? ''}`.slice(0, 1_000);
  if (breaker === null) {
    // An archive gives the same page every time, and what refused us then does not refuse us now.
    const { id, token } = request;
    await failLease(slice.ctx.db, { id, token, problem, cure: 'give-up', dueAt: slice.ctx.clock.now() });
    return;
  }
  const opened = await slice.ctx.db.transaction((tx) =>
    record(tx, slice, { breaker, request, judgement, reaction, evidence }),
  );
  slice.ctx.log.warn({ source: slice.payload.source, url: request.url, ...judgement, opened }, 'page was no good');
  const now = slice.ctx.clock.now().getTime();
  const retryMs = reaction.retryMs * 2 ** request.attempts * (0.5 + Math.random());
  await failLease(slice.ctx.db, {
    id: request.id,
    token: request.token,
    problem,
    cure: reaction.request === 'retry' || reaction.request === 'wait' ? reaction.request : 'give-up',
    // No sooner than the breaker lets: one that only a person closes says itself when.
    dueAt: new Date(Math.max(opened?.until?.getTime() ?? 0, now + retryMs)),
  });
  if (opened !== null || slice.trial !== 'none') await stop(slice);
}

/** A good page: it ends a streak, and a trial that went well lets the others pass. Only when it is stored: until then it is no success. */
async function goOn(slice: Slice): Promise<void> {
  const { ctx, owner, breaker } = slice;
  if (breaker === null || (slice.trial !== 'asked' && slice.streak === 0)) return;
  await slice.lander.settled();
  if (slice.trial === 'asked') {
    await ctx.db.transaction((tx) => closeAfterTrial(tx, { ...breaker, owner, now: ctx.clock.now() }));
    slice.trial = 'none';
    slice.streak = 0;
  } else if (slice.streak > 0) {
    slice.streak = 0;
    await endStreak(ctx.db, breaker);
  }
}

interface Bad {
  readonly breaker: BreakerKey;
  readonly request: LeasedRequest;
  readonly judgement: Judgement;
  readonly reaction: Reaction;
  readonly evidence: Evidence;
}

/** Counts the page, tells of it, and opens the breaker when it is time. Returns until when it is open; null when it was left alone. */
async function record(
  tx: Queryable,
  slice: Slice,
  { breaker, request, judgement, reaction, evidence: { document, waitMs } }: Bad,
): Promise<{ until: Date | null } | null> {
  const { source, runId } = slice.payload;
  const now = slice.ctx.clock.now();
  if (reaction.event !== null) {
    const detail = {
      url: request.url,
      kind: request.kind,
      reason: judgement.reason,
      document: document?.toString('hex'),
    };
    await appendEvents(tx, [{ source, name: reaction.event, runId, detail }], now);
  }
  if (reaction.breaker === null) return null;
  const streak = await lengthenStreak(tx, breaker, judgement.verdict);
  slice.streak = streak.length;
  // A request that tries for a half-open breaker needs no second: what it met, the source still does.
  if (streak.length < reaction.breaker.after && slice.trial === 'none') return null;
  const openMs = waitMs ?? openFor(reaction.breaker, streak.openedInRow);
  const until = openMs === null ? null : new Date(now.getTime() + openMs);
  await openBreaker(tx, { ...breaker, reason: reasonOf(judgement), until, now, document });
  return { until };
}

function reasonOf({ verdict, reason }: Judgement): string {
  if (verdict === 'block') return `the source refused us: ${reason}`;
  return `${verdict}: ${reason ?? 'no reason given'}`.slice(0, 500);
}

/** Nothing more is asked in this slice. A trial that proved nothing is another's. */
async function stop(slice: Slice): Promise<void> {
  slice.end.abort();
  if (slice.trial === 'none' || slice.breaker === null) return;
  slice.trial = 'none';
  await giveBackTrial(slice.ctx.db, slice.breaker, slice.owner);
}
