/**
 * Erasure of posts: what their source deleted, or a person asked to, leaves every table. What stays is the post's name, its place in the
 * thread, and the facts read out of it (artist, title, cue of tracks that the catalogue knows). One transaction with whatever told us.
 */
import type { ErasureReason } from '../core/post-duty.ts';
import type { Queryable } from '../platform/database.ts';
import { enqueue } from './outbox.ts';

/** A post whose content we hold. */
export interface HeldPost {
  readonly id: number;
  readonly externalId: string;
}

export interface ErasedPosts {
  readonly posts: number;
  /** Mentions of known tracks: facts, kept without author and text. */
  readonly mentionsKept: number;
  /** Mentions that named no known track: text, taken away. */
  readonly mentionsRemoved: number;
  /** Archived documents that hold a post and leave the archive next. */
  readonly documents: number;
}

export interface Erasure {
  readonly reason: ErasureReason;
  /** Who erased: "crawl", "follow-deletions", or the person at the command line. */
  readonly actor: string;
}

/** What claims of mentions are made of: the facts that may stay. */
const FACTS = ['artist', 'title', 'mixName', 'cueSeconds', 'confidence'];
const ERASED = '[erased]';
/** As `withoutTitleWords` in src/core/post-duty.ts. */
const WITHOUT_WORDS = String.raw`regexp_replace(m.permalink, '(/(r|u|user)/[^/]+)?/comments/(\w+)/(?!_(/|$))[^/?#]+', '/comments/\3/_')`;
const PRIORITY = 1;

/** Takes posts' content out of `raw_items` and everything made of it; those erased before, or unknown, are passed over. */
export async function erasePosts(
  tx: Queryable,
  posts: { readonly source: string; readonly externalIds: readonly string[] },
  erasure: Erasure,
  now: Date,
): Promise<ErasedPosts> {
  const { rows } = await tx.query<HeldPost>({
    name: 'erasure-raw-items',
    text: `with held as (
             select id, body || '{"author": null, "title": null, "body": null, "url": null, "permalink": null, "tracks": [], "extra": {}, "purge": true}'
               || jsonb_build_object('status', $3::text, 'subreddit', nullif(body->>'subreddit', case when body->>'subreddit' like 'u\\_%' then body->>'subreddit' end)) as body
             from raw_items where source = $1 and kind = 'post' and external_id = any($2::text[]) and state <> 'erased' order by id for update)
           update raw_items r set body = held.body, body_digest = sha256(convert_to(held.body::text, 'UTF8')), url = null, state = 'erased', observed_at = $4,
             version = r.version + 1
           from held where r.id = held.id returning r.id, r.external_id as "externalId"`,
    values: [posts.source, posts.externalIds, erasure.reason, now],
  });
  return eraseTraces(tx, rows, erasure, now);
}

/** Title and lines of the body of a post as we hold it; nothing when we do not. */
export async function readPostTexts(db: Queryable, source: string, externalId: string): Promise<string[]> {
  const { rows } = await db.query<{ texts: (string | null)[] }>(
    `select array[body->>'title', body->>'body'] as texts from raw_items where source = $1 and kind = 'post' and external_id = $2`,
    [source, externalId],
  );
  return rows.flatMap(({ texts }) => texts.filter((text) => text !== null)).flatMap((text) => text.split(/[\r\n]+/));
}

/** Everything made of posts whose rows in `raw_items` have lost their content already (state `erased`). */
export async function eraseTraces(
  tx: Queryable,
  posts: readonly HeldPost[],
  erasure: Erasure,
  now: Date,
): Promise<ErasedPosts> {
  if (posts.length === 0) return { posts: 0, mentionsKept: 0, mentionsRemoved: 0, documents: 0 };
  const ids = posts.map(({ id }) => id);
  const mentions = await eraseMentions(tx, ids, now);
  await eraseWork(tx, ids);
  const documents = await eraseDocumentsSoon(
    tx,
    posts.map(({ externalId }) => externalId),
    now,
  );
  await recordErasures(tx, posts, erasure, now);
  return { posts: posts.length, ...mentions, documents };
}

