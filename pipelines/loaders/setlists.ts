/** Sets, who played them, and their rows. A set's `version` is its raw item's: loading the same reading again changes nothing. */
import { entityId } from '../../src/core/uuid5.ts';
import type { Queryable } from '../../src/platform/database.ts';
import type { LoadInput, PreparedRow, PreparedSetlist } from '../pipeline.ts';
import { defineBatch, nested, nestedList, sortedBy } from './columns.ts';
import { dayOf } from './gather.ts';
import type { NamedIds } from './named-entities.ts';

type SetlistInput = LoadInput & { readonly prepared: PreparedSetlist };

interface SetlistRow {
  readonly id: string;
  readonly input: SetlistInput;
  readonly names: NamedIds;
}

interface PlayedRow {
  readonly id: string;
  readonly eventDate: string;
  readonly row: PreparedRow;
  readonly trackId: string | null;
}

interface PlayerRow {
  readonly id: string;
  readonly eventDate: string;
  readonly artistId: string;
  readonly position: number;
}

const SETLISTS = defineBatch<SetlistRow>([
  ['id', 'uuid', ({ id }) => id],
  ['event_date', 'date', ({ input }) => input.prepared.eventDate],
  ['date_precision', 'text', ({ input }) => input.prepared.datePrecision],
  ['source', 'text', ({ input }) => input.raw.source],
  ['external_id', 'text', ({ input }) => input.prepared.externalId],
  ['raw_item_id', 'bigint', ({ input }) => input.raw.id],
  ['title', 'text', ({ input }) => input.prepared.title],
  ['artist_text', 'text', ({ input }) => input.prepared.artistText],
  ['event_id', 'uuid', ({ input, names }) => idOf(names.events, input.prepared.event)],
  ['venue_id', 'uuid', ({ input, names }) => idOf(names.venues, input.prepared.venue)],
  ['tour', 'text', ({ input }) => input.prepared.tour],
  ['url', 'text', ({ input }) => input.prepared.url],
  ['source_version', 'text', ({ input }) => input.prepared.sourceVersion],
  ['track_count', 'int', ({ input }) => input.prepared.rows.length],
  ['identified_count', 'int', ({ input }) => input.prepared.rows.filter(({ isId }) => !isId).length],
  ['duration_seconds', 'int', ({ input }) => input.prepared.durationSeconds],
  ['is_live_pa', 'boolean', ({ input }) => input.prepared.isLivePa],
  ['detail', 'jsonb', ({ input }) => jsonOf(input.prepared.detail)],
  ['created_date', 'date', ({ input }) => dayOf(input.raw.observedAt)],
  ['version', 'bigint', ({ input }) => input.raw.version],
  ['genres', 'list', ({ input }) => nested(input.prepared.genres)],
]);
/** What a newer reading replaces: everything but the set's identity and the day it was first seen. */
const REPLACED =
  `date_precision raw_item_id title artist_text event_id venue_id tour url source_version track_count identified_count duration_seconds
  is_live_pa detail version genres`.split(/\s+/);
const UPSERT_SETLISTS = `insert into setlists as old (${SETLISTS.names})
  select ${SETLISTS.names.replace(/\bgenres\b/, nestedList('genres'))} from ${SETLISTS.source}
  on conflict (id, event_date) do update set ${REPLACED.map((name) => `${name} = excluded.${name}`).join(', ')}
  where old.version < excluded.version returning id`;

const PLAYED = defineBatch<PlayedRow>([
  ['setlist_id', 'uuid', ({ id }) => id],
  ['event_date', 'date', ({ eventDate }) => eventDate],
  ['position', 'int', ({ row }) => row.position],
  ['track_id', 'uuid', ({ trackId }) => trackId],
  ['number', 'text', ({ row }) => row.number],
  ['section', 'text', ({ row }) => row.section],
  ['cue_seconds', 'int', ({ row }) => row.cueSeconds],
  ['cue_granularity', 'text', ({ row }) => row.cueGranularity],
  ['artist', 'text', ({ row }) => row.artist],
  ['title', 'text', ({ row }) => row.title],
  ['mix_name', 'text', ({ row }) => row.mixName],
  ['is_id', 'boolean', ({ row }) => row.isId],
  ['id_kind', 'text', ({ row }) => row.idKind],
  ['with_previous', 'boolean', ({ row }) => row.withPrevious],
  ['parts', 'jsonb', ({ row }) => (row.parts.length === 0 ? null : JSON.stringify(row.parts.map(printedPart)))],
  ['detail', 'jsonb', ({ row }) => jsonOf(row.detail)],
]);
const INSERT_PLAYED = `insert into setlist_tracks (${PLAYED.names}) select * from ${PLAYED.source}`;

