/** Builds the one `ctx` of a process from its configuration, and closes all of it again in reverse. */
import { join } from 'node:path';
import type { JobCtx } from '../../jobs/job.ts';
import type { Config } from '../config/config.ts';
import { ConfigError } from '../core/errors.ts';
import { SessionPool } from '../fetching/sessions.ts';
import { openS3Archive } from '../platform/archive-s3.ts';
import { type ArchiveStore, openArchive } from '../platform/archive-store.ts';
import { systemClock } from '../platform/context.ts';
import { openDatabase } from '../platform/database.ts';
import { createLogger } from '../platform/logger.ts';
import { parseProxy } from '../platform/proxy.ts';
import { openRedis } from '../platform/redis.ts';
import type { Releases } from '../platform/releases.ts';
import { openSearch } from '../search/open-search.ts';

/** @throws ConfigError when an address that is needed is missing. */
export function openContext(
  config: Config,
  { role, releases, signal }: { role: string; releases: Releases; signal: AbortSignal },
): JobCtx {
  const { databaseUrl, redisUrl } = config;
  const missing = [databaseUrl === null ? 'DATABASE_URL' : null, redisUrl === null ? 'REDIS_URL' : null].filter(
    (name) => name !== null,
  );
  if (databaseUrl === null || redisUrl === null) {
    throw new ConfigError(`${missing.join(' and ')} not set, and no MusicDB runs on ${config.dataDir}`, {
      hint: 'Set them, or run `musicdb up` on this machine.',
    });
  }
  const db = releases.add('database', openDatabase(databaseUrl, { applicationName: `musicdb-${role}` }));
  const redis = releases.add('redis', openRedis(redisUrl, `musicdb-${role}`));
  const search = releases.add(
    'search',
    openSearch({ elasticsearchUrl: config.elasticsearchUrl, db, prefix: config.searchPrefix }),
  );
  const archive = archiveOf(config);
  return {
    config,
    log: createLogger(config.logLevel, { role }),
    clock: systemClock,
    db,
    redis,
    search,
    sessions: new SessionPool(config.proxyUrls.map(parseProxy), systemClock),
    archive,
    signal,
  };
}

/** A bucket, a folder, or the one of the data folder. @throws ConfigError when a bucket cannot be used. */
function archiveOf({ archiveDir, dataDir, awsAccessKeyId, awsSecretAccessKey }: Config): ArchiveStore {
  if (archiveDir === null || !archiveDir.startsWith('s3:')) return openArchive(archiveDir ?? join(dataDir, 'archive'));
  const credentials =
    awsAccessKeyId === null || awsSecretAccessKey === null
      ? null
      : { accessKeyId: awsAccessKeyId, secretAccessKey: awsSecretAccessKey };
  return openS3Archive(archiveDir, credentials);
}
