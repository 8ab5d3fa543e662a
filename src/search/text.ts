/** Text as both adapters compare it: one folding, one reading of a query, so that they find the same documents. */
import { UsageError } from '../core/errors.ts';
import { normKey } from '../core/text.ts';
import type { SearchDocument, SearchQuery } from './search.ts';

/** Hits further down than this are refused: nobody reads there, and Elasticsearch would not serve them. */
export const DEEPEST_HIT = 10_000;
const LONGEST_TEXT = 300;
const MOST_WORDS = 16;
/** Longer runs of letters are cut: a tsvector refuses words over 2 kB. */
const LONGEST_WORD = 120;

/** Latin letters that no Unicode decomposition takes apart, as people type them without their keyboard. */
const LETTERS: Record<string, string> = {
  ø: 'o',
  ß: 'ss',
  æ: 'ae',
  œ: 'oe',
  ł: 'l',
  đ: 'd',
  ð: 'd',
  þ: 'th',
  ħ: 'h',
  ı: 'i',
};
const SPECIAL = new RegExp(`[${Object.keys(LETTERS).join('')}]`, 'g');

/** A query as it was understood: `words` in order, the last one may be the beginning of a word. */
export interface ParsedQuery {
  readonly key: string;
  readonly words: readonly string[];
  readonly limit: number;
  readonly offset: number;
}

/** Folds marks, case, punctuation and special letters: "Sven Väth" and "sven vath" give the same key. */
export function searchKey(text: string): string {
  return normKey(text).replace(SPECIAL, (letter) => LETTERS[letter] ?? letter);
}

/** Words of a text in their order. */
export function searchWords(text: string): string[] {
  return searchKey(text)
    .split(' ')
    .filter((word) => word !== '')
    .map((word) => word.slice(0, LONGEST_WORD));
}

/** @throws UsageError when there is nothing to look for, or more than anybody means. */
export function parseQuery({ text, limit, offset }: SearchQuery): ParsedQuery {
  if (text.length > LONGEST_TEXT) {
    throw new UsageError(`the search text has ${text.length} characters, expected ${LONGEST_TEXT} at most`, {
      hint: 'Search for the artist and a few words of the title.',
    });
  }
  const words = searchWords(text);
  if (words.length === 0) {
    throw new UsageError(
      `the search text ${JSON.stringify(text)} has no letter or digit; expected a word to look for`,
      {
        hint: 'Give a title, an artist, a venue or an event.',
      },
    );
  }
  refuseUnless(Number.isInteger(limit) && limit >= 1 && limit <= 100, `limit is ${limit}, expected 1 to 100`);
  refuseUnless(Number.isInteger(offset) && offset >= 0, `offset is ${offset}, expected 0 or more`);
  refuseUnless(offset + limit <= DEEPEST_HIT, `offset + limit is ${offset + limit}, expected ${DEEPEST_HIT} at most`);
  const taken = words.slice(0, MOST_WORDS);
  return { key: taken.join(' '), words: taken, limit, offset };
}

/** One document an id, the newest: an adapter that writes a batch at once could not tell which of two wins. */
export function newestOfEach(documents: readonly SearchDocument[]): SearchDocument[] {
  const byId = new Map<string, SearchDocument>();
  for (const document of documents) {
    const seen = byId.get(document.id);
    if (seen === undefined || seen.version <= document.version) byId.set(document.id, document);
  }
  return [...byId.values()];
}

/** Cuts a list into pieces of `size`. */
export function chunks<T>(list: readonly T[], size: number): T[][] {
  return Array.from({ length: Math.ceil(list.length / size) }, (_, n) => list.slice(n * size, (n + 1) * size));
}

function refuseUnless(holds: boolean, message: string): void {
  if (!holds) throw new UsageError(message, { hint: 'Narrow the search by adding a word.' });
}
