/** Delays, quotas and waits of the ledger's entries, counted anew in the order of their times. */
import type { RequestWindow, SourceFacts } from '../core/source.ts';
import type { LedgerEntry } from '../repositories/politeness-evidence.ts';

const SECOND_MS = 1_000;
const DAY_MS = 86_400_000;
const LONGEST_PAUSE_MS = 30 * DAY_MS;
/** In the sandbox all times are a thousandth. */
const SANDBOX_SCALE = 1 / 1_000;

export type BrokenRule = 'delay' | 'crawl-delay' | 'quota' | 'retry-after';

interface Broken {
  readonly rule: BrokenRule;
  /** The entry that it came too soon after. */
  readonly before: number;
  readonly message: string;
}

interface Counters {
  /** Takes the next entry and says what it broke. @param facts undefined for a source that is not known (any more): only waits are judged. */
  take(entry: LedgerEntry, facts: SourceFacts | undefined, crawlDelaySeconds: number): Broken[];
}

export function createCounters(): Counters {
  const lasts = new Map<string, LedgerEntry>();
  const windows = new Map<string, LedgerEntry[]>();
  const waits = new Map<string, Wait[]>();
  return {
    take: (entry, facts, crawlDelaySeconds) => {
      const broken = waitsBroken(waits, entry);
      if (facts !== undefined) {
        broken.push(...delayBroken(lasts, entry, { minDelayMs: facts.limits.minDelayMs, crawlDelaySeconds }));
        for (const window of windowsOf(facts)) broken.push(...quotaBroken(windows, entry, window));
      }
      rememberWait(waits, entry);
      return broken;
    },
  };
}

function delayBroken(
  lasts: Map<string, LedgerEntry>,
  entry: LedgerEntry,
  { minDelayMs, crawlDelaySeconds }: { minDelayMs: number; crawlDelaySeconds: number },
): Broken[] {
  // What a browser asks for belongs to its page.
  if (entry.kind === 'resource') return [];
  const key = [entry.via, entry.source, entry.host, entry.credential].join(' ');
  const last = lasts.get(key);
  lasts.set(key, entry);
  if (last === undefined) return [];
  const gapMs = entry.startedAt.getTime() - last.startedAt.getTime();
  const crawlDelayMs = Math.min(crawlDelaySeconds * SECOND_MS, DAY_MS);
  const tooSoon = (rule: BrokenRule, ms: number) =>
    gapMs < ms * scaleOf(entry)
      ? [
          {
            rule,
            before: last.id,
            message: `${gapMs} ms after the request before it, expected ${ms * scaleOf(entry)} ms`,
          },
        ]
      : [];
  return [...tooSoon('delay', minDelayMs), ...tooSoon('crawl-delay', crawlDelayMs)];
}

function windowsOf({ limits }: SourceFacts): RequestWindow[] {
  const { perDay, windows } = limits;
  return [...windows, ...(perDay === null ? [] : [{ requests: perDay, perMs: DAY_MS, host: null }])];
}

/** The last `requests` entries are kept: when the oldest of them is not out of the window yet, this one is one too many. */
function quotaBroken(windows: Map<string, LedgerEntry[]>, entry: LedgerEntry, window: RequestWindow): Broken[] {
  const { requests, perMs, host } = window;
  if (host !== null && host !== entry.host) return [];
  const key = [entry.via, entry.source, entry.credential, host, requests, perMs].join(' ');
  const last = windows.get(key) ?? [];
  windows.set(key, last);
  last.push(entry);
  if (last.length <= requests) return [];
  const first = last.shift();
  if (first === undefined) return [];
  const spanMs = entry.startedAt.getTime() - first.startedAt.getTime();
  const perScaledMs = perMs * scaleOf(entry);
  if (spanMs >= perScaledMs) return [];
  return [
    {
      rule: 'quota',
      before: first.id,
      message: `more than ${requests} requests in ${perScaledMs} ms (within ${spanMs} ms)`,
    },
  ];
}

interface Wait {
  readonly id: number;
  readonly fromMs: number;
  readonly untilMs: number;
}

function waitsBroken(waits: Map<string, Wait[]>, entry: LedgerEntry): Broken[] {
  const at = entry.startedAt.getTime();
  return (waits.get(hostOf(entry)) ?? [])
    .filter(({ fromMs, untilMs }) => at > fromMs && at < untilMs)
    .map(({ id, untilMs }) => ({
      rule: 'retry-after',
      before: id,
      message: `the host asked to be left alone until ${new Date(untilMs).toISOString()}`,
    }));
}

function rememberWait(waits: Map<string, Wait[]>, entry: LedgerEntry): void {
  const { id, status, settledAt, retryAfter } = entry;
  if ((status !== 429 && status !== 503) || settledAt === null || retryAfter === null) return;
  const fromMs = settledAt.getTime();
  const untilMs = Math.min(waitUntil(retryAfter, fromMs), fromMs + LONGEST_PAUSE_MS);
  if (!(untilMs > fromMs)) return;
  const known = (waits.get(hostOf(entry)) ?? []).filter((wait) => wait.untilMs > entry.startedAt.getTime());
  waits.set(hostOf(entry), [...known, { id, fromMs, untilMs }]);
}

/** Both forms of Retry-After: seconds from then on, or a date. NaN for neither. */
function waitUntil(retryAfter: string, fromMs: number): number {
  const text = retryAfter.trim();
  return /^[0-9]+$/.test(text) ? fromMs + Number(text) * SECOND_MS : Date.parse(text);
}

function hostOf({ via, host }: LedgerEntry): string {
  return `${via} ${host}`;
}

function scaleOf({ via }: LedgerEntry): number {
  return via === 'sandbox' ? SANDBOX_SCALE : 1;
}
