/** The frontier: requests known, and when they are due. Leases are fenced by a token that grows with every lease. */
import type { LeasedRequest, ListingWindow, Validators } from '../core/fetching.ts';
import type { Queryable } from '../platform/database.ts';
import { storableKey, storableText } from './storable.ts';

/** How long a holder may keep a request before others may take it, milliseconds. */
export const LEASE_MS = 120_000;
/** A request that failed this often stays failed until a person or a schedule asks again. */
export const MAX_ATTEMPTS = 5;

export interface FrontierRequest {
  readonly source: string;
  /** Identity of the address within the source. */
  readonly urlKey: string;
  readonly url: string;
  readonly kind: string;
  /** 1 is first, 9 last. */
  readonly priority: number;
  readonly depth: number;
  readonly runId: string | null;
  /** The listing window that this page is part of; null for every other page. */
  readonly window?: ListingWindow | null;
  /** The next page of the list that leads to it. */
  readonly goesOn?: boolean;
}

/**
 * SQL: hosts that have due requests, found by stepping through the index from one to the next, and not by reading all of it.
 * @param only whose, and `next` those behind row `h`
 */
function hostsOf(only: string, next: string): string {
  return `hosts as (
    (select source, host from frontier where state = 'due' and ${only} order by source, host limit 1)
    union all
    select n.source, n.host from hosts h, lateral (
      select source, host from frontier where state = 'due' and ${next} order by source, host limit 1) n)`;
}
const HOSTS_OF_SOURCE = hostsOf('source = $1', 'source = $1 and host > h.host');
const ALL_HOSTS = hostsOf('true', '(source, host) > (h.source, h.host)');
/** The places in the index at which what is due begins: one look at each costs the same however many requests are known. */
const PLACES = 'places as (select source, host, priority from hosts cross join generate_series(1, 9) as priority)';

/**
 * Adds requests that are not known yet; known ones stay as they are, but for further pages of a list that a new look (a scheduled one, or a
 * run of a person) leads to again: the address of its second page may well be that of the last look's. Returns how many are new, or due again.
 */
export async function addRequests(tx: Queryable, requests: readonly FrontierRequest[], now: Date): Promise<number> {
  const { looks = [], links = [] } = Object.groupBy(requests, ({ goesOn, window, runId }) =>
    window || (goesOn === true && runId !== null) ? 'looks' : 'links',
  );
  const again = await insertRequests(
    tx,
    looks,
    now,
    'frontier-add-look',
    `do update set state = 'due', due_at = excluded.due_at, url = excluded.url, depth = excluded.depth, attempts = 0, run_id = excluded.run_id, cursor = excluded.cursor, cursor_until = excluded.cursor_until
     where frontier.state in ('done', 'gone', 'failed')
       and (frontier.run_id is distinct from excluded.run_id or frontier.cursor_until is distinct from excluded.cursor_until)`,
  );
  return again + (await insertRequests(tx, links, now, 'frontier-add', 'do nothing'));
}

/**
 * Makes requests due now, known or not (seeds, re-scrapes); one that is leased stays with its holder.
 * @param whole ask for the page itself, not only whether it has changed
 */
export async function makeDue(
  tx: Queryable,
  requests: readonly FrontierRequest[],
  now: Date,
  { whole = false } = {},
): Promise<number> {
  const forget = whole ? 'etag = null, last_modified = null, ' : '';
  return insertRequests(
    tx,
    requests,
    now,
    whole ? 'frontier-make-due-whole' : 'frontier-make-due',
    `do update set ${forget}state = 'due', url = excluded.url, due_at = excluded.due_at, priority = least(frontier.priority, excluded.priority), attempts = 0, run_id = excluded.run_id, cursor = excluded.cursor, cursor_until = excluded.cursor_until
     where frontier.state <> 'leased'`,
  );
}

/** SQL: of the run that was asked for; else of any that asks its sources, which a replay, whose index is there as long as it may go on, does not. */
const OF_RUN = `(f.run_id = $7 or ($7::uuid is null and (f.run_id is null or not exists (select from replay_pages p where p.run_id = f.run_id))))`;

export interface LeaseOptions {
  readonly source: string;
  readonly owner: string;
  readonly count: number;
  readonly now: Date;
  /** Hosts that must not be asked now (they asked us to wait, or a setting is missing): their requests stay where they are, those of the others go on. */
  readonly pausedHosts?: readonly string[];
  /** Only requests of this run: a replay takes nothing that is due on the network. Default: of any. */
  readonly runId?: string | null;
}

