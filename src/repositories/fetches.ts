/** The record of requests made: append-only. */
import type { Verdict } from '../core/verdicts.ts';
import type { Queryable } from '../platform/database.ts';
import { storableText } from './storable.ts';

export interface FailedFetch {
  readonly source: string;
  readonly via: string;
  readonly url: string;
  readonly kind: string;
  readonly verdict: Verdict;
  readonly problem: string;
  readonly runId: string | null;
  readonly fetchedAt: Date;
}

/** A request that gave no page: it was made all the same. */
export async function recordFailedFetch(db: Queryable, failed: FailedFetch): Promise<void> {
  const { source, via, url, kind, verdict, problem, runId, fetchedAt } = failed;
  await db.query({
    name: 'fetches-record-failed',
    text: `insert into fetches (source, via, url, kind, outcome, problem, run_id, fetched_at) values ($1, $2, $3, $4, $5, $6, $7, $8)`,
    values: [source, via, storableText(url), kind, verdict, storableText(problem.slice(0, 1_000)), runId, fetchedAt],
  });
}

/** What the requests of one run were answered with: how many of each verdict. */
export async function countAnswers(
  db: Queryable,
  { source, runId }: { source: string; runId: string },
): Promise<Partial<Record<Verdict, number>>> {
  const { rows } = await db.query<{ outcome: Verdict; count: number }>(
    `select outcome, count(*)::int as count from fetches where source = $1 and run_id = $2 group by outcome order by count desc, outcome`,
    [source, runId],
  );
  return Object.fromEntries(rows.map(({ outcome, count }) => [outcome, count]));
}
