/** Which entities the search index must read again. One row an entity, however often it changes. */
import type { Queryable } from '../../src/platform/database.ts';
import { defineBatch, sortedBy } from './columns.ts';

export const SEARCHABLE = ['artist', 'mention', 'setlist', 'track'] as const;
export type Searchable = (typeof SEARCHABLE)[number];

const CHANGES = defineBatch<{ type: Searchable; id: string }>([
  ['entity_type', 'text', ({ type }) => type],
  ['entity_id', 'uuid', ({ id }) => id],
]);
const NOW = `$${CHANGES.names.split(',').length + 1}::timestamptz`;
const UPSERT_CHANGES = `insert into search_outbox (${CHANGES.names}, changed_at) select d.*, ${NOW} from ${CHANGES.source}
  on conflict (entity_type, entity_id) do update set changed_at = excluded.changed_at`;

/** Notes changed entities; an entity named twice is noted once. */
export async function markChanged(
  tx: Queryable,
  changed: Readonly<Record<Searchable, readonly string[]>>,
  now: Date,
): Promise<void> {
  const rows = SEARCHABLE.flatMap((type) => sortedBy(new Set(changed[type]), (id) => id).map((id) => ({ type, id })));
  if (rows.length === 0) return;
  await tx.query({
    name: 'load-search-outbox',
    text: UPSERT_CHANGES,
    values: [...CHANGES.values(rows), now] as unknown[],
  });
}