/** Leases up to `count` due requests of a source, best priority first; requests whose lease ran out are taken again. */
export async function leaseDue(
  db: Queryable,
  { source, owner, count, now, pausedHosts = [], runId = null }: LeaseOptions,
): Promise<LeasedRequest[]> {
  const { rows } = await db.query<LeasedRequest>({
    name: 'frontier-lease',
    text: `with recursive ${HOSTS_OF_SOURCE}, ${PLACES},
           -- Place after place, and no further than is wanted. Hosts of one priority take turns by chance: none waits for all of another's.
           due as (
             select d.* from (select * from places where host <> all($6::text[]) order by priority, random()) p, lateral (
               select id, priority, due_at from frontier f
               where f.source = $1 and f.host = p.host and f.priority = p.priority and f.state = 'due' and f.due_at <= $4
                 and ${OF_RUN}
               order by due_at, id limit $3 for update skip locked) d
             limit $3),
           expired as (
             select id, priority, due_at from frontier f
             where source = $1 and state = 'leased' and lease_until <= $4 and host <> all($6::text[])
               and ${OF_RUN} limit $3 for update skip locked),
           best as (select * from (select * from due union all select * from expired) found order by priority, due_at, id limit $3),
           taken as (
             update frontier f set state = 'leased', lease_owner = $2, lease_token = lease_token + 1, lease_until = $5
             from best where f.id = best.id
             returning f.id, f.url, f.kind, f.depth, f.attempts, f.lease_token as token, f.priority, f.due_at, f.etag, f.last_modified, f.cursor, f.cursor_until)
           select id, url, kind, depth, attempts, token, etag, last_modified as "lastModified",
             case when cursor is null then null else jsonb_build_object('cursor', cursor, 'until', cursor_until) end as window from taken order by priority, due_at, id`,
    values: [source, owner, count, now, new Date(now.getTime() + LEASE_MS), pausedHosts, runId],
  });
  return rows;
}

export interface Lease {
  readonly id: number;
  readonly token: number;
  readonly until: Date;
}

/**
 * Renews all that a holder has. Returns what is still its own, and until when: the others are finished, or were taken by somebody else. A row
 * that is locked is being finished, or was named by a landing: it is not waited for, and keeps its time.
 */
export async function renewLeases(db: Queryable, owner: string, now: Date): Promise<Lease[]> {
  const { rows } = await db.query<Lease>({
    name: 'frontier-renew',
    text: `with mine as (select id, lease_token as token, lease_until as until from frontier where lease_owner = $1 and state = 'leased'),
           free as (select id from frontier where lease_owner = $1 and state = 'leased' for update skip locked),
           renewed as (update frontier f set lease_until = $2 from free where f.id = free.id returning f.id, f.lease_until as until)
           select mine.id, mine.token, coalesce(renewed.until, mine.until) as until from mine left join renewed using (id)`,
    values: [owner, new Date(now.getTime() + LEASE_MS)],
  });
  return rows;
}

export interface FinishedLease {
  readonly id: number;
  readonly token: number;
  /** What the answer said of itself; undefined leaves what is known (a page that is unchanged says nothing new). */
  readonly validators?: Validators | undefined;
  /** The look at a listing that the page was part of. */
  readonly window?: ListingWindow | null;
}

/** Ends leases whose requests were fetched. Returns the ids that were still held with their token: the others' results must be dropped. */
export async function finishLeases(tx: Queryable, leases: readonly FinishedLease[], now: Date): Promise<Set<number>> {
  const { rows } = await tx.query<{ id: number }>({
    name: 'frontier-finish',
    text: `update frontier f set state = 'done', lease_owner = null, lease_until = null, last_fetched_at = $3, last_problem = null, attempts = 0,
             etag = case when held.told then held.etag else f.etag end, last_modified = case when held.told then held.last_modified else f.last_modified end
           from unnest($1::bigint[], $2::bigint[], $4::bool[], $5::text[], $6::text[]) as held (id, token, told, etag, last_modified)
           where f.id = held.id and f.lease_token = held.token and f.state = 'leased' returning f.id`,
    values: [
      leases.map(({ id }) => id),
      leases.map(({ token }) => token),
      now,
      leases.map(({ validators }) => validators !== undefined),
      leases.map(({ validators }) => storableText(validators?.etag ?? null)),
      leases.map(({ validators }) => storableText(validators?.lastModified ?? null)),
    ],
  });
  return new Set(rows.map(({ id }) => id));
}

