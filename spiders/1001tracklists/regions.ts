/**
 * The parts of a set page that are read: about a third of its bytes. Navigation, dialogs and the page's foot are left out by plain text
 * search. A page without the landmarks is handed over whole.
 */
import { textOf } from './html-bytes.ts';
import type { Attributes } from './scan.ts';

export interface Regions {
  /** `<head>` and the page's own microdata behind `<body>`, up to the navigation. */
  readonly head: string;
  /** Page title, media players and `#tlTab` with all its rows. */
  readonly main: string;
  /** The information column, with the sources' boxes; empty when there is none. */
  readonly side: string;
}

/** Cuts a set page into what is read of it, and makes letters of that. */
export function cutRegions(html: Buffer): Regions {
  const tab = findId(html, 'tlTab', 0);
  const title = tab < 0 ? -1 : findId(html, 'pageTitle', 0);
  const headEnd = html.indexOf('</head');
  const save = tab < 0 ? -1 : findId(html, 'tl_save', tab);
  if (title < 0 || headEnd < 0 || headEnd > title || title > tab || save < 0) {
    const whole = textOf(html);
    return { head: whole, main: whole, side: whole };
  }
  const nav = html.indexOf('<nav', headEnd);
  return {
    head: textOf(html, 0, nav > 0 && nav < title ? nav : title),
    main: textOf(html, title, save),
    side: cutSide(html, save),
  };
}

/** The rows' icon bars and user names: 40 % of a row's bytes, and nobody's name is stored. */
export function isUnread({ class: classes }: Attributes): boolean {
  return classes !== undefined && (classes.endsWith('mediaRow') || classes.startsWith('wRow '));
}

/**
 * Where the element with this id begins ("<"), looking from `from`; -1 when there is none, or none written the usual way. What is looked for
 * begins at the rarest letter of the id: a page holds few of those, and thousands of quotes.
 */
function findId(html: Buffer, id: string, from: number): number {
  const wanted = `id="${id}"`;
  const rare = Math.max(0, wanted.search(/[A-Z_]/));
  const needle = wanted.slice(rare);
  for (let at = html.indexOf(needle, from + rare); at >= 0; at = html.indexOf(needle, at + 1)) {
    const start = at - rare;
    if (html.toString('latin1', start, at) === wanted.slice(0, rare)) return html.lastIndexOf('<', start);
  }
  return -1;
}

function cutSide(html: Buffer, from: number): string {
  const grid = findId(html, 'csLeft', from);
  const start = grid >= 0 ? grid : findId(html, 'left', from);
  if (start < 0) return '';
  const ends = [findId(html, 'csRight', start), findId(html, 'right', start), html.indexOf('class="modal', start)];
  return textOf(html, start, Math.min(...ends.filter((end) => end >= 0), html.length));
}
