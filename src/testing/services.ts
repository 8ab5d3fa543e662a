/**
 * A test file's own share of the real services: a database cloned from the migrated template, a queue prefix, an index prefix. Files can
 * run side by side and leave nothing behind; one that leaves a connection open fails.
 */
import { randomBytes } from 'node:crypto';
import { basename } from 'node:path';
import { Redis } from 'ioredis';
import { expect, inject } from 'vitest';
import { type Database, openDatabase } from '../platform/database.ts';
import type { Releasable } from '../platform/releases.ts';
import { createDatabase, dropDatabase } from './own-database.ts';
import { deleteIndices, TEMPLATE_DATABASE } from './shared-servers.ts';

/** Everything is dropped by `release`; call it in `afterAll`. */
export interface TestServices extends Releasable {
  /** URL of the file's own database, migrated and empty. */
  readonly databaseUrl: string;
  readonly db: Database;
  readonly redisUrl: string;
  /** BullMQ prefix with a hash tag, e.g. `{load-1f2e3d}`. */
  readonly queuePrefix: string;
  readonly elasticsearchUrl: string | null;
  /** Why there is no Elasticsearch, to say in a skipped test's name; null when there is one. */
  readonly elasticsearchMissing: string | null;
  /** Prefix of aliases and indices, e.g. `load-1f2e3d`. */
  readonly prefix: string;
}

/** Gives the calling test file services of its own. */
export async function openTestServices(): Promise<TestServices> {
  const { adminUrl, redisUrl, elasticsearchUrl, elasticsearchMissing } = inject('servers');
  const prefix = uniqueName();
  const database = `musicdb_${prefix.replaceAll('-', '_')}`;
  const databaseUrl = await createDatabase(adminUrl, database, TEMPLATE_DATABASE);
  const db = openDatabase(databaseUrl, { max: 5, applicationName: 'musicdb-test-file' });
  const queuePrefix = `{${prefix}}`;
  return {
    databaseUrl,
    db,
    redisUrl,
    queuePrefix,
    elasticsearchUrl,
    elasticsearchMissing,
    prefix,
    release: async () => {
      await db.release();
      await deleteKeys(redisUrl, queuePrefix);
      if (elasticsearchUrl !== null) await deleteIndices(elasticsearchUrl, `${prefix}*`);
      await dropDatabase(adminUrl, database);
    },
  };
}

/** Named for the file, so that what a broken test leaves can be told; unique, so that the file may run twice at once. */
export function uniqueName(): string {
  const file = basename(expect.getState().testPath ?? 'test').split('.')[0] ?? 'test';
  const plain = file.toLowerCase().replaceAll(/[^a-z0-9]+/g, '-');
  return `${plain.slice(0, 30)}-${randomBytes(4).toString('hex')}`;
}

async function deleteKeys(redisUrl: string, prefix: string): Promise<void> {
  const redis = new Redis(redisUrl);
  try {
    // Braces and hyphens are plain in Redis' patterns.
    for await (const keys of redis.scanStream({ match: `${prefix}*`, count: 1_000 })) {
      if (keys.length > 0) await redis.unlink(keys);
    }
  } finally {
    redis.disconnect();
  }
}
