/**
 * The ledger of requests and the gates they pass. A turn is taken and its entry written in one transaction, before anything is sent: whoever
 * is killed after that has spent a request, never made one that nobody knows of.
 */
import { hostname } from 'node:os';
import { hasDeletionDuty, withoutTitleWords } from '../core/post-duty.ts';
import type { RequestWindow } from '../core/source.ts';
import type { Clock } from '../platform/context.ts';
import type { Database, Queryable } from '../platform/database.ts';
import { storableText } from './storable.ts';

export type LedgerKind = 'page' | 'redirect' | 'robots' | 'resource';
type LedgerVia = 'live' | 'sandbox';

/** Whose turn it is: all requests of a source to a host under a credential keep one distance. */
export interface GateKey {
  readonly via: LedgerVia;
  readonly source: string;
  readonly host: string;
  readonly credential: string;
}

/** What allowed a request. */
export interface Permission {
  readonly robots: 'rules' | 'open' | 'exempt';
  readonly digest: Buffer | null;
  readonly rule: string | null;
}

export interface TurnRequest {
  readonly gate: GateKey;
  readonly kind: LedgerKind;
  readonly method: string;
  readonly url: string;
  /** Address that was asked first, null where it is `url`. */
  readonly askedUrl: string | null;
  readonly permission: Permission;
  /** Smallest time since the last request through the gate, milliseconds; 0 for what a page's own browser asks for. */
  readonly minDelayMs: number;
  /** Those that hold for this host. */
  readonly windows: readonly RequestWindow[];
  readonly waitedMs: number;
}

export interface Turn {
  readonly id: number;
  readonly startedAt: Date;
  /** The gate's own delay when it was taken, milliseconds. */
  readonly delayMs: number;
}

export interface Refusal {
  /** When to ask again. */
  readonly until: Date;
  readonly why: 'delay' | 'pause' | 'quota';
  /** For people. */
  readonly reason: string;
}

const PROCESS = `${hostname()}:${process.pid}`;

/**
 * Takes the next turn at a gate if it is free now. One source and credential, and one host, is one at a time over all processes, so that a quota
 * cannot be overspent by two that look at once; the clock is read inside that, so that turns come in the order of their times.
 */
export async function takeTurn(db: Database, clock: Clock, request: TurnRequest): Promise<Turn | Refusal> {
  return db.transaction(async (tx) => {
    await lockGate(tx, request.gate);
    const now = clock.now();
    const gate = await readGate(tx, request.gate);
    const refusal =
      pauseOf(gate, now) ?? (await usedUp(tx, request, now)) ?? delayOf(gate, request.kind, request.minDelayMs, now);
    if (refusal !== null) {
      if (refusal.why === 'quota' && !isMarked(gate, refusal)) await markQuota(tx, request.gate, refusal);
      return refusal;
    }
    await passGate(tx, request, now);
    return { id: await writeEntry(tx, request, now), startedAt: now, delayMs: gate.delayMs };
  });
}

/** Always in this order, so that two cannot wait for each other. */
async function lockGate(tx: Queryable, { via, source, host, credential }: GateKey): Promise<void> {
  await tx.query({
    name: 'request-gates-lock',
    text: 'select pg_advisory_xact_lock(hashtextextended($1, 0)), pg_advisory_xact_lock(hashtextextended($2, 0))',
    values: [`gate ${via} ${source} ${credential}`, `gate ${via} ${host}`],
  });
}

interface GateRow {
  readonly lastRequestAt: Date | null;
  readonly delayMs: number;
  readonly pausedUntil: Date | null;
  readonly pauseReason: string | null;
  readonly quotaUntil: Date | null;
  readonly quotaReason: string | null;
}

