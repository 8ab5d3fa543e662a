/** The record of requests made: append-only. */
import type { Queryable } from '../platform/database.ts';

/** Live requests of a source since a moment: what its quota has been spent on. */
export async function countFetchesSince(db: Queryable, source: string, since: Date): Promise<number> {
  const { rows } = await db.query<{ count: number }>({
    name: 'fetches-count-since',
    text: `select count(*)::int as count from fetches where source = $1 and via = 'live' and fetched_at >= $2`,
    values: [source, since],
  });
  return rows[0]?.count ?? 0;
}
