/** What holds for a source over all processes and restarts: its switch and its circuit breakers. */
import type { Queryable } from '../platform/database.ts';

/** Whose breaker: what a sandbox answers says nothing of the site that it plays, and opens, tries and closes nothing there. */
export interface BreakerKey {
  readonly source: string;
  readonly via: 'live' | 'sandbox';
}

export interface SourceState {
  readonly source: string;
  readonly enabled: boolean;
  readonly breaker: 'closed' | 'open' | 'half-open';
  readonly breakerUntil: Date | null;
  readonly breakerReason: string | null;
  /** Digest of the page that shows why, hex; null when no page came. */
  readonly breakerDocument: string | null;
  /** While half-open: when another may try, should the one that tries vanish. */
  readonly trialUntil: Date | null;
  /** Pages in a row that were no good, and what they were. */
  readonly streak: number;
  readonly streakVerdict: string | null;
}

const INITIAL: Omit<SourceState, 'source'> = {
  enabled: true,
  breaker: 'closed',
  breakerUntil: null,
  breakerReason: null,
  breakerDocument: null,
  trialUntil: null,
  streak: 0,
  streakVerdict: null,
};

/** @param via the way it is asked; without one (for people), the breaker that is not closed, the site's own before the sandbox's. */
export async function readSourceState(
  db: Queryable,
  source: string,
  via: BreakerKey['via'] | null = null,
): Promise<SourceState> {
  const { rows } = await db.query<SourceState>(
    `select source, enabled, breaker, breaker_until as "breakerUntil", breaker_reason as "breakerReason",
       encode(breaker_document, 'hex') as "breakerDocument", trial_until as "trialUntil", streak, streak_verdict as "streakVerdict"
     from source_states where source = $1 and ($2::text is null or via = $2) order by breaker = 'closed', via limit 1`,
    [source, via],
  );
  return rows[0] ?? { source, ...INITIAL };
}

/** Whether anything may be asked now: switched on, and the breaker closed or ready for the one request that tries. */
export function mayRun({ enabled, breaker, breakerUntil, trialUntil }: SourceState, now: Date): boolean {
  const readyAt = breaker === 'open' ? breakerUntil : trialUntil;
  return enabled && (breaker === 'closed' || (readyAt !== null && readyAt <= now));
}
