/** Lists of the catalogue, paged by key: a page costs the same however far down it is, and rows that come in meanwhile move nothing. */
import { normKey } from '../core/text.ts';
import type { Queryable } from '../platform/database.ts';

/** Where a page ended: the sort key of its last row and that row's id. */
export interface ListCursor {
  readonly key: string;
  readonly id: string;
}

/** What restricts a list; null means any. */
export interface ListFilter {
  /** Id or name of an artist. */
  readonly artist: string | null;
  /** Part of a title or of a name. */
  readonly q: string | null;
  /** First and last day, "2024-11-11": of the event for sets, of the first sight for tracks and artists. */
  readonly from: string | null;
  readonly to: string | null;
  readonly source: string | null;
  readonly limit: number;
  readonly after: ListCursor | null;
}

export interface Listed<T> {
  readonly rows: T[];
  /** Null on the last page. */
  readonly next: ListCursor | null;
}

export interface TrackSummary {
  id: string;
  artist: string;
  title: string;
  mixName: string | null;
  label: string | null;
  durationMs: number | null;
  /** As the source prints it: day, month or year. */
  releaseDate: string | null;
  isrcs: string[];
  /** Day on which it first came in. */
  createdDate: string;
}

export interface ArtistSummary {
  id: string;
  name: string;
  mbid: string | null;
  sortName: string | null;
  disambiguation: string | null;
  createdDate: string;
}

export interface SetlistSummary {
  id: string;
  title: string | null;
  artist: string | null;
  /** "2024-11-11", "2024-11", "2024", "200X"; null when unknown. */
  date: string | null;
  datePrecision: string;
  event: string | null;
  venue: string | null;
  city: string | null;
  country: string | null;
  source: string;
  url: string | null;
  trackCount: number;
  identifiedCount: number;
  durationSeconds: number | null;
  isLivePa: boolean;
  genres: string[];
}

/** Columns of a track in lists; the query names tracks `t` and labels `l`. */
export const TRACK_COLUMNS = `t.id, t.artist_text as artist, t.title, t.mix_name as "mixName", l.name as label, t.duration_ms as "durationMs",
  t.release_date as "releaseDate", array(select i.isrc from track_isrcs i where i.track_id = t.id order by i.isrc) as isrcs, t.created_date as "createdDate"`;

/** Columns of an artist in lists; the query names artists `a`. */
export const ARTIST_COLUMNS = `a.id, a.name, a.mbid, a.sort_name as "sortName", a.disambiguation, a.created_date as "createdDate"`;

/** What is known of a set's date and no more; the query names setlists `s`. */
export const SETLIST_DATE = `case s.date_precision when 'day' then to_char(s.event_date, 'YYYY-MM-DD') when 'month' then to_char(s.event_date, 'YYYY-MM')
  when 'year' then to_char(s.event_date, 'YYYY') when 'decade' then left(to_char(s.event_date, 'YYYY'), 3) || 'X' end`;

/** Columns of a set in lists, and the tables they come from. */
export const SETLIST_COLUMNS = `s.id, s.title, s.artist_text as artist, ${SETLIST_DATE} as date, s.date_precision as "datePrecision", e.name as event,
  v.name as venue, v.city, v.country, s.source, s.url, s.track_count as "trackCount", s.identified_count as "identifiedCount",
  s.duration_seconds as "durationSeconds", s.is_live_pa as "isLivePa", s.genres`;
export const SETLIST_TABLES =
  'setlists s left join venues v on v.id = s.venue_id left join events e on e.id = s.event_id';

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/** Conditions and their values, collected side by side. */
class Conditions {
  readonly values: unknown[] = [];
  private readonly parts: string[] = [];

  bind(value: unknown): string {
    this.values.push(value);
    return `$${this.values.length}`;
  }

  /** Adds a condition when `value` is given. */
  when(value: string | null, condition: (placeholder: string) => string): void {
    if (value !== null) this.parts.push(condition(this.bind(value)));
  }

  add(condition: string): void {
    this.parts.push(condition);
  }

  toString(): string {
    return this.parts.length === 0 ? 'true' : this.parts.join('\n  and ');
  }
}

