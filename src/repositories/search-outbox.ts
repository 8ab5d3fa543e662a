/** Entities whose search document is out of date, noted in the transaction that changed them. */
import type { Queryable } from '../platform/database.ts';

export interface Change {
  readonly entityType: string;
  readonly entityId: string;
}

/** Takes changes in the order of their key (by age, every take would sort all that wait); other drains skip them until `tx` ends. `remaining` counts what still waits, up to ten thousand. */
export async function takeChanges(tx: Queryable, limit: number): Promise<{ changes: Change[]; remaining: number }> {
  const { rows: changes } = await tx.query<Change>({
    name: 'search-outbox-take',
    text: `select entity_type as "entityType", entity_id as "entityId" from search_outbox order by entity_type, entity_id limit $1 for update skip locked`,
    values: [limit],
  });
  if (changes.length < limit) return { changes, remaining: 0 };
  const { rows } = await tx.query<{ count: number }>(
    'select count(*)::int as count from (select 1 from search_outbox limit 10000) waiting',
  );
  return { changes, remaining: Math.max(0, (rows[0]?.count ?? 0) - changes.length) };
}

export async function finishChanges(tx: Queryable, changes: readonly Change[]): Promise<void> {
  if (changes.length === 0) return;
  await tx.query({
    name: 'search-outbox-finish',
    text: 'delete from search_outbox s using unnest($1::text[], $2::uuid[]) as done (entity_type, entity_id) where s.entity_type = done.entity_type and s.entity_id = done.entity_id',
    values: [changes.map(({ entityType }) => entityType), changes.map(({ entityId }) => entityId)],
  });
}
