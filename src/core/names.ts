/**
 * Artist credits and track keys: who is named in "A & B feat. C", and which two texts name the same track.
 *
 * Credits become artists of the catalogue, so they are cut with precision before recall:
 * - "feat.", "ft.", "featuring" make what follows featured;
 * - "vs", "b2b", small "x", "×", "; " and " / " always separate names;
 * - "&", "+" and "," with spaces separate names too, except inside a name that the caller knows to be one (the DJs of the set, structured
 *   artists), inside the well-known ones listed below, and before an article or possessive ("KC & The Sunshine Band");
 * - a spelled-out "and" never separates: it is mostly part of a band's name.
 *
 * Keys only compare, so they are cut at every separator, "and" included, whoever the caller is: "A & B", "B and A" and "A x B" give one key.
 */
import { createHash } from 'node:crypto';
import { normKey } from './text.ts';

export interface NamedCredit {
  name: string;
  role: 'primary' | 'featured' | 'remixer';
}

/** Texts of one mention of a track, cleaned; `title` without its version. */
export interface CreditedTexts {
  artist: string;
  title: string;
  version: string | null;
  /** Names that are one artist each, whatever separators they hold. */
  known?: readonly string[];
}

/** What a track key is made of: texts with equal parts name the same track. */
export interface TrackKeyParts {
  readonly artists: readonly string[];
  readonly title: string;
  /** "" for the original. */
  readonly mix: string;
}

/** Single acts whose names hold a separator, as `normKey` gives them. */
const JOINT_NAMES = new Set(
  `above and beyond;aly and fila;angus and julia stone;belle and sebastian;blank and jones;blood sweat and tears;camo and krooked;
   chase and status;crosby stills and nash;crosby stills nash and young;daryl hall and john oates;dimitri vegas and like mike;
   dom and roland;eagles and butterflies;earth wind and fire;ed rush and optical;emerson lake and palmer;gabriel and dresden;hall and oates;iron and wine;
   kruder and dorfmeister;layo and bushwacka;macklemore and ryan lewis;matrix and futurebound;matt and kim;medeski martin and wood;
   milk and sugar;mumford and sons;peter paul and mary;pig and dan;sam and dave;she and him;simon and garfunkel;sly and robbie;
   sonny and cher;sunnery james and ryan marciano;tegan and sara;tyler the creator;walker and royce;years and years`
    .split(';')
    .map((name) => name.trim()),
);

const ANY_SEPARATOR = /[;,&+×/]|\s(?:vs\.?|versus|b2b|x)\s/iu;
const HARD_SEPARATOR = /;\s+|\s+(?:[vV][sS]\.?|[vV]ersus|[bB]2[bB]|[x×/])\s+/u;
const SOFT_SEPARATOR = /(,\s+(?:&\s+)?|\s+[&+]\s+)/u;
const ARTICLE = /^(?:the|his|her|their|los|las|les|die|das)\s/iu;
const KEY_SEPARATOR = /\s*[;,&+×/|]\s*|\s+(?:and|vs\.?|versus|b2b|x)\s+/iu;

const MAYBE_FEATURED = /f(?:ea)?t/iu;
const FEATURED_BRACKET = /\s*[([]\s*(?:feat(?:uring)?|ft)\b\.?\s*([^()[\]]+)[)\]]/giu;
/** "ft" without its dot behind a number is a length ("6 ft under"). */
const FEATURED_TAIL = /\s+(?:feat\b\.?|featuring\b|ft\.|(?<!\d\s+)ft\b)\s*([^()[\]]+)/iu;

/** Words that describe a version and name nobody. */
const GENERIC_WORDS = new Set(
  `acoustic afterhours album alternate alternative bonus breakbeat breaks classic clean club deep demo dirty disco dj drum dub
   dubstep early edit extended feat festival final first full funk garage hard house inch instrumental intro jungle late live long lost main mix
   mixed mixshow original outro party piano promo radio rap rave re redux remaster remastered remix reprise rough second session
   short single slow special studio summer techno the tool trance tribal unplugged unreleased vinyl video vip vocal`.split(
    /\s+/,
  ),
);
const REMIX_WORD =
  /^(?<who>.*\S)\s+(?:re-?mix(?:es)?|rmx|re-?works?|re-?fix|re-?rub|bootleg|flip|(?:re-?)?edits?|re-?make|re-?touch)(?:[\s,;/|].*)?$/iu;
