/** One line of a tracklist: `[cue] [+] ['''note:'''] Artist - Title (Version) [Label - CATNO]`, "?" where nobody knows. */
import type { IdKind, Row } from '../../src/core/items.ts';
import { isVersionText, splitArtistTitle, splitVersion } from '../../src/core/track-name.ts';
import { type Cue, takeCue } from './cue.ts';
import { isKnownLabel } from './known-labels.ts';
import { display } from './wikitext.ts';

export interface TrackLine {
  readonly cue: Cue | null;
  readonly fields: Partial<Row>;
  /** The editors are not sure of it: printed in italics. */
  readonly isTentative: boolean;
  /** The status that stands where others have a label ("Unreleased", "Forthcoming"); null when there is none. */
  readonly status: string | null;
}

type Names = Pick<Row, 'artist' | 'title' | 'version' | 'isId' | 'idKind'>;
type Release = Pick<Row, 'recordLabel' | 'catalogNumber'>;

/** Words in the label's place that say how the track is around, not on which label. */
const STATUS =
  /^(?:unreleased|forthcoming|white(?: label)?|promo|dub ?plate|test pressing|acetate|cd-?r|tba|tbc|new)$/i;
/** "[Forthcoming on Label]". */
const STATUS_ON = /^(unreleased|forthcoming) on (\S.*)$/is;
/** A year in a bracket of its own is when it came out, and no label. */
const YEAR = /^(?:19|20)\d{2}$/;
/** "Unknown" alone is a title too ("Mano Le Tough - Unknown"). */
const UNKNOWN = /^(?:\?[?\s]*|ID\s?\d*|[Uu]nknown (?:[Aa]rtist|[Tt]itle|[Tt]rack))$/;
const ALL_UNKNOWN = /^unknown(?:\s+[-–]\s+unknown)?$/i;
const UNKNOWN_VERSION = /^(?:ID|\?+)\s/;

/** Reads a line without its list marker and printed number. */
export function readTrackLine(line: string): TrackLine {
  const whole = withoutItalics(line.trim());
  const { cue, rest: marked } = takeCue(whole.text);
  // "[00] - Artist - Title", "[00] | Artist": a mark set off from the names.
  const rest = cue === null ? marked : marked.replace(/^[-–|:]\s+/, '');
  const layered = /^(?:\+|w\/)\s+/i.exec(rest);
  const { note, body } = takeNote(rest.slice(layered?.[0].length ?? 0));
  const inner = withoutItalics(body);
  const { text, release, status } = takeRelease(withoutNoise(display(inner.text)));
  return {
    cue,
    isTentative: whole.isItalic || inner.isItalic,
    status,
    fields: {
      ...readNames(text),
      ...release,
      withPrevious: layered !== null,
      info: [note, status].filter((part) => part !== null).join('; ') || null,
    },
  };
}

/** `''text''` around the whole line. */
function withoutItalics(text: string): { text: string; isItalic: boolean } {
  const match = /^''(?!')(.*[^'])''$/s.exec(text);
  return match?.[1] === undefined ? { text, isItalic: false } : { text: match[1].trim(), isItalic: true };
}

/** "'''Rewind 1999:''' Artist - Title": a remark before the names, never part of the artist. */
function takeNote(text: string): { note: string | null; body: string } {
  const match = /^'''([^']{1,100}):'''\s*(\S.*)$/s.exec(text) ?? /^'''([^']{1,100})''':\s*(\S.*)$/s.exec(text);
  if (match?.[1] === undefined || match[2] === undefined) return { note: null, body: text };
  return { note: display(match[1]) || null, body: match[2] };
}

/** "Spastik (Dubfire Re-Edit) !!": exclamation marks behind a bracket are the typist's, not the title's. */
function withoutNoise(text: string): string {
  return text.replace(/([)\]])\s*!+$/, '$1');
}

function takeRelease(text: string): { text: string; release: Release; status: string | null } {
  let rest = text;
  let status: string | null = null;
  for (let bracket = trailingSquare(rest); bracket; bracket = trailingSquare(rest)) {
    if (isVersionText(bracket.inside) && !bracket.inside.includes(' - ')) break;
    // "Artist - Title - [Label]": the dash leads to the label.
    const undashed = bracket.head.replace(/\s+[-–]$/, '');
    rest = splitArtistTitle(undashed) === null ? bracket.head : undashed;
    const read = readLabel(bracket.inside);
    status ??= read.status;
    if (read.release.recordLabel !== null) return { ...withCatalogNumber(rest, read.release), status };
  }
  const round = /^(.*\S)\s+\(([^()]{2,40})\)$/s.exec(rest);
  if (status === null && round?.[1] !== undefined && round[2] !== undefined && isKnownLabel(round[2])) {
    return { text: round[1], release: { recordLabel: round[2], catalogNumber: null }, status };
  }
  return { text: rest, release: { recordLabel: null, catalogNumber: null }, status };
}

