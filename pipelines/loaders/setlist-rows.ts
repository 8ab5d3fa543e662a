/** Rows of sets: the bulk of everything that is loaded. */
import type { Queryable } from '../../src/platform/database.ts';
import type { LoadInput, PreparedRow, PreparedSetlist } from '../pipeline.ts';
import { defineBatch, sortedBy } from './columns.ts';

/** A prepared set with its id. */
export interface SetInput {
  readonly id: string;
  readonly raw: LoadInput['raw'];
  readonly set: PreparedSetlist;
}

interface SetRow {
  readonly setlistId: string;
  readonly eventDate: string;
  readonly row: PreparedRow;
  readonly trackId: string | null;
  /** JSON text. */
  readonly parts: string | null;
}

const ROWS = defineBatch<SetRow>([
  ['setlist_id', 'uuid', ({ setlistId }) => setlistId],
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
  ['is_id', 'bool', ({ row }) => row.isId],
  ['id_kind', 'text', ({ row }) => row.idKind],
  ['with_previous', 'bool', ({ row }) => row.withPrevious],
  ['parts', 'jsonb', ({ parts }) => parts],
  ['detail', 'jsonb', ({ row }) => (row.detail === null ? null : JSON.stringify(row.detail))],
]);
const CHANGEABLE = [
  ...[
    'track_id',
    'number',
    'section',
    'cue_seconds',
    'cue_granularity',
    'artist',
    'title',
    'mix_name',
    'is_id',
    'id_kind',
  ],
  ...['with_previous', 'parts', 'detail'],
];
const UPSERT_ROWS = `with written as (
    insert into setlist_tracks as old (${ROWS.names}) select * from ${ROWS.source}
    on conflict (setlist_id, event_date, position) do update set (${CHANGEABLE.join(', ')}) = (${columnsOf('excluded')})
    where (${columnsOf('old')}) is distinct from (${columnsOf('excluded')}) returning setlist_id)
  select distinct setlist_id as id from written`;

const LENGTHS = defineBatch<SetInput>([
  ['id', 'uuid', ({ id }) => id],
  ['event_date', 'date', ({ set }) => set.eventDate],
  ['length', 'int', ({ set }) => set.rows.length],
]);

/**
 * Writes the rows of sets.
 * @param stayed the sets among them that had rows before: what lies behind their last row now is removed
 * @returns ids of the sets whose rows changed
 */
export async function loadRows(
  tx: Queryable,
  sets: readonly SetInput[],
  trackIds: ReadonlyMap<string, string>,
  stayed: readonly SetInput[],
): Promise<Set<string>> {
  const changed = new Set(await removeVanished(tx, stayed));
  const rows = sortedBy(sets, ({ id }) => id).flatMap((input) => rowsOf(input, trackIds));
  if (rows.length === 0) return changed;
  const written = await tx.query<{ id: string }>({
    name: 'load-setlist-tracks',
    text: UPSERT_ROWS,
    values: ROWS.values(rows),
  });
  for (const { id } of written.rows) changed.add(id);
  return changed;
}

/** Ids of the tracks that stand in a set's rows. */
export function trackIdsOf({ rows }: PreparedSetlist, trackIds: ReadonlyMap<string, string>): string[] {
  return rows.flatMap(({ track }) => (track === null ? [] : (trackIds.get(track.normKey) ?? [])));
}

function rowsOf({ id, set }: SetInput, trackIds: ReadonlyMap<string, string>): SetRow[] {
  return set.rows.map((row) => ({
    setlistId: id,
    eventDate: set.eventDate,
    row,
    trackId: row.track === null ? null : (trackIds.get(row.track.normKey) ?? null),
    parts: row.parts.length === 0 ? null : JSON.stringify(row.parts.map((part) => shownPart(part, trackIds))),
  }));
}

function shownPart(
  { artist, title, mixName, track }: PreparedRow['parts'][number],
  trackIds: ReadonlyMap<string, string>,
): Record<string, string | null> {
  return { artist, title, mixName, trackId: track === null ? null : (trackIds.get(track.normKey) ?? null) };
}

/** Positions count without gaps, so what vanished lies behind the last one. */
async function removeVanished(tx: Queryable, stayed: readonly SetInput[]): Promise<string[]> {
  if (stayed.length === 0) return [];
  const { rows } = await tx.query<{ id: string }>({
    name: 'load-setlist-tracks-gone',
    text: `delete from setlist_tracks t using ${LENGTHS.source}
           where t.setlist_id = d.id and t.event_date = d.event_date and t.position > d.length returning t.setlist_id as id`,
    values: LENGTHS.values(stayed),
  });
  return rows.map(({ id }) => id);
}

function columnsOf(relation: string): string {
  return CHANGEABLE.map((name) => `${relation}.${name}`).join(', ');
}
