/** One track, artist or set with everything that is known of it, and which page said so. */
import type { Queryable } from '../platform/database.ts';
import {
  ARTIST_COLUMNS,
  type ArtistSummary,
  SETLIST_COLUMNS,
  SETLIST_DATE,
  SETLIST_TABLES,
  type SetlistSummary,
  TRACK_COLUMNS,
  type TrackSummary,
} from './catalogue.ts';

/** Longest part of an entry (plays, claims…): enough to read; the lists have the rest, page by page. */
const MOST = 200;

export type EntityType = 'track' | 'artist' | 'setlist';

/** One page said these fields of the entity. */
export interface ClaimEntry {
  source: string;
  /** Kind and id of the item at its source. */
  kind: string;
  externalId: string;
  /** Page a person can open. */
  url: string | null;
  /** Whether the document is the sandbox's: there is no such page. */
  invented: boolean;
  /** SHA-256 of the archived document, hex. */
  documentDigest: string;
  /** Row of the item the claim was read from, 0 for the item itself; `part` of a mashup from 1. */
  position: number;
  part: number;
  fields: Record<string, unknown>;
  observedAt: string;
}

/** A set in which a track was played. */
export interface PlayEntry {
  setlistId: string;
  setlistTitle: string | null;
  playedBy: string | null;
  date: string | null;
  event: string | null;
  venue: string | null;
  position: number;
  cueSeconds: number | null;
  cueGranularity: string;
  source: string;
  url: string | null;
}

/** A place where people spoke of a track. */
export interface MentionEntry {
  source: string;
  permalink: string | null;
  /** Whether it is the sandbox's: there is no such page. */
  invented: boolean;
  artist: string | null;
  title: string | null;
  cueSeconds: number | null;
  confidence: number;
  mentionedAt: string | null;
}

export interface TrackEntry extends Omit<TrackSummary, 'isrcs'> {
  isrcs: { isrc: string; source: string }[];
  artists: { id: string; name: string; role: string }[];
  /** All plays, of which `plays` lists the latest 200. */
  playCount: number;
  plays: PlayEntry[];
  mentions: MentionEntry[];
  claims: ClaimEntry[];
}

export interface ArtistEntry extends ArtistSummary {
  trackCount: number;
  setlistCount: number;
  /** The most played 200. */
  tracks: { id: string; artist: string; title: string; mixName: string | null; role: string; plays: number }[];
  /** The latest 200. */
  setlists: SetlistSummary[];
  claims: ClaimEntry[];
}

/** One line of a set, in its printed order. */
export interface SetlistRow {
  position: number;
  number: string | null;
  section: string | null;
  cueSeconds: number | null;
  cueGranularity: string;
  artist: string | null;
  title: string | null;
  mixName: string | null;
  isId: boolean;
  idKind: string | null;
  withPrevious: boolean;
  trackId: string | null;
  parts: unknown[];
  detail: Record<string, unknown> | null;
}

export interface SetlistEntry extends SetlistSummary {
  externalId: string;
  tour: string | null;
  region: string | null;
  sourceVersion: string | null;
  detail: Record<string, unknown> | null;
  /** SHA-256 of the archived document its rows were read from, hex; null once that was erased. */
  documentDigest: string | null;
  observedAt: string | null;
  artists: { id: string; name: string }[];
  tracks: SetlistRow[];
  claims: ClaimEntry[];
}

/** The id that stands for `id` today: after merges, the one it was merged into. */
export async function currentId(db: Queryable, type: EntityType, id: string): Promise<string> {
  const { rows } = await db.query<{ id: string }>(
    `with recursive way (id, steps) as (
       select $2::uuid, 0
       union all
       select r.to_id, way.steps + 1 from way join entity_redirects r on r.entity_type = $1 and r.from_id = way.id where way.steps < 20
     ) select id from way order by steps desc limit 1`,
    [type, id],
  );
  return rows[0]?.id ?? id;
}

/** Null when there is no such track. */
export async function readTrack(db: Queryable, id: string): Promise<TrackEntry | null> {
  const { rows } = await db.query<TrackSummary>(
    `select ${TRACK_COLUMNS} from tracks t left join labels l on l.id = t.label_id where t.id = $1`,
    [id],
  );
  const track = rows[0];
  if (track === undefined) return null;
  const isrcs = await all<TrackEntry['isrcs'][number]>(
    db,
    'select isrc, source from track_isrcs where track_id = $1 order by isrc',
    id,
  );
  const artists = await all<TrackEntry['artists'][number]>(
    db,
    `select a.id, a.name, ta.role from track_artists ta join artists a on a.id = ta.artist_id where ta.track_id = $1
     order by array_position(array['primary', 'featured', 'remixer'], ta.role), ta.position, a.name`,
    id,
  );
  const counted = await all<{ count: number }>(
    db,
    'select count(*) as count from setlist_tracks where track_id = $1',
    id,
  );
  return {
    ...track,
    isrcs,
    artists,
    playCount: counted[0]?.count ?? 0,
    plays: await readPlays(db, id),
    mentions: await readMentions(db, id),
    claims: await readClaims(db, 'track', id),
  };
}

