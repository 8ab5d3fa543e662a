/** A database of its own, without any table, on the server the tests run on: for tests of what makes the tables. */
import { inject } from 'vitest';
import { createDatabase, dropDatabase } from './own-database.ts';
import { uniqueName } from './services.ts';

export interface EmptyDatabase {
  readonly url: string;
  /** Drops it; throws when somebody is still connected. */
  release(): Promise<void>;
}

export async function emptyDatabase(): Promise<EmptyDatabase> {
  const { adminUrl } = inject('servers');
  const name = `musicdb_empty_${uniqueName()}`;
  const url = await createDatabase(adminUrl, name, 'template0');
  return { url, release: () => dropDatabase(adminUrl, name) };
}
