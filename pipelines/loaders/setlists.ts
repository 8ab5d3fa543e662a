/** Sets: their head, who played them, their rows. A set that is loaded again changes only where it says something else. */
import { entityId } from '../../src/core/uuid5.ts';
import type { Queryable } from '../../src/platform/database.ts';
import type { LoadInput } from '../pipeline.ts';
import { defineBatch, nested, nestedList, sortedBy } from './columns.ts';
import { dayOf } from './gather.ts';
import type { NamedIds } from './named-entities.ts';
import { loadRows, type SetInput, trackIdsOf } from './setlist-rows.ts';

export interface LoadedSets {
  /** Sets that are new or say something else than before. */
  readonly changed: readonly string[];
  /** Tracks that are played more or less often than before. */
  readonly replayed: readonly string[];
}

/** A set as an earlier load left it. */
interface Prior {
  readonly id: string;
  readonly eventDate: string;
  readonly version: number;
  readonly createdDate: string;
  readonly trackIds: readonly string[];
}

interface HeadRow extends SetInput {
  readonly eventId: string | null;
  readonly venueId: string | null;
  readonly prior: Prior | undefined;
}

interface PerformerRow {
  readonly setlistId: string;
  readonly eventDate: string;
  readonly artistId: string;
  readonly position: number;
}

const HEADS = defineBatch<HeadRow>([
  ['id', 'uuid', ({ id }) => id],
  ['event_date', 'date', ({ set }) => set.eventDate],
  ['date_precision', 'text', ({ set }) => set.datePrecision],
  ['source', 'text', ({ raw }) => raw.source],
  ['external_id', 'text', ({ raw }) => raw.externalId],
  ['raw_item_id', 'bigint', ({ raw }) => raw.id],
  ['title', 'text', ({ set }) => set.title],
  ['artist_text', 'text', ({ set }) => set.artistText],
  ['event_id', 'uuid', ({ eventId }) => eventId],
  ['venue_id', 'uuid', ({ venueId }) => venueId],
  ['tour', 'text', ({ set }) => set.tour],
  ['url', 'text', ({ set }) => set.url],
  ['source_version', 'text', ({ set }) => set.sourceVersion],
  ['track_count', 'int', ({ set }) => set.rows.length],
  ['identified_count', 'int', ({ set }) => set.rows.filter(({ isId }) => !isId).length],
  ['duration_seconds', 'int', ({ set }) => set.durationSeconds],
  ['is_live_pa', 'bool', ({ set }) => set.isLivePa],
  ['genres', 'list', ({ set }) => nested(set.genres)],
  ['detail', 'jsonb', ({ set }) => (set.detail === null ? null : JSON.stringify(set.detail))],
  ['created_date', 'date', ({ raw, prior }) => prior?.createdDate ?? dayOf(raw.observedAt)],
  // Never behind the raw item's: a set that comes back after its removal must be newer than what search remembers.
  ['version', 'bigint', ({ raw, prior }) => Math.max((prior?.version ?? 0) + 1, raw.version)],
]);
/** What a later reading may change; the rest is the set's identity and history. */
const CHANGEABLE = `date_precision, raw_item_id, title, artist_text, event_id, venue_id, tour, url, source_version, track_count, identified_count,
  duration_seconds, is_live_pa, genres, detail`;
const UPSERT_HEADS = `insert into setlists as old (${HEADS.names})
  select ${HEADS.names.replace(/\bgenres\b/, nestedList('genres'))} from ${HEADS.source}
  on conflict (id, event_date) do update set (${CHANGEABLE}, version) = (${excluded(CHANGEABLE)}, greatest(old.version + 1, excluded.version))
  where (${columnsOf('old', CHANGEABLE)}) is distinct from (${excluded(CHANGEABLE)}) returning id`;

const PERFORMERS = defineBatch<PerformerRow>([
  ['setlist_id', 'uuid', ({ setlistId }) => setlistId],
  ['event_date', 'date', ({ eventDate }) => eventDate],
  ['artist_id', 'uuid', ({ artistId }) => artistId],
  ['position', 'smallint', ({ position }) => position],
]);
const UPSERT_PERFORMERS = `insert into setlist_artists as old (${PERFORMERS.names}) select * from ${PERFORMERS.source}
  on conflict (setlist_id, event_date, artist_id) do update set position = excluded.position
  where old.position <> excluded.position returning setlist_id as id`;
