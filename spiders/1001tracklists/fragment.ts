/** The children of `#tlTab` that are not tracks: users' suggestions, headings and notices. They also turn up on their own, as saved pieces of a page. */
import { clockToSeconds } from '../../src/core/cue.ts';
import { tracklistId } from './addresses.ts';
import { attribute, type Element, findAll, findFirst, hasClass, textOf } from './dom.ts';
import { place, readRowMarkup } from './row-markup.ts';

/** What a user proposes about a row: neither a track nor a fact. */
export interface Suggestion {
  readonly id: string | null;
  /** The row it is about. */
  readonly rowId: string | null;
  readonly position: number | null;
  /** The site's number: 5 was not played, 14 the correct cue is, 1 wrong track, 2 and 3 before and after, 4, 9, 10 and 15 mashup. */
  readonly type: number | null;
  /** The same in words, as the page prints it. */
  readonly meaning: string | null;
  readonly value: string | null;
  /** The value in seconds where it is a time. */
  readonly valueSeconds: number | null;
}

/** A line across the list: `heading` stands over rows ("First Set:"), `notice` is a remark of the site. */
export interface Banner {
  readonly kind: 'heading' | 'notice';
  readonly text: string;
  /** Sets that a notice links to: those it calls identical, in whole or in part. */
  readonly sets: readonly string[];
}

/** Reads a `.sugTog` box. */
export function readSuggestion(box: Element): Suggestion {
  const value = textOf(findFirst(box, (element) => /^sug\d+_value$/.test(element.attributes.id ?? '')));
  return {
    id: /^sug_(\d+)$/.exec(box.attributes.id ?? '')?.[1] ?? null,
    rowId: attribute(box, 'data-tlp'),
    position: wholeNumber(attribute(box, 'data-pos')),
    type: wholeNumber(attribute(box, 'data-type')),
    meaning: textOf(findFirst(box, (element) => element.name === 'span' && hasClass(element, 'small'))),
    value,
    valueSeconds: value === null ? null : clockToSeconds(value),
  };
}

const NOTICE = /^(?:identical|this tracklist|currently no|no (?:full )?recording|incomplete|note:|info:|warning)/i;

/** Reads a `.bItmH` line; null for the site's own buttons and for empty lines. Notices carry an icon or a link, headings are bare text. */
export function readBanner(line: Element): Banner | null {
  const text = textOf(line);
  if (text === null || hasClass(line, 'interaction') || hasClass(line, 'noUser')) return null;
  const marked = findFirst(line, ({ name }) => name === 'i' || name === 'a') !== null;
  const sets = findAll(line, ({ name }) => name === 'a').flatMap(({ attributes }) => linkedSet(attributes.href));
  // "Habstrakt & JSTJR played:" stands over rows, although it links to both.
  const stands = text.endsWith(':') && sets.length === 0;
  if (NOTICE.test(text) || text.length > 120 || (marked && !stands)) return { kind: 'notice', text, sets };
  return { kind: 'heading', text: text.replace(/\s*:$/, ''), sets };
}

function linkedSet(href: string | undefined): string[] {
  const id = href === undefined ? null : tracklistId(href);
  return id === null ? [] : [id];
}

/** Says in one line what a piece of a set page is; null when it is none. */
export function describeFragment(root: Element): string | null {
  const suggestion = findFirst(root, (element) => hasClass(element, 'sugTog'));
  if (suggestion) {
    const { id, rowId, position, type, meaning, value } = readSuggestion(suggestion);
    return `user suggestion ${id} about row ${rowId} (position ${position}), type ${type} "${meaning ?? ''}": ${value}`;
  }
  const rows = findAll(root, (element) => hasClass(element, 'tlpItem'), false).map(readRowMarkup);
  const [first] = rows;
  if (first) return `${rows.length} track row(s), the first "${first.name ?? first.visible}" (${place(first)})`;
  const line = findFirst(root, (element) => hasClass(element, 'bItmH'));
  const banner = line && readBanner(line);
  return banner ? `${banner.kind} "${banner.text}"` : null;
}

function wholeNumber(text: string | null): number | null {
  return text !== null && /^\d{1,9}$/.test(text) ? Number(text) : null;
}
