/**
 * The Postgres loader: a batch of about 50 prepared items becomes entities, claims and search changes in the caller's transaction, by a
 * constant number of prepared statements. Rows go in the order of their keys, so that two loaders wait for each other and never deadlock.
 */

import { nameKey } from '../../src/core/names.ts';
import { entityId } from '../../src/core/uuid5.ts';
import type { Queryable } from '../../src/platform/database.ts';
import type { LoadedItem, LoadInput, Prepared } from '../pipeline.ts';
import { type LoadedInput, loadClaims } from './claims.ts';
import { defineBatch, sortedBy } from './columns.ts';
import { gather } from './gather.ts';
import { loadMentions } from './mentions.ts';
import { loadNames, type NamedIds } from './named-entities.ts';
import { loadSetlists, setlistId } from './setlists.ts';
import { loadTracks } from './tracks.ts';

const DONE = defineBatch<{ raw: LoadInput['raw']; prepared: Prepared; entityId: string | null }>([
  ['id', 'bigint', ({ raw }) => raw.id],
  ['entity_id', 'uuid', (done) => done.entityId],
  ['event_date', 'date', ({ prepared }) => (prepared.kind === 'setlist' ? prepared.eventDate : null)],
  ['score', 'real', ({ prepared }) => prepared.quality.score],
  ['reasons', 'jsonb', ({ prepared }) => JSON.stringify(prepared.quality.reasons)],
]);
const MARK_LOADED = `with d as materialized (select * from ${DONE.source}),
  done as (update raw_items r set state = 'loaded', entity_id = d.entity_id, event_date = d.event_date from d where r.id = d.id),
  gone as (delete from items i using d where i.raw_item_id = d.id)
  insert into quality_scores (raw_item_id, score, reasons) select id, score, reasons from d
  on conflict (raw_item_id) do update set score = excluded.score, reasons = excluded.reasons`;

const CHANGES = defineBatch<{ type: string; id: string; at: string }>([
  ['entity_type', 'text', ({ type }) => type],
  ['entity_id', 'uuid', ({ id }) => id],
  ['changed_at', 'timestamptz', ({ at }) => at],
]);
const NOTE_CHANGES = `insert into search_outbox (${CHANGES.names}) select * from ${CHANGES.source}
  on conflict (entity_type, entity_id) do update set changed_at = excluded.changed_at`;

/** Loads a batch. Throws what Postgres refuses; then nothing of the batch is kept. @param now time of decisions and changes */
export async function loadBatch(tx: Queryable, inputs: readonly LoadInput[], now: Date): Promise<LoadedItem[]> {
  const gathered = gather(inputs, nameKey);
  const names = await loadNames(tx, gathered);
  const tracks = await loadTracks(tx, gathered.references, names, now);
  const setlists = await loadSetlists(tx, inputs.filter(isOf('setlist')), names, tracks.ids);
  const mentions = await loadMentions(tx, inputs.filter(isOf('post')), tracks.ids);
  const loaded = inputs.map((input) => ({ input, entityId: entityOf(input, names, tracks.ids) }));
  await loadClaims(tx, loaded, tracks.ids);
  await noteChanges(
    tx,
    { artist: names.changedArtists, track: tracks.changed, setlist: setlists, mention: mentions },
    now,
  );
  await markLoaded(tx, loaded);
  return loaded.map(({ input: { raw, prepared }, entityId: id }) => ({
    rawItemId: raw.id,
    entityId: id,
    eventDate: prepared.kind === 'setlist' ? prepared.eventDate : null,
  }));
}

function isOf<Kind extends Prepared['kind']>(kind: Kind) {
  return (input: LoadInput): input is LoadInput & { prepared: Extract<Prepared, { kind: Kind }> } =>
    input.prepared.kind === kind;
}

/** The entity an item is about; a post is about none, its mentions are. */
function entityOf(input: LoadInput, { artists }: NamedIds, trackIds: ReadonlyMap<string, string>): string | null {
  const { prepared } = input;
  switch (prepared.kind) {
    case 'setlist':
      return setlistId(input);
    case 'track':
      return trackIds.get(prepared.track.normKey) ?? null;
    case 'artist':
      return artists.get(prepared.artist.normKey) ?? entityId('artist', prepared.artist.normKey);
    case 'post':
      return null;
  }
}

async function noteChanges(tx: Queryable, changed: Record<string, readonly string[]>, now: Date): Promise<void> {
  const at = now.toISOString();
  const rows = Object.entries(changed).flatMap(([type, ids]) => [...new Set(ids)].map((id) => ({ type, id, at })));
  if (rows.length === 0) return;
  const sorted = sortedBy(rows, ({ type, id }) => `${type} ${id}`);
  await tx.query({ name: 'load-search-outbox', text: NOTE_CHANGES, values: CHANGES.values(sorted) });
}

async function markLoaded(tx: Queryable, loaded: readonly LoadedInput[]): Promise<void> {
  const rows = loaded.map(({ input, entityId: id }) => ({ ...input, entityId: id }));
  await tx.query({
    name: 'load-mark-loaded',
    text: MARK_LOADED,
    values: DONE.values(sortedBy(rows, ({ raw }) => String(raw.id).padStart(16, '0'))),
  });
}
