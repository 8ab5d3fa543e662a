/**
 * Tracklists in text that people type: lines "cue Artist - Title (version) [label]", numbered or under a heading.
 * A wrong tracklist is worse than none: a list needs marks that fit (rising times, counting numbers) or a heading that calls it one.
 */
import { clockToSeconds } from './cue.ts';
import { type Row, row } from './items.ts';
import { fold } from './text.ts';
import { isVersionText, splitArtistTitle, splitVersion } from './track-name.ts';
import { readUnknown } from './unknown-name.ts';

/** One line that may be a track of a list. */
export interface TrackLine {
  /** What the line says, for `row()`. */
  said: Partial<Row>;
  /** Whether it names artist and title, or says outright that they are unknown. */
  namesTrack: boolean;
}

interface Run {
  heading: string | null;
  lines: TrackLine[];
}

const CLOCK = String.raw`\d{1,3}:[0-5]\d(?::[0-5]\d)?`;
const LEADING_CUE = new RegExp(
  `^(?:\\[(${CLOCK})\\]|\\((${CLOCK})\\)|(${CLOCK})(?=[\\s|\\-–—]|$))\\s*(?:[-–—|:]+\\s+)?`,
);
const TRAILING_CUE = new RegExp(`\\s+(?:@\\s*)?(?:\\[(${CLOCK})\\]|\\((${CLOCK})\\)|(${CLOCK}))$`);
const LEADING_NUMBER = /^(?<number>#\d{1,3}|\d{1,3}(?=[.)](?!\d)|\s+[-–—]\s.*\s[-–—]\s))[.):]*\s*(?:[-–—]\s+)?/;
const PLAYED_WITH = /^(?:w\/|\+)\s*(?=\S)/i;
const TRAILING_LABEL = /^(?<head>.*\S)\s*\[(?<label>[^[\]]+)\]$/s;
const HEADING = /\b(?:track\s?-?list(?:ing)?|set\s?-?list|play\s?list|tracks?)\b\W*$/i;
const ONLY_ADDRESS = /^(?:https?:\/\/|www\.)\S+$/i;
const MARKDOWN_LINK = /\[([^[\]]*)\]\([^()\s]*\)/g;

const SHORTEST_LIST = 3;
/** Longer lines are prose. */
const LONGEST_LINE = 300;
const MOST = 0.8;

/** Reads the tracklists of a text as one run of rows; an empty list when nothing in it is surely a tracklist. Never throws. */
export function readTracklist(text: string): Row[] {
  const said = runsOf(text).flatMap(acceptedLines);
  return said.map((line, index) => row(index + 1, line.said));
}

/** Reads one line; null when it carries neither a mark (time, number) nor "Artist - Title". */
export function readTrackLine(line: string): TrackLine | null {
  return readPlainLine(plainLine(line));
}

function readPlainLine(line: string): TrackLine | null {
  const { rest: marked, ...marks } = takeMarks(line);
  const withPrevious = PLAYED_WITH.test(marked);
  const rest = marked.replace(PLAYED_WITH, '');
  const hasMark = marks.cueSeconds !== null || marks.number !== null;
  const name = readName(rest);
  // "ID - ID" has the form of a track even where nothing is known of it; a lone "ID" needs a mark.
  const hasForm = name !== null && (name.artist !== null || (name.isId && splitArtistTitle(rest) !== null));
  if (name === null || !(hasMark || withPrevious || hasForm)) return null;
  return {
    said: { ...marks, ...name, withPrevious, cueGranularity: marks.cueSeconds === null ? 'unknown' : 'second' },
    namesTrack: name.isId || (name.artist !== null && name.title !== null),
  };
}

function runsOf(text: string): Run[] {
  const runs: Run[] = [];
  let run: Run | null = null;
  let gaps = 0;
  let lastText: string | null = null;
  for (const raw of text.split(/\r\n|[\r\n\u2028\u2029]/)) {
    const line = plainLine(raw);
    if (line === '' || ONLY_ADDRESS.test(line)) continue;
    const read = line.length > LONGEST_LINE ? null : readPlainLine(line);
    if (read) {
      run ??= addRun(runs, lastText);
      run.lines.push(read);
      gaps = 0;
      continue;
    }
    lastText = line;
    gaps += 1;
    // One line of talk between two tracks does not end a list; a heading does.
    if (gaps > 1 || HEADING.test(line)) run = null;
  }
  return runs;
}

function addRun(runs: Run[], heading: string | null): Run {
  const run: Run = { heading, lines: [] };
  runs.push(run);
  return run;
}

function acceptedLines({ heading, lines }: Run): TrackLine[] {
  const called = heading !== null && heading.length < 80 && HEADING.test(heading);
  const cued = lines.filter((line) => typeof line.said.cueSeconds === 'number' || line.said.withPrevious);
  if (isMost(cued, lines) && timesRise(cued) && isList(cued)) return cued;
  const numbered = lines.filter((line) => typeof line.said.number === 'string' || line.said.withPrevious);
  if (isMost(numbered, lines) && numbersCount(numbered) && isList(numbered) && (called || soundsLikeMusic(numbered))) {
    return numbered;
  }
  const named = lines.filter((line) => line.namesTrack);
  return called && named.length >= SHORTEST_LIST && isMost(named, lines) ? named : [];
}

function isMost(part: TrackLine[], whole: TrackLine[]): boolean {
  return part.length >= whole.length * MOST;
}

/** At least half of the lines must name a track: chapters of a talk have times too. */
function isList(lines: TrackLine[]): boolean {
  const named = lines.filter((line) => line.namesTrack).length;
  return named >= SHORTEST_LIST && named * 2 >= lines.length;
}

function timesRise(lines: TrackLine[]): boolean {
  const times = lines.flatMap((line) => line.said.cueSeconds ?? []);
  return times.length >= SHORTEST_LIST && times.every((time, index) => time >= (times[index - 1] ?? 0));
}

/** 1, 2, 3 … without a jump, or Markdown's "1." on every line. */
function numbersCount(lines: TrackLine[]): boolean {
  const numbers = lines.flatMap((line) => (line.said.number ? Number(line.said.number.replace('#', '')) : []));
  const first = numbers[0];
  if (first === undefined || first > 1 || numbers.length < SHORTEST_LIST) return false;
  return numbers.every((number, index) => number === first + index) || numbers.every((number) => number === 1);
}

function soundsLikeMusic(lines: TrackLine[]): boolean {
  const musical = lines.filter(({ said }) => said.version || said.recordLabel || said.isId).length;
  return musical * 3 >= lines.length;
}

type Marks = Pick<Row, 'number' | 'cueSeconds'> & { rest: string };

/** A number and a time, in either order in front; or the time behind. */
function takeMarks(line: string): Marks {
  let rest = line;
  let number: string | null = null;
  let cueSeconds: number | null = null;
  for (let turn = 0; turn < 2; turn += 1) {
    const cue = cueSeconds === null ? LEADING_CUE.exec(rest) : null;
    const count: RegExpExecArray | null = number === null && !cue ? LEADING_NUMBER.exec(rest) : null;
    if (cue) cueSeconds = clockToSeconds(cue[1] ?? cue[2] ?? cue[3] ?? '');
    if (count) number = count.groups?.number ?? null;
    rest = rest.slice(cue?.[0].length ?? count?.[0].length ?? 0);
  }
  const behind = cueSeconds === null ? TRAILING_CUE.exec(rest) : null;
  if (behind) {
    cueSeconds = clockToSeconds(behind[1] ?? behind[2] ?? behind[3] ?? '');
    rest = rest.slice(0, behind.index);
  }
  return { number, cueSeconds, rest };
}

function readName(
  text: string,
): (Partial<Row> & { artist: string | null; title: string | null; isId: boolean }) | null {
  if (text === '') return null;
  const { rest, recordLabel } = takeLabel(text);
  const split = splitArtistTitle(rest);
  const { title, version } = splitVersion(split?.rest ?? rest);
  return { ...readUnknown({ artist: split?.artist ?? null, title, version }), recordLabel };
}

function takeLabel(text: string): { rest: string; recordLabel: string | null } {
  const { head, label } = TRAILING_LABEL.exec(text)?.groups ?? {};
  if (head === undefined || label === undefined || isVersionText(label) || /^(?:\d+|ft\.?|feat\.?)\b/i.test(label)) {
    return { rest: text, recordLabel: null };
  }
  return { rest: head, recordLabel: label.trim() };
}

/** The line as Reddit shows it: no bullets, emphasis, links, escapes. */
function plainLine(raw: string): string {
  const text = raw
    .slice(0, LONGEST_LINE * 4)
    .replace(/&#x200B;|&nbsp;/gi, ' ')
    .replace(MARKDOWN_LINK, '$1')
    .replace(/\*\*|__|~~|`/g, '')
    .replace(/\\([-_.#*()[\]+>~])/g, '$1');
  return (fold(text) ?? '').replace(/^(?:>\s*|#{2,6}\s+|[-*•–]\s+(?=\S))+/, '');
}
