/** Which posts must be asked about at their source, and which were not seen there for too long. Erased ones have nothing left to check. */
import type { Queryable } from '../platform/database.ts';

/** Posts not seen at their source since a moment, in an order that stays: those asked for together are so again. */
export async function findPostsToCheck(
  db: Queryable,
  { source, seenBefore, limit }: { source: string; seenBefore: Date; limit: number },
): Promise<string[]> {
  const { rows } = await db.query<{ externalId: string }>({
    name: 'post-checks-find',
    text: `select external_id as "externalId" from (
             select id, external_id from raw_items where source = $1 and kind = 'post' and state <> 'erased' and observed_at < $2
             order by observed_at limit $3) oldest order by id`,
    values: [source, seenBefore, limit],
  });
  return rows.map(({ externalId }) => externalId);
}

/** Requests of a kind that are due and not answered yet. */
export async function countWaiting(db: Queryable, source: string, kind: string, now: Date): Promise<number> {
  const { rows } = await db.query<{ count: number }>(
    `select count(*)::int as count from frontier where source = $1 and kind = $2 and (state = 'leased' or (state = 'due' and due_at <= $3))`,
    [source, kind, now],
  );
  return rows[0]?.count ?? 0;
}

/** Answered requests of a kind leave the frontier: each names other posts, so they would pile up. Returns how many. */
export async function forgetAnswered(db: Queryable, source: string, kind: string, before: Date): Promise<number> {
  const { rowCount } = await db.query(
    `delete from frontier where source = $1 and kind = $2 and state in ('done', 'gone', 'failed') and coalesce(last_fetched_at, due_at) < $3`,
    [source, kind, before],
  );
  return rowCount ?? 0;
}
