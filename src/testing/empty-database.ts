/** A database of its own, without any table, on the server the tests run on: for tests of what makes the tables. */
import { randomUUID } from 'node:crypto';
import { openTestServices } from './services.ts';

export interface EmptyDatabase {
  readonly url: string;
  /** Drops it, with whoever is still connected. */
  release(): Promise<void>;
}

export async function emptyDatabase(): Promise<EmptyDatabase> {
  const services = await openTestServices();
  const name = `musicdb_empty_${randomUUID().replaceAll('-', '')}`;
  await services.db.query(`create database ${name} template template0`);
  const url = new URL(services.db.pool.options.connectionString ?? '');
  url.pathname = `/${name}`;
  return {
    url: url.href,
    release: async () => {
      await services.db.query(`drop database ${name} with (force)`);
      await services.release();
    },
  };
}
