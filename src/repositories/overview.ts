/** What the dashboard shows: what came in, from where, how fresh, what failed. Read queries only. */
import type { Queryable } from '../platform/database.ts';
import { SETLIST_COLUMNS, SETLIST_TABLES, type SetlistSummary } from './catalogue.ts';

/** Whole numbers of rows. */
export interface Totals {
  documents: number;
  items: number;
  tracks: number;
  artists: number;
  setlists: number;
  setlistTracks: number;
  mentions: number;
  quarantined: number;
  deadLetters: number;
}

export interface SourceOverview {
  source: string;
  documents: number;
  items: number;
  setlists: number;
  quarantined: number;
  /** Requests known and not yet made. */
  due: number;
  lastFetchedAt: Date | null;
  enabled: boolean;
  breaker: 'closed' | 'open' | 'half-open';
  breakerUntil: Date | null;
  breakerReason: string | null;
}

/** Pages that one source gave within one step of time. */
export interface ActivityCell {
  /** Start of the step. */
  at: Date;
  source: string;
  pages: number;
}

/** Failures of one kind: items in quarantine (`source`), or jobs that died (`queue`). */
export interface FailureGroup {
  what: 'quarantine' | 'dead-letter';
  /** Source or queue. */
  where: string;
  reason: string;
  count: number;
  latestAt: Date;
}

export interface Failure {
  what: 'quarantine' | 'dead-letter';
  where: string;
  reason: string;
  message: string;
  url: string | null;
  at: Date;
}

export interface PopularTrack {
  trackId: string;
  artist: string;
  title: string;
  mixName: string | null;
  plays: number;
  setlists: number;
  lastPlayed: string | null;
}

export async function readTotals(db: Queryable): Promise<Totals> {
  const { rows } = await db.query<Totals>(
    `select (select count(*) from documents) as documents, (select count(*) from raw_items) as items, (select count(*) from tracks) as tracks,
       (select count(*) from artists) as artists, (select count(*) from setlists) as setlists, (select count(*) from setlist_tracks) as "setlistTracks",
       (select count(*) from mentions) as mentions, (select count(*) from quarantine where resolved_at is null) as quarantined,
       (select count(*) from dead_letters where replayed_at is null) as "deadLetters"`,
  );
  return rows[0] as Totals;
}

/** One line a source, in the order given, also for those that never gave anything. */
export async function readSources(db: Queryable, sources: readonly string[]): Promise<SourceOverview[]> {
  const { rows } = await db.query<SourceOverview>(
    `select n.source,
       (select count(distinct f.document_digest) from fetches f where f.source = n.source) as documents,
       (select count(*) from raw_items r where r.source = n.source) as items,
       (select count(*) from setlists s where s.source = n.source) as setlists,
       (select count(*) from quarantine q where q.source = n.source and q.resolved_at is null) as quarantined,
       (select count(*) from frontier d where d.source = n.source and d.state = 'due') as due,
       (select max(f.fetched_at) from fetches f where f.source = n.source) as "lastFetchedAt",
       coalesce(t.enabled, true) as enabled, coalesce(t.breaker, 'closed') as breaker,
       t.breaker_until as "breakerUntil", t.breaker_reason as "breakerReason"
     from unnest($1::text[]) with ordinality as n (source, place)
     left join lateral (select * from source_states where source = n.source order by breaker = 'closed', via limit 1) t on true order by n.place`,
    [sources],
  );
  return rows;
}

/** Time of the first page that ever came in; null while nothing did. */
export async function readFirstFetch(db: Queryable, sources: readonly string[]): Promise<Date | null> {
  const { rows } = await db.query<{ first: Date | null }>(
    'select min((select min(f.fetched_at) from fetches f where f.source = n.source)) as first from unnest($1::text[]) as n (source)',
    [sources],
  );
  return rows[0]?.first ?? null;
}

/** Pages a source and step of `stepSeconds`, from `from` on; steps without pages are left out. */
export async function readActivity(
  db: Queryable,
  { sources, from, stepSeconds }: { sources: readonly string[]; from: Date; stepSeconds: number },
): Promise<ActivityCell[]> {
  const { rows } = await db.query<ActivityCell>(
    `select date_bin(make_interval(secs => $3), f.fetched_at, $2) as at, f.source, count(*) as pages
     from fetches f where f.source = any($1) and f.fetched_at >= $2 group by 1, 2 order by 1, 2`,
    [sources, from, stepSeconds],
  );
  return rows;
}

/** Open failures by place and reason: dead jobs first, then the most frequent. */
export async function readFailureGroups(db: Queryable, limit: number): Promise<FailureGroup[]> {
  const { rows } = await db.query<FailureGroup>(
    `select 'quarantine' as what, source as where, reason, count(*) as count, max(created_at) as "latestAt"
       from quarantine where resolved_at is null group by source, reason
     union all
     select 'dead-letter', queue, name, count(*), max(failed_at) from dead_letters where replayed_at is null group by queue, name
     order by what, count desc, "latestAt" desc limit $1`,
    [limit],
  );
  return rows;
}

/** Open failures, the latest first. */
export async function readLatestFailures(db: Queryable, limit: number): Promise<Failure[]> {
  const { rows } = await db.query<Failure>(
    `(select 'quarantine' as what, source as where, reason, message, url, created_at as at
        from quarantine where resolved_at is null order by created_at desc limit $1)
     union all
     (select 'dead-letter', queue, name, error, null, failed_at from dead_letters where replayed_at is null order by failed_at desc limit $1)
     order by at desc limit $1`,
    [limit],
  );
  return rows;
}

/** As of the last refresh of the materialised view. */
export async function readPopularTracks(db: Queryable, limit: number): Promise<PopularTrack[]> {
  const { rows } = await db.query<PopularTrack>(
    `select track_id as "trackId", artist, title, mix_name as "mixName", plays, setlists, last_played as "lastPlayed"
     from popular_tracks order by plays desc, last_played desc nulls last, track_id limit $1`,
    [limit],
  );
  return rows;
}

/** By the day they were played; the future is left out. */
export async function readLatestSetlists(db: Queryable, today: Date, limit: number): Promise<SetlistSummary[]> {
  const { rows } = await db.query<SetlistSummary>(
    `select ${SETLIST_COLUMNS} from ${SETLIST_TABLES} where s.event_date <= ($1::timestamptz at time zone 'utc')::date order by s.event_date desc, s.id desc limit $2`,
    [today, limit],
  );
  return rows;
}
