/**
 * What became of a post: Reddit obliges everybody who holds its content to delete what was deleted there.
 * In doubt a post counts as deleted.
 */

import type { PostItem } from '../../src/core/items.ts';
import { asText, type JsonRecord } from '../../src/core/json-page.ts';

export type PostStatus = PostItem['status'];

const DELETED = /^\[\s*deleted\b[^\]]*\]$/i;
const REMOVED = /^\[\s*removed\b[^\]]*\](?:\s*on account of\b.*)?$/is;

/** Whether content of this status must be erased from everything we hold; of a gone account only its name must. */
export function mustPurge(status: PostStatus): boolean {
  return status !== 'live' && status !== 'account-gone';
}

/** Reads the status off the shapes that Reddit shows: marks in place of text, `removed_by_category`, a missing author. */
export function statusOf(thing: JsonRecord): PostStatus {
  const category = asText(thing.removed_by_category);
  if (category !== null)
    return category === 'deleted' || category === 'author' ? 'deleted-by-author' : 'removed-by-moderator';
  // What its author deleted keeps that in the title, whatever stands in place of the text.
  if (DELETED.test(asText(thing.title)?.trim() ?? '')) return 'deleted-by-author';
  const texts = [thing.body, thing.selftext, thing.title].map((text) => asText(text)?.trim() ?? '');
  if (texts.some((text) => REMOVED.test(text)) || asText(thing.removal_reason) === 'legal')
    return 'removed-by-moderator';
  if (texts.some((text) => DELETED.test(text))) return 'deleted-by-author';
  if (asText(thing.author) !== '[deleted]') return 'live';
  // A text that still stands, or a category that says "not removed", means that only the account went.
  const stands = asText(thing.body) !== null || asText(thing.selftext) !== null || thing.removed_by_category === null;
  return stands ? 'account-gone' : 'deleted-by-author';
}
