/** What a data folder's catalogue holds, as values that two databases can be compared by. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { openDataFolder, secretOf } from '../../ops/dev-services/data-folder.ts';
import { POSTGRES_ROLE } from '../../ops/dev-services/postgres-cluster.ts';
import { startServices } from '../../ops/dev-services/start-services.ts';
import { readRuntime } from '../cli/runtime-file.ts';
import { type Database, openDatabase, type Queryable } from '../platform/database.ts';

/** Tables that hold what came in and what was made of it; not the state of the work. */
const CONTENT_TABLES = [
  ...['artists', 'labels', 'venues', 'events', 'tracks', 'track_artists', 'track_isrcs'],
  ...['setlists', 'setlist_artists', 'setlist_tracks', 'mentions', 'claims', 'match_decisions', 'entity_redirects'],
  ...['documents', 'raw_items', 'items', 'quality_scores', 'quarantine', 'search_documents'],
];

/**
 * What the catalogue says, without numbers and times of processing: entities by their keys, items by source and id. The same pages give the
 * same of this, in whatever order and however often the work was interrupted. Left out is what the order decides: which of several spellings of
 * a name is shown, and which of two pages that tell the same item (an album in two storefronts) it is said to come from, with its addresses.
 */
const MEANINGS: Readonly<Record<string, string>> = {
  artists: `select norm_key, mbid from artists`,
  labels: `select norm_key from labels`,
  venues: `select norm_key, city, region, country from venues`,
  events: `select norm_key from events`,
  tracks: `select norm_key from tracks`,
  track_artists: `select t.norm_key, a.norm_key, ta.role from track_artists ta join tracks t on t.id = ta.track_id join artists a on a.id = ta.artist_id`,
  track_isrcs: `select t.norm_key, i.isrc from track_isrcs i join tracks t on t.id = i.track_id`,
  setlists: `select s.source, s.external_id, s.event_date, s.date_precision, s.title, s.artist_text, e.norm_key, v.norm_key, s.tour, s.source_version,
      s.track_count, s.identified_count, s.duration_seconds, s.is_live_pa, s.genres, s.detail - 'retrievedAt'
    from setlists s left join events e on e.id = s.event_id left join venues v on v.id = s.venue_id`,
  setlist_artists: `select s.source, s.external_id, a.norm_key, sa.position from setlist_artists sa join setlists s on s.id = sa.setlist_id join artists a on a.id = sa.artist_id`,
  setlist_tracks: `select s.source, s.external_id, r.position, t.norm_key, r.number, r.section, r.cue_seconds, r.cue_granularity, r.artist, r.title, r.mix_name,
      r.is_id, r.id_kind, r.with_previous, r.parts, r.detail - 'links'
    from setlist_tracks r join setlists s on s.id = r.setlist_id and s.event_date = r.event_date left join tracks t on t.id = r.track_id`,
  mentions: `select m.source, m.external_id, m.position, t.norm_key, m.artist, m.title, m.mix_name from mentions m left join tracks t on t.id = m.track_id`,
  claims: `select r.source, r.kind, r.external_id, c.position, c.part, c.entity_type from claims c join raw_items r on r.id = c.raw_item_id`,
  // Those that something was read from: a start that goes on asks the listings again, and is told "unchanged" or what is new.
  documents: `select encode(digest, 'hex'), size_bytes from documents where digest in (select document_digest from raw_items)`,
  raw_items: `select source, kind, external_id, state from raw_items`,
  quarantine: `select source, kind, reason, message, position, resolved_at is null from quarantine`,
  search: `select index_name, count(*)::int from search_documents group by 1`,
};

/** A table's rows as one digest, with their number. */
export type Digests = Record<string, { rows: number; digest: string | null }>;

/** Every row of the content tables as it is: equal before and after means that nothing was written. */
export async function contentOf(db: Queryable): Promise<Digests> {
  return digestsOf(db, Object.fromEntries(CONTENT_TABLES.map((table) => [table, `select * from ${table}`])));
}

/** See MEANINGS. */
export async function meaningOf(db: Queryable): Promise<Digests> {
  return digestsOf(db, MEANINGS);
}

/** URL of the Postgres that some process runs on the folder, by what Postgres itself keeps there; null while it does not listen. */
export function runningDatabaseOf(dataDir: string): string | null {
  try {
    const [, , , port] = readFileSync(join(dataDir, 'postgres', 'postmaster.pid'), 'utf8').split('\n');
    // Postgres writes the file line by line: the port may not be there yet.
    if (!/^\d+$/.test(port ?? '')) return null;
    return `postgresql://${POSTGRES_ROLE}:${secretOf(openDataFolder(dataDir), 'postgres')}@127.0.0.1:${port}/musicdb`;
  } catch {
    return null;
  }
}

/** Rows of the folder's database: of the MusicDB that runs on it, else of its Postgres alone, started for the time of `work`. */
export async function withDatabaseOf<T>(dataDir: string, work: (db: Database) => Promise<T>): Promise<T> {
  const running = readRuntime(dataDir)?.databaseUrl ?? null;
  const services =
    running === null
      ? await startServices({
          dataDir,
          want: { postgres: true, redis: false, elasticsearch: false },
          ports: { postgres: 0 },
          log: () => undefined,
        })
      : null;
  const db = openDatabase(running ?? services?.databaseUrl ?? '', { max: 2, applicationName: 'musicdb-e2e' });
  try {
    return await work(db);
  } finally {
    await db.release();
    await services?.stop();
  }
}

async function digestsOf(db: Queryable, selects: Readonly<Record<string, string>>): Promise<Digests> {
  const digests: Digests = {};
  for (const [name, select] of Object.entries(selects)) {
    const text = `select count(*)::int as rows, md5(string_agg(line, E'\\n' order by line)) as digest from (select r::text as line from (${select}) r) lines`;
    const { rows } = await db.query<{ rows: number; digest: string | null }>(text);
    digests[name] = rows[0] ?? { rows: 0, digest: null };
  }
  return digests;
}