/** Tracks in order of artist and title. */
export async function listTracks(db: Queryable, filter: ListFilter): Promise<Listed<TrackSummary>> {
  const where = new Conditions();
  whenArtist(where, filter.artist, 't.id in (select ta.track_id from track_artists ta where ta.artist_id');
  const likeArtist =
    'select ta.track_id from track_artists ta join artists a on a.id = ta.artist_id where a.name ilike';
  where.when(contains(filter.q), (q) => `(t.title ilike ${q} or t.id in (${likeArtist} ${q}))`);
  whenSeen(where, filter, 't');
  where.when(filter.after?.key ?? null, (key) => `t.norm_key > ${key}`);
  const { rows } = await db.query<TrackSummary & { key: string }>(
    `select ${TRACK_COLUMNS}, t.norm_key as key from tracks t left join labels l on l.id = t.label_id
     where ${where} order by t.norm_key limit ${where.bind(filter.limit + 1)}`,
    where.values,
  );
  return listed(rows, filter.limit);
}

/** Artists in order of their names. */
export async function listArtists(db: Queryable, filter: ListFilter): Promise<Listed<ArtistSummary>> {
  const where = new Conditions();
  whenArtist(where, filter.artist, '(a.id');
  where.when(contains(filter.q), (q) => `a.name ilike ${q}`);
  whenSeen(where, filter, 'a');
  where.when(filter.after?.key ?? null, (key) => `a.norm_key > ${key}`);
  const { rows } = await db.query<ArtistSummary & { key: string }>(
    `select ${ARTIST_COLUMNS}, a.norm_key as key from artists a
     where ${where} order by a.norm_key limit ${where.bind(filter.limit + 1)}`,
    where.values,
  );
  return listed(rows, filter.limit);
}

/** Sets, the latest event first; those without a date come last. */
export async function listSetlists(db: Queryable, filter: ListFilter): Promise<Listed<SetlistSummary>> {
  const where = new Conditions();
  whenArtist(where, filter.artist, 's.id in (select sa.setlist_id from setlist_artists sa where sa.artist_id');
  where.when(
    contains(filter.q),
    (q) => `(s.title ilike ${q} or s.artist_text ilike ${q} or e.name ilike ${q} or v.name ilike ${q})`,
  );
  where.when(filter.from, (day) => `s.event_date >= ${day}::date`);
  where.when(filter.to, (day) => `s.event_date <= ${day}::date`);
  if (filter.from !== null || filter.to !== null) where.add("s.date_precision <> 'unknown'");
  where.when(filter.source, (source) => `s.source = ${source}`);
  if (filter.after !== null) {
    where.add(`(s.event_date, s.id) < (${where.bind(filter.after.key)}::date, ${where.bind(filter.after.id)}::uuid)`);
  }
  const { rows } = await db.query<SetlistSummary & { key: string }>(
    `select ${SETLIST_COLUMNS}, s.event_date as key from ${SETLIST_TABLES}
     where ${where} order by s.event_date desc, s.id desc limit ${where.bind(filter.limit + 1)}`,
    where.values,
  );
  return listed(rows, filter.limit);
}

function whenArtist(where: Conditions, artist: string | null, head: string): void {
  if (artist === null) return;
  const given = UUID.test(artist)
    ? `select coalesce((select r.to_id from entity_redirects r where r.entity_type = 'artist' and r.from_id = g.id), g.id) from (select ${where.bind(artist)}::uuid as id) g`
    : `select n.id from artists n where n.norm_key = ${where.bind(normKey(artist))}`;
  where.add(`${head} in (${given}))`);
}

/** Tracks and artists: day of the first sight, and whether a source said anything of them. */
function whenSeen(where: Conditions, { from, to, source }: ListFilter, table: 't' | 'a'): void {
  where.when(from, (day) => `${table}.created_date >= ${day}::date`);
  where.when(to, (day) => `${table}.created_date <= ${day}::date`);
  where.when(
    source,
    (name) => `exists (select 1 from claims c where c.entity_id = ${table}.id and c.source = ${name})`,
  );
}

/** A pattern that holds `text` anywhere; the pattern's own signs lose their meaning. */
function contains(text: string | null): string | null {
  return text === null ? null : `%${text.replace(/[\\%_]/g, '\\$&')}%`;
}

/** One row more than asked for was read: it says whether there is a next page. */
function listed<T extends { id: string }>(rows: (T & { key: string })[], limit: number): Listed<T> {
  const page = rows.slice(0, limit);
  const last = page.at(-1);
  const next = rows.length > limit && last !== undefined ? { key: last.key, id: last.id } : null;
  return { rows: page.map(({ key: _, ...row }) => row as unknown as T), next };
}