/** The gate, with the longest pause of its host: whoever was asked to wait, all wait. */
async function readGate(tx: Queryable, { via, source, host, credential }: GateKey): Promise<GateRow> {
  const { rows } = await tx.query<GateRow>({
    name: 'request-gates-read',
    text: `select g.last_request_at as "lastRequestAt", coalesce(g.delay_ms, 0) as "delayMs", g.quota_until as "quotaUntil", g.quota_reason as "quotaReason", p.paused_until as "pausedUntil", p.pause_reason as "pauseReason"
           from (select 1) one
           left join request_gates g on g.via = $1 and g.source = $2 and g.host = $3 and g.credential = $4
           left join lateral (select paused_until, pause_reason from request_gates where via = $1 and host = $3 and paused_until is not null
             order by paused_until desc limit 1) p on true`,
    values: [via, source, host, credential],
  });
  const nothing = { pausedUntil: null, pauseReason: null, quotaUntil: null, quotaReason: null };
  return rows[0] ?? { lastRequestAt: null, delayMs: 0, ...nothing };
}

function pauseOf({ pausedUntil, pauseReason }: GateRow, now: Date): Refusal | null {
  if (pausedUntil === null || pausedUntil <= now) return null;
  return { until: pausedUntil, why: 'pause', reason: pauseReason ?? 'the host asked us to wait' };
}

function delayOf({ lastRequestAt, delayMs }: GateRow, kind: LedgerKind, minDelayMs: number, now: Date): Refusal | null {
  if (lastRequestAt === null || kind === 'resource') return null;
  const until = new Date(lastRequestAt.getTime() + Math.max(minDelayMs, delayMs));
  return until <= now ? null : { until, why: 'delay', reason: 'requests keep their distance' };
}

/** The first window that is full: free again when its oldest request that counts has left it. */
async function usedUp(tx: Queryable, { gate, windows }: TurnRequest, now: Date): Promise<Refusal | null> {
  for (const { requests, perMs, host } of windows) {
    const { rows } = await tx.query<{ startedAt: Date }>({
      name: 'request-ledger-nth',
      text: `select started_at as "startedAt" from request_ledger
             where via = $1 and source = $2 and credential = $3 and ($4::text is null or host = $4) and started_at > $5
             order by started_at desc offset $6 limit 1`,
      values: [gate.via, gate.source, gate.credential, host, new Date(now.getTime() - perMs), requests - 1],
    });
    const [nth] = rows;
    if (nth !== undefined)
      return {
        until: new Date(nth.startedAt.getTime() + perMs),
        why: 'quota',
        reason: `${requests} requests in ${perMs / 1_000} s are used up`,
      };
  }
  return null;
}

/** Many ask while a window is full; it is written down once. */
function isMarked({ quotaUntil, quotaReason }: GateRow, { until, reason }: Refusal): boolean {
  return quotaUntil?.getTime() === until.getTime() && quotaReason === reason;
}

async function markQuota(tx: Queryable, { via, source, host, credential }: GateKey, refusal: Refusal): Promise<void> {
  await tx.query(
    `insert into request_gates (via, source, host, credential, quota_until, quota_reason) values ($1, $2, $3, $4, $5, $6)
     on conflict (via, source, host, credential) do update set quota_until = excluded.quota_until, quota_reason = excluded.quota_reason`,
    [via, source, host, credential, refusal.until, refusal.reason],
  );
}

/** What the browser asks for belongs to its page and moves no distance. */
async function passGate(tx: Queryable, { gate, kind }: TurnRequest, now: Date): Promise<void> {
  await tx.query({
    name: 'request-gates-pass',
    text: `insert into request_gates as g (via, source, host, credential, last_request_at) values ($1, $2, $3, $4, $5)
           on conflict (via, source, host, credential) do update
             set last_request_at = coalesce(excluded.last_request_at, g.last_request_at), quota_until = null, quota_reason = null`,
    values: [gate.via, gate.source, gate.host, gate.credential, kind === 'resource' ? null : now],
  });
}

async function writeEntry(tx: Queryable, request: TurnRequest, now: Date): Promise<number> {
  const { gate, kind, method, permission, waitedMs } = request;
  // The ledger is kept for long: words of posts have no place in it.
  const [url, askedUrl] = [request.url, request.askedUrl].map((text) =>
    hasDeletionDuty(gate.source) ? withoutTitleWords(text) : text,
  );
  const { rows } = await tx.query<{ id: number }>({
    name: 'request-ledger-write',
    text: `insert into request_ledger (started_at, via, source, host, credential, kind, method, url, asked_url, robots, robots_digest, robots_rule, waited_ms, process)
           values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14) returning id`,
    values: [
      ...[now, gate.via, gate.source, gate.host, gate.credential, kind, method, storableText(url ?? request.url)],
      ...[storableText(askedUrl ?? null), permission.robots, permission.digest],
      ...[permission.rule === null ? null : storableText(permission.rule), waitedMs, PROCESS],
    ],
  });
  const [entry] = rows;
  if (entry === undefined) throw new Error('the ledger returned no entry');
  return entry.id;
}

