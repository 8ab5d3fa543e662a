/** All that is known of one source at work: what holds for it, what came in, what was refused, what waits. Read queries only. */
import type { Verdict } from '../core/verdicts.ts';
import type { Queryable } from '../platform/database.ts';
import { type PastEvent, readEvents } from './events.ts';
import { countRequests } from './frontier.ts';
import { IS_TROUBLE } from './outcomes.ts';
import { type PageYield, readYields } from './page-yields.ts';
import { readSourceState, type SourceState } from './source-states.ts';

const DAY_MS = 86_400_000;
const MONTH_MS = 30 * DAY_MS;
/** Refusals and events that are shown. */
const LATEST = 12;

export interface VerdictCount {
  readonly verdict: Verdict;
  /** In the last 24 hours. */
  readonly today: number;
  /** In the last 30 days. */
  readonly month: number;
  readonly latestAt: Date;
}

/** A request that gave no data. */
export interface Trouble {
  readonly at: Date;
  readonly verdict: Verdict;
  readonly kind: string | null;
  readonly url: string | null;
  readonly reason: string | null;
  /** Digest of what came, hex; null when nothing did. */
  readonly document: string | null;
}

export interface HostPause {
  readonly host: string;
  readonly until: Date;
  readonly reason: string | null;
}

export interface SourceDetail {
  readonly state: Omit<SourceState, 'source'>;
  /** Requests by state; of those that are `due`, `waiting` are at hosts that are closed, and `dueNow` those of the others whose time has come. */
  readonly requests: Readonly<Record<string, number>> & { readonly dueNow: number; readonly waiting: number };
  /** Live requests in the last 24 hours: what the daily limit has been spent on. */
  readonly liveToday: number;
  /** Hosts that asked us to wait. */
  readonly pauses: readonly HostPause[];
  readonly verdicts: readonly VerdictCount[];
  /** The latest first. */
  readonly troubles: readonly Trouble[];
  readonly yields: readonly PageYield[];
  /** The latest first. */
  readonly events: readonly PastEvent[];
}

/** @param closedHosts of the source, that may not be asked before a setting is made */
export async function readSourceDetail(
  db: Queryable,
  { source, closedHosts }: { source: string; closedHosts: readonly string[] },
  now: Date,
): Promise<SourceDetail> {
  const { source: _, ...state } = await readSourceState(db, source);
  return {
    state,
    requests: { ...(await countRequests(db, source)), ...(await countDue(db, { source, closedHosts }, now)) },
    liveToday: await countLiveToday(db, source, now),
    pauses: await readPauses(db, source, now),
    verdicts: await readVerdicts(db, source, now),
    troubles: await readTroubles(db, source),
    yields: await readYields(db, source),
    events: await readEvents(db, source, LATEST),
  };
}

async function countDue(
  db: Queryable,
  { source, closedHosts }: { source: string; closedHosts: readonly string[] },
  now: Date,
): Promise<{ dueNow: number; waiting: number }> {
  const { rows } = await db.query<{ dueNow: number; waiting: number }>(
    `select count(*) filter (where due_at <= $2 and host <> all($3::text[]))::int as "dueNow", count(*) filter (where host = any($3::text[]))::int as waiting
     from frontier where source = $1 and state = 'due'`,
    [source, now, closedHosts],
  );
  return rows[0] ?? { dueNow: 0, waiting: 0 };
}

async function countLiveToday(db: Queryable, source: string, now: Date): Promise<number> {
  const { rows } = await db.query<{ count: number }>(
    `select count(*)::int as count from request_ledger where via = 'live' and source = $1 and started_at > $2`,
    [source, new Date(now.getTime() - DAY_MS)],
  );
  return rows[0]?.count ?? 0;
}

async function readPauses(db: Queryable, source: string, now: Date): Promise<HostPause[]> {
  const { rows } = await db.query<HostPause>(
    `select host, max(paused_until) as until, max(pause_reason) as reason from request_gates
     where source = $1 and paused_until > $2 group by host order by host`,
    [source, now],
  );
  return rows;
}

async function readVerdicts(db: Queryable, source: string, now: Date): Promise<VerdictCount[]> {
  const { rows } = await db.query<VerdictCount>(
    `select outcome as verdict, count(*) filter (where fetched_at >= $2)::int as today, count(*)::int as month, max(fetched_at) as "latestAt"
     from fetches where source = $1 and fetched_at >= $3 group by outcome order by month desc, outcome`,
    [source, new Date(now.getTime() - DAY_MS), new Date(now.getTime() - MONTH_MS)],
  );
  return rows;
}

async function readTroubles(db: Queryable, source: string): Promise<Trouble[]> {
  const { rows } = await db.query<Trouble>(
    `select fetched_at as at, outcome as verdict, kind, url, problem as reason, encode(document_digest, 'hex') as document
     from fetches where source = $1 and ${IS_TROUBLE} order by fetched_at desc limit $2`,
    [source, LATEST],
  );
  return rows;
}
/** Answers of one verdict within one step of time. */
export interface VerdictCell {
  /** Start of the step. */
  readonly at: Date;
  readonly verdict: Verdict;
  readonly pages: number;
}

/** Answers by verdict and step of `stepSeconds`, from `from` on; steps without any are left out. */
export async function readVerdictsOverTime(
  db: Queryable,
  { source, from, stepSeconds }: { source: string; from: Date; stepSeconds: number },
): Promise<VerdictCell[]> {
  const { rows } = await db.query<VerdictCell>(
    `select date_bin(make_interval(secs => $3), fetched_at, $2) as at, outcome as verdict, count(*)::int as pages
     from fetches where source = $1 and fetched_at >= $2 group by 1, 2 order by 1, 2`,
    [source, from, stepSeconds],
  );
  return rows;
}

/** Whether pages of the sandbox are among what a source, or any of them, gave. */
export async function isInvented(db: Queryable, source: string | null): Promise<boolean> {
  const { rows } = await db.query<{ invented: boolean }>(
    `select exists (select 1 from page_verdicts where via = 'sandbox' and ($1::text is null or source = $1)) as invented`,
    [source],
  );
  return rows[0]?.invented ?? false;
}

/** How a document that is still there is encoded; null when there is none of that digest (hex). */
export async function readDocumentEncoding(
  db: Queryable,
  digest: string,
): Promise<{ contentEncoding: string | null } | null> {
  const { rows } = await db.query<{ contentEncoding: string | null }>(
    `select content_encoding as "contentEncoding" from documents where digest = decode($1, 'hex') and erased_at is null`,
    [digest],
  );
  return rows[0] ?? null;
}
