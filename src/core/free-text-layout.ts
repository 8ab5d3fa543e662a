/** How people lay a tracklist out: one track a line, all tracks on one line, a table, or the times in a block of their own. */
import { clockToSeconds } from './cue.ts';
import { LONGEST_LINE, plainLine } from './free-text-lines.ts';

const CLOCK = String.raw`\d{1,3}:[0-5]\d(?::[0-5]\d)?`;
const ONLY_CLOCK = new RegExp(String.raw`^[[(]?(?:${CLOCK})[\])]?$`);
const ONLY_ADDRESS = /^(?:https?:\/\/|www\.)\S+$/i;
/** Where a further track begins on a line: behind a space, at a time or a bracketed number, in front of a name. */
const NEXT_TRACK = new RegExp(
  String.raw`\s(?=(?:\[${CLOCK}\]|\(${CLOCK}\)|${CLOCK}|\(\d{2,3}\)|\[\d{2,3}\])\s*[^\s\d])`,
  'g',
);
const STARTS_TRACK = new RegExp(String.raw`^(?:\[${CLOCK}\]|\(${CLOCK}\)|${CLOCK}|\(\d{2,3}\)|\[\d{2,3}\])\s*\S`);
const TABLE_RULE = /^\|?\s*:?-+:?\s*(?:\|\s*:?-+:?\s*)+\|?$/;

const SHORTEST_LIST = 3;
/** Longer texts on one line hold no list that a person could read. */
const LONGEST_LIST = 20_000;

/** The lines of a text that may be tracks or headings, plain and without empty ones; "" stands where a block ends. */
export function layOut(text: string): string[] {
  const raw = text.split(/\r\n|[\r\n\u2028\u2029]/);
  const lines = raw.flatMap((line, index) => (isTableRule(raw, index) ? [] : splitTracks(line)));
  return zipTimes(
    readTables(raw, lines)
      .map(plainLine)
      .filter((line) => !ONLY_ADDRESS.test(line)),
  );
}

/** "0:00 A - B 4:30 C - D 9:10 …": as many lines as tracks begin in it. */
function splitTracks(line: string): string[] {
  if (line.length > LONGEST_LIST) return [line.slice(0, LONGEST_LINE + 1)];
  const parts = line.split(NEXT_TRACK);
  const begun = parts.filter((part) => STARTS_TRACK.test(part.trim())).length;
  return begun >= SHORTEST_LIST ? parts : [line];
}

function isTableRule(lines: readonly string[], index: number): boolean {
  const line = (lines[index] ?? '').trim();
  return TABLE_RULE.test(line) && (lines[index - 1] ?? '').includes('|');
}

interface Columns {
  readonly time: number;
  readonly number: number;
  readonly artist: number;
  readonly title: number;
  readonly label: number;
}

/** Rows of a table become lines "time artist - title [label]", by what its head calls the columns. */
function readTables(raw: readonly string[], lines: readonly string[]): string[] {
  const heads = new Map<string, Columns>();
  for (const [index, line] of raw.entries()) if (isTableRule(raw, index + 1)) heads.set(line, columnsOf(cellsOf(line)));
  if (heads.size === 0) return [...lines];
  let columns: Columns | null = null;
  return lines.map((line) => {
    const head = heads.get(line);
    if (head !== undefined) columns = head;
    else if (!line.includes('|')) columns = null;
    if (head !== undefined) return head.artist >= 0 && head.title >= 0 ? 'Tracklist' : plainCells(line);
    return columns === null ? line : tableLine(cellsOf(line), columns);
  });
}

function cellsOf(line: string): string[] {
  return line
    .trim()
    .replace(/^\||\|$/g, '')
    .split(/(?<!\\)\|/)
    .map((cell) => plainLine(cell));
}

function plainCells(line: string): string {
  return cellsOf(line).join(' ').trim();
}

function columnsOf(heads: readonly string[]): Columns {
  const find = (pattern: RegExp): number => heads.findIndex((head) => pattern.test(head));
  return {
    time: find(/^(?:time(?:stamp|code)?|start|cue|at)\b/i),
    number: find(/^(?:#|no\.?|nr\.?|pos(?:ition)?|number)$/i),
    artist: find(/^(?:artists?|acts?|dj|by|producers?)\b/i),
    title: find(/^(?:titles?|tracks?|songs?|names?|tunes?)\b/i),
    label: find(/^(?:record )?label\b/i),
  };
}

function tableLine(cells: readonly string[], columns: Columns): string {
  const cell = (column: number): string => cells[column] ?? '';
  if (columns.artist < 0 || columns.title < 0 || columns.artist === columns.title) return cells.join(' ').trim();
  const number = /^\d{1,3}$/.test(cell(columns.number)) ? `${cell(columns.number)}.` : cell(columns.number);
  const label = cell(columns.label) === '' ? '' : `[${cell(columns.label)}]`;
  const named = `${cell(columns.artist)} - ${cell(columns.title)}`;
  return [number, cell(columns.time), named, label].filter((part) => part !== '').join(' ');
}

/** A block of times and a block of as many names belong together, one by one. */
function zipTimes(lines: readonly string[]): string[] {
  const at = lines.findIndex((line) => ONLY_CLOCK.test(line));
  if (at < 0) return [...lines];
  const filled = lines.map((line, index) => ({ line, index })).filter(({ line }) => line !== '');
  const start = filled.findIndex(({ index }) => index === at);
  const length = runLength(filled.slice(start).map(({ line }) => ONLY_CLOCK.test(line)));
  const times = filled.slice(start, start + length).map(({ line }) => line);
  const names = filled.slice(start + length, start + 2 * length).map(({ line }) => line);
  if (
    length < SHORTEST_LIST ||
    names.length < length ||
    !areTimes(times) ||
    names.some((name) => ONLY_CLOCK.test(name))
  )
    return [...lines];
  const after = filled[start + 2 * length - 1]?.index ?? lines.length;
  return [...lines.slice(0, at), ...names.map((name, index) => `${times[index]} ${name}`), ...lines.slice(after + 1)];
}

function runLength(flags: readonly boolean[]): number {
  const end = flags.indexOf(false);
  return end < 0 ? flags.length : end;
}

function areTimes(times: readonly string[]): boolean {
  const seconds = times.map((time) => clockToSeconds(time.replace(/[[\]()]/g, '')) ?? -1);
  return seconds.every((time, index) => time >= 0 && time >= (seconds[index - 1] ?? 0));
}
