/** Sets as the database holds them, with the documents their claims name. */
import type { Queryable } from '../platform/database.ts';

export interface StoredRow {
  readonly position: number;
  readonly number: string | null;
  readonly section: string | null;
  readonly cueSeconds: number | null;
  readonly cueGranularity: string;
  readonly artist: string | null;
  readonly title: string | null;
  readonly version: string | null;
  readonly isId: boolean;
  readonly idKind: string | null;
  readonly withPrevious: boolean;
  readonly parts: { artist: string | null; title: string | null; version: string | null }[];
  readonly recordLabel: string | null;
  readonly catalogNumber: string | null;
  readonly edit: string | null;
  readonly info: string | null;
  readonly encore: number | null;
  readonly tape: boolean;
  readonly cover: unknown;
  readonly with: unknown;
}

export interface StoredSet {
  readonly externalId: string;
  /** Where in its document the set was read. */
  readonly documentPosition: number;
  /** Digest of the document it was read from, hex. */
  readonly document: string;
  readonly title: string | null;
  readonly artists: string[];
  /** As printed. */
  readonly date: string | null;
  /** Partition key. */
  readonly eventDate: string;
  readonly datePrecision: string;
  readonly event: string | null;
  readonly venue: string | null;
  readonly city: string | null;
  readonly region: string | null;
  readonly country: string | null;
  readonly tour: string | null;
  readonly url: string | null;
  readonly sourceVersion: string | null;
  readonly isLivePa: boolean;
  readonly genres: string[];
  readonly rows: StoredRow[];
  /** Documents that its claims name, each once, hex. */
  readonly claimDocuments: string[];
  /** Positions its claims are about, each once, in order; 0 is the set itself. */
  readonly claimedPositions: number[];
}

/** All sets of a source. */
export async function storedSets(db: Queryable, source: string): Promise<StoredSet[]> {
  const { rows } = await db.query<StoredSet>(
    `select s.external_id as "externalId", r.document_position as "documentPosition", encode(r.document_digest, 'hex') as document,
       s.title, s.detail->>'date' as date, s.event_date::text as "eventDate", s.date_precision as "datePrecision",
       e.name as event, v.name as venue, v.city, v.region, v.country, s.tour, s.url, s.source_version as "sourceVersion", s.is_live_pa as "isLivePa", s.genres,
       array(select a.name from setlist_artists sa join artists a on a.id = sa.artist_id
         where sa.setlist_id = s.id and sa.event_date = s.event_date order by sa.position) as artists,
       array(select distinct encode(c.document_digest, 'hex') from claims c where c.raw_item_id = r.id) as "claimDocuments",
       array(select distinct c.position from claims c where c.raw_item_id = r.id order by c.position) as "claimedPositions",
       coalesce((select jsonb_agg(jsonb_build_object('position', t.position, 'number', t.number, 'section', t.section, 'cueSeconds', t.cue_seconds,
           'cueGranularity', t.cue_granularity, 'artist', t.artist, 'title', t.title, 'version', t.mix_name, 'isId', t.is_id, 'idKind', t.id_kind,
           'withPrevious', t.with_previous, 'parts', coalesce(t.parts, '[]'), 'recordLabel', t.detail->'recordLabel', 'catalogNumber', t.detail->'catalogNumber',
           'edit', t.detail->'edit', 'info', t.detail->'info', 'encore', t.detail->'encore', 'tape', coalesce(t.detail->'tape', 'false'),
           'cover', t.detail->'cover', 'with', t.detail->'with') order by t.position)
         from setlist_tracks t where t.setlist_id = s.id and t.event_date = s.event_date), '[]') as rows
     from setlists s join raw_items r on r.id = s.raw_item_id
       left join events e on e.id = s.event_id left join venues v on v.id = s.venue_id
     where s.source = $1 order by s.external_id`,
    [source],
  );
  return rows.map((set) => ({ ...set, rows: set.rows.map((row) => ({ ...row, parts: row.parts.map(partOf) })) }));
}

function partOf({ mixName = null, ...part }: StoredRow['parts'][number] & { mixName?: string | null }) {
  return { artist: part.artist, title: part.title, version: mixName };
}
