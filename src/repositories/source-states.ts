/** What holds for a source over all processes and restarts: its switch and its circuit breaker. */
import type { Queryable } from '../platform/database.ts';

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

export async function readSourceState(db: Queryable, source: string): Promise<SourceState> {
  const { rows } = await db.query<SourceState>(
    `select source, enabled, breaker, breaker_until as "breakerUntil", breaker_reason as "breakerReason",
       encode(breaker_document, 'hex') as "breakerDocument", trial_until as "trialUntil", streak, streak_verdict as "streakVerdict"
     from source_states where source = $1`,
    [source],
  );
  return rows[0] ?? { source, ...INITIAL };
}

/** Whether anything may be asked now: switched on, and the breaker closed or ready for the one request that tries. */
export function mayRun({ enabled, breaker, breakerUntil, trialUntil }: SourceState, now: Date): boolean {
  const readyAt = breaker === 'open' ? breakerUntil : trialUntil;
  return enabled && (breaker === 'closed' || (readyAt !== null && readyAt <= now));
}
