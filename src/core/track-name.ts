/**
 * Splits what sources print as one text: "Artist - Title (Version)".
 *
 * A bracket is a version when it ENDS in a word for a version ("Chris Lorenzo Remix", "Ben Sims Remix 2", "Remix By AFX") or opens with one
 * ("Live In Tucson 2018", "Reconstructed By Makam", "Remastered 2011"). A version word in the middle is not enough: "(We Live For Love)" is a name.
 */

/** Words that name a version when a bracket ends in them. */
const VERSION_NOUNS = [
  String.raw`(?<!\b(?:in|into) the )(?:mini|mega)?mix(?:es)?`,
  're-?mix(?:es)?',
  'rmx',
  '(?:re-?)?edits?',
  'redit',
  're-?works?',
  're-?rub',
  'dub(?:plate)?',
  'versions?',
  'bootleg',
  'flip',
  'vip',
  'mash-?up',
  're-?fix',
  'reprise',
  'instrumental',
  String.raw`a[\s-]?cap+el+a`,
  're-?master(?:ed)?',
  're-?make',
  're-?dux',
  're-?freak',
  're-?touch',
  're-?lick',
  're-?shape',
  '(?:re|de)-?construction',
  '(?:re-?)?interpretation',
  're-?imagination',
  'rendition',
  'treatment',
  String.raw`(?<!\b(?:under|for|take) )cover`,
  'demo',
  'extended',
  'acoustic',
  'unplugged',
  'beatdown',
  '(?:disco|house|club) bounce',
  String.raw`(?:\S+['’]s|club|radio|special|single|long|short|album|original|vocal|disco|dj) cut`,
  '(?:re-?|alternat(?:e|ive) |early |first |second |live )take',
  String.raw`(?:acoustic|recorded|studio|solo|\d{4}) live`,
  '(?:live|radio|bbc|peel|studio|acoustic) sessions?',
].join('|');

const CREDIT = String.raw`\s+by\s.+`;
const COUNT = String.raw`\s*(?:(?:#|v|vol\.?|pt\.?|part|no\.?)?\s*\d{1,4}|\s[ivx]{1,4})`;
const REMARK = String.raw`\s*[;,/|]\s*.+`;

const ENDS_IN_VERSION = new RegExp(`(?:^|[\\s-])(?:${VERSION_NOUNS})(?:${CREDIT})?(?:${COUNT})?(?:${REMARK})?$`, 'iu');
/** "(D.B.DeepstahlRMX)": typed without a space. */
const ENDS_IN_GLUED_RMX = /[a-z]RMX$/u;
const OPENS_WITH_VERSION = new RegExp(
  [
    String.raw`^(?:re-?mixed|(?:re-?)?edited|re-?worked|(?:re-?)?constructed|re-?touched|re-?rubbed|re-?made|re-?fixed|flipped|mixed|dubbed|covered) by\s`,
    String.raw`^re-?mastered\b`,
    String.raw`^re-?master\b`,
    String.raw`^live (?:at|in|from|on|@|pa|take|recording|performance|acoustic|session|dub)\b`,
    String.raw`^live\b.*(?:\d{4}|\b(?:sessions?|tour|festival|radio|studio|stage|club)\b)`,
    '^(?:live|mixed|dj mixed|club|original|vocal|dub)$',
    String.raw`^take \d+$`,
    String.raw`^(?:re-?)?(?:mix|edit|work|make) of\s`,
  ].join('|'),
  'iu',
);

const TRAILING_BRACKET = /^(?<head>.*\S)\s*(?:\((?<round>[^()]*(?:\([^()]*\)[^()]*)*)\)|\[(?<square>[^[\]]*)\])$/su;
const GUESTS = /^(?:feat(?:\.|uring)?|ft\.?|with|w\/)\s/iu;
const DASH_TAIL = /^(?<head>.*\S)\s+[-–—]\s+(?<tail>\S.*)$/su;
/** No version is longer; a longer text is prose, and long texts must not cost regex time. */
const LONGEST_VERSION = 200;

export interface TitleAndVersion {
  title: string;
  version: string | null;
}

/** True when a bracket's content names a version of a track rather than a part of its name. */
export function isVersionText(text: string): boolean {
  if (text.length > LONGEST_VERSION) return false;
  return ENDS_IN_VERSION.test(text) || OPENS_WITH_VERSION.test(text) || ENDS_IN_GLUED_RMX.test(text);
}

/**
 * Takes what names a version off a title: trailing brackets, or else a tail after the last dash. Several version brackets are joined with ", ";
 * a guest bracket behind the version stays in the title. Brackets that belong to the name ("(It Goes Like)", "(Addicted)") stay.
 * Give it a title, not "Artist - Title": a dash tail would be looked for in the wrong place.
 * @example splitVersion('Word (Chris Lorenzo Remix)') // {title: 'Word', version: 'Chris Lorenzo Remix'}
 * @example splitVersion('Insomnia - Radio Edit') // {title: 'Insomnia', version: 'Radio Edit'}
 */
export function splitVersion(text: string): TitleAndVersion {
  const { rest, version } = takeVersionBrackets(text);
  if (version !== null) return { title: rest, version };
  const { head, tail } = DASH_TAIL.exec(text)?.groups ?? {};
  if (head === undefined || tail === undefined || !isVersionText(tail)) return { title: text, version: null };
  return { title: head, version: tail };
}

/** Splits at the first " - " (also en and em dash); null when there is none. Names with several dashes keep the rest in the title. */
export function splitArtistTitle(text: string): { artist: string; rest: string } | null {
  const match = /^(.*?\S)\s+[-–—]\s+(\S.*)$/su.exec(text);
  return match?.[1] !== undefined && match[2] !== undefined ? { artist: match[1], rest: match[2] } : null;
}

function takeVersionBrackets(text: string): { rest: string; version: string | null } {
  const versions: string[] = [];
  let guests = '';
  let rest = text;
  for (let bracket = trailingBracket(rest); bracket; bracket = trailingBracket(rest)) {
    if (isVersionText(bracket.inside)) versions.unshift(bracket.inside);
    else if (guests === '' && versions.length === 0 && GUESTS.test(bracket.inside)) guests = ` ${bracket.printed}`;
    else break;
    rest = bracket.head;
  }
  return versions.length === 0 ? { rest: text, version: null } : { rest: rest + guests, version: versions.join(', ') };
}

function trailingBracket(text: string): { head: string; inside: string; printed: string } | null {
  const groups = TRAILING_BRACKET.exec(text)?.groups;
  const inside = groups?.round ?? groups?.square;
  const head = groups?.head;
  if (head === undefined || inside === undefined) return null;
  return { head: head.trim(), inside: inside.trim(), printed: text.slice(head.length).trim() };
}
