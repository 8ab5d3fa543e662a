/** Looks for a text in every column of every table: the proof that something is not held any more. Reads all there is, so it is no part of daily work. */
import { escapeIdentifier } from 'pg';
import type { Queryable } from '../platform/database.ts';

export interface FoundText {
  /** E.g. `table mentions`. */
  readonly place: string;
  readonly count: number;
}

/** Tables (partitions by their parent) and materialised views that hold the text anywhere in a row, with how many rows. */
export async function findTextInTables(db: Queryable, text: string): Promise<FoundText[]> {
  const { rows: tables } = await db.query<{ name: string }>(
    `select relname as name from pg_class where relnamespace = 'public'::regnamespace and relkind in ('r', 'p', 'm') and not relispartition order by 1`,
  );
  const found: FoundText[] = [];
  for (const { name } of tables) {
    const { rows } = await db.query<{ count: number }>(
      `select count(*)::int as count from ${escapeIdentifier(name)} t where strpos(t::text, $1) > 0`,
      [text],
    );
    const count = rows[0]?.count ?? 0;
    if (count > 0) found.push({ place: `table ${name}`, count });
  }
  return found;
}
