/** Entities as search shows them: what people type to find them (`texts`, names before context), and what a hit says. Read from Postgres, the truth. */
import type { Queryable } from '../platform/database.ts';
import type { SearchDocument, SearchIndex } from '../search/search.ts';

const READS: Readonly<Record<SearchIndex, string>> = {
  tracks: `select t.id, t.version, t.title, t.artist_text as artist, t.mix_name as "mixName", l.name as label, t.duration_ms as "durationMs",
      t.release_date as "releaseDate", i.isrcs, p.plays, array[t.title, t.artist_text, t.mix_name, l.name] || i.isrcs as texts
    from tracks t left join labels l on l.id = t.label_id
    cross join lateral (select coalesce(array_agg(isrc order by isrc), '{}') as isrcs from track_isrcs where track_id = t.id) i
    cross join lateral (select count(*)::int as plays from setlist_tracks where track_id = t.id) p
    where t.id = any($1::uuid[])`,
  artists: `select id, version, name, sort_name as "sortName", disambiguation, mbid, array[name, sort_name, disambiguation] as texts
    from artists where id = any($1::uuid[])`,
  setlists: `select s.id, s.version, s.title, s.artist_text as artist, d.date, s.date_precision as "datePrecision", e.name as event, v.name as venue, v.city,
      v.country, s.source, s.url, s.track_count as "trackCount", s.identified_count as "identifiedCount",
      array[s.title, s.artist_text, e.name, v.name, v.city, v.country, d.date::text, p.played] as texts
    from setlists s left join events e on e.id = s.event_id left join venues v on v.id = s.venue_id
    cross join lateral (select case when s.date_precision = 'unknown' then null else s.event_date end as date) d
    cross join lateral (select string_agg(nullif(concat_ws(' ', artist, title), ''), ' / ' order by position) as played from setlist_tracks
      where setlist_id = s.id and event_date = s.event_date and position <= 200) p
    where s.id = any($1::uuid[])`,
  mentions: `select id, version, artist, title, mix_name as "mixName", cue_seconds as "cueSeconds", track_id as "trackId", source, permalink, confidence,
      array[title, artist, mix_name] as texts
    from mentions where id = any($1::uuid[])`,
};

type DocumentRow = { id: string; version: number; texts: (string | null)[] } & Record<string, unknown>;

/** The documents of the entities that still exist. */
export async function readSearchDocuments(
  db: Queryable,
  index: SearchIndex,
  ids: readonly string[],
): Promise<SearchDocument[]> {
  const { rows } = await db.query<DocumentRow>({ name: `search-read-${index}`, text: READS[index], values: [ids] });
  return rows.map(({ id, version, texts, ...body }) => ({
    id,
    version,
    texts: texts.filter((text) => text !== null),
    body,
  }));
}
