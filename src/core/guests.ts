/** Guests that a title carries in brackets: "Havana (feat. Young Thug)". */

const GUEST_BRACKET = /\s*[([](?:feat(?:\.|uring)?|ft\.?)\s+(?<guests>(?:[^()[\]]|\([^()]*\))+)[)\]]/iu;
/** " & " and ", " join acts, but "Tyler, The Creator" is one. */
const BETWEEN_NAMES = /\s*,\s+(?!the\b)(?:(?:&|and)\s+)?|\s+&\s+/iu;

export interface TitleAndGuests {
  title: string;
  /** As printed, without "feat."; null when the title names none. */
  guests: string | null;
}

/**
 * Takes the bracket that names guests off a title.
 * @example takeGuests('Fortnight (feat. Post Malone)') // {title: 'Fortnight', guests: 'Post Malone'}
 */
export function takeGuests(text: string): TitleAndGuests {
  const match = GUEST_BRACKET.exec(text);
  const guests = match?.groups?.guests?.trim();
  if (!match || !guests) return { title: text, guests: null };
  const title = `${text.slice(0, match.index)}${text.slice(match.index + match[0].length)}`.trim();
  return title === '' ? { title: text, guests: null } : { title, guests };
}

/** Splits a display text of several acts. Only a guess where an act's own name holds "&" or ",": use it beside other evidence. */
export function splitNames(text: string): string[] {
  return text
    .split(BETWEEN_NAMES)
    .map((name) => name.trim())
    .filter((name) => name !== '');
}