export interface Settlement {
  /** Null when there was no answer. */
  readonly status: number | null;
  readonly retryAfter: string | null;
  /** The gate's delay from now on, milliseconds. */
  readonly delayMs: number;
  /** For how long nobody may ask the host, milliseconds, and why; null where it may be asked. */
  readonly pause: { readonly ms: number; readonly reason: string } | null;
}

/**
 * Tells the entry how its request ended, and the gate what that means. A pause begins at the very moment that the entry is settled: no turn is
 * taken between the two.
 */
export async function settleTurn(
  db: Database,
  clock: Clock,
  { gate, turn }: { gate: GateKey; turn: Turn },
  settlement: Settlement,
): Promise<void> {
  const { pause } = settlement;
  if (pause === null) return settle(db, { gate, turn }, settlement, clock.now());
  await db.transaction(async (tx) => {
    await lockGate(tx, gate);
    const now = clock.now();
    await settle(tx, { gate, turn }, settlement, now);
    await pauseHost(tx, gate, new Date(now.getTime() + pause.ms), pause.reason);
  });
}

async function settle(
  db: Queryable,
  { gate, turn }: { gate: GateKey; turn: Turn },
  { status, retryAfter, delayMs }: Settlement,
  now: Date,
): Promise<void> {
  await db.query({
    name: 'request-ledger-settle',
    text: `with settled as (
             update request_ledger set settled_at = $3, status = $4, retry_after = $5 where id = $1 and started_at = $2 and settled_at is null)
           update request_gates set delay_ms = $6 where via = $7 and source = $8 and host = $9 and credential = $10 and delay_ms <> $6`,
    values: [
      ...[turn.id, turn.startedAt, now, status, retryAfter === null ? null : storableText(retryAfter.slice(0, 200))],
      ...[delayMs, gate.via, gate.source, gate.host, gate.credential],
    ],
  });
}

/** Nobody asks the host before `until`: no process, no source, no credential. A longer pause stays. */
async function pauseHost(tx: Queryable, gate: GateKey, until: Date, reason: string): Promise<void> {
  await tx.query(
    `insert into request_gates as g (via, source, host, credential, paused_until, pause_reason) values ($1, $2, $3, $4, $5, $6)
     on conflict (via, source, host, credential) do update set paused_until = excluded.paused_until, pause_reason = excluded.pause_reason
       where g.paused_until is null or g.paused_until < excluded.paused_until`,
    [gate.via, gate.source, gate.host, gate.credential, until, storableText(reason)],
  );
}

/** Those of these hosts that must not be asked now, whoever asks. */
export async function pausedHosts(
  db: Queryable,
  via: LedgerVia,
  hosts: readonly string[],
  now: Date,
): Promise<string[]> {
  const { rows } = await db.query<{ host: string }>({
    name: 'request-gates-paused',
    text: 'select distinct host from request_gates where via = $1 and host = any($2::text[]) and paused_until > $3',
    values: [via, hosts, now],
  });
  return rows.map(({ host }) => host);
}

/** Requests of a source and credential that still count in a window: what a lost counter is filled from. */
export async function countedSince(
  db: Queryable,
  { via, source, credential }: Omit<GateKey, 'host'>,
  host: string | null,
  since: Date,
): Promise<{ id: number; startedAt: Date }[]> {
  const { rows } = await db.query<{ id: number; startedAt: Date }>({
    name: 'request-ledger-counted',
    text: `select id, started_at as "startedAt" from request_ledger
           where via = $1 and source = $2 and credential = $3 and ($4::text is null or host = $4) and started_at > $5`,
    values: [via, source, credential, host, since],
  });
  return rows;
}