/** Of requests just finished: what they asked for will not come back. */
export async function markGone(tx: Queryable, ids: readonly number[]): Promise<void> {
  await tx.query({
    name: 'frontier-mark-gone',
    text: `update frontier set state = 'gone' where id = any($1::bigint[]) and state = 'done'`,
    values: [ids],
  });
}

export interface FailedLease {
  readonly id: number;
  readonly token: number;
  readonly problem: string;
  /** `retry`: due again at `dueAt`, costs an attempt; `wait`: due again at `dueAt`, costs nothing; `give-up`: failed for good. */
  readonly cure: 'retry' | 'wait' | 'give-up';
  readonly dueAt: Date;
}

export async function failLease(db: Queryable, failed: FailedLease): Promise<void> {
  await db.query({
    name: 'frontier-fail',
    text: `update frontier set attempts = attempts + case when $4 = 'wait' then 0 else 1 end,
             state = case when $4 = 'give-up' or ($4 = 'retry' and attempts + 1 >= ${MAX_ATTEMPTS}) then 'failed' else 'due' end,
             due_at = $5, last_problem = $3, lease_owner = null, lease_until = null
           where id = $1 and lease_token = $2 and state = 'leased'`,
    values: [failed.id, failed.token, storableText(failed.problem), failed.cure, failed.dueAt],
  });
}

/** What a replay left due: pages that were known before stay known, those that only it met are forgotten. */
export async function endReplayedRequests(db: Queryable, runId: string): Promise<void> {
  await db.query(`delete from frontier where run_id = $1 and state in ('due', 'leased') and last_fetched_at is null`, [
    runId,
  ]);
  await db.query(`update frontier set state = 'done' where run_id = $1 and state in ('due', 'leased')`, [runId]);
}

/** At most so many are postponed at once: what is left of a long queue waits for the next hold. */
const POSTPONED_AT_ONCE = 1_000;

export interface Postponement {
  readonly source: string;
  readonly host: string;
  readonly problem: string;
  readonly until: Date;
  readonly now: Date;
}

/** A host may not be asked before `until`: neither is what is due of it, without an attempt lost. Returns how many wait. */
export async function postponeDue(db: Queryable, { source, host, problem, until, now }: Postponement): Promise<number> {
  const { rowCount } = await db.query({
    name: 'frontier-postpone',
    text: `with held as materialized (
             select d.id from generate_series(1, 9) as p (priority), lateral (
               select id from frontier
               where source = $1 and host = $2 and priority = p.priority and state = 'due' and due_at <= $5
               order by due_at, id limit ${POSTPONED_AT_ONCE} for update skip locked) d
             limit ${POSTPONED_AT_ONCE})
           update frontier f set due_at = $3, last_problem = $4 from held where f.id = held.id`,
    values: [source, host, until, storableText(problem), now],
  });
  return rowCount ?? 0;
}

/** Gives back what a stopping holder did not start. */
export async function releaseLeases(db: Queryable, owner: string): Promise<void> {
  await db.query(
    `update frontier set state = 'due', lease_owner = null, lease_until = null where lease_owner = $1 and state = 'leased'`,
    [owner],
  );
}

/** Gives back every lease whoever holds it: only for the one process that owns the database. */
export async function giveBackAllLeases(db: Queryable): Promise<void> {
  await db.query(`update frontier set state = 'due', lease_owner = null, lease_until = null where state = 'leased'`);
}

/** Requests whose holder vanished become due again. Returns how many. */
export async function expireLeases(db: Queryable, now: Date): Promise<number> {
  const { rowCount } = await db.query(
    `update frontier set state = 'due', lease_owner = null, lease_until = null where state = 'leased' and lease_until <= $1`,
    [now],
  );
  return rowCount ?? 0;
}

export interface DueSource {
  readonly source: string;
  /** Best (smallest) priority among what is due. */
  readonly priority: number;
}

/** A host as one source asks it. */
export interface SourceHost {
  readonly source: string;
  readonly host: string;
}

/**
 * Sources with due requests, most urgent first.
 * @param closed hosts that may not be asked: what is due there makes no source due
 */
