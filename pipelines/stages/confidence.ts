/** How far a row read out of free text can be believed. */
import type { PostItem, PostRow } from '../../src/core/items.ts';

/** Below this a mention is kept as text but names no track of the catalogue: "A - B" in talk is title first as often as artist first. */
export const TRUSTED_CONFIDENCE = 0.5;

const BASE = 0.2;
const NAMED = 0.15;
const LIST = 0.25;
const CUE = 0.15;
const NUMBER = 0.05;
const STRICT_TITLE = 0.3;
const VERSION_OR_LABEL = 0.05;
/** Three lines in a row are a list, fewer are talk. */
const SHORTEST_LIST = 3;
const HIGHEST = 0.95;

/**
 * Confidence of a row within its post, 0 to 0.95. A list, cues and numbers raise it (a tracklist), so does the strict form of a link's title
 * ("Artist - Title [genre] (year)", checked by moderators); an unknown track keeps it low.
 */
export function confidenceOf(row: PostRow, post: PostItem): number {
  const isNamed = row.artist !== null && row.title !== null && !row.isId;
  if (!isNamed) return BASE;
  const isList = post.tracks.length >= SHORTEST_LIST;
  const isStrictTitle = post.thing === 't3' && (row.genreTags !== null || row.year !== null);
  const raised = [
    [isList, LIST],
    [row.cueSeconds !== null, CUE],
    [row.number !== null, NUMBER],
    [isStrictTitle, STRICT_TITLE],
    [row.version !== null || row.recordLabel !== null, VERSION_OR_LABEL],
  ] as const;
  const sum = raised.reduce((total, [holds, weight]) => total + (holds ? weight : 0), BASE + NAMED);
  return Math.min(HIGHEST, Math.round(sum * 100) / 100);
}
