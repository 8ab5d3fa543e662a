/** Where a replay finds its pages: the latest recorded fetch of each address, for as long as the run lasts. */
import type { Exchange } from '../core/exchange.ts';
import type { Queryable } from '../platform/database.ts';
import { endReplayedRequests } from './frontier.ts';
import { finishRun } from './runs.ts';
import { storableJson, storableKey } from './storable.ts';

/** How the problem of a request ends that its archive does not hold. */
export const NOT_IN_ARCHIVE = ' is not in the archive that is replayed';

/** What is known of a page beside its body. */
export interface ReplayedPage {
  readonly finalUrl: string;
  readonly status: number;
  readonly contentEncoding: string | null;
  readonly remoteAddress: string | null;
  readonly durationMs: number | null;
  /** Null for a page that did not come over HTTP. */
  readonly exchange: Exchange | null;
}

export interface ReplayPage {
  readonly urlKey: string;
  readonly fetchedAt: Date;
  readonly page: ReplayedPage;
  /** Where the body is: by its SHA-256 in an archive, or at an offset in a WARC file. */
  readonly digest: Buffer | null;
  readonly position: number | null;
}

/** Adds pages; of two of one address the later one stays. */
export async function addReplayPages(db: Queryable, runId: string, pages: readonly ReplayPage[]): Promise<void> {
  const latest = new Map<string, ReplayPage>();
  for (const page of pages) {
    const key = storableKey(page.urlKey);
    const known = latest.get(key);
    if (known === undefined || known.fetchedAt <= page.fetchedAt) latest.set(key, page);
  }
  const rows = [...latest.values()];
  await db.query({
    name: 'replay-pages-add',
    text: `insert into replay_pages (run_id, url_key, fetched_at, page, digest, position)
           select $1, * from unnest($2::text[], $3::timestamptz[], $4::json[], $5::bytea[], $6::bigint[])
           on conflict (run_id, url_key) do update
             set fetched_at = excluded.fetched_at, page = excluded.page, digest = excluded.digest, position = excluded.position
             where replay_pages.fetched_at <= excluded.fetched_at`,
    values: [
      runId,
      [...latest.keys()],
      rows.map(({ fetchedAt }) => fetchedAt),
      rows.map(({ page }) => storableJson(page)),
      rows.map(({ digest }) => digest),
      rows.map(({ position }) => position),
    ],
  });
}

export async function findReplayPage(db: Queryable, runId: string, urlKey: string): Promise<ReplayPage | null> {
  const { rows } = await db.query<ReplayPage>({
    name: 'replay-pages-find',
    text: `select url_key as "urlKey", fetched_at as "fetchedAt", page, digest, position from replay_pages where run_id = $1 and url_key = $2`,
    values: [runId, storableKey(urlKey)],
  });
  return rows[0] ?? null;
}

export async function countReplayPages(db: Queryable, runId: string): Promise<number> {
  const { rows } = await db.query<{ count: number }>(
    'select count(*)::int as count from replay_pages where run_id = $1',
    [runId],
  );
  return rows[0]?.count ?? 0;
}

/** Requests of a replay that its archive did not hold. */
export async function countNotInArchive(db: Queryable, runId: string): Promise<number> {
  const { rows } = await db.query<{ count: number }>(
    `select count(*)::int as count from fetches where run_id = $1 and via = 'replay' and outcome = 'unfetchable' and problem like '%' || $2`,
    [runId, NOT_IN_ARCHIVE],
  );
  return rows[0]?.count ?? 0;
}

/**
 * Ends replays that began before a moment and that no job works for any more: their process was killed, or stopped and never came back.
 * Returns how many.
 */
export async function endDeadReplays(db: Queryable, before: Date, now: Date): Promise<number> {
  const { rows } = await db.query<{ id: string; state: string }>(
    `select id, state from runs r where workflow = 'replay' and started_at < $1
       and (state = 'running' or exists (select 1 from replay_pages p where p.run_id = r.id))
       and not exists (select 1 from outbox o where o.payload ->> 'runId' = r.id::text)`,
    [before],
  );
  const error = 'its process ended before it did';
  for (const { id, state } of rows) {
    if (state === 'running') await finishRun(db, id, { state: 'failed', counts: {}, error }, now);
    await removeReplayPages(db, id);
  }
  return rows.length;
}

/** The end of a replay: its index goes, and what it did not come to is asked of nobody. */
export async function removeReplayPages(db: Queryable, runId: string): Promise<void> {
  await endReplayedRequests(db, runId);
  await db.query('delete from replay_pages where run_id = $1', [runId]);
}
