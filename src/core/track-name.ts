/** Splits what sources print as one text: "Artist - Title (Version)". */

const VERSION_WORD =
  /\b(?:mix|remix|rmx|edit|re-?edit|rework|reworked|re-?rub|dub|live|remaster(?:ed)?|mixed|version|bootleg|flip|vip|mashup|mash-up|refix|reprise|instrumental|a\s?cap+el+a|extended|unplugged|demo|club|refreak|retouch|reconstruction|interpretation|treatment|cut)\b/i;
const TRAILING_BRACKET = /^(?<head>.*\S)\s*(?:\((?<round>[^()]*(?:\([^()]*\)[^()]*)*)\)|\[(?<square>[^[\]]*)\])$/su;

export interface TitleAndVersion {
  title: string;
  version: string | null;
}

/** True when a bracket's content names a version of a track rather than a part of its name. */
export function isVersionText(text: string): boolean {
  return VERSION_WORD.test(text);
}

/**
 * Takes a trailing bracket that names a version off a title. Brackets that belong to the name ("(It Goes Like)", "(Addicted)") stay.
 * @example splitVersion('Word (Chris Lorenzo Remix)') // {title: 'Word', version: 'Chris Lorenzo Remix'}
 */
export function splitVersion(text: string): TitleAndVersion {
  const match = TRAILING_BRACKET.exec(text);
  const inside = match?.groups?.round ?? match?.groups?.square;
  const head = match?.groups?.head;
  if (head === undefined || inside === undefined || !isVersionText(inside)) return { title: text, version: null };
  return { title: head.trim(), version: inside.trim() };
}

/** Splits at the first " - " (also en and em dash); null when there is none. Names with several dashes keep the rest in the title. */
export function splitArtistTitle(text: string): { artist: string; rest: string } | null {
  const match = /^(.*?\S)\s+[-–—]\s+(\S.*)$/su.exec(text);
  return match?.[1] !== undefined && match[2] !== undefined ? { artist: match[1], rest: match[2] } : null;
}
