/**
 * The Postgres loader: about 50 prepared items become entities, claims and search changes in the caller's transaction. Set-based throughout:
 * the number of statements does not depend on the number of rows. Loading an unchanged item again changes nothing but its state.
 *
 * Locks are taken in one order by all loaders (ISRC buckets, artists, labels, venues, events, known tracks, new tracks, sets, search outbox; rows by key
 * within each), so two of them may wait for each other but never deadlock.
 */
import type { Queryable } from '../../src/platform/database.ts';
import type { LoadedItem, LoadInput } from '../pipeline.ts';
import { type ClaimedIds, loadClaims } from './claims.ts';
import { gather } from './gather.ts';
import { loadMentions, type PostInput } from './mentions.ts';
import { loadNames, type NamedIds } from './named-entities.ts';
import { finishItems, loadQuality } from './raw-items.ts';
import { markChanged } from './search-outbox.ts';
import type { SetInput } from './setlist-rows.ts';
import { loadSetlists, setlistId } from './setlists.ts';
import { loadTracks } from './tracks.ts';

/**
 * Loads items whose raw rows the caller holds locked (`holdTransformed`), so that each is the newest version and nobody else loads it.
 * @param now time of decisions and of search changes
 */
export async function loadBatch(tx: Queryable, inputs: readonly LoadInput[], now: Date): Promise<LoadedItem[]> {
  if (inputs.length === 0) return [];
  const gathered = gather(inputs);
  const names = await loadNames(tx, gathered);
  const tracks = await loadTracks(tx, gathered.references, names, now);
  const items = inputs.map((input) => ({ ...input, ...ownEntity(input, names, tracks.ids) }));
  const sets = await loadSetlists(tx, items.flatMap(asSet), names, tracks.ids);
  const mentions = await loadMentions(tx, items.flatMap(asPost), tracks.ids);
  await loadClaims(tx, items);
  await loadQuality(tx, inputs);
  const loaded = items.map(loadedItem);
  await finishItems(tx, loaded);
  const changedTracks = [...tracks.changed, ...sets.replayed];
  await markChanged(
    tx,
    { artist: names.changedArtists, mention: mentions, setlist: sets.changed, track: changedTracks },
    now,
  );
  return loaded;
}

type Item = LoadInput & ClaimedIds;

function ownEntity({ raw, prepared }: LoadInput, names: NamedIds, trackIds: ReadonlyMap<string, string>): ClaimedIds {
  switch (prepared.kind) {
    case 'setlist':
      return { entityId: setlistId(raw), trackIds };
    case 'track':
      return { entityId: trackIds.get(prepared.track.normKey) ?? null, trackIds };
    case 'artist':
      return { entityId: names.artists.get(prepared.artist.normKey) ?? null, trackIds };
    case 'post':
      return { entityId: null, trackIds };
  }
}

function asSet({ raw, prepared, entityId }: Item): SetInput[] {
  return prepared.kind === 'setlist' && entityId !== null ? [{ id: entityId, raw, set: prepared }] : [];
}

function asPost({ raw, prepared }: Item): PostInput[] {
  return prepared.kind === 'post' ? [{ raw, post: prepared }] : [];
}

function loadedItem({ raw, prepared, entityId }: Item): LoadedItem {
  return { rawItemId: raw.id, entityId, eventDate: prepared.kind === 'setlist' ? prepared.eventDate : null };
}
