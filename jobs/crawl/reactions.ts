/** What follows from each verdict: for the request, for the source's circuit breaker, for those who watch. One table, no rules elsewhere. */
import type { Judgement } from '../../src/core/verdict.ts';
import type { Verdict } from '../../src/core/verdicts.ts';
import type { EventName } from '../../src/repositories/events.ts';

const SECOND_MS = 1_000;
const MINUTE_MS = 60 * SECOND_MS;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

export interface Reaction {
  /**
   * `done`, `gone`: dealt with. `retry`: due again, costs an attempt. `wait`: due again when the breaker lets, costs nothing.
   * `give-up`: failed until a person or a schedule asks again.
   */
  readonly request: 'done' | 'gone' | 'retry' | 'wait' | 'give-up';
  /** First wait of a retry, milliseconds, doubling with each attempt. */
  readonly retryMs: number;
  /** When the breaker opens; null for never. */
  readonly breaker: {
    /** After so many pages of this verdict in a row. */
    readonly after: number;
    /** For this long, milliseconds; null until a person closes it. The time doubles with each opening in a row. */
    readonly openMs: number | null;
    readonly longestMs: number;
  } | null;
  readonly event: EventName | null;
}

const DONE: Reaction = { request: 'done', retryMs: 0, breaker: null, event: null };

const REACTIONS: Readonly<Record<Verdict | 'forbidden', Reaction>> = {
  ok: DONE,
  empty: DONE,
  unchanged: DONE,
  moved: DONE,
  'not-found': DONE,
  gone: { ...DONE, request: 'gone' },
  // The time is the server's own.
  throttled: {
    request: 'wait',
    retryMs: 0,
    breaker: { after: 1, openMs: MINUTE_MS, longestMs: 30 * DAY_MS },
    event: null,
  },
  truncated: { request: 'retry', retryMs: 5 * SECOND_MS, breaker: null, event: null },
  unreadable: { request: 'give-up', retryMs: 0, breaker: null, event: null },
  'soft-error': {
    request: 'retry',
    retryMs: 30 * SECOND_MS,
    breaker: { after: 5, openMs: 10 * MINUTE_MS, longestMs: DAY_MS },
    event: null,
  },
  block: {
    request: 'wait',
    retryMs: 0,
    breaker: { after: 1, openMs: DAY_MS, longestMs: 7 * DAY_MS },
    event: 'page.refused',
  },
  // 401 and 403 without a word: it may be this page alone (a private one), so that it costs an attempt and cannot stop the source for ever.
  forbidden: {
    request: 'retry',
    retryMs: 5 * SECOND_MS,
    breaker: { after: 1, openMs: HOUR_MS, longestMs: DAY_MS },
    event: 'page.refused',
  },
  decoy: { request: 'wait', retryMs: 0, breaker: { after: 1, openMs: null, longestMs: 0 }, event: 'page.decoy' },
  'layout-drift': {
    request: 'retry',
    retryMs: 6 * HOUR_MS,
    breaker: { after: 3, openMs: 6 * HOUR_MS, longestMs: 7 * DAY_MS },
    event: 'page.drifted',
  },
  'source-outage': {
    request: 'retry',
    retryMs: 5 * SECOND_MS,
    breaker: { after: 5, openMs: MINUTE_MS, longestMs: HOUR_MS },
    event: null,
  },
  unfetchable: { request: 'give-up', retryMs: 0, breaker: null, event: null },
};

export function reactionTo({ verdict, reason }: Judgement): Reaction {
  return REACTIONS[verdict === 'block' && /^HTTP 40[13]\b/.test(reason ?? '') ? 'forbidden' : verdict];
}

/** Whether the source answered as it should: ends a streak, closes a half-open breaker. */
export function isGoodAnswer({ request }: Reaction): boolean {
  return request === 'done' || request === 'gone';
}

/** How long a breaker stays open, milliseconds, null for until a person closes it. @param openedInRow openings since it was last closed. */
export function openFor(breaker: NonNullable<Reaction['breaker']>, openedInRow: number): number | null {
  return breaker.openMs === null ? null : Math.min(breaker.openMs * 2 ** Math.min(openedInRow, 20), breaker.longestMs);
}
