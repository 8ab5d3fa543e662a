/** International Standard Recording Codes (ISO 3901), brought to the one form that everything compares. */
import { fold } from './text.ts';

/** A well-formed code and its parts, upper case, without separators. */
export interface Isrc {
  value: string;
  /** Two letters; they no longer name a country. */
  prefix: string;
  /** Three letters or digits. */
  registrant: string;
  /** Two digits, no century: the year the code was given out, never a release date. */
  yearOfReference: string;
  /** Five digits. */
  designation: string;
}

export interface NoIsrc {
  value: null;
  /** What is wrong with the text, for a person. */
  problem: string;
}

const FORM = /^(?<prefix>[A-Z]{2})(?<registrant>[A-Z0-9]{3})(?<year>\d{2})(?<designation>\d{5})$/;
const PLACEHOLDER = /^[A-Z]{2}0{10}$/;
const SPACES = /\s+/g;
const HYPHENS = /[-\u2010-\u2015\u2212]+/;
/** Where a printed code may carry a hyphen: after the prefix, the registrant and the year. */
const HYPHEN_PLACES: readonly number[] = [2, 5, 7];
const LABEL = /^ISRC(?:CODE)?:?/;
const LENGTH = 12;

/**
 * Reads a code as people and interfaces write it: any case, hyphens between its parts, spaces anywhere, "ISRC" in front, full-width letters.
 * @example normaliseIsrc('ISRC BE-5GJ-17-00041').value // 'BE5GJ1700041'
 */
export function normaliseIsrc(text: string): Isrc | NoIsrc {
  const compact = (fold(text.normalize('NFKC')) ?? '').replace(SPACES, '').toUpperCase();
  const groups = withoutLabel(compact)
    .split(HYPHENS)
    .filter((group) => group !== '');
  const code = groups.join('');
  if (code === '') return refused('empty text, expected an ISRC such as "GBAYE0601498"');
  if (!hyphensFit(groups))
    return refused(`"${shown(text)}" is no ISRC: hyphens stand as in CC-XXX-YY-NNNNN or not at all`);
  const { prefix, registrant, year, designation } = FORM.exec(code)?.groups ?? {};
  if (prefix === undefined || registrant === undefined || year === undefined || designation === undefined) {
    return refused(
      `"${shown(text)}" is no ISRC: expected two letters, three letters or digits, seven digits (${LENGTH} characters), got ${code.length}`,
    );
  }
  if (PLACEHOLDER.test(code)) return refused(`"${code}" is a placeholder: all digits are zero`);
  return { value: code, prefix, registrant, yearOfReference: year, designation };
}

/** Iceland's "IS" with the registrant "RC1" is a code and not the word: the label goes only when something is too long. */
function withoutLabel(text: string): string {
  return text.replace(new RegExp(HYPHENS, 'g'), '').length > LENGTH ? text.replace(LABEL, '') : text;
}

function hyphensFit(groups: readonly string[]): boolean {
  let place = 0;
  return groups.slice(0, -1).every((group) => {
    place += group.length;
    return HYPHEN_PLACES.includes(place);
  });
}

function refused(problem: string): NoIsrc {
  return { value: null, problem };
}

function shown(text: string): string {
  return text.length > 40 ? `${text.slice(0, 40)}…` : text;
}
