import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { type Sandbox, startSandbox } from './server.ts';

const running: Sandbox[] = [];
const start = async (options: Partial<Parameters<typeof startSandbox>[0]> = {}): Promise<Sandbox> => {
  const sandbox = await startSandbox({ seed: 7, sets: 8, ...options });
  running.push(sandbox);
  return sandbox;
};
afterEach(async () => {
  await Promise.all(running.splice(0).map((sandbox) => sandbox.close()));
});

describe('startSandbox', () => {
  it('stands in for eight hosts on loopback, each with a port of its own', async () => {
    const { hosts } = await start();
    expect(Object.keys(hosts).toSorted()).toEqual([
      'api.music.apple.com',
      'api.setlist.fm',
      'itunes.apple.com',
      'oauth.reddit.com',
      'watchthedj.com',
      'www.1001tracklists.com',
      'www.mixesdb.com',
      'www.reddit.com',
    ]);
    expect(new Set(Object.values(hosts)).size).toBe(8);
    for (const origin of Object.values(hosts)) expect(origin).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
  });

  it('the same seed gives the same page in another process or at another time', async () => {
    const [one, other] = [await start(), await start()];
    const page = async (sandbox: Sandbox): Promise<string> =>
      (await fetch(`${sandbox.origin('www.1001tracklists.com')}/`)).text();
    expect(await page(one)).toBe(await page(other));
  });

  it('compresses only when asked, counts by source and tells the log', async () => {
    const lines: [string, number, string | null][] = [];
    const sandbox = await start({ log: ({ url, status, fault }) => lines.push([url, status, fault]) });
    const home = `${sandbox.origin('www.1001tracklists.com')}/`;
    const plain = await fetch(home, { headers: { 'accept-encoding': 'identity' } });
    const zipped = await fetch(home, { headers: { 'accept-encoding': 'gzip' } });
    expect([plain.headers.get('content-encoding'), zipped.headers.get('content-encoding')]).toEqual([null, 'gzip']);
    expect(await zipped.text()).toBe(await plain.text());
    expect(sandbox.requests['1001tracklists']).toBe(2);
    expect(lines).toEqual(Array(2).fill(['https://www.1001tracklists.com/', 200, null]));
  });

  it('reddit gives out tokens by POST, counts requests in its headers, and turns programs away from its website', async () => {
    const sandbox = await start();
    const web = sandbox.origin('www.reddit.com');
    const token = await fetch(`${web}/api/v1/access_token`, { method: 'POST', body: 'grant_type=client_credentials' });
    expect(await token.json()).toMatchObject({ token_type: 'bearer', access_token: expect.any(String) });
    expect((await fetch(`${web}/r/House/`)).status).toBe(403);
    const listing = await fetch(`${sandbox.origin('oauth.reddit.com')}/r/house/new`);
    expect(listing.headers.get('x-ratelimit-used')).toBe('1');
    expect(listing.headers.get('x-ratelimit-remaining')).toBe('999.0');
  });

  it('a port that is taken is an error, and leaves nothing listening', async () => {
    const blocker = createServer();
    const port = await new Promise<number>((resolve) => {
      blocker.listen(0, '127.0.0.1', () => resolve((blocker.address() as AddressInfo).port));
    });
    await expect(startSandbox({ seed: 7, sets: 8, port })).rejects.toThrow(/EADDRINUSE/);
    await new Promise((resolve) => blocker.close(resolve));
  });

  it('a path that cannot be decoded is answered with 400, and the next request as ever', async () => {
    const origin = (await start()).origin('www.1001tracklists.com');
    expect((await fetch(`${origin}/%E0%A4%A`)).status).toBe(400);
    expect((await fetch(`${origin}/`)).status).toBe(200);
  });

  it('an unknown host is refused by name', async () => {
    const sandbox = await start();
    expect(() => sandbox.origin('example.org')).toThrow(/not for "example.org"/);
  });
});
