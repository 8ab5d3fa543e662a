/**
 * Landing: a batch of visited pages becomes documents, fetches, raw items, new requests and the jobs that go on with them, in one
 * transaction. Landing the same page again changes nothing; a page whose lease was lost lands nothing.
 */
import { createHash } from 'node:crypto';
import { externalIdOf, type Item } from '../core/items.ts';
import { USABLE } from '../core/verdict.ts';
import type { Verdict } from '../core/verdicts.ts';
import type { Queryable } from '../platform/database.ts';
import { type CursorMove, moveCursors } from './cursors.ts';
import { addRequests, finishLeases, markGone } from './frontier.ts';
import { keepShared, landDocuments } from './landing-documents.ts';
import type { LandingPage } from './landing-page.ts';
import { followPosts, readKnownPosts, withoutErased } from './landing-posts.ts';
import { countVerdicts, recordYields } from './page-yields.ts';
import { quarantine } from './quarantine.ts';
import { joinedArray, joinedTexts, storableJson, storableKey, storableText } from './storable.ts';

export interface Landed {
  /** Raw items that are new or changed and have a pipeline. */
  readonly toTransform: number[];
  readonly pages: number;
  readonly items: number;
  /** Items that told nothing new: known with the same content, or told by a newer page. One that could not be used then is tried again. */
  readonly unchanged: number;
  readonly newRequests: number;
  readonly quarantined: number;
  /** Measures of a kind of page that fell so far that it is an alarm. */
  readonly alarms: number;
}

/** Problems that describe a page we could not use (or not trust); the others are remarks and stay with the fetch. */
const QUARANTINED = new Set([
  'decoy',
  'missing-tracks',
  'layout-drift',
  'unknown-shape',
  'not-text',
  'empty',
  'truncated',
  'too-large',
  'bad-value',
  'parser-fault',
  'bad-encoding',
  'digest-mismatch',
]);

/** @param isPipelined whether items of a kind go through the pipeline; the others are kept as they are. */
export async function landPages(
  tx: Queryable,
  pages: readonly LandingPage[],
  isPipelined: (kind: string) => boolean,
  now: Date,
): Promise<Landed> {
  const answered = await heldPages(tx, pages, now);
  const known = await readKnownPosts(tx, answered);
  const held = answered.map((page) => withoutErased(page, known));
  const ending = await landDocuments(tx, held, now);
  await insertFetches(tx, held);
  await countVerdicts(
    tx,
    held.map(({ source, via, judgement: { verdict } }) => ({ source, via, verdict })),
  );
  const alarms = await recordYields(tx, held.flatMap(measured), now);
  const usable = held.map(withoutDoubtful);
  const landed = await upsertRawItems(tx, usable, isPipelined);
  await followPosts(tx, held, known, now);
  await keepShared(tx, ending);
  const newRequests = await addRequests(
    tx,
    usable.flatMap((page) => page.requests),
    now,
  );
  await moveCursors(tx, held.flatMap(looked));
  const quarantined = await quarantine(tx, held.flatMap(refusedParts), now);
  return { ...landed, pages: held.length, newRequests, quarantined, alarms };
}

/** Of a page that is no data only the refusal or error itself is kept: nothing it claims to say, nothing it leads to. */
function withoutDoubtful(page: LandingPage): LandingPage {
  if (USABLE.has(page.judgement.verdict)) return page;
  return { ...page, items: page.items.filter(({ kind }) => kind === 'block' || kind === 'error'), requests: [] };
}

/** The look at a listing that a page was part of. */
function looked({ source, lease }: LandingPage): CursorMove[] {
  const window = lease?.window ?? null;
  return window === null ? [] : [{ source, name: window.cursor, reachedAt: new Date(window.until) }];
}

/** Answers that hold no page (it is as it was, it is elsewhere) measure nothing: they would pass for pages that lost their items. */
function measured({ source, kind, measures, judgement: { verdict } }: LandingPage) {
  const isPage = verdict === 'ok' || verdict === 'empty';
  return isPage && kind !== null && measures !== null ? [{ source, kind, measures }] : [];
}

async function heldPages(tx: Queryable, pages: readonly LandingPage[], now: Date): Promise<LandingPage[]> {
  const leases = pages.flatMap((page) => page.lease ?? []);
  if (leases.length === 0) return [...pages];
  const held = await finishLeases(tx, leases, now);
  const gone = pages.flatMap(({ lease, judgement }) =>
    judgement.verdict === 'gone' && lease !== null ? [lease.id] : [],
  );
  if (gone.length > 0) await markGone(tx, gone);
  return pages.filter((page) => page.lease === null || held.has(page.lease.id));
}

