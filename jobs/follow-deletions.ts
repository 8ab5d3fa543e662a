/**
 * Follow deletions: what a source deleted must be deleted here within 48 hours. Posts that were not seen for a while are asked about (the
 * crawl does the asking, and landing its answers does the erasing); content that could not be confirmed in time is erased without an answer;
 * archived pages that hold posts leave the archive when their time has come.
 */
import { loadSource, SOURCE_NAMES } from '../spiders/registry.ts';
import { CHECK_AFTER_MS, CONFIRM_WITHIN_MS, hasDeletionDuty } from '../src/core/post-duty.ts';
import type { Source } from '../src/core/source.ts';
import { eraseDueDocuments } from '../src/repositories/document-erasure.ts';
import { erasePosts } from '../src/repositories/erasure.ts';
import { makeDue } from '../src/repositories/frontier.ts';
import { countWaiting, findPostsToCheck, forgetAnswered } from '../src/repositories/post-checks.ts';
import { crawlVia } from './access.ts';
import type { JobCtx, Outcome } from './job.ts';

export const FOLLOW_DELETIONS = 'follow-deletions';

/** Posts asked about at a time: 200 requests, two minutes at the pace that Reddit allows. */
const POSTS_AT_ONCE = 20_000;
const ERASED_AT_ONCE = 1_000;
/** Before the links that pages lead to, after what a person waits for. */
const CHECK_PRIORITY = 2;

export type FollowCtx = Pick<JobCtx, 'db' | 'archive' | 'clock' | 'config'>;

/** One tick of the schedule; safe to repeat. */
export async function followDeletions(ctx: FollowCtx): Promise<Outcome> {
  let asked = 0;
  let unconfirmed = 0;
  for (const name of SOURCE_NAMES.filter(hasDeletionDuty)) {
    asked += await askAboutPosts(ctx, await loadSource(name));
    unconfirmed += await eraseUnconfirmed(ctx, name);
  }
  return { asked, unconfirmed, documents: await eraseDueDocuments(ctx, ctx.clock.now()) };
}

/** Makes the requests due that ask about posts not seen lately. Returns how many; none while earlier ones wait, or the source may not be asked. */
async function askAboutPosts(ctx: FollowCtx, source: Source): Promise<number> {
  const { name } = source.facts;
  const now = ctx.clock.now();
  const checks = source.existenceChecks;
  if (checks === undefined || crawlVia(ctx, source) === null) return 0;
  await forgetAnswered(ctx.db, name, checks.kind, new Date(now.getTime() - CONFIRM_WITHIN_MS));
  if ((await countWaiting(ctx.db, name, checks.kind, now)) > 0) return 0;
  const seenBefore = new Date(now.getTime() - CHECK_AFTER_MS);
  const posts = await findPostsToCheck(ctx.db, { source: name, seenBefore, limit: POSTS_AT_ONCE });
  const requests = checks.requests(posts).map(({ url, kind }) => ({
    source: name,
    urlKey: source.normaliseUrl(url),
    url,
    kind,
    priority: CHECK_PRIORITY,
    depth: 0,
    runId: null,
  }));
  return makeDue(ctx.db, requests, now);
}

/** Content that its source did not confirm in time goes, whatever kept us from asking. Returns how many posts. */
async function eraseUnconfirmed(ctx: FollowCtx, source: string): Promise<number> {
  const now = ctx.clock.now();
  const seenBefore = new Date(now.getTime() - CONFIRM_WITHIN_MS);
  for (let erased = 0; ; ) {
    const externalIds = await findPostsToCheck(ctx.db, { source, seenBefore, limit: ERASED_AT_ONCE });
    if (externalIds.length === 0) return erased;
    const { posts } = await ctx.db.transaction((tx) =>
      erasePosts(tx, { source, externalIds }, { reason: 'unconfirmed', actor: FOLLOW_DELETIONS }, now),
    );
    erased += posts;
    if (posts === 0) return erased;
  }
}
