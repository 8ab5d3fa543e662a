/** One line of a tracklist that a person typed: its marks (number, time, label) and the name between them. */
import { clockToSeconds } from './cue.ts';
import { type Row, row } from './items.ts';
import { fold } from './text.ts';
import { isVersionText, splitArtistTitle, splitVersion } from './track-name.ts';
import { readUnknown } from './unknown-name.ts';

/** How a list parts artist and title: one way for all of its lines. */
export type Separator = 'dash' | 'glued-dash' | 'slash' | 'by' | 'quotes';

/** One line that may be a track of a list. */
export interface TrackLine {
  /** What the line says, for `row()`. */
  said: Partial<Row>;
  /** Whether it names artist and title, or says outright that they are unknown. */
  namesTrack: boolean;
  /** The clock as it is printed, where the line has one. */
  clock: string | null;
  /** Whether the time stands behind the name: such times may be ends. */
  isBehind: boolean;
  /** A number in brackets ("[02]"): that of the track, or the minute; only the list tells. */
  bracketed: number | null;
}

const CLOCK = String.raw`\d{1,3}:[0-5]\d(?::[0-5]\d)?`;
/** "0:00", "[0:00]", "0:00 - 4:30" (start and end), "~0:00". */
const LEADING_CUE = new RegExp(
  [
    String.raw`^[~≈@]?\s*(?:\[[~≈@]?(${CLOCK})(?:\s*[-–—]\s*${CLOCK})?\]`,
    String.raw`|\([~≈@]?(${CLOCK})(?:\s*[-–—]\s*${CLOCK})?\)`,
    String.raw`|(${CLOCK})(?:\s*[-–—]\s*${CLOCK})?(?=[\s|\-–—:.]|$))[:.]?\s*(?:[-–—|:]+\s+)?`,
  ].join(''),
);
const TRAILING_CUE = new RegExp(String.raw`\s(?:[@|]\s*|[-–—]+\s)?(?:\[(${CLOCK})\]|\((${CLOCK})\)|(${CLOCK}))$`);
const BRACKETED_NUMBER = /^(?:\[(\d{2,3})\]|\((\d{2,3})\))\s*(?:[-–—|:]+\s+)?(?=\S)/;
const LEADING_NUMBER = /^(?<number>#\d{1,3}|\d{1,3}(?=[.)](?!\d)|\s+[-–—]\s.*\s[-–—]\s))[.):]*\s*(?:[-–—]\s+)?/;
const PLAYED_WITH = /^(?:w\/|\+)\s*(?=\S)/i;
const TRAILING_LABEL = /^(?<head>.*\S)\s*\[(?<label>[^[\]]+)\]$/s;
/** "Artist - Title | Original Mix"; a bare "Radio Edit", "flip" at the end. */
const BAR_VERSION = /^(?<head>.*\S)\s+\|\s+(?<version>[^|]+)$/s;
const BARE_VERSION =
  /^(?<head>.*\S)\s+(?<version>(?:radio|club|extended|original|vip|dub) (?:mix|edit|version)|flip|bootleg|VIP)$/i;

/** Longer lines are prose. */
export const LONGEST_LINE = 300;

/** Reads one line; null when it carries neither a mark (time, number) nor a name parted as `separator` says. */
export function readTrackLine(line: string, separator: Separator = 'dash'): TrackLine | null {
  return readPlainLine(plainLine(line), separator);
}

/** The same for a line that is plain already. */
export function readPlainLine(line: string, separator: Separator): TrackLine | null {
  if (line.length > LONGEST_LINE) return null;
  const { rest: marked, clock, isBehind, bracketed, ...marks } = takeMarks(line);
  const beside = PLAYED_WITH.exec(marked)?.[0].trim() ?? null;
  const withPrevious = beside !== null;
  const rest = marked.replace(PLAYED_WITH, '');
  const hasMark = clock !== null || marks.number !== null || bracketed !== null;
  const name = readName(rest, separator);
  // "ID - ID" has the form of a track even where nothing is known of it; a lone "ID" needs a mark.
  const hasForm = name !== null && (name.artist !== null || (name.isId && splitName(rest, separator) !== null));
  if (name === null || !(hasMark || withPrevious || hasForm)) return null;
  return {
    said: {
      ...marks,
      number: marks.number ?? beside,
      ...name,
      withPrevious,
      cueGranularity: marks.cueSeconds === null ? 'unknown' : 'second',
    },
    namesTrack: name.isId || (name.artist !== null && name.title !== null),
    clock,
    isBehind,
    bracketed,
  };
}

type Marks = Pick<Row, 'number' | 'cueSeconds'> &
  Pick<TrackLine, 'clock' | 'isBehind' | 'bracketed'> & { rest: string };

/** A number and a time, in either order in front; or the time behind. */
function takeMarks(line: string): Marks {
  let rest = line;
  let number: string | null = null;
  let clock: string | null = null;
  let bracketed: number | null = null;
  for (let turn = 0; turn < 2; turn += 1) {
    const cue: RegExpExecArray | null = clock === null ? LEADING_CUE.exec(rest) : null;
    const inBrackets: RegExpExecArray | null = turn === 0 && !cue ? BRACKETED_NUMBER.exec(rest) : null;
    const count: RegExpExecArray | null = number === null && !cue && !inBrackets ? LEADING_NUMBER.exec(rest) : null;
    if (cue) clock = cue[1] ?? cue[2] ?? cue[3] ?? null;
    if (inBrackets) bracketed = Number(inBrackets[1] ?? inBrackets[2]);
    if (count) number = count.groups?.number ?? null;
    rest = rest.slice((cue ?? inBrackets ?? count)?.[0].length ?? 0);
  }
  const behind = clock === null ? TRAILING_CUE.exec(rest) : null;
  if (behind) {
    clock = behind[1] ?? behind[2] ?? behind[3] ?? null;
    rest = rest.slice(0, behind.index);
  }
  const cueSeconds = clock === null ? null : clockToSeconds(clock);
  return { number, cueSeconds, clock, isBehind: behind !== null, bracketed, rest };
}

type Named = Partial<Row> & { artist: string | null; title: string | null; isId: boolean };

function readName(text: string, separator: Separator): Named | null {
  if (text === '') return null;
  const { rest, recordLabel } = takeLabel(text);
  const split = splitName(rest, separator);
  const { title, version } = takeVersion(split?.rest ?? rest);
  return { ...readUnknown({ artist: split?.artist ?? null, title, version }), recordLabel };
}

function takeVersion(text: string): { title: string; version: string | null } {
  const split = splitVersion(text);
  if (split.version !== null) return split;
  const bar = BAR_VERSION.exec(text)?.groups;
  if (bar?.head !== undefined && bar.version !== undefined && isVersionText(bar.version))
    return { title: bar.head, version: bar.version };
  const bare = BARE_VERSION.exec(text)?.groups;
  return bare?.head !== undefined && bare.version !== undefined ? { title: bare.head, version: bare.version } : split;
}

const SPLITS: Readonly<Record<Exclude<Separator, 'dash'>, RegExp>> = {
  'glued-dash': /^(?<artist>.*?[^\s–—-])\s?[-–—]\s?(?<rest>[^\s–—-].*)$/su,
  slash: /^(?<artist>.*?\S)\s+[/|]\s+(?<rest>\S.*)$/su,
  by: /^(?<rest>.*\S)\s+by\s+(?<artist>\S.*)$/isu,
  quotes: /^(?<artist>.*?[^\s–—:-])\s*[-–—:]?\s*(?<rest>["“„].+["”“](?:\s*[([].*)?)$/su,
};

/** Artist and the rest (title, version) as a list's separator parts them; null where the line has none. */
function splitName(text: string, separator: Separator): { artist: string; rest: string } | null {
  const dashed = splitArtistTitle(text);
  if (separator === 'dash') return dashed;
  const { artist, rest } = SPLITS[separator].exec(text)?.groups ?? {};
  if (artist === undefined || rest === undefined) return dashed;
  return { artist: artist.trim(), rest: separator === 'quotes' ? rest.replace(/["“”„]/g, '').trim() : rest };
}

function takeLabel(text: string): { rest: string; recordLabel: string | null } {
  const { head, label } = TRAILING_LABEL.exec(text)?.groups ?? {};
  if (head === undefined || label === undefined || isVersionText(label) || /^(?:\d+|ft\.?|feat\.?)\b/i.test(label)) {
    return { rest: text, recordLabel: null };
  }
  return { rest: head, recordLabel: label.trim() };
}

/** A link's words; brackets within them and in its address are part of it. */
const MARKDOWN_LINK = /\[((?:[^[\]]|\[[^[\]]*\])*)\]\((?:[^()\s]|\([^()\s]*\))*(?:\s+"[^"]*")?\)/g;
/** "*so*" and "_so_" around whole words. */
const EMPHASIS = /(?<=^|[\s([\-–—|])([*_])(?=\S)([^*_]*[^*_\s])\1(?=[\s)\].,:;\-–—|]|$)/g;

/** The line as Reddit shows it: no bullets, emphasis, links, escapes, and nothing that was struck out. */
export function plainLine(raw: string): string {
  const text = raw
    .slice(0, LONGEST_LINE * 4)
    .replace(/&#x200B;|&nbsp;/gi, ' ')
    .replace(MARKDOWN_LINK, '$1')
    .replace(/~~[^~]*~~/g, ' ')
    .replace(/\*\*|__|~~|`/g, '')
    .replace(EMPHASIS, '$2')
    .replace(/\\([-_.#*()[\]+>~|])/g, '$1');
  return (fold(text) ?? '').replace(/^(?:>\s*|#{1,6}\s+|[-*•·–▪►]\s+(?=\S))+/, '');
}

/** The row of a line at a place of its list. */
export function rowOf({ said }: TrackLine, position: number, section: string | null): Row {
  return row(position, { ...said, section });
}