async function insertFetches(tx: Queryable, pages: readonly LandingPage[]): Promise<void> {
  await tx.query({
    name: 'fetches-insert',
    text: `insert into fetches (source, via, url, final_url, kind, status, content_type, exchange, remote_address, document_digest, outcome, problem, duration_ms, run_id, fetched_at)
           select * from unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::smallint[], $7::text[], $8::json[], $9::text[], $10::bytea[],
             $11::text[], $12::text[], $13::int[], $14::uuid[], $15::timestamptz[])`,
    values: [
      pages.map((p) => p.source),
      pages.map((p) => p.via),
      pages.map((p) => p.url),
      pages.map((p) => p.finalUrl),
      pages.map((p) => p.kind),
      pages.map((p) => p.status),
      pages.map((p) => storableText(p.contentType)),
      pages.map((p) => (p.exchange === null ? null : storableJson(p.exchange))),
      pages.map((p) => p.remoteAddress),
      pages.map((p) => p.document.digest),
      pages.map((p) => p.judgement.verdict),
      pages.map((p) => storableText(p.judgement.reason ?? p.problems[0]?.message ?? null)),
      pages.map((p) => p.durationMs),
      pages.map((p) => p.runId),
      pages.map((p) => p.fetchedAt),
    ],
  });
}

interface RawRow {
  readonly page: LandingPage;
  readonly item: Item;
  readonly externalId: string;
  readonly body: string;
  /** Of what the page says: the time it was read changes nothing. */
  readonly digest: Buffer;
  readonly position: number;
}

/**
 * A page read later wins, unless it says itself that it is an older version (setlist.fm's `setlist/version/…`): its `lastUpdated`, ISO 8601 in
 * UTC, lies before the one that is known. The same document read again by another parser may say anything.
 */
async function upsertRawItems(
  tx: Queryable,
  pages: readonly LandingPage[],
  isPipelined: (kind: string) => boolean,
): Promise<Pick<Landed, 'toTransform' | 'items' | 'unchanged'>> {
  const rows = rawRows(pages);
  if (rows.length === 0) return { toTransform: [], items: 0, unchanged: 0 };
  const { rows: changed } = await tx.query<{ id: number; state: string }>({
    name: 'raw-items-upsert',
    text: `insert into raw_items (source, kind, external_id, document_digest, document_position, url, body, body_digest, state, run_id, observed_at)
           select * from unnest($1::text[], $2::text[], $3::text[], $4::bytea[], $5::int[], $6::text[], ${joinedArray('$7')}::jsonb[], $8::bytea[], $9::text[], $10::uuid[], $11::timestamptz[])
           on conflict (source, kind, external_id) do update
             set document_digest = excluded.document_digest, document_position = excluded.document_position, url = excluded.url, body = excluded.body,
                 body_digest = excluded.body_digest, state = excluded.state, run_id = excluded.run_id, observed_at = excluded.observed_at, version = raw_items.version + 1
             where (raw_items.body_digest <> excluded.body_digest or raw_items.state in ('quarantined', 'dead'))
               and (raw_items.observed_at, raw_items.document_digest) <= (excluded.observed_at, excluded.document_digest)
               and (((excluded.body ->> 'lastUpdated') collate "C" < (raw_items.body ->> 'lastUpdated')) is not true
                    or raw_items.document_digest = excluded.document_digest)
           returning id, state`,
    values: [
      rows.map((r) => r.page.source),
      rows.map((r) => r.item.kind),
      rows.map((r) => r.externalId),
      rows.map((r) => r.page.document.digest),
      rows.map((r) => r.position),
      rows.map((r) => r.page.finalUrl ?? r.page.url),
      joinedTexts(rows.map((r) => r.body)),
      rows.map((r) => r.digest),
      rows.map((r) => stateOf(r.item, isPipelined)),
      rows.map((r) => r.page.runId),
      rows.map((r) => r.page.fetchedAt),
    ],
  });
  if (changed.length < rows.length) await markSeen(tx, rows);
  const toTransform = changed.filter(({ state }) => state === 'landed').map(({ id }) => id);
  const items = pages.reduce((sum, page) => sum + page.items.length, 0);
  return { toTransform, items, unchanged: items - changed.length };
}

/** A deleted post is read by no stage: what was made of it before is erased, not made anew. */
function stateOf(item: Item, isPipelined: (kind: string) => boolean): string {
  if (item.kind === 'post' && item.purge) return 'erased';
  return isPipelined(item.kind) ? 'landed' : 'kept';
}

/**
 * Items told again with the same content by a newer page were true at its time: what an older page says, and lands later, must not replace
 * them. Those with other content have the newer time already, or tell an older version, which says nothing of the newer one: the upsert came
 * before, and it locked all of the rows in the order of their keys.
 */