/** "Title [Label] [CAT 001]": the number in a bracket of its own. */
function withCatalogNumber(text: string, release: Release): { text: string; release: Release } {
  const before = release.catalogNumber === null && /\d/.test(release.recordLabel ?? '') ? trailingSquare(text) : null;
  if (!before || isVersionText(before.inside)) return { text, release };
  const { release: label } = readLabel(before.inside);
  if (label.recordLabel === null || label.catalogNumber !== null) return { text, release };
  return { text: before.head, release: { recordLabel: label.recordLabel, catalogNumber: release.recordLabel } };
}

/** The bracket that ends the text, with brackets nested in it; null when it is the whole text ("[KRTM]" is a name). */
function trailingSquare(text: string): { head: string; inside: string } | null {
  if (!text.endsWith(']')) return null;
  let depth = 0;
  for (let at = text.length - 1; at >= 0; at -= 1) {
    if (text[at] === ']') depth += 1;
    if (text[at] === '[') depth -= 1;
    if (depth === 0) {
      const head = text.slice(0, at).trim();
      return head === '' ? null : { head, inside: text.slice(at + 1, -1).trim() };
    }
  }
  return null;
}

/** "Label - CATNO"; the number stands behind the last dash, since labels hold dashes too. A lone text is the label. */
function readLabel(printed: string): { release: Release; status: string | null } {
  const inside = printed.replace(/\s+[-–]$/, '');
  if (inside === '' || UNKNOWN.test(inside))
    return { release: { recordLabel: null, catalogNumber: null }, status: null };
  if (STATUS.test(inside) || YEAR.test(inside))
    return { release: { recordLabel: null, catalogNumber: null }, status: inside };
  const [, status, on] = STATUS_ON.exec(inside) ?? [];
  if (status !== undefined && on !== undefined) return { ...readLabel(on), status };
  const match = /^(.*\S)\s+[-–]\s+(\S.*)$/s.exec(inside);
  if (match?.[1] === undefined || match[2] === undefined)
    return { release: { recordLabel: inside, catalogNumber: null }, status: null };
  if (STATUS.test(match[2])) return { release: { recordLabel: match[1], catalogNumber: null }, status: match[2] };
  return { release: { recordLabel: match[1], catalogNumber: UNKNOWN.test(match[2]) ? null : match[2] }, status: null };
}

function readNames(text: string): Names {
  if (text === '' || UNKNOWN.test(text) || ALL_UNKNOWN.test(text))
    return { artist: null, title: null, version: null, isId: true, idKind: 'full' };
  const { artist, rest } = splitNames(text);
  const { title, version } = splitVersion(rest);
  const names = { artist: known(artist), title: known(title), version };
  const idKind = idKindOf(names);
  // "? - Title": somebody's, and nobody knows whose.
  return { ...names, isId: idKind !== null || (artist !== null && names.artist === null), idKind };
}

/** At the first " - "; failing that at a dash with a space on one side only ("The Mountain People -Mountain 004"). */
function splitNames(text: string): { artist: string | null; rest: string } {
  const open = /^(.*\S)\s+[-–]$/s.exec(text);
  if (open?.[1] !== undefined && splitArtistTitle(open[1]) === null) return { artist: open[1], rest: '?' };
  const split = splitArtistTitle(text);
  if (split) return split;
  const tight = /^(.*?\S)(?:\s+[-–]+\s*|(?<=[^\s-])[-–]\s+)([^\s–-].*)$/s.exec(text);
  return tight?.[1] !== undefined && tight[2] !== undefined
    ? { artist: tight[1], rest: tight[2] }
    : { artist: null, rest: text };
}

function idKindOf({ artist, title, version }: Pick<Row, 'artist' | 'title' | 'version'>): IdKind | null {
  if (title === null) return artist === null ? 'full' : 'title';
  return version !== null && UNKNOWN_VERSION.test(version) ? 'version' : null;
}

function known(name: string | null): string | null {
  return name === null || UNKNOWN.test(name) ? null : name;
}
