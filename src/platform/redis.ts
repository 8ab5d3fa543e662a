/** Redis: transport for jobs and limits. Losing all of it loses time, never data. */
import { Redis } from 'ioredis';
import { restoreFastTexts } from './fast-texts.ts';
import type { Releasable } from './releases.ts';

export interface RedisConnection extends Releasable {
  readonly client: Redis;
}

/** Opens a connection fit for BullMQ: commands wait for a reconnect instead of failing. */
export function openRedis(url: string, name = 'musicdb'): RedisConnection {
  restoreFastTexts();
  const client = new Redis(url, {
    maxRetriesPerRequest: null,
    enableReadyCheck: true,
    connectionName: name,
    retryStrategy: (times) => Math.min(50 * times, 2_000),
  });
  // Without a listener a lost connection would end the process; ioredis reconnects by itself and /health reports it.
  client.on('error', () => undefined);
  return {
    client,
    release: async () => {
      if (client.status === 'ready') await client.quit();
      else client.disconnect();
    },
  };
}
