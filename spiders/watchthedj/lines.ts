/** The lines of a list, a table or a description list, each as "time Artist - Title" in one text, whatever elements its parts stand in. */
import { clockToSeconds } from '../../src/core/cue.ts';
import { type Element, elementsIn, firstValue, lineText, select, textOf } from './dom.ts';

export interface Line {
  readonly text: string;
  /** Elements that the line is made of. */
  readonly elements: readonly Element[];
}

const CLOCK = /(?:^|\s)[([]?((?:\d{1,2}:)?\d{1,3}:\d{2})[)\]]?(?=\s|$)/;
const ONLY_CLOCK = /^[([]?(?:\d{1,2}:)?\d{1,3}:\d{2}[)\]]?$/;
/** Attributes that players read a start from: seconds, or a clock. */
const CUE_ATTRIBUTES = ['data-time', 'data-start', 'data-start-time', 'data-seconds', 'data-timestamp', 'data-cue'];
const CUE_ELEMENTS = [...CUE_ATTRIBUTES.map((name) => `[${name}]`), 'a[href*="t="]'].join(',');
const LINK_CUE = /[?&#](?:t|start)=(?:(\d{1,2})h)?(?:(\d{1,4})m)?(?:(\d{1,6})s?)?(?:&|$)/;
/** More cells are no line of a tracklist. */
const MOST_CELLS = 20;

export function linesOf(list: Element): Line[] {
  if (list.name === 'dl') return describedLines(list);
  if (list.name === 'table') return tableLines(list);
  return elementsIn(list).flatMap((element) => lineOf([element]) ?? []);
}

/** The start that attributes of a line or its links give, seconds; null when none does. */
export function cueOf(elements: readonly Element[]): number | null {
  for (const element of elements) {
    for (const { attribs } of [element, ...select(element, CUE_ELEMENTS)]) {
      const cue = cueOfAttributes(attribs);
      if (cue !== null) return cue;
    }
  }
  return null;
}

function cueOfAttributes(attribs: Readonly<Record<string, string>>): number | null {
  for (const name of CUE_ATTRIBUTES) {
    const said = attribs[name]?.trim() ?? '';
    const cue = /^\d{1,6}(?:\.\d+)?$/.test(said) ? Math.floor(Number(said)) : clockToSeconds(said);
    if (cue !== null) return cue;
  }
  const [all, hours, minutes, seconds] = LINK_CUE.exec(attribs.href ?? '') ?? [];
  if (all === undefined || (hours ?? minutes ?? seconds) === undefined) return null;
  return Number(hours ?? 0) * 3_600 + Number(minutes ?? 0) * 60 + Number(seconds ?? 0);
}

/** Term and description of a list belong together where the term is a time: `<dt>0:13</dt><dd>Artist - Title</dd>`. */
function describedLines(list: Element): Line[] {
  const lines: Line[] = [];
  let term: Element | null = null;
  for (const element of elementsIn(list)) {
    const isTime = element.name === 'dt' && ONLY_CLOCK.test(lineText(element) ?? '');
    const line = isTime ? null : lineOf(term === null || element.name !== 'dd' ? [element] : [term, element]);
    if (line !== null) lines.push(line);
    term = isTime ? element : null;
  }
  return lines;
}

/** Rows of a table; columns that are headed "Artist" and "Title" are joined by a dash. */
function tableLines(table: Element): Line[] {
  const rows = select(table, 'tr');
  const heads = elementsIn(rows[0] ?? table).map((cell) => textOf(cell) ?? '');
  const artist = heads.findIndex((head) => /^(?:artist|dj|by)\b/i.test(head));
  const title = heads.findIndex((head) => /^(?:title|track|song)\b/i.test(head));
  return rows.flatMap((row) => {
    const cells = elementsIn(row);
    const line = lineOf([row]);
    if (line === null || cells.length > MOST_CELLS || cells.every(({ name }) => name === 'th')) return [];
    const [who, what] = [cells[artist], cells[title]].map((cell) => (cell === undefined ? null : lineText(cell)));
    return who && what && artist !== title ? [{ ...line, text: named(line.text, who, what) }] : [line];
  });
}

/** "0:13 Artist - Title", or artist and title in elements of their own. */
function lineOf(elements: readonly Element[]): Line | null {
  const texts = elements.map(lineText);
  if (texts.includes(null)) return null;
  const text = texts.join(' ');
  const [line] = elements.slice(-1);
  if (line === undefined) return null;
  const artist = firstValue(line, [['[class*="artist" i]', null]]);
  const title = firstValue(line, [['[class*="title" i], [class*="track-name" i], [class*="trackname" i]', null]]);
  const isApart = artist !== null && title !== null && !artist.includes(title) && !title.includes(artist);
  return { text: isApart ? named(text, artist, title) : text, elements };
}

/** The number and the time that stand before the name, and the name in one. */
function named(line: string, artist: string, title: string): string {
  const number = line.startsWith(artist) ? undefined : /^#?(\d{1,3})[.)]?\s/.exec(line)?.[1];
  return `${number === undefined ? '' : `${number}. `}${CLOCK.exec(line)?.[1] ?? ''} ${artist} - ${title}`;
}
