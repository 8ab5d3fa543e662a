/**
 * The circuit breaker of a source, kept in Postgres for all processes, one for its site and one for what plays it. Closed: requests pass. Open: none until its time, or until a person
 * closes it. Then half-open: exactly one request tries; it closes the breaker, or opens it again for longer.
 */
import type { Queryable } from '../platform/database.ts';
import { appendEvents } from './events.ts';
import type { BreakerKey } from './source-states.ts';
import { storableText } from './storable.ts';

/** How long one request may take to try; after it another may, milliseconds. */
export const TRIAL_MS = 120_000;

export type Admission = 'open-to-all' | 'one-trial' | 'nobody';

/** Whether `owner` may ask a source now; claims the one trial of a breaker whose time has come. */
export async function admit(
  tx: Queryable,
  { source, via, owner, now }: BreakerKey & { owner: string; now: Date },
): Promise<Admission> {
  const { rows: claimed } = await tx.query<{ reason: string | null }>({
    name: 'breaker-claim-trial',
    text: `update source_states set breaker = 'half-open', trial_owner = $2, trial_until = $4, breaker_changed_at = $3, version = version + 1
           where source = $1 and via = $5 and enabled and ((breaker = 'open' and breaker_until <= $3) or (breaker = 'half-open' and trial_until <= $3))
           returning breaker_reason as reason`,
    values: [source, owner, now, new Date(now.getTime() + TRIAL_MS), via],
  });
  const [claim] = claimed;
  if (claim !== undefined) {
    await appendEvents(
      tx,
      [{ source, name: 'breaker.half-opened', runId: null, detail: { via, openedFor: claim.reason } }],
      now,
    );
    return 'one-trial';
  }
  const { rows } = await tx.query<{ passes: boolean }>({
    name: 'breaker-passes',
    text: `select enabled and breaker = 'closed' as passes from source_states where source = $1 and via = $2`,
    values: [source, via],
  });
  return rows[0]?.passes === false ? 'nobody' : 'open-to-all';
}

export interface Opening extends BreakerKey {
  /** For people, e.g. "captcha". */
  readonly reason: string;
  /** Null: until a person closes it. */
  readonly until: Date | null;
  readonly now: Date;
  /** Digest of the page that shows why. */
  readonly document?: Buffer | null;
}

/** Opens a breaker. One that is open for longer stays as it is. Returns whether it was opened. */
export async function openBreaker(tx: Queryable, opening: Opening): Promise<boolean> {
  const { source, via, reason, until, now, document = null } = opening;
  const { rows } = await tx.query<{ openedInRow: number }>({
    name: 'breaker-open',
    text: `insert into source_states as s (source, via, breaker, breaker_until, breaker_reason, breaker_document, breaker_changed_at, opened_in_row)
           values ($1, $6, 'open', $2, $3, $4, $5, 1)
           on conflict (source, via) do update set breaker = 'open', breaker_until = excluded.breaker_until, breaker_reason = excluded.breaker_reason,
             breaker_document = excluded.breaker_document, breaker_changed_at = excluded.breaker_changed_at, trial_owner = null, trial_until = null,
             opened_in_row = s.opened_in_row + case when s.breaker = 'open' then 0 else 1 end, version = s.version + 1
             where s.breaker <> 'open' or coalesce(s.breaker_until, 'infinity') < coalesce(excluded.breaker_until, 'infinity')
           returning opened_in_row as "openedInRow"`,
    values: [source, until, storableText(reason), document, now, via],
  });
  const [opened] = rows;
  if (opened === undefined) return false;
  const detail = {
    via,
    reason,
    until: until?.toISOString() ?? null,
    openedInRow: opened.openedInRow,
    document: document?.toString('hex') ?? null,
  };
  await appendEvents(tx, [{ source, name: 'breaker.opened', runId: null, detail }], now);
  return true;
}

