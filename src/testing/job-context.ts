/** A real `ctx` on a test file's own services, with a clock that stands still until the test moves it. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { JobCtx } from '../../jobs/job.ts';
import { type Config, readConfig } from '../config/config.ts';
import { SessionPool } from '../fetching/sessions.ts';
import { openArchive } from '../platform/archive-store.ts';
import type { Clock } from '../platform/context.ts';
import { openDatabase } from '../platform/database.ts';
import { createLogger } from '../platform/logger.ts';
import { parseProxy } from '../platform/proxy.ts';
import { openRedis } from '../platform/redis.ts';
import { type Releasable, Releases } from '../platform/releases.ts';
import { openSearch } from '../search/open-search.ts';
import type { TestServices } from './services.ts';

/** Stands still until it is moved. */
export class TestClock implements Clock {
  #at: number;

  constructor(start: string) {
    this.#at = Date.parse(start);
  }

  now(): Date {
    return new Date(this.#at);
  }

  advance(ms: number): void {
    this.#at += ms;
  }
}

export interface TestContext extends Releasable {
  readonly ctx: JobCtx;
  readonly clock: TestClock;
  /** Aborted: as when the process is asked to stop. */
  readonly stop: AbortController;
}

/** @param settings laid over a configuration of defaults; search is Postgres' own. */
export async function openTestContext(services: TestServices, settings: Partial<Config> = {}): Promise<TestContext> {
  const releases = new Releases();
  const dataDir = await mkdtemp(join(tmpdir(), 'musicdb-test-'));
  releases.defer('folder', () => rm(dataDir, { recursive: true }));
  const db = releases.add('database', openDatabase(services.databaseUrl, { applicationName: 'musicdb-test-ctx' }));
  const redis = releases.add('redis', openRedis(services.redisUrl));
  const search = releases.add('search', openSearch({ elasticsearchUrl: null, db, prefix: services.prefix }));
  const clock = new TestClock('2026-11-20T12:00:00Z');
  const stop = new AbortController();
  const config = {
    ...readConfig({}),
    dataDir,
    queuePrefix: services.queuePrefix,
    // The gate waits by the clock, and this one stands still.
    sandboxPoliteness: 'off' as const,
    ...settings,
  };
  return {
    ctx: {
      config,
      log: createLogger('silent'),
      clock,
      db,
      redis,
      search,
      sessions: new SessionPool(config.proxyUrls.map(parseProxy), clock),
      archive: openArchive(join(dataDir, 'archive')),
      signal: stop.signal,
    },
    clock,
    stop,
    release: () => releases.releaseAll(),
  };
}
