/** The numbers of `up --once`, `import` and `status`: what came in, what came out of it. */
import type { Queryable } from '../platform/database.ts';
import type { SourceHost } from './frontier.ts';

export interface SourceSummary {
  readonly documents: number;
  readonly items: number;
  readonly quarantined: number;
}

export interface CatalogueSummary {
  readonly sources: Record<string, SourceSummary>;
  readonly tracks: number;
  readonly artists: number;
  readonly setlists: number;
  readonly setlistTracks: number;
  readonly mentions: number;
}

export async function readSummary(db: Queryable, sourceNames: readonly string[]): Promise<CatalogueSummary> {
  const { rows: totals } = await db.query<Omit<CatalogueSummary, 'sources'>>(
    `select (select count(*)::int from tracks) as tracks, (select count(*)::int from artists) as artists, (select count(*)::int from setlists) as setlists,
            (select count(*)::int from setlist_tracks) as "setlistTracks", (select count(*)::int from mentions) as mentions`,
  );
  const { rows } = await db.query<SourceSummary & { source: string }>(
    `select s.source,
            (select count(distinct document_digest)::int from fetches f where f.source = s.source) as documents,
            (select count(*)::int from raw_items r where r.source = s.source) as items,
            (select count(*)::int from quarantine q where q.source = s.source and q.resolved_at is null) as quarantined
     from unnest($1::text[]) as s (source)`,
    [sourceNames],
  );
  const sources = Object.fromEntries(
    rows.map(({ source, documents, items, quarantined }) => [source, { documents, items, quarantined }]),
  );
  const { tracks = 0, artists = 0, setlists = 0, setlistTracks = 0, mentions = 0 } = totals[0] ?? {};
  return { sources, tracks, artists, setlists, setlistTracks, mentions };
}

/** Work not finished yet, over all stages: zero everywhere means that everything that came in has been dealt with. */
export interface Unfinished {
  readonly requests: number;
  readonly jobs: number;
  readonly items: number;
  readonly searchChanges: number;
}

/** SQL, of a row `f`: of the sources asked for; not of a source or host that is left alone now. A breaker without an end is for a person to close. */
const OF_SOURCE = `($1::text = 'all' or f.source = $1)`;
const MAY_BE_ASKED = `not exists (select from source_states s where s.source = f.source
    and (not s.enabled or (s.breaker = 'open' and coalesce(s.breaker_until > $2, true))))
  and (f.source, f.host) not in (select * from unnest($4::text[], $5::text[]))`;

/** Requests and crawl jobs to count beside the pipeline's work: of one source, of all, of none. */
export type OfSource = string | 'all' | null;

export interface Counted {
  readonly requestsOf: OfSource;
  /** The crawl jobs to count: by default of the sources whose requests count. */
  readonly crawlJobsOf?: OfSource;
  /** Hosts that may not be asked before a setting is made. */
  readonly closed?: readonly SourceHost[];
}

/**
 * Requests that may not be asked now (their source's breaker is open, it is switched off, their host is closed) are not unfinished work: they
 * wait for a day or for a person. One that somebody holds a lease of is, and one whose holder vanished is as if it were due.
 */
export async function countUnfinished(
  db: Queryable,
  { requestsOf, crawlJobsOf = requestsOf, closed = [] }: Counted,
  now: Date,
): Promise<Unfinished> {
  const { rows } = await db.query<Unfinished>({
    name: 'summary-unfinished',
    text: `select (select count(*)::int from frontier f where ${OF_SOURCE} and f.state = 'leased' and (f.lease_until > $2 or ${MAY_BE_ASKED}))
            + (select count(*)::int from frontier f where ${OF_SOURCE} and f.state = 'due' and f.due_at <= $2 and ${MAY_BE_ASKED}) as requests,
            (select count(*)::int from outbox where queue in ('transform', 'load', 'index') or queue = 'crawl-' || $3 or ($3::text = 'all' and queue like 'crawl-%')) as jobs,
            (select count(*)::int from raw_items where state in ('landed', 'transformed')) as items,
            (select count(*)::int from search_outbox) as "searchChanges"`,
    values: [requestsOf, now, crawlJobsOf, closed.map(({ source }) => source), closed.map(({ host }) => host)],
  });
  return rows[0] ?? { requests: 0, jobs: 0, items: 0, searchChanges: 0 };
}
