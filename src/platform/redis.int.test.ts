import { type AddressInfo, createServer } from 'node:net';
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

  it('can be closed while its server only hangs up, and tries no more', async () => {
    let tries = 0;
    const server = createServer((socket) => {
      tries += 1;
      socket.destroy();
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { release } = openRedis(`redis://127.0.0.1:${(server.address() as AddressInfo).port}`);
    await expect.poll(() => tries).toBeGreaterThan(1);
    await release();
    const before = tries;
    await new Promise((resolve) => setTimeout(resolve, 400));
    expect(tries).toBe(before);
    server.close();
  });
});
