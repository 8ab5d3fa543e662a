/** CSV dumps of tracklists (columns mix_title, mix_url, part, position, timestamp, artist, title, raw): one set per mix, one line per row. */
import type { SetlistItem } from '../../src/core/items.ts';
import type { Problem } from '../../src/core/parse-result.ts';
import { fold } from '../../src/core/text.ts';
import { readCue } from './cue.ts';
import { dumpedMix, knownPlaces } from './dumped-mix.ts';
import { readTrackLine } from './track-line.ts';
import { assemble, type Entry } from './tracklist.ts';

type CsvRow = Readonly<Record<string, string>>;

const CELL_END = /[,\r\n]/g;
/** The wiki allows 255 bytes. */
const LONGEST_TITLE = 300;
/** Further broken records are only counted. */
const MOST_PROBLEMS = 100;
/** More rows than a thousand mixes have; a longer file is to be split. */
const MOST_ROWS = 50_000;
const NEEDED = ['position', 'raw'];

/** Whether the text begins with the header line of such a dump. */
export function isCsvDump(text: string): boolean {
  const header = text.slice(0, 1000).split(/\r?\n/, 1)[0]?.split(',') ?? [];
  return NEEDED.every((column) => header.includes(column)) && header.includes('timestamp');
}

/** Reads the dump; rows of one mix stand together. */
export function readCsvDump(text: string, fetchedAt: string | null): { items: SetlistItem[]; problems: Problem[] } {
  const { rows, problems } = records(text);
  if (rows.length > MOST_ROWS) {
    const message = `more than ${MOST_ROWS} rows: split the file`;
    return { items: [], problems: [{ code: 'too-large', message, where: null }] };
  }
  const mixes: CsvRow[][] = [];
  for (const row of rows) {
    const current = mixes.at(-1);
    if (current && mixKey(current[0]) === mixKey(row)) current.push(row);
    else mixes.push([row]);
  }
  const places = knownPlaces(mixes.map(([first]) => first?.mix_title ?? ''));
  return { items: mixes.map((mix) => readMix(mix, places, fetchedAt)), problems };
}

function readMix(rows: readonly CsvRow[], places: ReadonlySet<string>, fetchedAt: string | null): SetlistItem {
  const [first = {}] = rows;
  const entries = rows.map(readEntry);
  return dumpedMix({
    title: fold(first.mix_title?.slice(0, LONGEST_TITLE)),
    url: fold(first.mix_url),
    ...assemble(entries),
    sections: [...new Set(entries.flatMap((entry) => entry.section ?? []))],
    notes: [],
    places,
    fetchedAt,
    text: rows.map((row) => row.raw).join('\n'),
  });
}

/** The names are read from `raw`: the columns artist and title are the dumping tool's own split, which misses some. */
function readEntry(row: CsvRow): Entry {
  const raw = row.raw?.trim() || [row.artist, row.title].filter(Boolean).join(' - ');
  const line = readTrackLine(raw);
  const printed = row.timestamp?.trim().replace(/^\[|\]$/g, '');
  return {
    line: printed ? { ...line, cue: readCue(printed) } : line,
    section: fold(row.part),
    number: fold(row.position),
  };
}

function mixKey(row: CsvRow | undefined): string {
  return JSON.stringify([row?.query, row?.mix_url, row?.mix_title]);
}

function records(text: string): { rows: CsvRow[]; problems: Problem[] } {
  const [header = [], ...lines] = cellsOf(text);
  const rows: CsvRow[] = [];
  const problems: Problem[] = [];
  let more = 0;
  for (const [index, line] of lines.entries()) {
    if (line.length === header.length)
      rows.push(Object.fromEntries(header.map((name, column) => [name, line[column] ?? ''])));
    else if (problems.length >= MOST_PROBLEMS) more += 1;
    else
      problems.push({
        code: 'bad-value',
        message: `${line.length} cells, expected ${header.length}`,
        where: `record ${index + 2}`,
      });
  }
  if (more > 0)
    problems.push({ code: 'bad-value', message: `${more} more records have too few or too many cells`, where: null });
  return { rows, problems };
}

/** RFC 4180: quoted cells may hold commas, line ends and doubled quotes. Empty lines are left out; what is too much is not read. */
function cellsOf(text: string): string[][] {
  const lines: string[][] = [];
  let line: string[] = [];
  for (let at = 0; at <= text.length && lines.length <= MOST_ROWS + 1; ) {
    const cell = text[at] === '"' ? quotedCell(text, at) : plainCell(text, at);
    line.push(cell.value);
    at = cell.end + 1;
    if (text[cell.end] === ',') continue;
    if (text[cell.end] === '\r' && text[at] === '\n') at += 1;
    if (line.length > 1 || line[0] !== '') lines.push(line);
    line = [];
  }
  return lines;
}

/** `end` is the place of the comma or line end behind the cell. An unclosed quote runs to the end of the text. */
function quotedCell(text: string, start: number): { value: string; end: number } {
  let close = text.indexOf('"', start + 1);
  while (close >= 0 && text[close + 1] === '"') close = text.indexOf('"', close + 2);
  if (close < 0) return { value: text.slice(start + 1), end: text.length };
  return { value: text.slice(start + 1, close).replaceAll('""', '"'), end: endOfPlain(text, close + 1) };
}

function plainCell(text: string, start: number): { value: string; end: number } {
  const end = endOfPlain(text, start);
  return { value: text.slice(start, end), end };
}

function endOfPlain(text: string, start: number): number {
  CELL_END.lastIndex = start;
  return CELL_END.exec(text)?.index ?? text.length;
}
