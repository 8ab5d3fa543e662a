/**
 * The parts of a set page that are read: about a third of its bytes. Tokenizing is most of what a page costs, so scripts, styles, navigation,
 * player icons and the genre dialog are left out by plain text search first. What is kept stays a list of slices: joining them would copy it.
 * A page without the landmarks is handed over whole.
 */

/** Slices of a page, in order. */
export type Pieces = readonly string[];

export interface Regions {
  /** `<head>` and the page's own microdata behind `<body>`, up to the navigation. */
  readonly head: Pieces;
  /** Page title, media players and `#tlTab` with all its rows. */
  readonly main: Pieces;
  /** The information column, with the sources' boxes; empty when there is none. */
  readonly side: Pieces;
}

type Range = readonly [start: number, end: number];

/** Cuts a set page into what is read of it. */
export function cutRegions(html: string): Regions {
  const tab = findId(html, 'tlTab', 0);
  const title = tab < 0 ? -1 : findId(html, 'pageTitle', 0);
  const headEnd = html.indexOf('</head');
  const save = tab < 0 ? -1 : findId(html, 'tl_save', tab);
  if (title < 0 || headEnd < 0 || headEnd > title || title > tab || save < 0) {
    const whole = withoutScripts(html);
    return { head: whole, main: whole, side: whole };
  }
  const nav = html.indexOf('<nav', headEnd);
  const main = html.slice(title, save);
  return {
    head: withoutScripts(html.slice(0, nav > 0 && nav < title ? nav : title)),
    main: without(main, [...scripts(main), ...unreadBoxes(main, 'mediaRow"'), ...unreadBoxes(main, 'class="wRow ')]),
    side: withoutScripts(cutSide(html, save)),
  };
}

/** A page without its `<script>` and `<style>` elements, as a browser would see them: each ends at the next end tag. */
export function withoutScripts(html: string): Pieces {
  return without(html, scripts(html));
}

/** Where the element with this id begins ("<"), looking from `from`; -1 when there is none, or none written the usual way. */
function findId(html: string, id: string, from: number): number {
  const at = html.indexOf(`id="${id}"`, from);
  return at < 0 ? -1 : html.lastIndexOf('<', at);
}

function cutSide(html: string, from: number): string {
  const grid = findId(html, 'csLeft', from);
  const start = grid >= 0 ? grid : findId(html, 'left', from);
  if (start < 0) return '';
  const ends = [findId(html, 'csRight', start), findId(html, 'right', start), html.indexOf('class="modal', start)];
  return html.slice(start, Math.min(...ends.filter((end) => end >= 0), html.length));
}

/** What lies outside the ranges; where ranges overlap, the one that begins first counts. */
function without(html: string, ranges: Range[]): Pieces {
  const kept: string[] = [];
  let at = 0;
  for (const [start, end] of ranges.sort(([a], [b]) => a - b)) {
    if (start < at) continue;
    kept.push(html.slice(at, start));
    at = end;
  }
  kept.push(html.slice(at));
  return kept;
}

function scripts(html: string): Range[] {
  return [...elements(html, 'script'), ...elements(html, 'style')];
}

function elements(html: string, name: string): Range[] {
  const found: Range[] = [];
  for (let start = html.indexOf(`<${name}`); start >= 0; start = html.indexOf(`<${name}`, found.at(-1)?.[1])) {
    const end = html.indexOf(`</${name}`, start);
    const close = end < 0 ? -1 : html.indexOf('>', end);
    found.push([start, close < 0 ? html.length : close + 1]);
  }
  return found;
}

/** Real boxes of this kind are about 3,000 characters long. */
const LONGEST_BOX = 20_000;

/**
 * The insides of the rows' icon bars and user names: 40 % of a row's bytes, and nobody's name is stored. A box that holds further boxes is
 * left alone: cutting it would unbalance the page.
 */
function unreadBoxes(html: string, mark: string): Range[] {
  const found: Range[] = [];
  let close = 0;
  for (let at = html.indexOf(mark); at >= 0; at = html.indexOf(mark, at + mark.length)) {
    const open = html.indexOf('>', at) + 1;
    if (close < open) close = html.indexOf('</div>', open);
    if (open === 0 || close < 0) break;
    if (close - open <= LONGEST_BOX && !html.slice(open, close).includes('<div')) found.push([open, close]);
  }
  return found;
}