/** Of gone accounts only the name must go: pages that showed it leave the archive. */
export async function eraseAuthors(
  tx: Queryable,
  posts: readonly HeldPost[],
  erasure: Erasure,
  now: Date,
): Promise<void> {
  if (posts.length === 0) return;
  await eraseDocumentsSoon(
    tx,
    posts.map(({ externalId }) => externalId),
    now,
  );
  await recordErasures(tx, posts, erasure, now);
}

async function eraseMentions(
  tx: Queryable,
  ids: readonly number[],
  now: Date,
): Promise<Pick<ErasedPosts, 'mentionsKept' | 'mentionsRemoved'>> {
  await tx.query({
    name: 'erasure-claims',
    text: `update claims c set fields = (select coalesce(jsonb_object_agg(f.key, f.value), '{}') from jsonb_each(c.fields) f where f.key = any($2::text[]))
           where c.raw_item_id = any($1::bigint[])`,
    values: [ids, FACTS],
  });
  const { rows } = await tx.query<{ kept: number; removed: number }>({
    name: 'erasure-mentions',
    text: `with removed as (delete from mentions where raw_item_id = any($1::bigint[]) and track_id is null returning id),
           kept as (
             update mentions m set permalink = ${WITHOUT_WORDS}, version = m.version + 1
             where m.raw_item_id = any($1::bigint[]) and m.track_id is not null returning m.id),
           noted as (
             insert into search_outbox (entity_type, entity_id, changed_at)
             select 'mention', id, $2 from (select id from removed union all select id from kept) changed order by id
             on conflict (entity_type, entity_id) do update set changed_at = excluded.changed_at)
           select (select count(*)::int from kept) as kept, (select count(*)::int from removed) as removed`,
    values: [ids, now],
  });
  const { kept = 0, removed = 0 } = rows[0] ?? {};
  if (kept + removed > 0) await enqueue(tx, [{ queue: 'index', name: 'index', payload: {}, priority: PRIORITY }], now);
  return { mentionsKept: kept, mentionsRemoved: removed };
}

/** What stages left behind: prepared forms, reasons of scores, words of faults. Jobs carry ids only; what they failed with may quote. */
async function eraseWork(tx: Queryable, ids: readonly number[]): Promise<void> {
  await tx.query('delete from items where raw_item_id = any($1::bigint[])', [ids]);
  await tx.query('delete from quality_scores where raw_item_id = any($1::bigint[])', [ids]);
  await tx.query(
    `update quarantine set message = '${ERASED}', position = null, url = null, version = version + 1 where raw_item_id = any($1::bigint[])`,
    [ids],
  );
  await tx.query(
    `update dead_letters set error = '${ERASED}', version = version + 1
     where payload ? 'rawItemIds' and exists (select 1 from jsonb_array_elements_text(payload->'rawItemIds') i where i.value::bigint = any($1::bigint[]))`,
    [ids],
  );
}

/** The archive is no part of the transaction: documents are marked here, and their bytes go by `eraseDueDocuments`. */
async function eraseDocumentsSoon(tx: Queryable, externalIds: readonly string[], now: Date): Promise<number> {
  const { rowCount } = await tx.query({
    name: 'erasure-documents',
    text: `update documents d set erase_at = least(d.erase_at, $2)
           where d.erased_at is null and d.digest in (select document_digest from document_posts where external_id = any($1::text[]))`,
    values: [externalIds, now],
  });
  return rowCount ?? 0;
}

/** What was erased, when and why; never what it said. */
async function recordErasures(
  tx: Queryable,
  posts: readonly HeldPost[],
  { reason, actor }: Erasure,
  now: Date,
): Promise<void> {
  await tx.query({
    name: 'erasure-record',
    text: `insert into audit_log (happened_at, actor, action, subject, detail)
           select $4, $2, 'erase', subject, jsonb_build_object('why', $3::text) from unnest($1::text[]) as subject`,
    values: [posts.map(({ externalId }) => externalId), actor, reason, now],
  });
}
