/** The few things of wikitext that mix pages use: headings, categories, templates, tables, and markup taken off a line. */
import { Parser } from 'htmlparser2';
import { fold } from '../../src/core/text.ts';

export interface Section {
  /** Number of "=" around the heading; 0 for what stands before the first one. */
  readonly level: number;
  /** Null before the first heading. */
  readonly heading: string | null;
  readonly body: string;
}

const ENTITIES: Readonly<Record<string, string>> = {
  amp: '&',
  lt: '<',
  gt: '>',
  quot: '"',
  apos: "'",
  nbsp: ' ',
  ndash: '–',
  mdash: '—',
  hellip: '…',
};
/** No line of a page is longer; what is behind is damage, and must not cost regex time. */
const LONGEST_LINE = 5000;
/** No mix page has more categories. */
const MOST_CATEGORIES = 200;
const TABLE_END = /^\s*(?:\|\}|\{\||[#;]|==|<(?:list|pre)\b)/i;
const HEADING = /^(={1,6})[ \t]*([^=\n][^\n]*?)[ \t]*\1[ \t]*$/;

/** Cuts a page at its headings, in order. */
export function sectionsOf(wikitext: string): Section[] {
  const sections: Section[] = [];
  let current = { level: 0, heading: null as string | null, lines: [] as string[] };
  const close = () => sections.push({ level: current.level, heading: current.heading, body: current.lines.join('\n') });
  for (const line of wikitext.split(/\r\n?|\n/)) {
    const match = line.startsWith('=') && line.length <= 500 ? HEADING.exec(line) : null;
    if (match?.[1] === undefined || match[2] === undefined) {
      current.lines.push(line);
    } else {
      close();
      current = { level: match[1].length, heading: display(match[2]), lines: [] };
    }
  }
  close();
  return sections;
}

/** Names of the page's categories in order, and the sort key where one is given. */
export function categoriesOf(wikitext: string): { name: string; sortKey: string | null }[] {
  const found = [...wikitext.matchAll(/\[\[[ \t]*Category[ \t]*:([^\]|\n]{1,300})(?:\|([^\]\n]{0,300}))?\]\]/gi)];
  return found.slice(0, MOST_CATEGORIES).flatMap((match) => {
    const name = fold(match[1]?.replace(/_/g, ' '));
    return name === null ? [] : [{ name, sortKey: fold(match[2]) }];
  });
}

/** Inner texts of the templates called `name`, with everything nested in them. */
export function templatesOf(wikitext: string, name: string): string[] {
  const found: string[] = [];
  const opening = new RegExp(`\\{\\{\\s*${name}(?=[\\s|}])`, 'gi');
  for (let match = opening.exec(wikitext); match; match = opening.exec(wikitext)) {
    const end = closingBraces(wikitext, match.index);
    found.push(wikitext.slice(match.index + 2, end));
    opening.lastIndex = end;
  }
  return found;
}

/** Cells of the tables in `wikitext`, row by row; the first row of each table holds its headings, in lower case. */
export function tablesOf(wikitext: string): string[][][] {
  const tables: string[][][] = [];
  const lines = wikitext.split(/\r\n?|\n/);
  for (let at = 0; at < lines.length; at += 1) {
    if (!isTableStart(lines[at])) continue;
    const end = tableEnd(lines, at);
    tables.push(tableOf(lines.slice(at + 1, end)));
    at = end - 1;
  }
  return tables;
}

export function isTableStart(line: string | undefined): boolean {
  return line?.trimStart().startsWith('{|') ?? false;
}

/** Where the inner lines of the table beginning at `start` end: at "|}", or where a list, a heading or another table begins. */
export function tableEnd(lines: readonly string[], start: number): number {
  let end = start + 1;
  while (end < lines.length && !TABLE_END.test(lines[end]?.slice(0, 20) ?? '')) end += 1;
  return end;
}

/** Reads the lines between a table's first and last: `! heading !! heading`, `|-`, `| cell || cell`, and lines that go on with a cell. */
export function tableOf(lines: readonly string[]): string[][] {
  const headings: string[] = [];
  const rows: string[][] = [[]];
  for (const given of lines) {
    const line = given.slice(0, LONGEST_LINE).trim();
    const row = rows.at(-1);
    if (line.startsWith('|-')) rows.push([]);
    else if (line.startsWith('|+')) continue;
    else if (line.startsWith('!')) headings.push(...cells(line.slice(1), '!!').map((cell) => cell.toLowerCase()));
    else if (line.startsWith('|')) row?.push(...cells(line.slice(1), '||'));
    else if (row && row.length > 0 && line !== '') row.push(`${row.pop()} ${display(line)}`.trim());
  }
  return [headings, ...rows.filter((row) => row.length > 0)];
}