export async function findDueSources(
  db: Queryable,
  now: Date,
  closed: readonly SourceHost[] = [],
): Promise<DueSource[]> {
  const { rows } = await db.query<DueSource>({
    name: 'frontier-due-sources',
    text: `with recursive ${ALL_HOSTS}, ${PLACES}
           select p.source, min(p.priority)::int as priority from places p, lateral (
             select from frontier f where f.source = p.source and f.host = p.host and f.priority = p.priority and f.state = 'due' and f.due_at <= $1 limit 1) due
           where (p.source, p.host) not in (select * from unnest($2::text[], $3::text[]))
           group by p.source order by priority, source`,
    values: [now, closed.map(({ source }) => source), closed.map(({ host }) => host)],
  });
  return rows;
}

/** Requests by state, for one source or all. */
export async function countRequests(db: Queryable, source: string | null = null): Promise<Record<string, number>> {
  const { rows } = await db.query<{ state: string; count: number }>(
    'select state, count(*)::int as count from frontier where $1::text is null or source = $1 group by state',
    [source],
  );
  return Object.fromEntries(rows.map(({ state, count }) => [state, count]));
}

/** Requests of a run that were given up. */
export async function countFailedOf(db: Queryable, runId: string): Promise<number> {
  const { rows } = await db.query<{ count: number }>(
    `select count(*)::int as count from frontier where run_id = $1 and state = 'failed'`,
    [runId],
  );
  return rows[0]?.count ?? 0;
}

export interface SourceRequests {
  readonly source: string;
  /** Dealt with, whatever the end. */
  readonly done: number;
  readonly failed: number;
  /** Due at hosts that may not be asked before a setting is made. */
  readonly waiting: number;
  readonly total: number;
}

/** @param closed those hosts */
export async function countRequestsBySource(
  db: Queryable,
  closed: readonly SourceHost[] = [],
): Promise<SourceRequests[]> {
  const { rows } = await db.query<SourceRequests>(
    `select source, count(*) filter (where state in ('done', 'gone', 'failed'))::int as done, count(*) filter (where state = 'failed')::int as failed,
       count(*) filter (where state = 'due' and (source, host) in (select * from unnest($1::text[], $2::text[])))::int as waiting, count(*)::int as total
     from frontier group by source order by source`,
    [closed.map(({ source }) => source), closed.map(({ host }) => host)],
  );
  return rows;
}

/** Due requests at these hosts, whatever their time. */
export async function countDueAt(db: Queryable, hosts: readonly SourceHost[]): Promise<number> {
  const { rows } = await db.query<{ count: number }>(
    `select count(*)::int as count from frontier where state = 'due' and (source, host) in (select * from unnest($1::text[], $2::text[]))`,
    [hosts.map(({ source }) => source), hosts.map(({ host }) => host)],
  );
  return rows[0]?.count ?? 0;
}

async function insertRequests(
  tx: Queryable,
  requests: readonly FrontierRequest[],
  now: Date,
  name: string,
  onConflict: string,
): Promise<number> {
  const keyed = requests.map((request) => ({
    ...request,
    url: storableText(request.url),
    urlKey: storableKey(request.urlKey),
  }));
  const unique = [...new Map(keyed.map((request) => [`${request.source} ${request.urlKey}`, request])).values()];
  if (unique.length === 0) return 0;
  unique.sort((a, b) => (a.source === b.source ? compare(a.urlKey, b.urlKey) : compare(a.source, b.source)));
  const { rowCount } = await tx.query({
    name,
    text: `insert into frontier (source, url_key, url, kind, priority, depth, run_id, host, cursor, cursor_until, due_at)
           select *, $11 from unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::smallint[], $6::smallint[], $7::uuid[], $8::text[], $9::text[], $10::timestamptz[])
           on conflict (source, url_key) ${onConflict}`,
    values: [
      unique.map((request) => request.source),
      unique.map((request) => request.urlKey),
      unique.map((request) => request.url),
      unique.map((request) => request.kind),
      unique.map((request) => request.priority),
      unique.map((request) => request.depth),
      unique.map((request) => request.runId),
      unique.map((request) => hostOf(request.url)),
      unique.map((request) => request.window?.cursor ?? null),
      unique.map((request) => request.window?.until ?? null),
      now,
    ],
  });
  return rowCount ?? 0;
}

function hostOf(url: string): string {
  return URL.parse(url)?.hostname ?? '';
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
