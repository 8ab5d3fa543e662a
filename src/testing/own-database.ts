/** Databases that belong to one test file: made under a name of their own, dropped with a check that nobody is still connected. */
import { setTimeout as sleep } from 'node:timers/promises';
import { escapeIdentifier } from 'pg';
import { MusicDbError } from '../core/errors.ts';
import { type Database, openDatabase } from '../platform/database.ts';
import { databaseAt } from './shared-servers.ts';

/** How long a connection that the test has closed may take to vanish from the server's list, milliseconds. */
const CLOSING_MS = 3_000;

/** Makes the database as a copy of `template` and returns its URL. */
export async function createDatabase(adminUrl: string, name: string, template: string): Promise<string> {
  await administer(adminUrl, (admin) =>
    admin.query(`create database ${escapeIdentifier(name)} template ${escapeIdentifier(template)}`),
  );
  return databaseAt(adminUrl, name);
}

/** Drops it, and throws when somebody was still connected: a pool that tests forget sooner or later uses the server up. */
export async function dropDatabase(adminUrl: string, name: string): Promise<void> {
  const leaked = await administer(adminUrl, async (admin) => {
    const open = await openConnections(admin, name);
    await admin.query(`drop database ${escapeIdentifier(name)} with (force)`);
    return open;
  });
  if (leaked.length === 0) return;
  throw new MusicDbError(
    `This test file left ${leaked.length} Postgres connections open: ${leaked.join('; ')}. Release what it opened.`,
  );
}

async function administer<T>(adminUrl: string, work: (admin: Database) => Promise<T>): Promise<T> {
  const admin = openDatabase(adminUrl, { max: 1, applicationName: 'musicdb-test-admin' });
  try {
    return await work(admin);
  } finally {
    await admin.release();
  }
}

async function openConnections(admin: Database, database: string): Promise<string[]> {
  const deadline = Date.now() + CLOSING_MS;
  for (;;) {
    const { rows } = await admin.query<{ application_name: string; query: string }>(
      `select application_name, query from pg_stat_activity where datname = $1 and backend_type = 'client backend'`,
      [database],
    );
    if (rows.length === 0 || Date.now() > deadline) {
      return rows.map(({ application_name, query }) => `${application_name} after "${query.slice(0, 80)}"`);
    }
    await sleep(50);
  }
}
