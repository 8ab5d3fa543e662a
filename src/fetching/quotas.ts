/**
 * Requests left of a source's quotas, counted in Redis: a look costs no query. The ledger in Postgres is the truth (`takeTurn` counts there
 * before it lets anything through), so what Redis forgets or never heard of can only let a request wait in vain, never be one too many.
 * A count that Redis does not have whole is filled from the ledger.
 */
import type { RequestWindow } from '../core/source.ts';
import type { Clock } from '../platform/context.ts';
import type { Queryable } from '../platform/database.ts';
import type { RedisConnection } from '../platform/redis.ts';
import { countedSince, type GateKey, type Turn } from '../repositories/request-ledger.ts';

export interface Quotas {
  /** Requests that may still be made, Infinity without a quota. */
  left(): Promise<number>;
  spent(host: string, turn: Turn): Promise<void>;
}

export interface CountedWindow extends RequestWindow {
  /** What the source counts by there. */
  readonly credential: string;
}

export interface QuotaOptions {
  readonly db: Queryable;
  readonly redis: RedisConnection;
  readonly clock: Clock;
  /** First part of every key. */
  readonly prefix: string;
  readonly of: Pick<GateKey, 'via' | 'source'>;
  readonly windows: readonly CountedWindow[];
}

export function createQuotas(options: QuotaOptions): Quotas {
  const { windows, redis } = options;
  return {
    left: async () => {
      const counts = await Promise.all(windows.map(async (window) => window.requests - (await count(options, window))));
      return Math.max(0, Math.min(Number.POSITIVE_INFINITY, ...counts));
    },
    spent: async (host, { id, startedAt }) => {
      const counted = windows.filter((window) => window.host === null || window.host === host);
      const keys = counted.map((window) => ({ key: keyOf(options, window), perMs: window.perMs }));
      const commands = redis.client.multi();
      for (const { key, perMs } of keys) commands.zadd(key, startedAt.getTime(), String(id)).pexpire(key, perMs);
      await commands.exec();
    },
  };
}

async function count(options: QuotaOptions, window: CountedWindow): Promise<number> {
  const { client } = options.redis;
  const key = keyOf(options, window);
  const since = options.clock.now().getTime() - window.perMs;
  if ((await client.exists(wholeOf(key))) === 0) await fill(options, window, new Date(since));
  return client.zcount(key, `(${since}`, '+inf');
}

/** Entries are numbered by the ledger, so that filling beside a count that goes on counts nothing twice. */
async function fill(options: QuotaOptions, window: CountedWindow, since: Date): Promise<void> {
  const { perMs, host, credential } = window;
  const key = keyOf(options, window);
  const entries = await countedSince(options.db, { ...options.of, credential }, host, since);
  const commands = options.redis.client.multi().zremrangebyscore(key, '-inf', since.getTime());
  for (const { id, startedAt } of entries) commands.zadd(key, startedAt.getTime(), String(id));
  await commands.pexpire(key, perMs).set(wholeOf(key), '1', 'PX', perMs).exec();
}

function keyOf({ prefix, of }: QuotaOptions, { perMs, host, credential }: CountedWindow): string {
  return `${prefix}:quota:${of.via}:${of.source}:${credential}:${host ?? '*'}:${perMs}`;
}

/** Says that the count beside it lacks nothing. */
function wholeOf(key: string): string {
  return `${key}:whole`;
}
