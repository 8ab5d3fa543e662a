/** FLUSHALL for one test file: everything under its prefix is gone at one moment, the keys of other files stay. */
import { Redis } from 'ioredis';
import type { TestServices } from './services.ts';

/** Returns how many keys there were. */
export async function forgetEverything({ redisUrl, queuePrefix }: TestServices): Promise<number> {
  const redis = new Redis(redisUrl);
  try {
    // One script, so that nothing is written between two deletions. Braces and hyphens are plain in Redis' patterns.
    const script = `local keys = redis.call('keys', ARGV[1] .. '*') for _, key in ipairs(keys) do redis.call('unlink', key) end return #keys`;
    return Number(await redis.eval(script, 0, queuePrefix));
  } finally {
    redis.disconnect();
  }
}
