/** What a verifier of politeness reads: the ledger in the order of its times, the looks at robots.txt files, and the gates for people. Reads only. */
import type { Queryable } from '../platform/database.ts';

export interface LedgerEntry {
  readonly id: number;
  readonly startedAt: Date;
  readonly via: 'live' | 'sandbox';
  readonly source: string;
  readonly host: string;
  readonly credential: string;
  readonly kind: 'page' | 'redirect' | 'robots' | 'resource';
  readonly url: string;
  readonly robots: 'rules' | 'open' | 'exempt';
  readonly robotsDigest: Buffer | null;
  /** The line that decided, or the switch by which its operator agreed. */
  readonly robotsRule: string | null;
  readonly waitedMs: number;
  readonly settledAt: Date | null;
  readonly status: number | null;
  readonly retryAfter: string | null;
}

export interface EvidenceFilter {
  readonly from: Date;
  readonly source: string | null;
}

const BATCH = 5_000;
const COLUMNS = `id, started_at as "startedAt", via, source, host, credential, kind, url, robots, robots_digest as "robotsDigest", robots_rule as "robotsRule",
  waited_ms as "waitedMs", settled_at as "settledAt", status, retry_after as "retryAfter"`;

/** Entries from a moment on, by time; never more than a batch in memory. */
export async function* ledgerEntries(db: Queryable, { from, source }: EvidenceFilter): AsyncGenerator<LedgerEntry> {
  for (let [at, id] = [from, 0]; ; ) {
    const { rows } = await db.query<LedgerEntry>({
      name: 'evidence-entries',
      text: `select ${COLUMNS} from request_ledger
             where started_at >= $1 and (started_at > $1 or id > $2) and ($3::text is null or source = $3) order by started_at, id limit ${BATCH}`,
      values: [at, id, source],
    });
    yield* rows;
    const last = rows.at(-1);
    if (last === undefined || rows.length < BATCH) return;
    [at, id] = [last.startedAt, last.id];
  }
}

/** Requests for waiting that were answered before a moment and may reach beyond it, of all sources: a pause is the host's. */
export async function waitsAskedBefore(db: Queryable, from: Date, to: Date): Promise<LedgerEntry[]> {
  const { rows } = await db.query<LedgerEntry>(
    `select ${COLUMNS} from request_ledger where started_at >= $1 and started_at < $2 and status in (429, 503) and retry_after is not null order by started_at, id`,
    [from, to],
  );
  return rows;
}

export interface RobotsLook {
  readonly via: string;
  readonly origin: string;
  readonly state: 'rules' | 'open' | 'closed';
  readonly status: number | null;
  readonly digest: Buffer | null;
  readonly checkedAt: Date;
  readonly expiresAt: Date;
  readonly usableUntil: Date | null;
}

/** All looks at robots.txt files, by time. */
export async function robotsLooks(db: Queryable): Promise<RobotsLook[]> {
  const { rows } = await db.query<RobotsLook>(
    `select via, origin, state, status, document_digest as digest, checked_at as "checkedAt", expires_at as "expiresAt", usable_until as "usableUntil"
     from robots_files order by via, origin, checked_at`,
  );
  return rows;
}

export interface GateNow {
  readonly via: string;
  readonly source: string;
  readonly host: string;
  readonly credential: string;
  readonly lastRequestAt: Date | null;
  /** Milliseconds. */
  readonly delayMs: number;
  readonly pausedUntil: Date | null;
  readonly pauseReason: string | null;
  readonly quotaUntil: Date | null;
  readonly quotaReason: string | null;
}

export async function listGates(db: Queryable, source: string | null): Promise<GateNow[]> {
  const { rows } = await db.query<GateNow>(
    `select via, source, host, credential, last_request_at as "lastRequestAt", delay_ms as "delayMs", paused_until as "pausedUntil", pause_reason as "pauseReason",
       quota_until as "quotaUntil", quota_reason as "quotaReason"
     from request_gates where $1::text is null or source = $1 order by via, source, host, credential`,
    [source],
  );
  return rows;
}
