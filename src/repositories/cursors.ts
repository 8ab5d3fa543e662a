/** Cursors: how far a source's listings have been read. They move in the transaction of the data that they speak of, and never back. */
import type { Queryable } from '../platform/database.ts';

export interface CursorMove {
  readonly source: string;
  /** The source's own word for the listing. */
  readonly name: string;
  /** Everything before this moment was seen. */
  readonly reachedAt: Date;
}

/** How far each listing of a source has been read; none for one that was never read to its end. */
export async function readCursors(db: Queryable, source: string): Promise<ReadonlyMap<string, Date>> {
  const { rows } = await db.query<{ name: string; reachedAt: Date }>({
    name: 'cursors-read',
    text: 'select name, reached_at as "reachedAt" from cursors where source = $1',
    values: [source],
  });
  return new Map(rows.map(({ name, reachedAt }) => [name, reachedAt]));
}

/**
 * Moves cursors on by looks whose every page has landed (what the pages of this transaction lead to is on the frontier already). A look of which
 * a page failed moves nothing: the next one begins where it began. In key order, since two landings must not deadlock; never back.
 */
export async function moveCursors(tx: Queryable, moves: readonly CursorMove[]): Promise<void> {
  if (moves.length === 0) return;
  await tx.query({
    name: 'cursors-move',
    text: `insert into cursors as c (source, name, reached_at)
           select source, name, max(reached_at) from unnest($1::text[], $2::text[], $3::timestamptz[]) as m (source, name, reached_at)
           where not exists (
             select from frontier f where f.source = m.source and f.cursor = m.name and f.cursor_until = m.reached_at and f.state in ('due', 'leased', 'failed'))
           group by source, name order by source, name
           on conflict (source, name) do update set reached_at = excluded.reached_at, version = c.version + 1 where c.reached_at < excluded.reached_at`,
    values: [moves.map(({ source }) => source), moves.map(({ name }) => name), moves.map(({ reachedAt }) => reachedAt)],
  });
}
