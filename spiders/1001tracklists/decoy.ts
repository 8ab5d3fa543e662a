/**
 * Accounts the site takes for scrapers get the real page with other track names in it. Such a page must never pass for data.
 * Two independent signs, both about the majority of the named rows: the text a person sees is far from the microdata,
 * or the track's page (its id and the words in its address) is far from the name.
 */
import { normKey } from '../../src/core/text.ts';
import { place, type RowMarkup } from './row-markup.ts';

export interface DecoyVerdict {
  readonly decoy: boolean;
  readonly why: string;
  /** Rows that disagree on a page which as a whole does not. */
  readonly strays: readonly { readonly where: string; readonly message: string }[];
}

/** Fewer rows than this prove nothing by their addresses: slugs are older than later corrections of a name. */
const MIN_LINKED_ROWS = 3;

export function checkDecoy(rows: readonly RowMarkup[]): DecoyVerdict {
  const named = rows.filter(({ name, visible }) => name !== null && visible !== null);
  const far = named.filter(({ name, visible }) => !near(name ?? '', visible ?? '', 0.5));
  if (far.length * 2 > named.length) return verdict(far, named.length, 'show another name than their microdata');
  const linked = named.filter(({ name, trackUrl }) => slugOf(trackUrl) !== null && isLatin(name ?? ''));
  const farLinked = linked.filter(linkIsFar);
  if (linked.length >= MIN_LINKED_ROWS && farLinked.length * 2 > linked.length) {
    return verdict(farLinked, linked.length, 'link to the page of another track');
  }
  const strays = far.map((row) => ({
    where: place(row),
    message: `the text says "${row.visible}", the microdata "${row.name}"`,
  }));
  return { decoy: false, why: '', strays };
}

function verdict(far: readonly RowMarkup[], of: number, what: string): DecoyVerdict {
  const [first] = far;
  const example = `${first?.id ?? '?'}: "${first?.name ?? ''}" beside "${first?.visible ?? ''}" (${first?.trackUrl ?? 'no link'})`;
  return { decoy: true, why: `${far.length} of ${of} named rows ${what}, e.g. row ${example}`, strays: [] };
}

/** Words that two wrong names share as easily as two right ones. */
const COMMON = new Set(
  'the a an and of in to vs x ft feat original extended remix mix edit version bootleg mashup'.split(' '),
);
const NOTHING: ReadonlySet<string> = new Set();

/** Case, spacing, an added bracket, a repeated artist or a "ft." credit leave most words of the shorter text in the longer one. */
function near(a: string, b: string, enough: number): boolean {
  if (a === b) return true;
  const left = wordsOf(a);
  const right = wordsOf(b);
  if (left.size === 0 || right.size === 0) return left.size === right.size;
  const { shared, fewest } = compare(left, right, COMMON);
  if (fewest > 0) return shared >= enough * fewest;
  const plain = compare(left, right, NOTHING);
  return plain.shared >= enough * plain.fewest;
}

/** Words that both have, and how many the shorter one has, those of `without` not counted. */
function compare(left: ReadonlySet<string>, right: ReadonlySet<string>, without: ReadonlySet<string>) {
  let [ofLeft, ofRight, shared] = [0, 0, 0];
  for (const word of left) {
    if (without.has(word)) continue;
    ofLeft++;
    if (right.has(word)) shared++;
  }
  for (const word of right) if (!without.has(word)) ofRight++;
  return { shared, fewest: Math.min(ofLeft, ofRight) };
}

function linkIsFar({ name, trackUrl, trackId }: RowMarkup): boolean {
  const [, id] = /\/track\/([^/]+)\//.exec(trackUrl ?? '') ?? [];
  if (id !== undefined && trackId !== null && id !== trackId) return true;
  return !near(slugOf(trackUrl) ?? '', name ?? '', 0.34);
}

function slugOf(trackUrl: string | null): string | null {
  return /\/track\/[^/]+\/([^/]+)\//.exec(trackUrl ?? '')?.[1]?.replaceAll('-', ' ') ?? null;
}

/** Slugs are written in Latin letters; names in other scripts cannot be compared with them. */
function isLatin(name: string): boolean {
  if (/^[ -~]*$/.test(name)) return true;
  const key = [...normKey(name)];
  return key.filter((letter) => /[a-z0-9 ]/.test(letter)).length > 0.8 * key.length;
}

function wordsOf(text: string): Set<string> {
  if (/^[a-z0-9 ]*$/.test(text)) return new Set(text.split(' ').filter((word) => word !== ''));
  const key = normKey(text).replaceAll('ø', 'o').replaceAll('æ', 'ae').replaceAll('ß', 'ss').replaceAll('ł', 'l');
  return new Set(key.split(' ').filter((word) => word !== ''));
}