const SET_KEYS = defineBatch<{ id: string; eventDate: string }>([
  ['id', 'uuid', ({ id }) => id],
  ['event_date', 'date', ({ eventDate }) => eventDate],
]);

/** Id of a set: of the page that says it. */
export function setlistId(raw: LoadInput['raw']): string {
  return entityId('setlist', `${raw.source}:${raw.externalId}`);
}

/** @param trackIds track id of a reference's key */
export async function loadSetlists(
  tx: Queryable,
  sets: readonly SetInput[],
  names: NamedIds,
  trackIds: ReadonlyMap<string, string>,
): Promise<LoadedSets> {
  if (sets.length === 0) return { changed: [], replayed: [] };
  const priors = await readPriors(tx, sets);
  await removeMoved(tx, sets, priors);
  const written = await writeHeads(tx, sets, names, priors);
  const performers = await writePerformers(tx, sets, names, priors);
  const rows = await loadRows(tx, sets, trackIds, stayedSets(sets, priors));
  const grown = [...new Set([...performers, ...rows])].filter((id) => !written.has(id));
  await raiseVersions(tx, sets, grown);
  const changed = [...written, ...grown];
  return { changed, replayed: replayedTracks(sets, new Set(changed), priors, trackIds) };
}

async function readPriors(tx: Queryable, sets: readonly SetInput[]): Promise<Map<string, Prior>> {
  const loaded = sets.flatMap(({ id, raw }) => (raw.eventDate === null ? [] : [{ id, eventDate: raw.eventDate }]));
  if (loaded.length === 0) return new Map();
  const { rows } = await tx.query<Record<string, unknown> & Prior>({
    name: 'load-setlists-prior',
    text: `select s.id, s.event_date as "eventDate", s.version, s.created_date as "createdDate",
             coalesce((select array_agg(distinct st.track_id::text) from setlist_tracks st
                       where st.setlist_id = s.id and st.event_date = s.event_date and st.track_id is not null), '{}') as "trackIds"
           from ${SET_KEYS.source} join setlists s on s.id = d.id and s.event_date = d.event_date`,
    values: SET_KEYS.values(loaded),
  });
  return new Map(rows.map((prior) => [prior.id, prior]));
}

/** A set whose date changed lives in another partition now: its old rows go (with all that hangs on them), its version goes on. */
async function removeMoved(
  tx: Queryable,
  sets: readonly SetInput[],
  priors: ReadonlyMap<string, Prior>,
): Promise<void> {
  const moved = sets.flatMap(({ id, set }) => {
    const prior = priors.get(id);
    return prior === undefined || prior.eventDate === set.eventDate ? [] : [prior];
  });
  if (moved.length === 0) return;
  await tx.query({
    name: 'load-setlists-moved',
    text: `delete from setlists s using ${SET_KEYS.source} where s.id = d.id and s.event_date = d.event_date`,
    values: SET_KEYS.values(moved),
  });
}

async function writeHeads(
  tx: Queryable,
  sets: readonly SetInput[],
  { events, venues }: NamedIds,
  priors: ReadonlyMap<string, Prior>,
): Promise<Set<string>> {
  const heads = sets.map((input) => {
    const { event, venue } = input.set;
    return {
      ...input,
      eventId: event === null ? null : (events.get(event.normKey) ?? null),
      venueId: venue === null ? null : (venues.get(venue.normKey) ?? null),
      prior: priors.get(input.id),
    };
  });
  const values = HEADS.values(sortedBy(heads, ({ id }) => id));
  const { rows } = await tx.query<{ id: string }>({ name: 'load-setlists', text: UPSERT_HEADS, values });
  return new Set(rows.map(({ id }) => id));
}