const PLAYERS = defineBatch<PlayerRow>([
  ['setlist_id', 'uuid', ({ id }) => id],
  ['event_date', 'date', ({ eventDate }) => eventDate],
  ['artist_id', 'uuid', ({ artistId }) => artistId],
  ['position', 'smallint', ({ position }) => position],
]);
const INSERT_PLAYERS = `insert into setlist_artists (${PLAYERS.names}) select * from ${PLAYERS.source}`;

/** Id of a set: from its source and the source's own id, so that no reading of its content can change it. */
export function setlistId({ raw }: LoadInput): string {
  return entityId('setlist', `${raw.source}:${raw.externalId}`);
}

/** Writes the sets of a batch that are new or newer. Returns their ids. @param trackIds track ids by normalised key */
export async function loadSetlists(
  tx: Queryable,
  inputs: readonly SetlistInput[],
  names: NamedIds,
  trackIds: ReadonlyMap<string, string>,
): Promise<string[]> {
  if (inputs.length === 0) return [];
  await removeMoved(tx, inputs);
  const rows = sortedBy(
    inputs.map((input) => ({ id: setlistId(input), input, names })),
    ({ id }) => id,
  );
  const written = await tx.query<{ id: string }>({
    name: 'load-setlists',
    text: UPSERT_SETLISTS,
    values: SETLISTS.values(rows),
  });
  const changed = new Set(written.rows.map(({ id }) => id));
  const telling = rows.filter(({ id }) => changed.has(id));
  await clearReloaded(tx, telling);
  await insertPlayed(tx, telling, trackIds);
  await insertPlayers(tx, telling);
  return [...changed];
}

/** A set whose date became known, or was corrected, leaves its old partition; its rows go with it. */
async function removeMoved(tx: Queryable, inputs: readonly SetlistInput[]): Promise<void> {
  const moved = inputs.filter(({ raw, prepared }) => raw.eventDate !== null && raw.eventDate !== prepared.eventDate);
  if (moved.length === 0) return;
  await tx.query(
    'delete from setlists s using unnest($1::uuid[], $2::date[]) as moved (id, event_date) where s.id = moved.id and s.event_date = moved.event_date',
    [moved.map(setlistId), moved.map(({ raw }) => raw.eventDate)],
  );
}

/** The rows of an earlier reading: some may have vanished, so all are written anew. */
async function clearReloaded(tx: Queryable, rows: readonly SetlistRow[]): Promise<void> {
  const reloaded = rows.filter(({ input }) => input.raw.eventDate !== null);
  if (reloaded.length === 0) return;
  const values = [reloaded.map(({ id }) => id), reloaded.map(({ input }) => input.prepared.eventDate)];
  for (const table of ['setlist_tracks', 'setlist_artists']) {
    const text = `delete from ${table} t using unnest($1::uuid[], $2::date[]) as gone (id, event_date) where t.setlist_id = gone.id and t.event_date = gone.event_date`;
    await tx.query(text, values);
  }
}

async function insertPlayed(
  tx: Queryable,
  rows: readonly SetlistRow[],
  trackIds: ReadonlyMap<string, string>,
): Promise<void> {
  const played = rows.flatMap(({ id, input }) =>
    input.prepared.rows.map((row) => ({
      id,
      eventDate: input.prepared.eventDate,
      row,
      trackId: row.track === null ? null : (trackIds.get(row.track.normKey) ?? null),
    })),
  );
  if (played.length > 0)
    await tx.query({ name: 'load-setlist-tracks', text: INSERT_PLAYED, values: PLAYED.values(played) });
}

async function insertPlayers(tx: Queryable, rows: readonly SetlistRow[]): Promise<void> {
  const players = rows.flatMap(({ id, input, names }) => {
    const ids = new Set(input.prepared.artists.flatMap(({ normKey }) => names.artists.get(normKey) ?? []));
    return [...ids].map((artistId, position) => ({ id, eventDate: input.prepared.eventDate, artistId, position }));
  });
  if (players.length > 0)
    await tx.query({ name: 'load-setlist-artists', text: INSERT_PLAYERS, values: PLAYERS.values(players) });
}

function printedPart({ artist, title, mixName }: PreparedRow['parts'][number]): Record<string, string | null> {
  return { artist, title, mixName };
}

function idOf(ids: ReadonlyMap<string, string>, named: { readonly normKey: string } | null): string | null {
  return named === null ? null : (ids.get(named.normKey) ?? null);
}

function jsonOf(detail: Readonly<Record<string, unknown>> | null): string | null {
  return detail === null ? null : JSON.stringify(detail);
}
