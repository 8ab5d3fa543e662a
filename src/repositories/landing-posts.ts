/** Landing pages that hold posts: what is deleted at its source lands without content, and takes what we held of it along. */
import type { PostItem } from '../core/items.ts';
import { type ErasureReason, hasDeletionDuty, withoutContent, withoutTitleWords } from '../core/post-duty.ts';
import type { Queryable } from '../platform/database.ts';
import { eraseAuthors, eraseTraces, type HeldPost } from './erasure.ts';
import type { LandingPage } from './landing-page.ts';

const ACTOR = 'crawl';

interface KnownPost extends HeldPost {
  readonly state: string;
  readonly status: PostItem['status'];
  readonly author: string | null;
}

/** What the database says of the posts of some pages before they land. */
export type KnownPosts = ReadonlyMap<string, KnownPost>;

/** Pages of sources with the duty, and what is known of their posts; locks nothing. */
export async function readKnownPosts(tx: Queryable, pages: readonly LandingPage[]): Promise<KnownPosts> {
  const ids = postsOf(pages).map(({ id }) => id);
  if (ids.length === 0) return new Map();
  const { rows } = await tx.query<KnownPost>({
    name: 'landing-known-posts',
    text: `select id, external_id as "externalId", state, body->>'status' as status, body->>'author' as author from raw_items
           where source = any($1::text[]) and kind = 'post' and external_id = any($2::text[])`,
    values: [[...new Set(pages.map(({ source }) => source))], ids],
  });
  return new Map(rows.map((row) => [row.externalId, row]));
}

/** The page as it may be stored: no words of titles in addresses, no content of what is deleted or stays erased. */
export function withoutErased(page: LandingPage, known: KnownPosts): LandingPage {
  if (!hasDeletionDuty(page.source)) return page;
  const items = page.items.map((item) => (item.kind === 'post' ? lawful(item, page, known) : item));
  const exchange = page.exchange;
  return {
    ...page,
    url: withoutTitleWords(page.url),
    finalUrl: withoutTitleWords(page.finalUrl),
    exchange:
      exchange === null
        ? null
        : {
            ...exchange,
            headers: exchange.headers.map(([name, value]) => [name, withoutTitleWords(value)] as const),
            redirects: exchange.redirects.map((hop) => ({
              ...hop,
              url: withoutTitleWords(hop.url),
              location: withoutTitleWords(hop.location),
            })),
          },
    items,
  };
}

/** Notes which documents hold which posts, and erases what we held of posts that these pages show as deleted. */
export async function followPosts(
  tx: Queryable,
  pages: readonly LandingPage[],
  known: KnownPosts,
  now: Date,
): Promise<void> {
  const posts = postsOf(pages);
  if (posts.length === 0) return;
  await linkDocuments(tx, pages);
  await endStale(tx, pages, known, now);
  const deleted = posts.filter(({ id, purge }) => purge && known.has(id) && known.get(id)?.state !== 'erased');
  for (const [reason, ofReason] of Map.groupBy(deleted, ({ status }) => status as ErasureReason)) {
    await eraseTraces(tx, await erasedNow(tx, ofReason, known), { reason, actor: ACTOR }, now);
  }
  const nameless = posts.filter(({ id, status }) => status === 'account-gone' && isNamed(known.get(id)));
  await eraseAuthors(tx, heldOf(nameless, known), { reason: 'account-gone', actor: ACTOR }, now);
}

function postsOf(pages: readonly LandingPage[]): PostItem[] {
  return pages
    .filter(({ source }) => hasDeletionDuty(source))
    .flatMap(({ items }) => items.filter((item): item is PostItem => item.kind === 'post'));
}

function lawful(post: PostItem, page: LandingPage, known: KnownPosts): PostItem {
  const before = known.get(post.id);
  if (before !== undefined && staysErased(before, page)) return withoutContent({ ...post, status: before.status });
  return post.purge ? withoutContent(post) : post;
}

/**
 * What a person had erased stays so. What its source deleted comes back only when the source itself shows it again: a saved page may be
 * older than the deletion.
 */
function staysErased(before: KnownPost | undefined, { via }: LandingPage): boolean {
  if (before?.state !== 'erased' || before.status === 'unconfirmed') return false;
  return before.status === 'erased-by-request' || via === 'import' || via === 'replay';
}

/** Only what the upsert has really replaced: a page may be older than what we hold. */
async function erasedNow(tx: Queryable, posts: readonly PostItem[], known: KnownPosts): Promise<HeldPost[]> {
  const { rows } = await tx.query<HeldPost>({
    name: 'landing-erased-now',
    text: `select id, external_id as "externalId" from raw_items where id = any($1::bigint[]) and state = 'erased'`,
    values: [heldOf(posts, known).map(({ id }) => id)],
  });
  return rows;
}

function heldOf(posts: readonly PostItem[], known: KnownPosts): HeldPost[] {
  return [...new Set(posts.map(({ id }) => id))].flatMap((id) => known.get(id) ?? []);
}

function isNamed(post: KnownPost | undefined): boolean {
  return post !== undefined && post.state !== 'erased' && post.author !== null && post.author !== '[deleted]';
}

async function linkDocuments(tx: Queryable, pages: readonly LandingPage[]): Promise<void> {
  const links = pages
    .filter(({ source }) => hasDeletionDuty(source))
    .flatMap(({ document, items }) =>
      items
        .filter((item) => item.kind === 'post' && item.status !== 'absent')
        .map((item) => ({ digest: document.digest, id: (item as PostItem).id })),
    );
  await tx.query({
    name: 'document-posts-insert',
    text: `insert into document_posts (document_digest, external_id) select distinct * from unnest($1::bytea[], $2::text[]) as l (digest, id)
           order by 2, 1 on conflict do nothing`,
    values: [links.map(({ digest }) => digest), links.map(({ id }) => id)],
  });
}

/** A page may show what is deleted (a moderator leaves the title standing) or stays erased: then the page itself goes with the next look. */
async function endStale(tx: Queryable, pages: readonly LandingPage[], known: KnownPosts, now: Date): Promise<void> {
  const stale = pages.filter((page) =>
    page.items.some((item) => item.kind === 'post' && (item.purge || staysErased(known.get(item.id), page))),
  );
  if (stale.length === 0) return;
  await tx.query(
    'update documents set erase_at = least(erase_at, $2) where digest = any($1::bytea[]) and erased_at is null',
    [stale.map(({ document }) => document.digest), now],
  );
}
