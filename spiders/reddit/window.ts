/**
 * How far back a listing is read. `before=<newest>` alone would not do: when that post is deleted, the answer is an empty page for ever. So a
 * look goes back 48 hours behind what was known, and carries its limit from page to page in the address's fragment, which is never sent.
 */
import type { PostItem } from '../../src/core/items.ts';
import type { PageRequest } from '../../src/core/parse-result.ts';

/** Two looks in a row share this much: late comments, approved posts and changed scores are seen again. Milliseconds. */
const OVERLAP_MS = 48 * 3_600_000;
const SINCE = /^#since=(?<time>\d{4}-\d{2}-\d{2}T[\d:.]+Z)$/;

/** The request, read back to 48 hours before `date`: the moment of the newest post that is known. */
export function since(request: PageRequest, date: Date): PageRequest {
  const url = new URL(request.url);
  url.hash = `since=${new Date(date.getTime() - OVERLAP_MS).toISOString()}`;
  return { ...request, url: url.href };
}

/**
 * Whether a page of a listing ends the look: its last post is older than the limit that its address carries. Only in the order of time,
 * and posts that are pinned on top do not count.
 */
export function endsWindow(pageUrl: string, posts: readonly PostItem[]): boolean {
  const url = URL.canParse(pageUrl) ? new URL(pageUrl) : null;
  const limit = Date.parse(SINCE.exec(url?.hash ?? '')?.groups?.time ?? '');
  const last = Date.parse(posts.at(-1)?.createdAt ?? '');
  return /\/(?:new|comments)$/.test(url?.pathname ?? '') && last < limit;
}
