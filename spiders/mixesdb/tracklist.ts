/** The body of a tracklist: numbered lists ("# "), `<list>` bodies, `<pre>` and plain lines, chapters (";X") and gaps ("..."). */
import { type Row, row } from '../../src/core/items.ts';
import type { Problem } from '../../src/core/parse-result.ts';
import { type Cue, settleCues } from './cue.ts';
import { readTrackLine, type TrackLine } from './track-line.ts';
import { linesOfTable } from './track-table.ts';
import { display, isTableStart, tableEnd, withoutComments } from './wikitext.ts';

export interface Tracklist {
  readonly rows: Row[];
  readonly sections: string[];
  /** Lines that are neither track nor heading. */
  readonly notes: string[];
  /** What rows cannot hold, by position; see `tracklistExtra`. */
  readonly extra: TracklistExtra;
  readonly problems: Problem[];
}

interface TracklistExtra {
  /** Positions after which the list says "..." (one or more unidentified tracks); 0 for before the first. */
  gapsAfter: number[];
  /** Positions printed in italics: the editors are not sure. */
  tentative: number[];
  /** Positions marked as unreleased or forthcoming. */
  unreleased: number[];
  /** Marks that hold no usable time ("3?", a time of day), as printed, by position. */
  unreadCues: Record<string, string>;
}

/** A line that was taken apart by whoever holds the list (a CSV row, a wikitext line). */
export interface Entry {
  readonly line: TrackLine;
  readonly section: string | null;
  /** As printed, null when the list numbers itself. */
  readonly number: string | null;
}

interface Reading {
  entries: Entry[];
  sections: string[];
  notes: string[];
  gapsAfter: number[];
  section: string | null;
  /** Inside `<list>` or `<pre>`: every line is a track. */
  isList: boolean;
  /** The body marks its tracks, so a line without a mark is a remark. */
  hasMarks: boolean;
  tooLong: number;
}

/** No track line is longer; longer ones are prose or damage, and must not cost time. */
const LONGEST_LINE = 2000;
/** The longest lists have some hundred lines; a page beyond this is damage or malice, and must not cost memory. */
const MOST_LINES = 20_000;
/** An indented line with a bracket that is no cue: "    (F Remix)". */
const GOES_ON = /\n(?: {2,8}|\t)(?=[([](?![\d?:]+[)\]])[^\n]{1,200}\n)/g;
/** A bare line that says which part begins. */
const PART = /^(?:part|pt\.?|cd|disc|side|set|hour|tape)\s*(?:\d{1,2}|[A-H])\s*:?$/i;
const SKIPPED = /^(?:-{4,}|__[A-Z]+__|\{\{[^{}]*\}\}|\{\||\|\}|\[\[\s*(?:Category|File|Image)\s*:.*\]\])$/i;

