/** The one `ctx` that every role builds once, passes first, and releases last-in-first-out. */
import type { Config } from '../config/config.ts';
import type { ArchiveStore } from './archive-store.ts';
import type { Database } from './database.ts';
import type { Logger } from './logger.ts';
import type { RedisConnection } from './redis.ts';

/** Something that was opened and must be closed. */
export interface Releasable {
  release(): Promise<void>;
}

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

/** Collects what was opened and closes it in reverse, once; the first fault is kept, the rest still close. */
export class Releases {
  private readonly stack: { name: string; release: () => Promise<void> }[] = [];
  private done: Promise<void> | null = null;

  add<T extends Releasable>(name: string, opened: T): T {
    this.stack.push({ name, release: () => opened.release() });
    return opened;
  }

  defer(name: string, release: () => Promise<void>): void {
    this.stack.push({ name, release });
  }

  releaseAll(): Promise<void> {
    this.done ??= this.releaseInReverse();
    return this.done;
  }

  private async releaseInReverse(): Promise<void> {
    let first: unknown;
    for (let entry = this.stack.pop(); entry !== undefined; entry = this.stack.pop()) {
      try {
        await entry.release();
      } catch (error) {
        first ??= new Error(`closing ${entry.name} failed`, { cause: error });
      }
    }
    if (first !== undefined) throw first;
  }
}
