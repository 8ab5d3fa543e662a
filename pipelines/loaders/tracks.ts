/** Tracks, who is credited on them, and their ISRCs. */
import { nameKey } from '../../src/core/names.ts';
import type { Queryable } from '../../src/platform/database.ts';
import { type ResolvedTrack, resolveTracks } from '../resolve/tracks.ts';
import { type Batch, defineBatch, sortedBy } from './columns.ts';
import type { SeenReference } from './gather.ts';
import type { NamedIds } from './named-entities.ts';

export interface LoadedTracks {
  /** Track id of a reference's normalised key. */
  readonly ids: ReadonlyMap<string, string>;
  /** Tracks that are new or know more than before. */
  readonly changed: readonly string[];
}

/** A reference with the track it means. */
interface Meant {
  readonly reference: SeenReference;
  readonly track: ResolvedTrack;
  readonly labelId: string | null;
}

interface CreditRow {
  readonly trackId: string;
  readonly artistId: string;
  readonly role: string;
  readonly position: number;
}

interface CodeRow {
  readonly trackId: string;
  readonly isrc: string;
  readonly source: string;
}

const TRACKS = defineBatch<Meant & { artistId: string }>([
  ['id', 'uuid', ({ track }) => track.id],
  ['norm_key', 'text', ({ reference }) => reference.normKey],
  ['artist_id', 'uuid', ({ artistId }) => artistId],
  ['artist_text', 'text', ({ reference }) => reference.artistText],
  ['title', 'text', ({ reference }) => reference.title],
  ['mix_name', 'text', ({ reference }) => reference.mixName],
  ['label_id', 'uuid', ({ labelId }) => labelId],
  ['duration_ms', 'int', ({ reference }) => reference.durationMs],
  ['release_date', 'text', ({ reference }) => reference.releaseDate],
  ['created_date', 'date', ({ reference }) => reference.seenOn],
]);
/** A conflict means that another loader made the same track just now. */
const INSERT_TRACKS = `insert into tracks as old (${TRACKS.names}) select * from ${TRACKS.source}
  on conflict (norm_key) do update set label_id = coalesce(old.label_id, excluded.label_id), duration_ms = coalesce(old.duration_ms, excluded.duration_ms),
    release_date = coalesce(old.release_date, excluded.release_date), version = old.version + 1
  where (old.label_id is null and excluded.label_id is not null) or (old.duration_ms is null and excluded.duration_ms is not null)
    or (old.release_date is null and excluded.release_date is not null)`;

const FILLED = defineBatch<Meant>([
  ['id', 'uuid', ({ track }) => track.id],
  ['label_id', 'uuid', ({ labelId }) => labelId],
  ['duration_ms', 'int', ({ reference }) => reference.durationMs],
  ['release_date', 'text', ({ reference }) => reference.releaseDate],
]);
/** Rows are locked in the order of their keys before they are changed; see `sortedBy`. */
const FILL_TRACKS = `with d as materialized (select * from ${FILLED.source}),
  held as materialized (select t.id from tracks t where t.id in (select id from d) order by t.norm_key for no key update)
  update tracks t set label_id = coalesce(t.label_id, d.label_id), duration_ms = coalesce(t.duration_ms, d.duration_ms),
    release_date = coalesce(t.release_date, d.release_date), version = t.version + 1
  from held join d using (id) where t.id = held.id`;

const CREDITS = defineBatch<CreditRow>([
  ['track_id', 'uuid', ({ trackId }) => trackId],
  ['artist_id', 'uuid', ({ artistId }) => artistId],
  ['role', 'text', ({ role }) => role],
  ['position', 'smallint', ({ position }) => position],
]);
const CODES = defineBatch<CodeRow>([
  ['track_id', 'uuid', ({ trackId }) => trackId],
  ['isrc', 'text', ({ isrc }) => isrc],
  ['source', 'text', ({ source }) => source],
]);

/** Resolves the references of a batch and writes what they add: new tracks, filled gaps, credits, codes. */
export async function loadTracks(
  tx: Queryable,
  references: ReadonlyMap<string, SeenReference>,
  names: NamedIds,
  now: Date,
): Promise<LoadedTracks> {
  const resolved = await resolveTracks(tx, [...references.values()], now);
  const meant = [...resolved].flatMap(([key, track]) => meantBy(references.get(key), track, names));
  const known = [...new Set(meant.filter(({ track }) => track.known !== null).map(({ track }) => track.id))];
  const credits = await missingCredits(
    tx,
    known,
    meant.flatMap((each) => creditRows(each, names)),
  );
  const codes = await missingCodes(tx, known, meant.flatMap(codeRows));
  const made = meant.filter(({ track }) => track.known === null && track.isOwnKey);
  const grown = growing(meant, [...credits, ...codes]);
  await fillTracks(tx, grown);
  await insertTracks(tx, made, names);
  await insertRows(tx, 'track_artists', CREDITS, credits);
  await insertRows(tx, 'track_isrcs', CODES, codes);
  return {
    ids: new Map([...resolved].map(([key, { id }]) => [key, id])),
    changed: [...made, ...grown].map(({ track }) => track.id),
  };
}

