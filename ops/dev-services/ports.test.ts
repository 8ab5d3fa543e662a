import { createServer, type Server } from 'node:net';
import { describe, expect, it } from 'vitest';
import { freePort, onFreePort } from './ports.ts';

function listen(port: number): Promise<Server> {
  return new Promise((resolve) => {
    const server = createServer();
    server.listen(port, '127.0.0.1', () => resolve(server));
  });
}

describe('a free port', () => {
  it('is the preferred one, or one beside it when that is taken', async () => {
    const preferred = await freePort(0);
    expect(await freePort(preferred)).toBe(preferred);
    const taken = await listen(preferred);
    expect(await freePort(preferred)).not.toBe(preferred);
    taken.close();
  });

  it('beyond the last port number is any', async () => {
    const taken = await listen(65_535).catch(() => null);
    expect(await freePort(65_535)).toBeGreaterThan(0);
    taken?.close();
  });

  it('that another program takes first costs an attempt, not the start', async () => {
    const thieves: Server[] = [];
    const port = await onFreePort(await freePort(0), async (candidate) => {
      if (thieves.length === 0) {
        thieves.push(await listen(candidate));
        throw new Error('address in use');
      }
      return candidate;
    });
    expect(port).toBeGreaterThan(0);
    for (const thief of thieves) thief.close();
  });

  it('does not hide another failure of the start', async () => {
    let starts = 0;
    const broken = onFreePort(0, async () => {
      starts += 1;
      throw new Error('no disk');
    });
    await expect(broken).rejects.toThrow('no disk');
    expect(starts).toBe(1);
  });
});
