/**
 * Tracklists in text that people type: lines "cue Artist - Title (version) [label]", numbered or under a heading.
 * A wrong tracklist is worse than none: a list needs marks that fit (rising times, counting numbers) or a heading that calls it one.
 */

import { layOut } from './free-text-layout.ts';
import { readPlainLine, rowOf, type Separator, type TrackLine } from './free-text-lines.ts';
import { separatorOf, settleMarks } from './free-text-marks.ts';
import type { Row } from './items.ts';

export interface TextContext {
  /** The text stands where people talk about music: a list of "Artist - Title" that counts needs no further sign. */
  readonly isMusic?: boolean;
  /** What stands above the text, e.g. the title of its post: it may call the text a tracklist. */
  readonly heading?: string | null;
}

interface Run {
  heading: string | null;
  /** Lines with a mark or a name: plain, and as they read where a dash parts names. */
  lines: { text: string; byDash: TrackLine }[];
}

interface List {
  heading: string | null;
  lines: TrackLine[];
}

/** Words that call what follows a tracklist, in the languages of most posts. */
const LIST_WORD = String.raw`track\s?-?list(?:ing|e|a|en)?|set\s?-?lists?|play\s?lists?|titelliste|tracks?|songs?|songlist|tracklista|lista de (?:canciones|temas|m[uú]sicas)|canciones|liste des (?:titres|morceaux)|titres|scaletta|треклист|трек-?лист|плейлист|トラックリスト|セットリスト|セトリ|曲目|歌单|曲目表|트랙리스트|셋리스트`;
const HEADING = new RegExp(String.raw`(?:^|[^\p{L}])(?:${LIST_WORD})[^\p{L}]*$`, 'iu');
/** "Tracklist (Day 1):", "Here is the tracklist so far": only words that mean nothing else. */
const LOOSE_HEADING = /(?:^|[^\p{L}])(?:track\s?-?list(?:ing|a)?|set\s?-?list)(?![\p{L}?])/iu;
const PLAIN_HEADING = new RegExp(String.raw`^\W*(?:the |full )?(?:${LIST_WORD})\W*$`, 'iu');

const SHORTEST_LIST = 3;
const LONGEST_HEADING = 80;
const MOST = 0.8;

/** Reads the tracklists of a text as one run of rows; an empty list when nothing in it is surely a tracklist. Never throws. */
export function readTracklist(text: string, context: TextContext = {}): Row[] {
  const lists = runsOf(layOut(text), context).flatMap((run) => acceptedList(run, context));
  let position = 0;
  return lists.flatMap(({ heading, lines }) =>
    lines.map((line) => {
      position += 1;
      return rowOf(line, position, lists.length > 1 ? sectionOf(heading) : null);
    }),
  );
}

/** The name of a chapter: what its heading says beside that it is a tracklist. */
function sectionOf(heading: string | null): string | null {
  if (heading === null || heading.length > LONGEST_HEADING || PLAIN_HEADING.test(heading)) return null;
  return heading.replace(/\s*:\s*$/, '');
}

function runsOf(lines: readonly string[], { heading = null }: TextContext): Run[] {
  const runs: Run[] = [];
  let run: Run | null = null;
  let gaps = 0;
  let lastText: string | null = heading;
  for (const line of lines) {
    if (line === '') continue;
    // Which way the list parts names is not known yet: any mark, or a dash between spaces, will do.
    const byDash = readPlainLine(line, 'dash');
    if (byDash !== null) {
      run ??= addRun(runs, lastText);
      run.lines.push({ text: line, byDash });
      gaps = 0;
      continue;
    }
    lastText = line;
    gaps += 1;
    // One line of talk between two tracks does not end a list; a heading does.
    if (gaps > 1 || isHeading(line)) run = null;
  }
  return runs;
}

function addRun(runs: Run[], heading: string | null): Run {
  const run: Run = { heading, lines: [] };
  runs.push(run);
  return run;
}

function isHeading(line: string): boolean {
  return line.length < LONGEST_HEADING && (HEADING.test(line) || LOOSE_HEADING.test(line));
}

function acceptedList({ heading, lines: said }: Run, { isMusic = false }: TextContext): List[] {
  const read = (separator: Separator): TrackLine[] =>
    said.flatMap(({ text, byDash }) => (separator === 'dash' ? byDash : (readPlainLine(text, separator) ?? [])));
  const separator = separatorOf((one) => namedIn(read(one)).length, said.length);
  const lines = settleMarks(read(separator));
  const isCalled = heading !== null && isHeading(heading);
  const accepted = acceptedLines(lines, isCalled, isMusic);
  return accepted.length === 0 ? [] : [{ heading, lines: accepted }];
}

function acceptedLines(lines: TrackLine[], isCalled: boolean, isMusic: boolean): TrackLine[] {
  const cued = lines.filter((line) => typeof line.said.cueSeconds === 'number' || line.said.withPrevious);
  if (isMost(cued, lines) && timesRise(cued) && isList(cued)) return cued;
  const numbered = lines.filter((line) => typeof line.said.number === 'string' || line.said.withPrevious);
  const isSure = isCalled || soundsLikeMusic(numbered) || (isMusic && namedIn(numbered).length === numbered.length);
  if (isMost(numbered, lines) && numbersCount(numbered) && isList(numbered) && isSure) return numbered;
  const named = namedIn(lines);
  return isCalled && named.length >= SHORTEST_LIST && isMost(named, lines) ? named : [];
}

function namedIn(lines: readonly TrackLine[]): TrackLine[] {
  return lines.filter(({ namesTrack }) => namesTrack);
}

function isMost(part: readonly TrackLine[], whole: readonly TrackLine[]): boolean {
  return part.length >= whole.length * MOST;
}

/** At least half of the lines must name a track: chapters of a talk have times too. */
function isList(lines: readonly TrackLine[]): boolean {
  const named = namedIn(lines).length;
  return named >= SHORTEST_LIST && named * 2 >= lines.length;
}

function timesRise(lines: readonly TrackLine[]): boolean {
  const times = lines.flatMap((line) => line.said.cueSeconds ?? []);
  return times.length >= SHORTEST_LIST && times.every((time, index) => time >= (times[index - 1] ?? 0));
}

/** 1, 2, 3 … without a jump, or Markdown's "1." on every line. */
function numbersCount(lines: readonly TrackLine[]): boolean {
  const numbers = lines.flatMap(({ said }) =>
    said.number && !said.withPrevious ? Number(said.number.replace('#', '')) : [],
  );
  const first = numbers[0];
  if (first === undefined || first > 1 || numbers.length < SHORTEST_LIST) return false;
  return numbers.every((number, index) => number === first + index) || numbers.every((number) => number === 1);
}

function soundsLikeMusic(lines: readonly TrackLine[]): boolean {
  const musical = lines.filter(({ said }) => said.version || said.recordLabel || said.isId).length;
  return musical * 3 >= lines.length;
}
