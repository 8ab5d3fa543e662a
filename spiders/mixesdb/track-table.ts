/** Tracklists that a page keeps in a table: each row becomes the line it would be in a list, so that one grammar reads both. */
import { tableOf } from './wikitext.ts';

type Column = 'number' | 'cue' | 'artist' | 'title' | 'version' | 'label' | 'catalogNumber';

/** Columns by their headings, as people write them. */
const COLUMNS: readonly (readonly [RegExp, Column])[] = [
  [/^(?:#|no\.?|nr\.?|pos(?:ition|\.)?|track (?:no|nr|#)\.?)$/, 'number'],
  [/^(?:time(?:stamp)?|cue|start|min(?:ute)?s?\.?)$/, 'cue'],
  [/^(?:artists?|performers?|interpreter?|producers?|who)$/, 'artist'],
  [/^(?:titles?|track ?titles?|tracks?|songs?|tunes?|names?)$/, 'title'],
  [/^(?:(?:re)?mix(?:er)?|versions?)$/, 'version'],
  [/^(?:(?:record )?labels?)$/, 'label'],
  [/^cat(?:alog(?:ue)?)?\.?\s?(?:no|nr|number|#)?\.?$/, 'catalogNumber'],
];
/** Headings of the table of files, which is no tracklist. */
const FILE_DETAILS = /^(?:dur(?:ation)?\.?|mb|kbps|khz|size|bitrate)$/;
const NUMBER = /^\d{1,3}[.)]?$/;
const CUE = /^\[?[\d?]{1,3}(?::[\d?]{2}){1,2}\]?$|^\[[\d?]{1,3}\]$/;

/** Lines of the table whose inner lines these are; none for the table of files. */
export function linesOfTable(inner: readonly string[]): string[] {
  const [headings = [], ...rows] = tableOf(inner);
  if (headings.some((heading) => FILE_DETAILS.test(heading))) return [];
  const columns = headings.map((heading) => COLUMNS.find(([name]) => name.test(heading))?.[1] ?? null);
  const named = columns.includes('title');
  return rows.flatMap((row) => {
    const texts = row.filter((cell) => cell !== '');
    // A row of one cell across the table is the heading of the rows below it.
    if (texts.length === 1 && columns.length > 1 && !texts[0]?.includes(' - ')) return [`;${texts[0]}`];
    const line = named ? namedLine(row, columns) : plainLine(texts);
    return line === '' ? [] : [`# ${line}`];
  });
}

function namedLine(row: readonly string[], columns: readonly (Column | null)[]): string {
  const said: Partial<Record<Column, string>> = {};
  for (const [index, column] of columns.entries()) {
    const cell = row[index];
    if (column !== null && cell !== undefined && cell !== '') said[column] ??= cell;
  }
  const { cue, artist, title, version, label, catalogNumber } = said;
  if (artist === undefined && title === undefined) return '';
  const names = columns.includes('artist') ? `${artist ?? '?'} - ${title ?? '?'}` : (title ?? '?');
  const release = [label, catalogNumber].filter((text) => text !== undefined).join(' - ');
  return `${cueText(cue)}${names}${version ? ` (${version})` : ''}${release && ` [${release}]`}`;
}

/** Without headings: a number, a time, then "Artist - Title" in one cell or two, then the label. */
function plainLine(texts: readonly string[]): string {
  const cue = texts.find((text) => CUE.test(text));
  const [first, second, third] = texts.filter((text) => text !== cue && !NUMBER.test(text));
  if (first === undefined) return '';
  if (first.includes(' - ') || second === undefined) return `${cueText(cue)}${first}${second ? ` [${second}]` : ''}`;
  return `${cueText(cue)}${first} - ${second}${third ? ` [${third}]` : ''}`;
}

function cueText(cue: string | undefined): string {
  return cue === undefined ? '' : `[${cue.replace(/^\[|\]$/g, '')}] `;
}
