/** Picks the adapter: Elasticsearch where one is configured, else the Postgres that is there anyway. */
import type { Database } from '../platform/database.ts';
import { openElasticsearch } from './elasticsearch.ts';
import { openPostgresSearch } from './postgres.ts';
import type { Search } from './search.ts';

export interface SearchOptions {
  /** Address of Elasticsearch, null for the embedded default. */
  readonly elasticsearchUrl: string | null;
  readonly db: Database;
  /** Aliases are `<prefix>-tracks`, `<prefix>-artists`, … */
  readonly prefix: string;
}

/** Connects lazily: nothing is asked of a server until `prepare` or the first use. */
export function openSearch({ elasticsearchUrl, db, prefix }: SearchOptions): Search {
  return elasticsearchUrl === null ? openPostgresSearch(db) : openElasticsearch(elasticsearchUrl, prefix);
}
