/** Fetches as they were recorded, read again for export and replay. */
import type { Exchange } from '../core/exchange.ts';
import type { Via } from '../core/fetching.ts';
import type { Queryable } from '../platform/database.ts';

export interface RecordedFetch {
  readonly id: number;
  readonly source: string;
  readonly via: Via;
  readonly url: string | null;
  readonly finalUrl: string | null;
  readonly kind: string | null;
  readonly status: number | null;
  readonly contentType: string | null;
  readonly exchange: Exchange | null;
  readonly remoteAddress: string | null;
  /** SHA-256 of the body as received; null when there was no answer, or its bytes had to be erased. */
  readonly digest: Buffer | null;
  readonly contentEncoding: string | null;
  /** Whether the body was erased: a duty, and no fault of the archive. */
  readonly isErased: boolean;
  readonly outcome: string;
  readonly durationMs: number | null;
  readonly runId: string | null;
  readonly fetchedAt: Date;
}

export interface FetchRange {
  /** Null for all sources. */
  readonly source: string | null;
  /** Null for all times. */
  readonly since: Date | null;
  /** No fetch after this id: what comes in meanwhile is not part of it. */
  readonly lastId: number;
}

const COLUMNS = `f.id, f.source, f.via, f.url, f.final_url as "finalUrl", f.kind, f.status, f.content_type as "contentType", f.exchange,
  f.remote_address as "remoteAddress", case when d.erased_at is null then f.document_digest end as digest, d.content_encoding as "contentEncoding",
  d.erased_at is not null as "isErased", f.outcome,
  f.duration_ms as "durationMs", f.run_id as "runId", f.fetched_at as "fetchedAt"`;
const IN_RANGE = `($1::text is null or f.source = $1) and ($2::timestamptz is null or f.fetched_at >= $2) and f.id <= $3`;

/** Id of the newest fetch; 0 when there is none. */
export async function lastFetchId(db: Queryable): Promise<number> {
  const { rows } = await db.query<{ id: number }>('select coalesce(max(id), 0) as id from fetches');
  return rows[0]?.id ?? 0;
}

export async function countFetches(db: Queryable, { source, since, lastId }: FetchRange): Promise<number> {
  const { rows } = await db.query<{ count: number }>(`select count(*)::int as count from fetches f where ${IN_RANGE}`, [
    source,
    since,
    lastId,
  ]);
  return rows[0]?.count ?? 0;
}

/** The next fetches of a range in the order they were recorded, after an id. */
export async function readFetches(
  db: Queryable,
  { source, since, lastId }: FetchRange,
  { afterId, limit }: { afterId: number; limit: number },
): Promise<RecordedFetch[]> {
  const { rows } = await db.query<RecordedFetch>({
    name: 'fetches-read-range',
    text: `select ${COLUMNS} from fetches f left join documents d on d.digest = f.document_digest
           where ${IN_RANGE} and f.id > $4 order by f.id limit $5`,
    values: [source, since, lastId, afterId, limit],
  });
  return rows;
}
