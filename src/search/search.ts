/** Search as every caller sees it: four indices, two adapters (Elasticsearch, Postgres) that pass the same tests. */

export const SEARCH_INDICES = ['tracks', 'artists', 'setlists', 'mentions'] as const;
export type SearchIndex = (typeof SEARCH_INDICES)[number];

/** One document to index. `version` is the row's own: an older one never replaces a newer one. */
export interface SearchDocument {
  /** UUID of the entity. */
  readonly id: string;
  readonly version: number;
  /** What people type to find it, best first: names before context (title, artist, venue, event, city, date…). */
  readonly texts: readonly string[];
  /** What is shown of it; plain JSON, returned with each hit. */
  readonly body: Readonly<Record<string, unknown>>;
}

export interface SearchQuery {
  readonly text: string;
  /** 1 to 100. */
  readonly limit: number;
  readonly offset: number;
}

export interface SearchHit {
  readonly id: string;
  readonly score: number;
  readonly body: Record<string, unknown>;
}

export interface SearchAnswer {
  readonly hits: SearchHit[];
  /** Matching documents in all, counted up to 10,000. */
  readonly total: number;
}

export interface Search {
  readonly adapter: 'elasticsearch' | 'postgres';
  /** Creates what is missing (indices and aliases); safe to repeat. */
  prepare(): Promise<void>;
  /** Writes documents; returns how many were written. A stale version is skipped, any other refusal throws. */
  index(index: SearchIndex, documents: readonly SearchDocument[]): Promise<number>;
  remove(index: SearchIndex, ids: readonly string[]): Promise<void>;
  search(index: SearchIndex, query: SearchQuery): Promise<SearchAnswer>;
  count(index: SearchIndex): Promise<number>;
  /** Makes everything indexed so far visible to `search`. */
  refresh(): Promise<void>;
  /** Drops all documents of all indices. */
  clear(): Promise<void>;
  release(): Promise<void>;
}