/** @returns sets whose performers changed */
async function writePerformers(
  tx: Queryable,
  sets: readonly SetInput[],
  { artists }: NamedIds,
  priors: ReadonlyMap<string, Prior>,
): Promise<string[]> {
  const rows = sets.flatMap((input) => performersOf(input, artists));
  const vanished = await removeVanishedPerformers(tx, stayedSets(sets, priors), rows);
  if (rows.length === 0) return vanished;
  const values = PERFORMERS.values(sortedBy(rows, ({ setlistId: id, artistId }) => `${id} ${artistId}`));
  const written = await tx.query<{ id: string }>({ name: 'load-setlist-artists', text: UPSERT_PERFORMERS, values });
  return [...vanished, ...written.rows.map(({ id }) => id)];
}

/** Two names may be one artist after a merge. */
function performersOf({ id, set }: SetInput, artists: NamedIds['artists']): PerformerRow[] {
  const rows = new Map<string, PerformerRow>();
  for (const [position, { normKey }] of set.artists.entries()) {
    const artistId = artists.get(normKey);
    if (artistId === undefined || rows.has(artistId)) continue;
    rows.set(artistId, { setlistId: id, eventDate: set.eventDate, artistId, position });
  }
  return [...rows.values()];
}

async function removeVanishedPerformers(
  tx: Queryable,
  stayed: readonly SetInput[],
  rows: readonly PerformerRow[],
): Promise<string[]> {
  if (stayed.length === 0) return [];
  const held = await tx.query<{ setlistId: string; artistId: string }>({
    name: 'load-setlist-artists-held',
    text: `select a.setlist_id as "setlistId", a.artist_id as "artistId" from ${SET_KEYS.source}
           join setlist_artists a on a.setlist_id = d.id and a.event_date = d.event_date`,
    values: SET_KEYS.values(stayed.map(({ id, set }) => ({ id, eventDate: set.eventDate }))),
  });
  const named = new Set(rows.map(({ setlistId: id, artistId }) => `${id} ${artistId}`));
  const gone = held.rows.filter(({ setlistId: id, artistId }) => !named.has(`${id} ${artistId}`));
  if (gone.length === 0) return [];
  await tx.query({
    name: 'load-setlist-artists-gone',
    text: 'delete from setlist_artists a using unnest($1::uuid[], $2::uuid[]) d (id, artist_id) where a.setlist_id = d.id and a.artist_id = d.artist_id',
    values: [gone.map((row) => row.setlistId), gone.map((row) => row.artistId)],
  });
  return gone.map((row) => row.setlistId);
}

/** Sets that were loaded before and stand in the same partition: rows of theirs may have vanished. */
function stayedSets(sets: readonly SetInput[], priors: ReadonlyMap<string, Prior>): SetInput[] {
  return sets.filter(({ id, set }) => priors.get(id)?.eventDate === set.eventDate);
}

/** A set is another version when its rows are, even where its head says the same. */
async function raiseVersions(tx: Queryable, sets: readonly SetInput[], ids: readonly string[]): Promise<void> {
  if (ids.length === 0) return;
  const raised = new Set(ids);
  await tx.query({
    name: 'load-setlists-raise',
    text: `update setlists s set version = s.version + 1 from ${SET_KEYS.source} where s.id = d.id and s.event_date = d.event_date`,
    values: SET_KEYS.values(
      sets.filter(({ id }) => raised.has(id)).map(({ id, set }) => ({ id, eventDate: set.eventDate })),
    ),
  });
}

function replayedTracks(
  sets: readonly SetInput[],
  changed: ReadonlySet<string>,
  priors: ReadonlyMap<string, Prior>,
  trackIds: ReadonlyMap<string, string>,
): string[] {
  const replayed = new Set<string>();
  for (const input of sets) {
    if (!changed.has(input.id)) continue;
    for (const id of priors.get(input.id)?.trackIds ?? []) replayed.add(id);
    for (const id of trackIdsOf(input.set, trackIds)) replayed.add(id);
  }
  return [...replayed];
}

function columnsOf(relation: string, names: string): string {
  return names
    .split(/,\s*/)
    .map((name) => `${relation}.${name}`)
    .join(', ');
}

function excluded(names: string): string {
  return columnsOf('excluded', names);
}