const POSSESSIVE_MIX = /^(?<who>.*\S)['’]s?\s.*\b(?:(?:re)?mix|dub|version|edit)\b/iu;
const REMIXED_BY = /\b(?:re-?mix(?:ed)?|(?:re-?)?edit(?:ed)?|re-?work(?:ed)?|flipped)\s+by\s+(?<who>\S.*)$/iu;

/** Versions that say "as released": no difference to the plain title. */
const PLAIN_MIXES = new Set([
  'original mix',
  'original',
  'original version',
  'album version',
  'album mix',
  'original album version',
]);
const LONGEST_KEY = 300;
/** Names that one name with separators can hold: the longest listed one has four. Without a bound a list of names costs its square. */
const MOST_JOINED = 8;

/**
 * Splits a credit into primary and featured names, in order, without doubles.
 * @example splitArtists('Kaskade & deadmau5 feat. Haley') // {primary: ['Kaskade', 'deadmau5'], featured: ['Haley']}
 */
export function splitArtists(text: string, known: readonly string[] = []): { primary: string[]; featured: string[] } {
  if (known.includes(text)) return { primary: [text], featured: [] };
  const { rest, featured } = takeFeatured(text);
  const names = new Set(known.map(normKey));
  return {
    primary: distinct(splitNames(rest, names)),
    featured: distinct(featured.flatMap((part) => splitNames(part, names))),
  };
}

/**
 * Takes the featured artists off a title.
 * @example splitTitle('Moment (feat. Ada)') // {title: 'Moment', featured: ['Ada']}
 */
export function splitTitle(text: string): { title: string; featured: string[] } {
  const { rest, featured } = takeFeatured(text);
  if (rest === '') return { title: text, featured: [] };
  return { title: rest, featured: distinct(featured.flatMap((part) => splitNames(part, new Set()))) };
}

/**
 * Names in a version: "Chris Lorenzo Remix", "Sasha's Voyage Mix", "Remixed by Ada". Descriptions ("Extended Remix", "Radio Edit", "Club Mix") name
 * nobody; "mix" and "dub" name somebody only with a possessive, since "Sunset Mix" and "Todd Terry Mix" look alike.
 */
export function remixersOf(version: string): string[] {
  const who =
    REMIXED_BY.exec(version)?.groups?.who ??
    POSSESSIVE_MIX.exec(version)?.groups?.who ??
    REMIX_WORD.exec(version)?.groups?.who;
  if (who === undefined) return [];
  return distinct(splitNames(withoutGenericTail(who), new Set()).filter((name) => !isGeneric(name)));
}

/** All credits of a mention: primary, featured (from artist and title), remixers (from the version). */
export function creditsOf({ artist, title, version, known = [] }: CreditedTexts): NamedCredit[] {
  const { primary, featured } = splitArtists(artist, known);
  const guests = distinct([...featured, ...splitTitle(title).featured]).filter((name) => !primary.includes(name));
  return [
    ...primary.map((name) => ({ name, role: 'primary' as const })),
    ...guests.map((name) => ({ name, role: 'featured' as const })),
    ...(version === null ? [] : remixersOf(version)).map((name) => ({ name, role: 'remixer' as const })),
  ];
}

/** Key of a single name; names of punctuation only ("!!!") keep it, so that they have one. "" only for empty text. */
export function nameKey(name: string): string {
  return boundKey(normKey(name) || name.trim().toLowerCase());
}

/**
 * Key of a version: "" for what means the original, one word for the common extended and radio forms, otherwise its words.
 * @example mixKey('Original Mix') // ''
 */
export function mixKey(version: string | null): string {
  if (version === null) return '';
  const words = normKey(version)
    .replace(/\brmx\b/g, 'remix')
    .replace(/\bre (?=edit|mix|work|master|fix|rub)/g, 're');
  const mixed = /(?:^| )(?:dj )?mixed$/.exec(words);
  const mix = plainMix(mixed ? words.slice(0, mixed.index) : words);
  return mixed ? `${mix} mixed`.trim() : mix;
}

/**
 * Key under which mentions of a track meet: sorted artists, base title, mix. Featured artists, order and separators do not change it.
 * Null when artist or title say nothing: an unknown track is never the same as another.
 */
export function trackKey({ artist, title, version }: Omit<CreditedTexts, 'known'>): string | null {
  const artists = takeFeatured(artist)
    .rest.split(KEY_SEPARATOR)
    .map(nameKey)
    .filter((key) => key !== '');
  const base = nameKey(splitTitle(title).title);
  if (artists.length === 0 || base === '') return null;
  return boundKey(`${[...new Set(artists)].sort().join(',')}|${base}|${mixKey(version)}`);
}

/** The parts of a key made by `trackKey`; of one that was shortened, what is left of them. */
export function trackKeyParts(key: string): TrackKeyParts {
  const [artists = '', title = '', mix = ''] = key.split('|');
  return { artists: artists.split(','), title, mix };
}

/** Keys are indexed, and an index refuses rows over 2.7 kB: a long key keeps its beginning and a digest of the whole. */
export function boundKey(key: string): string {
  if (key.length <= LONGEST_KEY) return key;
  return `${key.slice(0, LONGEST_KEY - 40)}#${createHash('sha256').update(key).digest('hex').slice(0, 32)}`;
}

function takeFeatured(text: string): { rest: string; featured: string[] } {
  if (!MAYBE_FEATURED.test(text)) return { rest: text, featured: [] };
  const featured: string[] = [];
  const take = (_: string, names: string): string => {
    featured.push(names.trim());
    return '';
  };
  const rest = text
    .replace(FEATURED_BRACKET, take)
    .replace(FEATURED_TAIL, (all, names: string) => `${take(all, names)} `);
  return { rest: rest.trim(), featured };
}

function splitNames(text: string, known: ReadonlySet<string>): string[] {
  if (!ANY_SEPARATOR.test(text)) return text === '' ? [] : [text];
  return text.split(HARD_SEPARATOR).flatMap((part) => splitSoftly(part, known));
}

/** Cuts at soft separators, putting together again what is one name. */
function splitSoftly(text: string, known: ReadonlySet<string>): string[] {
  const tokens = text.split(SOFT_SEPARATOR);
  const names: string[] = [];
  for (let from = 0; from < tokens.length; ) {
    const to = endOfName(tokens, from, known);
    const name = tokens.slice(from, to).join('').trim();
    if (name !== '') names.push(name);
    from = to + 1;
  }
  return names;
}

/** Tokens are name, separator, name…: the index behind the longest single name that starts at `from`. */
function endOfName(tokens: readonly string[], from: number, known: ReadonlySet<string>): number {
  // Names stand at even places, so the last token of a longest candidate is a name too.
  for (let to = Math.min(tokens.length, from + 2 * MOST_JOINED - 1); to > from + 1; to -= 2) {
    const key = normKey(tokens.slice(from, to).join(''));
    if (known.has(key) || JOINT_NAMES.has(key)) return to;
  }
  let to = from + 1;
  while (to < tokens.length && /[&+]/.test(tokens[to] ?? '') && ARTICLE.test(tokens[to + 1] ?? '')) to += 2;
  return to;
}

function plainMix(words: string): string {
  if (PLAIN_MIXES.has(words)) return '';
  if (/^extended(?: (?:mix|version|edit))?$/.test(words)) return 'extended';
  if (/^radio(?: (?:mix|version|edit|cut))?$/.test(words)) return 'radio';
  if (/^(?:\d{4} )?(?:digital )?remaster(?:ed)?(?: \d{4})?(?: version)?$/.test(words)) return 'remaster';
  return words;
}

function withoutGenericTail(text: string): string {
  const words = text.split(' ');
  while (words.length > 0 && GENERIC_WORDS.has((words.at(-1) ?? '').toLowerCase())) words.pop();
  return words.join(' ').replace(/['’]s?$/u, '');
}

function isGeneric(name: string): boolean {
  return normKey(name)
    .split(' ')
    .every((word) => GENERIC_WORDS.has(word) || /^\d+$/.test(word));
}

/** The first spelling of each name stays, in order. */
function distinct(names: readonly string[]): string[] {
  if (names.length < 2) return [...names];
  const spellings = new Map<string, string>();
  for (const name of names) {
    const key = nameKey(name);
    if (!spellings.has(key)) spellings.set(key, name);
  }
  return [...spellings.values()];
}
