/** What a parser made of a page: its items, the pages it leads to, and what could not be used. */
import type { Item } from './items.ts';
import type { SourceName } from './source-name.ts';

/** A page to fetch next, as a parser found it. */
export interface PageRequest {
  readonly url: string;
  /** The source's own word for the kind of page, e.g. `tracklist`, `listing`. */
  readonly kind: string;
}

/** Something a parser could not use. Nothing is dropped without one. */
export interface Problem {
  /** E.g. `decoy` `missing-tracks` `unknown-shape` `layout-drift` `truncated` `not-text` `empty` `too-large` `bad-value` `not-read-yet`. */
  readonly code: string;
  readonly message: string;
  /** Position in the page: a selector, a JSON path, a line; null for the page as a whole. */
  readonly where: string | null;
}

export interface ParseResult {
  readonly source: SourceName;
  readonly items: Item[];
  readonly requests: PageRequest[];
  readonly problems: Problem[];
}
