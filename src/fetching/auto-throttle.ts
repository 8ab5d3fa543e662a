/** AutoThrottle: how far apart requests should be, from how long a server takes to answer and from what it says is left. Pure. */

/** Requests that should be on their way at a time, on average: one, as a person would. */
const TARGET_CONCURRENCY = 1;
/** Latency alone never asks for more, milliseconds: a server that takes longer is not slow but down. */
const LONGEST_DELAY_MS = 60_000;
/** Below this share of the server's own count nothing is asked until it begins anew. */
const RESERVE = 0.05;
/** A longer time until a count begins anew is no such time but a date, seconds. */
const LONGEST_RESET_SECONDS = 86_400;

/**
 * The delay after an answer, milliseconds: half the way from the old one to what latency asks for, at once when that is more. Answers that are
 * no success are often quick, so they never shorten it.
 */
export function nextDelayMs(currentMs: number, latencyMs: number, isSuccess: boolean): number {
  const target = latencyMs / TARGET_CONCURRENCY;
  const next = Math.min(Math.max(target, (currentMs + target) / 2), LONGEST_DELAY_MS);
  return isSuccess || next > currentMs ? Math.round(next) : currentMs;
}

export interface Pace {
  /** Distance that spreads what is left over the time that is left, milliseconds. */
  readonly delayMs: number;
  /** Time to ask nothing at all, milliseconds; 0 while enough is left. */
  readonly restMs: number;
}

/** What `x-ratelimit-remaining`, `-used` and `-reset` (seconds) ask for; null where a server does not count for us. */
export function paceOf(headers: Readonly<Record<string, string>>): Pace | null {
  const remaining = numberIn(headers['x-ratelimit-remaining']);
  const resetSeconds = numberIn(headers['x-ratelimit-reset']);
  if (remaining === null || resetSeconds === null || resetSeconds > LONGEST_RESET_SECONDS) return null;
  const resetMs = Math.ceil(resetSeconds * 1_000);
  const all = remaining + (numberIn(headers['x-ratelimit-used']) ?? 0);
  if (remaining < 1 || remaining < all * RESERVE) return { delayMs: 0, restMs: resetMs };
  return { delayMs: Math.ceil(resetMs / remaining), restMs: 0 };
}

function numberIn(text: string | undefined): number | null {
  return text !== undefined && /^\d+(\.\d+)?$/.test(text.trim()) ? Number(text) : null;
}