/** Addresses in a piece of wikitext, in order, without doubles; those in comments too. */
export function urlsOf(wikitext: string): string[] {
  return [...new Set(wikitext.match(/https?:\/\/[^\s|{}<>"[\]]+/g) ?? [])];
}

/** Where the page sends its readers to, null when it does not. */
export function redirectOf(wikitext: string): string | null {
  return fold(/^\s*#REDIRECT\s*:?\s*\[\[([^\]|#\n]{1,300})/i.exec(wikitext)?.[1]);
}

/** Titles of the pages that a text links to, in order, without doubles. */
export function linksOf(wikitext: string): string[] {
  const links = [...wikitext.matchAll(/\[\[[ \t]*:?([^[\]|#\n]{1,300})(?:[#|][^[\]\n]{0,300})?\]\]/g)];
  return [...new Set(links.flatMap(([, title]) => fold(title?.replace(/_/g, ' ')) ?? []))];
}

/** Takes comments out; an unclosed one hides the rest. */
export function withoutComments(wikitext: string): string {
  return wikitext.replace(/<!--[\s\S]*?(?:-->|$)/g, '');
}

/** A line as a reader sees it: links as their text, markup, templates, tags and footnotes gone, entities decoded. "" when nothing is left. */
export function display(line: string): string {
  const text = line.slice(0, LONGEST_LINE);
  return fold(/[[{<'&]/.test(text) ? withoutMarkup(text) : text) ?? '';
}

function withoutMarkup(line: string): string {
  return decodeEntities(
    withoutTemplates(line)
      .replace(/<ref\b[^>]*\/>|<ref\b[^>]*>[\s\S]*?<\/ref>/gi, '')
      .replace(/<\/?[a-z][^<>]*>/gi, '')
      .replace(/\[\[(?:[^[\]|]*\|)?([^[\]|]*)\]\]/g, '$1')
      .replace(/\[https?:\/\/\S+\s+([^[\]]*)\]/g, '$1')
      .replace(/\[https?:\/\/[^\s\]]+\]/g, '')
      .replace(/'{2,5}/g, ''),
  );
}

/** Templates in templates are taken out from the inside; deeper than this is damage. */
function withoutTemplates(line: string): string {
  let text = line;
  for (let depth = 0; depth < 4 && text.includes('{{'); depth += 1) text = text.replace(/\{\{[^{}]*\}\}/g, '');
  return text;
}

function decodeEntities(text: string): string {
  return text.replace(
    /&(?:#(\d{1,7})|#x([0-9a-f]{1,6})|([a-z]{2,8}\d{0,2}));/gi,
    (all, decimal, hex, name: string | undefined) => {
      if (name !== undefined) return ENTITIES[name.toLowerCase()] ?? decodeByParser(all);
      const code = decimal === undefined ? Number.parseInt(hex, 16) : Number(decimal);
      return code > 0 && code <= 0x10ffff && (code < 0xd800 || code > 0xdfff) ? String.fromCodePoint(code) : all;
    },
  );
}

/** "&ouml;" and its kind: HTML knows two thousand of them, and its parser knows them all. */
function decodeByParser(reference: string): string {
  let decoded = '';
  const parser = new Parser({
    ontext: (text) => {
      decoded += text;
    },
  });
  parser.end(reference);
  return decoded;
}

function closingBraces(text: string, start: number): number {
  let depth = 0;
  const braces = /\{\{|\}\}/g;
  braces.lastIndex = start;
  for (let match = braces.exec(text); match; match = braces.exec(text)) {
    depth += match[0] === '{{' ? 1 : -1;
    if (depth === 0) return match.index;
  }
  return text.length;
}

/** A cell may say how it looks before what it says: `align="right" | 12`. */
function cells(line: string, separator: string): string[] {
  return line.split(separator).map((cell) => display(cell.replace(/^[^|=[{]{1,40}=[^|[{]{1,100}\|(?!\|)/, '')));
}
