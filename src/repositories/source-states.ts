/** What holds for a source over all processes and restarts: its switch, its circuit breaker, and when it may be asked next. */
import type { Queryable } from '../platform/database.ts';

export interface SourceState {
  readonly source: string;
  readonly enabled: boolean;
  readonly breaker: 'closed' | 'open' | 'half-open';
  readonly breakerUntil: Date | null;
  readonly breakerReason: string | null;
}

const INITIAL: Omit<SourceState, 'source'> = {
  enabled: true,
  breaker: 'closed',
  breakerUntil: null,
  breakerReason: null,
};

export async function readSourceState(db: Queryable, source: string): Promise<SourceState> {
  const { rows } = await db.query<SourceState>(
    `select source, enabled, breaker, breaker_until as "breakerUntil", breaker_reason as "breakerReason" from source_states where source = $1`,
    [source],
  );
  return rows[0] ?? { source, ...INITIAL };
}

/** Whether requests may be made now: switched on, and no open breaker. */
export function mayRun(state: SourceState, now: Date): boolean {
  return state.enabled && (state.breaker !== 'open' || (state.breakerUntil !== null && state.breakerUntil <= now));
}

/** Opens the breaker: nothing is asked of the source until `until`, by any process. One that is open for longer stays so. */
export async function openBreaker(db: Queryable, source: string, reason: string, until: Date): Promise<void> {
  await db.query(
    `insert into source_states (source, breaker, breaker_until, breaker_reason) values ($1, 'open', $2, $3)
     on conflict (source) do update set breaker = 'open', breaker_until = excluded.breaker_until, breaker_reason = excluded.breaker_reason, version = source_states.version + 1
       where source_states.breaker <> 'open' or source_states.breaker_until < excluded.breaker_until`,
    [source, until, reason],
  );
}

/**
 * Books the next request of a source, at least `delayMs` after the last one booked by any process.
 * Returns how long to wait before it may start, milliseconds.
 */
export async function bookRequest(db: Queryable, source: string, delayMs: number, now: Date): Promise<number> {
  const { rows } = await db.query<{ startsAt: Date }>({
    name: 'source-states-book',
    text: `insert into source_states as s (source, next_request_at) values ($1, $3::timestamptz + $2 * interval '1 millisecond')
           on conflict (source) do update set next_request_at = greatest(s.next_request_at, $3::timestamptz) + $2 * interval '1 millisecond'
           returning next_request_at - $2 * interval '1 millisecond' as "startsAt"`,
    values: [source, delayMs, now],
  });
  return Math.max(0, (rows[0]?.startsAt.getTime() ?? now.getTime()) - now.getTime());
}
