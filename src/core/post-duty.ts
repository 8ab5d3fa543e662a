/**
 * The duty that comes with posts: what is deleted at its source must be deleted here, within 48 hours. Facts (artist, title, cue) with the
 * post's name as evidence may stay; text, links, and who wrote it may not. See ops/decisions/2026-11-24-erasure.md.
 */
import type { PostItem } from './items.ts';

const HOUR_MS = 3_600_000;
/** Content is held this long at most after it was last seen at its source, milliseconds. */
export const CONFIRM_WITHIN_MS = 48 * HOUR_MS;
/** Its source is asked again after this long: early enough to be asked several times before the content has to go, milliseconds. */
export const CHECK_AFTER_MS = 20 * HOUR_MS;
/** An archived page that holds posts is kept this long, milliseconds: what it says is extracted by then. */
const PAGE_LIFE_MS = 24 * HOUR_MS;

export const SOURCES_WITH_DUTY: ReadonlySet<string> = new Set(['reddit']);

export type ErasureReason = Exclude<PostItem['status'], 'live'>;

export function hasDeletionDuty(source: string): boolean {
  return SOURCES_WITH_DUTY.has(source);
}

/** When a page's bytes must leave the archive; null for sources without the duty. */
export function pageEndsAt(source: string, fetchedAt: Date): Date | null {
  return hasDeletionDuty(source) ? new Date(fetchedAt.getTime() + PAGE_LIFE_MS) : null;
}

/** What may be kept of an erased post: its name, its place in the thread, its numbers. */
export function withoutContent(post: PostItem): PostItem {
  const subreddit = isProfile(post.subreddit) ? null : post.subreddit;
  // The permalink ends in the words of the title.
  return {
    ...post,
    subreddit,
    author: null,
    title: null,
    body: null,
    url: null,
    permalink: null,
    tracks: [],
    extra: {},
    purge: true,
  };
}

/** "u_somebody" is the name of the author. */
function isProfile(subreddit: string | null): boolean {
  return subreddit?.startsWith('u_') === true;
}

const POST_ADDRESS = /(?:\/(?:r|u|user)\/[^/\s"]+)?\/comments\/(\w+)\/(?!_(?:\/|$))[^/?#\s"]+/g;

/** The text with the words of titles taken out of addresses of posts: "/r/House/comments/abc/words_of_it/" is "/comments/abc/_/". */
export function withoutTitleWords<T extends string | null>(text: T): T {
  return (text === null ? null : text.replace(POST_ADDRESS, '/comments/$1/_')) as T;
}
