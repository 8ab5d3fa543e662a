/** The search loader: entities whose change was noted are read from Postgres and written to the index, in bulk, with their versions. */
import type { Database, Queryable } from '../../src/platform/database.ts';
import { readSearchDocuments } from '../../src/repositories/search-documents.ts';
import { type Change, finishChanges, takeChanges } from '../../src/repositories/search-outbox.ts';
import type { Search, SearchIndex } from '../../src/search/search.ts';

const INDEX_OF: Readonly<Record<string, SearchIndex>> = {
  track: 'tracks',
  artist: 'artists',
  setlist: 'setlists',
  mention: 'mentions',
};

export interface Drained {
  /** Entities brought up to date, removals included. */
  readonly indexed: number;
  /** Changes that still wait. */
  readonly remaining: number;
}

/**
 * Brings up to `limit` changed entities up to date. The changes stay noted unless the index took them all, so a fault here loses nothing;
 * two drains at once take different changes.
 */
export async function drainSearchOutbox(db: Database, search: Search, limit: number): Promise<Drained> {
  return db.transaction(async (tx) => {
    const { changes, remaining } = await takeChanges(tx, limit);
    for (const [type, ofType] of Map.groupBy(changes, ({ entityType }) => entityType))
      await indexEntities(tx, search, type, ofType);
    await finishChanges(tx, changes);
    return { indexed: changes.length, remaining };
  });
}

async function indexEntities(tx: Queryable, search: Search, type: string, changes: readonly Change[]): Promise<void> {
  const index = INDEX_OF[type];
  if (index === undefined) throw new TypeError(`search_outbox names an entity of type "${type}", which has no index`);
  const ids = changes.map(({ entityId }) => entityId);
  const documents = await readSearchDocuments(tx, index, ids);
  const found = new Set(documents.map(({ id }) => id));
  const gone = ids.filter((id) => !found.has(id));
  if (documents.length > 0) await search.index(index, documents);
  if (gone.length > 0) await search.remove(index, gone);
}
