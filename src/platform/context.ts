/** The one `ctx` that every role builds once, passes first, and releases last-in-first-out. */
import type { Config } from '../config/config.ts';
import type { ArchiveStore } from './archive-store.ts';
import type { Database } from './database.ts';
import type { Logger } from './logger.ts';
import type { RedisConnection } from './redis.ts';

/** The only clock: times that mean something come from documents or from here, never from `now()` in SQL. */
export interface Clock {
  now(): Date;
}

export interface Ctx {
  readonly config: Config;
  readonly log: Logger;
  readonly clock: Clock;
  readonly db: Database;
  readonly redis: RedisConnection;
  readonly archive: ArchiveStore;
  /** Aborted when the process is asked to stop: take nothing new, finish or give back what you hold. */
  readonly signal: AbortSignal;
}

export const systemClock: Clock = { now: () => new Date() };