/** Null when there is no such artist. */
export async function readArtist(db: Queryable, id: string): Promise<ArtistEntry | null> {
  const { rows } = await db.query<ArtistSummary & { trackCount: number; setlistCount: number }>(
    `select ${ARTIST_COLUMNS}, (select count(distinct track_id) from track_artists where artist_id = a.id) as "trackCount",
       (select count(*) from setlist_artists where artist_id = a.id) as "setlistCount"
     from artists a where a.id = $1`,
    [id],
  );
  const artist = rows[0];
  if (artist === undefined) return null;
  const tracks = await all<ArtistEntry['tracks'][number]>(
    db,
    `select t.id, t.artist_text as artist, t.title, t.mix_name as "mixName", ta.role,
       (select count(*) from setlist_tracks st where st.track_id = t.id) as plays
     from track_artists ta join tracks t on t.id = ta.track_id where ta.artist_id = $1 order by plays desc, t.norm_key limit ${MOST}`,
    id,
  );
  const setlists = await all<SetlistSummary>(
    db,
    `select ${SETLIST_COLUMNS} from setlist_artists sa join (${SETLIST_TABLES}) on s.id = sa.setlist_id and s.event_date = sa.event_date
     where sa.artist_id = $1 order by s.event_date desc, s.id limit ${MOST}`,
    id,
  );
  return { ...artist, tracks, setlists, claims: await readClaims(db, 'artist', id) };
}

/** Null when there is no such set. */
export async function readSetlist(db: Queryable, id: string): Promise<SetlistEntry | null> {
  // With the date known, Postgres plans for one partition a table instead of all of them.
  const [at] = await all<{ date: string }>(db, 'select event_date as date from setlists where id = $1', id);
  if (at === undefined) return null;
  const [setlist] = await all<Omit<SetlistEntry, 'artists' | 'tracks' | 'claims'>>(
    db,
    `select ${SETLIST_COLUMNS}, s.external_id as "externalId", s.tour, v.region, s.source_version as "sourceVersion", s.detail,
       (select encode(r.document_digest, 'hex') from raw_items r where r.id = s.raw_item_id) as "documentDigest",
       (select ${iso('r.observed_at')} from raw_items r where r.id = s.raw_item_id) as "observedAt"
     from ${SETLIST_TABLES} where s.id = $1 and s.event_date = $2`,
    id,
    at.date,
  );
  if (setlist === undefined) return null;
  const artists = await all<SetlistEntry['artists'][number]>(
    db,
    `select a.id, a.name from setlist_artists sa join artists a on a.id = sa.artist_id where sa.setlist_id = $1 and sa.event_date = $2
     order by sa.position, a.name`,
    id,
    at.date,
  );
  const tracks = await all<SetlistRow>(
    db,
    `select position, number, section, cue_seconds as "cueSeconds", cue_granularity as "cueGranularity", artist, title, mix_name as "mixName",
       is_id as "isId", id_kind as "idKind", with_previous as "withPrevious", track_id as "trackId", coalesce(parts, '[]') as parts, detail
     from setlist_tracks where setlist_id = $1 and event_date = $2 order by position`,
    id,
    at.date,
  );
  return { ...setlist, artists, tracks, claims: await readClaims(db, 'setlist', id) };
}

function readPlays(db: Queryable, trackId: string): Promise<PlayEntry[]> {
  return all(
    db,
    `select s.id as "setlistId", s.title as "setlistTitle", s.artist_text as "playedBy", ${SETLIST_DATE} as date, e.name as event, v.name as venue,
       st.position, st.cue_seconds as "cueSeconds", st.cue_granularity as "cueGranularity", s.source, s.url
     from setlist_tracks st join (${SETLIST_TABLES}) on s.id = st.setlist_id and s.event_date = st.event_date
     where st.track_id = $1 order by st.event_date desc, s.id, st.position limit ${MOST}`,
    trackId,
  );
}

function readMentions(db: Queryable, trackId: string): Promise<MentionEntry[]> {
  return all(
    db,
    `select m.source, m.permalink, m.artist, m.title, m.cue_seconds as "cueSeconds", m.confidence, ${iso('m.mentioned_at')} as "mentionedAt",
       ${fromSandbox('r.document_digest')} as invented
     from mentions m join raw_items r on r.id = m.raw_item_id
     where m.track_id = $1 order by m.mentioned_at desc nulls last, m.id limit ${MOST}`,
    trackId,
  );
}

async function readClaims(db: Queryable, type: EntityType, id: string): Promise<ClaimEntry[]> {
  const { rows } = await db.query<ClaimEntry>(
    `select c.source, r.kind, r.external_id as "externalId",
       coalesce(r.url, r.body->>'url', r.body->>'permalink') as url, encode(c.document_digest, 'hex') as "documentDigest", c.position, c.part, c.fields,
       ${iso('c.observed_at')} as "observedAt", ${fromSandbox('c.document_digest')} as invented
     from claims c join raw_items r on r.id = c.raw_item_id
     where c.entity_id = $1 and c.entity_type = $2 order by c.observed_at desc, c.raw_item_id, c.position, c.part limit ${MOST}`,
    [id, type],
  );
  return rows;
}

async function all<T>(db: Queryable, sql: string, ...values: string[]): Promise<T[]> {
  const { rows } = await db.query(sql, values);
  return rows as T[];
}

/** Whether a document came from the sandbox. */
function fromSandbox(digest: string): string {
  return `exists (select 1 from fetches f where f.document_digest = ${digest} and f.via = 'sandbox')`;
}

/** A timestamp as ISO 8601 UTC text. */
function iso(column: string): string {
  return `to_char(${column} at time zone 'utc', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`;
}
