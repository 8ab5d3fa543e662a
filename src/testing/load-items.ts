/** Brings items into the catalogue as the jobs do (landing, pure stages, loader, JSON in between), without queues: for tests of what the loader does. */
import { createHash } from 'node:crypto';
import { loadBatch } from '../../pipelines/loaders/postgres.ts';
import type { LoadedItem, Prepared } from '../../pipelines/pipeline.ts';
import { prepare } from '../../pipelines/registry.ts';
import { externalIdOf, type Item } from '../core/items.ts';
import type { Database } from '../platform/database.ts';
import { landPages } from '../repositories/landing.ts';
import { holdLanded, holdTransformed, storePrepared } from '../repositories/raw-items.ts';
import { storableJson, storableKey } from '../repositories/storable.ts';

export const OBSERVED = new Date('2026-11-19T08:00:00.000Z');
export const LOADED = new Date('2026-11-20T12:00:00.000Z');

/** What a load may write. `raw_items` and `items` belong to the jobs around it. */
export const CATALOGUE = [
  ...['artists', 'labels', 'venues', 'events', 'tracks', 'track_artists', 'track_isrcs', 'setlists', 'setlist_artists'],
  ...['setlist_tracks', 'mentions', 'claims', 'quality_scores', 'match_decisions'],
] as const;

/** Digest of the document that `loadItems` makes of an item. */
export function documentDigest(item: Item): Buffer {
  return createHash('sha256').update(JSON.stringify(item)).digest();
}

/** Lands each item as a page of its own, runs the stages and loads all in one batch. Items that did not change are loaded again. */
export async function loadItems(db: Database, items: readonly Item[], at: Date = OBSERVED): Promise<LoadedItem[]> {
  return loadStored(db, await storeItems(db, items, at));
}

/** Everything before the load; returns the raw item's id of each item, in their order. Throws when a stage refuses one. */
export async function storeItems(db: Database, items: readonly Item[], at: Date = OBSERVED): Promise<number[]> {
  return db.transaction(async (tx) => {
    await landPages(
      tx,
      items.map((item) => pageOf(item, at)),
      () => true,
      at,
    );
    const ids: number[] = [];
    for (const item of items) {
      const { rows } = await tx.query<{ id: number }>(
        `update raw_items set state = 'landed' where source = $1 and kind = $2 and external_id = $3 returning id`,
        [item.source, item.kind, storableKey(externalIdOf(item))],
      );
      ids.push(...rows.map(({ id }) => id));
    }
    const stored = (await holdLanded(tx, ids)).map((raw) => {
      const outcome = prepare(raw);
      if (!outcome.ok) throw new Error(`${raw.externalId}: ${outcome.refusal.reason}: ${outcome.refusal.message}`);
      return { id: raw.id, version: raw.version, body: storableJson(outcome.value) };
    });
    await storePrepared(tx, stored);
    return ids;
  });
}

/** Loads stored items in one batch, in the order given. */
export async function loadStored(db: Database, ids: readonly number[]): Promise<LoadedItem[]> {
  return db.transaction(async (tx) => {
    const held = await holdTransformed<Prepared>(tx, ids);
    const inputs = held.map(({ prepared, ...raw }) => ({ raw, prepared }));
    return loadBatch(
      tx,
      inputs.sort((a, b) => ids.indexOf(a.raw.id) - ids.indexOf(b.raw.id)),
      LOADED,
    );
  });
}

/** One text per table that any change of any row changes. */
export async function tableDigests(
  db: Database,
  tables: readonly string[] = CATALOGUE,
): Promise<Record<string, string>> {
  const digests: Record<string, string> = {};
  for (const table of tables) {
    const { rows } = await db.query<{ digest: string }>(
      `select count(*) || ' ' || coalesce(md5(string_agg(t::text, E'\\n' order by t::text collate "C")), '') as digest from ${table} t`,
    );
    digests[table] = rows[0]?.digest ?? '';
  }
  return digests;
}

/** Empties everything that landing and loading fill. Deletes: TRUNCATE takes a third of a second for the partitions. */
export async function emptyCatalogue(db: Database): Promise<void> {
  const tables = [
    'setlists',
    'quarantine',
    'raw_items',
    'fetches',
    'documents',
    'frontier',
    'search_outbox',
    'search_documents',
    'match_decisions',
  ];
  const entities = ['entity_redirects', 'tracks', 'artists', 'labels', 'venues', 'events'];
  await db.query([...tables, ...entities].map((table) => `delete from ${table}`).join('; '));
}

function pageOf(item: Item, at: Date) {
  return {
    source: item.source,
    via: 'sandbox' as const,
    url: null,
    finalUrl: null,
    kind: null,
    status: 200,
    contentType: null,
    exchange: null,
    remoteAddress: null,
    durationMs: null,
    fetchedAt: at,
    runId: null,
    document: {
      digest: documentDigest(item),
      sizeBytes: 1,
      storedBytes: 1,
      contentEncoding: null,
      storeAgain: async () => undefined,
    },
    items: [item],
    judgement: { verdict: 'ok' as const, reason: null },
    measures: null,
    problems: [],
    requests: [],
    lease: null,
  };
}