function meantBy(reference: SeenReference | undefined, track: ResolvedTrack, { labels }: NamedIds): Meant[] {
  if (reference === undefined) return [];
  const labelId = reference.label === null ? null : (labels.get(nameKey(reference.label)) ?? null);
  return [{ reference, track, labelId }];
}

/** Credits of the track's own spelling only: an alias is another spelling of the same names. */
function creditRows({ reference, track }: Meant, { artists }: NamedIds): CreditRow[] {
  if (!track.isOwnKey) return [];
  const rows = new Map<string, CreditRow>();
  for (const [position, { normKey, role }] of reference.credits.entries()) {
    const artistId = artists.get(normKey);
    const key = `${artistId} ${role}`;
    if (artistId !== undefined && !rows.has(key)) rows.set(key, { trackId: track.id, artistId, role, position });
  }
  return [...rows.values()];
}

function codeRows({ reference, track }: Meant): CodeRow[] {
  return reference.isrcs.map((isrc) => ({ trackId: track.id, isrc, source: reference.source }));
}

async function missingCredits(
  tx: Queryable,
  known: readonly string[],
  rows: readonly CreditRow[],
): Promise<CreditRow[]> {
  const held = await readHeld(
    tx,
    'credits',
    `select track_id || ' ' || artist_id || ' ' || role as key from track_artists where track_id = any($1::uuid[])`,
    known,
  );
  return sortedBy(rows, creditKey).filter((row) => !held.has(creditKey(row)));
}

async function missingCodes(tx: Queryable, known: readonly string[], rows: readonly CodeRow[]): Promise<CodeRow[]> {
  if (rows.length === 0) return [];
  const held = await readHeld(
    tx,
    'codes',
    `select track_id || ' ' || isrc as key from track_isrcs where track_id = any($1::uuid[])`,
    known,
  );
  const byKey = new Map(rows.map((row) => [codeKey(row), row]));
  return sortedBy(byKey.values(), codeKey).filter((row) => !held.has(codeKey(row)));
}

async function readHeld(tx: Queryable, what: string, text: string, ids: readonly string[]): Promise<Set<string>> {
  if (ids.length === 0) return new Set();
  const { rows } = await tx.query<{ key: string }>({ name: `load-held-${what}`, text, values: [ids] });
  return new Set(rows.map(({ key }) => key));
}

function creditKey({ trackId, artistId, role }: CreditRow): string {
  return `${trackId} ${artistId} ${role}`;
}

function codeKey({ trackId, isrc }: CodeRow): string {
  return `${trackId} ${isrc}`;
}

/** Known tracks that this batch tells something new about, each once. */
function growing(meant: readonly Meant[], added: readonly { trackId: string }[]): Meant[] {
  const touched = new Set(added.map(({ trackId }) => trackId));
  const grown = new Map<string, Meant>();
  for (const each of meant) {
    const { known, id } = each.track;
    if (known === null) continue;
    const fills =
      (known.labelId === null && each.labelId !== null) ||
      (known.durationMs === null && each.reference.durationMs !== null) ||
      (known.releaseDate === null && each.reference.releaseDate !== null);
    if (fills || (touched.has(id) && !grown.has(id))) grown.set(id, each);
  }
  return [...grown.values()];
}

async function fillTracks(tx: Queryable, grown: readonly Meant[]): Promise<void> {
  if (grown.length > 0) await tx.query({ name: 'load-tracks-fill', text: FILL_TRACKS, values: FILLED.values(grown) });
}

async function insertTracks(tx: Queryable, made: readonly Meant[], { artists }: NamedIds): Promise<void> {
  const rows = made.flatMap((each) => {
    const primary = each.reference.credits.find(({ role }) => role === 'primary');
    const artistId = primary === undefined ? undefined : artists.get(primary.normKey);
    if (artistId === undefined)
      throw new TypeError(`track "${each.reference.normKey}" has no primary artist among its credits`);
    return [{ ...each, artistId }];
  });
  if (rows.length === 0) return;
  const values = TRACKS.values(sortedBy(rows, ({ reference }) => reference.normKey));
  await tx.query({ name: 'load-tracks', text: INSERT_TRACKS, values });
}

async function insertRows<Row>(tx: Queryable, table: string, batch: Batch<Row>, rows: readonly Row[]): Promise<void> {
  if (rows.length === 0) return;
  const text = `insert into ${table} (${batch.names}) select * from ${batch.source} on conflict do nothing`;
  await tx.query({ name: `load-${table}`, text, values: batch.values(rows) });
}