async function markSeen(tx: Queryable, rows: readonly RawRow[]): Promise<void> {
  await tx.query({
    name: 'raw-items-mark-seen',
    text: `update raw_items r set observed_at = seen.at
           from unnest($1::text[], $2::text[], $3::text[], $4::timestamptz[], $5::bytea[]) as seen (source, kind, external_id, at, digest)
           where r.source = seen.source and r.kind = seen.kind and r.external_id = seen.external_id and r.observed_at < seen.at
             and r.body_digest = seen.digest`,
    values: [
      rows.map((r) => r.page.source),
      rows.map((r) => r.item.kind),
      rows.map((r) => r.externalId),
      rows.map((r) => r.page.fetchedAt),
      rows.map((r) => r.digest),
    ],
  });
}

/**
 * One row an item key, the newest reading of a batch winning, in key order (two landings must not deadlock). Of two documents of one moment
 * the greater digest wins, here as in the upsert: whichever comes last, and however often, the same one stays.
 */
function rawRows(pages: readonly LandingPage[]): RawRow[] {
  const byKey = new Map<string, RawRow>();
  for (const page of pages) {
    for (const [position, item] of page.items.entries()) {
      const externalId = storableKey(externalIdOf(item));
      const key = `${page.source}\u001f${item.kind}\u001f${externalId}`;
      const known = byKey.get(key);
      if (known !== undefined && tellsNewer(known, { page, item })) continue;
      const body = storableJson(item);
      byKey.set(key, { page, item, externalId, body, digest: digestOf(item, body), position });
    }
  }
  return [...byKey.entries()].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, row]) => row);
}

/** The rule of the upsert, within a batch. */
function tellsNewer(a: Pick<RawRow, 'page' | 'item'>, b: Pick<RawRow, 'page' | 'item'>): boolean {
  const [ofA, ofB] = [lastUpdatedOf(a.item), lastUpdatedOf(b.item)];
  return ofA === null || ofB === null || ofA === ofB ? isNewer(a.page, b.page) : ofA > ofB;
}

function lastUpdatedOf(item: Item): string | null {
  return item.kind === 'setlist' ? item.lastUpdated : null;
}

function isNewer(a: LandingPage, b: LandingPage): boolean {
  const difference = a.fetchedAt.getTime() - b.fetchedAt.getTime();
  return difference === 0 ? Buffer.compare(a.document.digest, b.document.digest) > 0 : difference > 0;
}

/** Licences ask for the day a page was read; the same page read on another day is the same. */
function digestOf(item: Item, body: string): Buffer {
  const isDated = item.kind === 'setlist' && typeof item.extra.retrievedAt === 'string';
  const said = isDated ? storableJson({ ...item, extra: { ...item.extra, retrievedAt: null } }) : body;
  return createHash('sha256').update(said).digest();
}

function refusedParts(page: LandingPage) {
  const document = page.document.digest;
  const about = {
    source: page.source,
    kind: page.kind,
    rawItemId: null,
    documentDigest: document,
    url: page.finalUrl ?? page.url,
  };
  const hex = document.toString('hex');
  const problems = page.problems
    .filter(({ code }) => QUARANTINED.has(code))
    .map(({ code, message, where }) => ({
      ...about,
      dedupeKey: `document:${page.source}:${hex}:${code}:${where ?? ''}`,
      reason: code,
      message,
      position: where,
    }));
  return [
    ...problems,
    ...wholePage(
      page,
      problems.map(({ message }) => message),
    ).map((entry) => ({ ...about, ...entry })),
  ];
}

/** Verdicts by which a page is held back whole. */
const HELD_WHOLE: ReadonlySet<Verdict> = new Set([
  'block',
  'decoy',
  'layout-drift',
  'truncated',
  'unreadable',
  'soft-error',
]);

/** The page itself, unless one of its problems says the same already, or it is an interface's error, which is kept as what it is. */
function wholePage(page: LandingPage, said: readonly string[]) {
  const { source, document, exchange, items, judgement } = page;
  const { verdict, reason } = judgement;
  // What a connection cut off is asked for again: there is nothing to hold.
  if (exchange?.bodyFault?.code === 'TRUNCATED') return [];
  const isTold =
    said.includes(reason ?? '') || (verdict === 'soft-error' && items.some(({ kind }) => kind === 'error'));
  if (!HELD_WHOLE.has(verdict) || isTold) return [];
  const isBlock = verdict === 'block';
  const kind = isBlock ? `block:${/^HTTP (\d+)/.exec(reason ?? '')?.[1]?.replace(/^/, 'http-') ?? reason}` : verdict;
  const message = isBlock ? `the source refused us: ${reason}` : (reason ?? 'no reason given');
  const dedupeKey = `document:${source}:${document.digest.toString('hex')}:${verdict}`;
  return [{ dedupeKey, reason: kind, message, position: null }];
}
