import { Redis } from 'ioredis';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openTestServices, type TestServices } from '../testing/services.ts';
import { openRedis } from './redis.ts';

let services: TestServices;

beforeAll(async () => {
  services = await openTestServices();
});
afterAll(() => services.release());

describe('the connection to Redis', () => {
  it('says who it is, and comes back by itself after it was cut', async () => {
    const { client, release } = openRedis(services.redisUrl, services.prefix);
    const other = new Redis(services.redisUrl);
    const id = await client.client('ID');
    expect(String(await other.client('LIST'))).toContain(`name=${services.prefix}`);
    await other.client('KILL', 'ID', id);
    // Sent while it is away: waits for the reconnect instead of failing.
    expect(await client.ping()).toBe('PONG');
    expect(await client.client('ID')).not.toBe(id);
    await release();
    await expect.poll(() => client.status).toBe('end');
    other.disconnect();
  });

  it('can be closed while there is no server', async () => {
    const { client, release } = openRedis('redis://127.0.0.1:1');
    await expect.poll(() => client.status).toBe('reconnecting');
    await release();
    await expect.poll(() => client.status).toBe('end');
  });
});