/** Reads the lines of a body. */
export function readTracklist(body: string): Tracklist {
  const lines = plainLines(withoutComments(body));
  if (lines.length > MOST_LINES) return tooLarge(lines.length);
  const reading: Reading = {
    entries: [],
    sections: [],
    notes: [],
    gapsAfter: [],
    section: null,
    isList: false,
    hasMarks: lines.some((line) => /^[ \t]*#|<(?:list|pre)\b/i.test(line)),
    tooLong: 0,
  };
  for (const line of lines) readLine(line, reading);
  const problems: Problem[] =
    reading.tooLong === 0
      ? []
      : [
          {
            code: 'bad-value',
            message: `${reading.tooLong} lines over ${LONGEST_LINE} characters were not read`,
            where: 'tracklist',
          },
        ];
  return {
    ...assemble(reading.entries, reading.gapsAfter),
    sections: reading.sections,
    notes: reading.notes,
    problems,
  };
}

function tooLarge(lines: number): Tracklist {
  const message = `a tracklist of ${lines} lines, at most ${MOST_LINES} are read; it was left out`;
  return { ...assemble([]), sections: [], notes: [], problems: [{ code: 'too-large', message, where: 'tracklist' }] };
}

/** Whether the set may be used at all: of a list that is too large nothing is. */
export function isReadable({ problems }: Pick<Tracklist, 'problems'>): boolean {
  return problems.every(({ code }) => code !== 'too-large');
}

/** The body's lines: those that only go on with the one above put to it, those of tables as the lines that a list would have. */
function plainLines(text: string): string[] {
  const lines = text.replace(GOES_ON, ' ').split(/\r\n?|\n/);
  if (!text.includes('{|')) return lines;
  const plain: string[] = [];
  for (let at = 0; at < lines.length; at += 1) {
    const line = lines[at] ?? '';
    if (!isTableStart(line)) {
      plain.push(line);
      continue;
    }
    const end = tableEnd(lines, at);
    for (const row of linesOfTable(lines.slice(at + 1, end))) plain.push(row);
    at = end - 1;
  }
  return plain;
}

/** Makes rows of entries: positions over the whole set, marks judged chapter by chapter. */
export function assemble(entries: readonly Entry[], gapsAfter: number[] = []): Pick<Tracklist, 'rows' | 'extra'> {
  const cues = settledCues(entries);
  const extra: TracklistExtra = { gapsAfter, tentative: [], unreleased: [], unreadCues: {} };
  const rows = entries.map(({ line, section, number }, index) => {
    const position = index + 1;
    const cue = cues[index] ?? null;
    if (line.isTentative) extra.tentative.push(position);
    if (line.status !== null && /^(?:unreleased|forthcoming)$/i.test(line.status)) extra.unreleased.push(position);
    if (cue && cue.seconds === null) extra.unreadCues[position] = cue.printed;
    return row(position, {
      ...line.fields,
      section,
      number,
      cueSeconds: cue?.seconds ?? null,
      cueGranularity: cue?.granularity ?? 'unknown',
    });
  });
  return { rows, extra };
}

function settledCues(entries: readonly Entry[]): (Cue | null)[] {
  const chapters: (Cue | null)[][] = [];
  for (const [index, { section, line }] of entries.entries()) {
    if (index === 0 || section !== entries[index - 1]?.section) chapters.push([]);
    chapters.at(-1)?.push(line.cue);
  }
  return chapters.flatMap((cues, index) => settleCues(cues, index === 0));
}

function readLine(raw: string, reading: Reading): void {
  if (raw.length > LONGEST_LINE) {
    reading.tooLong += 1;
    return;
  }
  const [first = '', ...others] = lineBreaks(raw);
  if (others.length > 0) {
    for (const line of [first, ...others]) readLine(line, reading);
    return;
  }
  if (/<(?:list|pre|poem)\b[^<>]*>/i.test(raw)) reading.isList = true;
  const line = raw.replace(/<\/?(?:list|pre|poem|nowiki|div|center|small|br)\b[^<>]*>/gi, '').trim();
  if (line !== '' && !SKIPPED.test(line)) readContent(line, reading);
  if (/<\/(?:list|pre|poem)>/i.test(raw)) reading.isList = false;
}

/** The line at its `<br>`s, where what follows one is a track of its own; others only go on with their line. */
function lineBreaks(raw: string): string[] {
  const lines: string[] = [];
  for (const part of raw.split(/<br\s*\/?>/i)) {
    if (lines.length === 0 || / [-–] |^\s*(?:[#*]|\[[\d?:]+\])/.test(part)) lines.push(part);
    else lines.push(`${lines.pop()} ${part}`);
  }
  return lines;
}

function readContent(line: string, reading: Reading): void {
  const heading = headingOf(line);
  if (/^[#*]*\s*(?:\[[\d?:]{1,8}\]\s*)?(?:\[?\.{3,}\]?|…)$/.test(line)) {
    reading.gapsAfter.push(reading.entries.length);
  } else if (heading !== null) {
    reading.section = heading;
    reading.sections.push(heading);
  } else {
    readTrack(line, reading);
  }
}

/** ";Part 1", "=== Part 1 ===", or a bold line of its own, numbered or not. */
function headingOf(line: string): string | null {
  if (PART.test(line)) return line.replace(/\s*:$/, '');
  const text = /^;\s*(.+)$/s.exec(line)?.[1] ?? /^(={2,6})\s*(.+?)\s*\1$/s.exec(line)?.[2] ?? boldLine(line);
  return text === undefined ? null : display(text).replace(/:$/, '').trim() || null;
}

function boldLine(line: string): string | undefined {
  const [, marker, text] = /^(#?)\s*'''([^']+)'''$/s.exec(line) ?? [];
  // A numbered one with a dash is a track that somebody printed in bold.
  return marker === '#' && / [-–] /.test(text ?? '') ? undefined : text;
}

function readTrack(line: string, reading: Reading): void {
  // "#:" goes on under a track: a remark about it.
  if (/^[#*]+:/.test(line)) {
    addNote(line.replace(/^[#*:]+/, ''), reading);
    return;
  }
  const marker = /^(?:[#*]+|:+)\s*/.exec(line)?.[0] ?? '';
  const numbered = /^(\d{1,3})[.)]\s+(?=\S)/.exec(line.slice(marker.length));
  // "# 2. Something" would be a title, unless the list counts twice; a number is printed only where the list does not number itself.
  const isCounted = Number(numbered?.[1]) === reading.entries.length + 1;
  const number = marker.startsWith('#') ? undefined : numbered?.[1];
  const isNumber = number !== undefined || isCounted;
  const text = line.slice(marker.length + (isNumber ? (numbered?.[0].length ?? 0) : 0));
  const read = readTrackLine(text);
  const isMarked = marker.startsWith('#') || reading.isList || number !== undefined || read.cue !== null;
  const isTrack = isMarked || (!reading.hasMarks && / [-–] |^\?+$/.test(text));
  if (isTrack) reading.entries.push({ line: read, section: reading.section, number: number ?? null });
  else addNote(line.slice(marker.length), reading);
}

function addNote(line: string, reading: Reading): void {
  const note = display(line);
  if (note !== '') reading.notes.push(note);
}