/** The trial went well: requests pass again. Only its holder may say so. */
export async function closeAfterTrial(
  tx: Queryable,
  { source, via, owner, now }: BreakerKey & { owner: string; now: Date },
): Promise<void> {
  const { rowCount } = await tx.query(
    `update source_states set breaker = 'closed', breaker_until = null, breaker_reason = null, breaker_document = null, breaker_changed_at = $3,
       trial_owner = null, trial_until = null, opened_in_row = 0, streak = 0, streak_verdict = null, version = version + 1
     where source = $1 and via = $4 and breaker = 'half-open' and trial_owner = $2`,
    [source, owner, now, via],
  );
  if (rowCount === 0) return;
  await appendEvents(
    tx,
    [{ source, name: 'breaker.closed', runId: null, detail: { via, by: 'a request that went well' } }],
    now,
  );
}

/** Gives a trial back that was not made, or proved nothing: the next may make it at once. */
export async function giveBackTrial(db: Queryable, { source, via }: BreakerKey, owner: string): Promise<void> {
  await db.query(
    `update source_states set breaker = 'open', trial_owner = null, trial_until = null, version = version + 1
     where source = $1 and via = $3 and breaker = 'half-open' and trial_owner = $2`,
    [source, owner, via],
  );
}

export interface Streak {
  /** Pages of this verdict in a row, this one among them. */
  readonly length: number;
  /** Openings of the breaker since it was last closed. */
  readonly openedInRow: number;
}

/** Counts a page that was no good; another verdict starts anew. */
export async function lengthenStreak(tx: Queryable, { source, via }: BreakerKey, verdict: string): Promise<Streak> {
  const { rows } = await tx.query<Streak>({
    name: 'breaker-lengthen-streak',
    text: `insert into source_states as s (source, via, streak, streak_verdict) values ($1, $3, 1, $2)
           on conflict (source, via) do update set streak_verdict = $2, streak = case when s.streak_verdict = $2 then s.streak + 1 else 1 end
           returning streak as length, opened_in_row as "openedInRow"`,
    values: [source, verdict, via],
  });
  return rows[0] as Streak;
}

/** A good page came. */
export async function endStreak(db: Queryable, { source, via }: BreakerKey): Promise<void> {
  await db.query(
    'update source_states set streak = 0, streak_verdict = null where source = $1 and via = $2 and streak > 0',
    [source, via],
  );
}

/**
 * A person switches a source on (its breakers are closed, and what its pages held lately becomes the usual) or off, with an entry in the audit
 * log. Returns whether anything changed.
 */
export async function switchSource(
  tx: Queryable,
  { source, enabled, actor, now }: { source: string; enabled: boolean; actor: string; now: Date },
): Promise<boolean> {
  const { rows } = await tx.query<{ enabled: boolean; breaker: string; reason: string | null }>(
    `select enabled, breaker, breaker_reason as reason from source_states where source = $1 order by breaker = 'closed', via for update`,
    [source],
  );
  const [before = { enabled: true, breaker: 'closed', reason: null }] = rows;
  const changes = before.enabled !== enabled || (enabled && before.breaker !== 'closed');
  await (enabled ? switchOn(tx, source, now) : switchOff(tx, source));
  await tx.query(
    'insert into audit_log (happened_at, actor, action, subject, detail) values ($1, $2, $3, $4, $5::jsonb)',
    [now, actor, enabled ? 'source.enable' : 'source.disable', source, JSON.stringify({ before })],
  );
  const name = enabled ? 'source.enabled' : 'source.disabled';
  await appendEvents(tx, [{ source, name, runId: null, detail: { by: actor, breakerWas: before.breaker } }], now);
  return changes;
}

async function switchOn(tx: Queryable, source: string, now: Date): Promise<void> {
  await tx.query(
    `insert into source_states as s (source, via) values ($1, 'live'), ($1, 'sandbox')
     on conflict (source, via) do update set enabled = true, breaker = 'closed', breaker_until = null, breaker_reason = null, breaker_document = null,
       breaker_changed_at = $2, trial_owner = null, trial_until = null, opened_in_row = 0, streak = 0, streak_verdict = null, version = s.version + 1`,
    [source, now],
  );
  await tx.query('delete from page_yields where source = $1 and alarm_since is not null', [source]);
}

async function switchOff(tx: Queryable, source: string): Promise<void> {
  await tx.query(
    `insert into source_states as s (source, via, enabled) values ($1, 'live', false), ($1, 'sandbox', false)
     on conflict (source, via) do update set enabled = false, version = s.version + 1`,
    [source],
  );
}
