/** Who and where, out of a title; where it alone does not tell, the address helps, which is made of "<dj>-live-at-<event>-<year>". */
import { normKey } from '../../src/core/text.ts';

export interface TitleParts {
  readonly artists: string[];
  readonly event: string | null;
  readonly year: string | null;
}

const TITLE = new RegExp(
  [
    String.raw`^(?<dj>.{1,150}?)\s+(?:[-–—|:]\s+)?`,
    String.raw`\(?(?:live(?:\s+(?:dj\s+)?(?:set|performance|mix))?|dj[ -]?(?:set|mix))\)?`,
    String.raw`\s*(?:\bat\b|@|\bfrom\b|\bin\b|\bfor\b)\s*(?<event>\S.*)$`,
  ].join(''),
  'iu',
);
/** Longer titles are no titles, and must not cost regex time. */
export const LONGEST_TITLE = 500;
const AT = /^(?<dj>\S.{0,149}?)\s+@\s*(?<event>\S.*)$/u;
/** What says only that it is a set. */
const NO_EVENT = /\s*[-–—|(]?\s*\b(?:(?:full|live)?\s*(?:dj\s*)?set|live|dj mix)\b\)?\s*$/i;

/**
 * "Dixon live at Cercle Festival 2024", "DJ - Live @ Event": who, where, and the year where one stands at the end or before a stage.
 * Several DJs are cut at "b2b" only: "&" is also part of names.
 */
export function readTitle(title: string, slug: string | null = null): TitleParts | null {
  const text = title.slice(0, LONGEST_TITLE);
  const { dj, event } = TITLE.exec(text)?.groups ?? AT.exec(text)?.groups ?? {};
  if (dj !== undefined && event !== undefined) return partsOf(dj, event);
  return slug === null ? null : readBySlug(text, slug);
}

function partsOf(dj: string, event: string): TitleParts {
  const year = [...event.matchAll(/(?<!\d)(?:19|20)\d{2}(?!\d)/g)].at(-1)?.[0] ?? null;
  const undated = event.replace(/[\s,(|–-]*\b(?:19|20)\d{2}\)?$/, '').trim();
  return { artists: dj.split(/\s+b2b\s+/i), event: undated === '' ? event : undated, year };
}

/** "Charlotte de Witte | Mixmag Lab NYC": who is named in front of "-live-" in the address; the rest is where. */
function readBySlug(title: string, slug: string): TitleParts | null {
  const [dj = ''] = slug.split('-live-');
  if (dj === '' || dj === slug) return null;
  const words = [...title.matchAll(/\S+/g)];
  const from = words.findIndex((_word, index) => wordsUntil(words, index, dj) > 0);
  const first = words[from];
  if (first === undefined) return null;
  const last = words[wordsUntil(words, from, dj) - 1];
  const end = (last?.index ?? 0) + (last?.[0].length ?? 0);
  const artist = trimmed(title.slice(first.index, end));
  const around = [title.slice(0, first.index), title.slice(end).replace(NO_EVENT, '')].map(trimmed);
  const event = around.filter((part) => part !== '').join(', ');
  return event === '' ? { artists: artist.split(/\s+b2b\s+/i), event: null, year: null } : partsOf(artist, event);
}

/** Without what only separates. */
function trimmed(text: string): string {
  return text.replace(/^[\s:,|@/–—-]+|[\s:,|@/–—-]+$/g, '');
}

/** Index behind the word up to which the words from `from` on make the slug; 0 when none do. */
function wordsUntil(words: readonly RegExpExecArray[], from: number, slug: string): number {
  if (keyOf(words[from]) === '') return 0;
  let made = '';
  for (let at = from; at < words.length && made.length < slug.length; at++) {
    made = [made, keyOf(words[at])].filter(Boolean).join('-');
    if (made === slug) return at + 1;
  }
  return 0;
}

/** A word as addresses spell it. */
function keyOf(word: RegExpExecArray | undefined): string {
  return normKey(word?.[0].replace(/&/g, ' ') ?? '').replaceAll(' ', '-');
}
