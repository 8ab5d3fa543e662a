/** What a test run's servers (ops/testing/) and the test files that share them agree on. */

/** Database that every test file's own one is cloned from: migrated, empty. */
export const TEMPLATE_DATABASE = 'musicdb_test_template';

/** Where the servers of a run are; plain data, since it travels to Vitest's workers. */
export interface SharedServers {
  /** A superuser's URL of the Postgres server, database `postgres`. */
  adminUrl: string;
  redisUrl: string;
  elasticsearchUrl: string | null;
  /** Why there is no Elasticsearch; null when there is one. */
  elasticsearchMissing: string | null;
}

declare module 'vitest' {
  // Vitest's own way to type what `inject` gives.
  interface ProvidedContext {
    servers: SharedServers;
  }
}

/** The same server's URL with another database. */
export function databaseAt(url: string, database: string): string {
  const changed = new URL(url);
  changed.pathname = `/${database}`;
  return changed.href;
}

/** Deletes the indices whose names match, by their full names: servers may refuse to delete by pattern. */
export async function deleteIndices(url: string, pattern: string): Promise<void> {
  const answer = await fetch(`${url}/${pattern}?expand_wildcards=open,closed&filter_path=*.settings.index.uuid`);
  const names = Object.keys((await answer.json()) as object);
  for (const name of names) await fetch(`${url}/${name}`, { method: 'DELETE' });
}
