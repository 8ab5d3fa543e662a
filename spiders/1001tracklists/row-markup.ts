/** One row of `#tlTab` as its markup says it, before any of it is interpreted. */
import { attribute, type Element, hasClass, textOf, walk } from './dom.ts';

export interface RowMarkup {
  /** The row's own number on the site ("12155646"); parts of a mashup carry a small made-up one. */
  readonly id: string | null;
  /** Id of the inner box, by which the cue map names the row. */
  contentId: string | null;
  readonly deleted: boolean;
  /** A component of the mashup above it. */
  readonly part: boolean;
  readonly identified: boolean;
  /** Class `con`: played together with the row before. */
  readonly joined: boolean;
  /** "01", "w/". */
  number: string | null;
  /** Microdata "Artist - Title (Version)"; null on anonymous rows. */
  name: string | null;
  /** What a person sees of it. */
  visible: string | null;
  /** Microdata artist; it leaves out "ft." artists. */
  byArtist: string | null;
  /** "(ID Remix)" beside the name. */
  status: string | null;
  /** "(Acappella)" beside the name. */
  edit: string | null;
  label: string | null;
  /** Microdata label: plain text to 2023, escaped HTML since. */
  publisher: string | null;
  duration: string | null;
  genre: string | null;
  /** Address of the track's page, as printed. */
  trackUrl: string | null;
  readonly trackId: string | null;
  mediaItemId: string | null;
  /** Hidden input, seconds as text; "0" mostly means none. */
  cueInput: string | null;
  /** Visible "mm:ss" or "h:mm:ss". */
  cueText: string | null;
}

/** Reads a row in one walk over its elements. */
export function readRowMarkup(element: Element): RowMarkup {
  const row: RowMarkup = {
    id: attribute(element, 'data-id'),
    contentId: null,
    deleted: hasClass(element, 'deleted') || element.attributes['data-deleted'] === 'true',
    part: element.attributes['data-mashpos'] === 'true' || hasClass(element, 'tlpSubTog'),
    identified: element.attributes['data-isided'] === 'true',
    joined: hasClass(element, 'con'),
    number: null,
    name: null,
    visible: null,
    byArtist: null,
    status: null,
    edit: null,
    label: null,
    publisher: null,
    duration: null,
    genre: null,
    trackUrl: null,
    trackId: attribute(element, 'data-trackid'),
    mediaItemId: null,
    cueInput: null,
    cueText: null,
  };
  walk(element, (child) => readChild(row, child));
  return row;
}

/** Takes what one element says; false when there is nothing more to read inside it. */
function readChild(row: RowMarkup, element: Element): boolean {
  const { id } = element.attributes;
  if (element.name === 'input') {
    if (id?.endsWith('_cue_seconds')) row.cueInput ??= attribute(element, 'value');
    return false;
  }
  if (id?.endsWith('_tracknumber_value')) {
    row.number ??= textOf(element);
    return false;
  }
  if (id?.endsWith('_content') || element.attributes.itemprop === 'tracks') readMicrodata(row, element);
  return element.attributes.class === undefined || readByClass(row, element);
}

function readByClass(row: RowMarkup, element: Element): boolean {
  if (hasClass(element, 'trackValue')) row.visible ??= shown(element);
  else if (hasClass(element, 'trackStatus')) row.status ??= unbracketed(shown(element));
  else if (hasClass(element, 'trackEditData')) row.edit = joined(row.edit, unbracketed(shown(element)));
  else if (hasClass(element, 'trackLabel')) row.label = joined(row.label, shown(element));
  else if (hasClass(element, 'cue')) row.cueText ??= textOf(element);
  else if (hasClass(element, 'mediaRow')) row.mediaItemId ??= attribute(element, 'data-trackid');
  else return !hasClass(element, 'wRow');
  return false;
}

/** Only the box's own children: a video in the same row brings a name and a duration of its own. */
function readMicrodata(row: RowMarkup, box: Element): void {
  row.contentId ??= attribute(box, 'id');
  for (const child of box.children) {
    if (typeof child === 'object' && child.name === 'meta') readMeta(row, child);
  }
}

function readMeta(row: RowMarkup, element: Element): void {
  const content = attribute(element, 'content');
  switch (element.attributes.itemprop) {
    case 'name':
      row.name ??= content;
      break;
    case 'byArtist':
      row.byArtist ??= content;
      break;
    case 'publisher':
      row.publisher ??= content?.replace(/<[^>]*>/g, '').trim() || null;
      break;
    case 'duration':
      row.duration ??= content;
      break;
    case 'genre':
      row.genre ??= content;
      break;
    case 'url':
      row.trackUrl ??= content;
      break;
  }
}

/** Pages saved by some tools carry white space around every element, also inside brackets: "(SONY )". */
function shown(element: Element): string | null {
  return (
    textOf(element)
      ?.replace(/([([])\s/g, '$1')
      .replace(/\s([)\]])/g, '$1') ?? null
  );
}

function unbracketed(text: string | null): string | null {
  return text === null ? null : text.replace(/^\(\s*(.*?)\s*\)$/su, '$1') || null;
}

/** A row may name several labels, or notes, each in its own element. */
function joined(before: string | null, text: string | null): string | null {
  return before === null || text === null ? (before ?? text) : `${before} / ${text}`;
}

/** Where a row stands, for a person looking into the page. */
export function place(row: RowMarkup): string {
  return row.id === null ? '.tlpItem' : `#tlp_${row.id}`;
}
