import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createEgressGuard } from '../platform/egress-guard.ts';
import { createHttpClient, type HttpClient } from '../platform/http-client.ts';
import { parseProxy } from '../platform/proxy.ts';
import { type ProxyServer, startProxyServer } from '../testing/proxy-server.ts';
import { SessionPool } from './sessions.ts';

const SECOND_MS = 1_000;
let now = 0;
const clock = { now: () => new Date(now) };
let server: Server;
let origin: string;
let first: ProxyServer;
let second: ProxyServer;
let pool: SessionPool;
let client: HttpClient;
let answer: (request: IncomingMessage, response: ServerResponse) => void;
const cookies: (string | undefined)[] = [];

beforeAll(async () => {
  server = createServer((request, response) => {
    cookies.push(request.headers.cookie);
    answer(request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => new Promise((resolve) => server.close(resolve)));

beforeEach(async () => {
  now = Date.parse('2026-01-01T00:00:00Z');
  cookies.length = 0;
  answer = (_request, response) => response.end('a page');
  [first, second] = await Promise.all([startProxyServer(), startProxyServer()]);
  pool = new SessionPool(
    [first, second].map(({ host }) => parseProxy(`http://${host}`)),
    clock,
  );
  client = clientOf('b');
});
afterEach(async () => {
  await client.release();
  await Promise.all([first.release(), second.release()]);
});

/** The names "b" and "a" begin with the first and with the second proxy. */
const clientOf = (source: string, of = pool) =>
  of.clientFor(source, (proxy) =>
    createHttpClient({
      guard: createEgressGuard([first.host, second.host, new URL(origin).host]),
      clock,
      userAgent: 'MusicDB/test',
      sandboxHosts: {},
      proxy,
      timeoutMs: 1_000,
    }),
  );
const ask = (path = '/', by = client) => by.fetch({ url: `${origin}${path}`, headers: {}, allowedHosts: null });
const status = (code: number) => (_request: IncomingMessage, response: ServerResponse) =>
  response.writeHead(code).end();
/** A proxy of these answers 407 to everything: it lets nobody in. */
const fail = (proxy: ProxyServer) => {
  proxy.status = 407;
};
const counts = () => [first.asked.length, second.asked.length];

describe('a source', () => {
  it('stays with its session, others begin with another proxy', async () => {
    for (let n = 0; n < 3; n += 1) await ask();
    await ask('/', clientOf('a'));
    expect(counts()).toEqual([3, 1]);
  });

  it('keeps its session from one client to the next', async () => {
    answer = (_request, response) => response.setHeader('set-cookie', 'k=1').end();
    await ask();
    await ask('/', clientOf('b'));
    expect(cookies).toEqual([undefined, 'k=1']);
  });

  it('gets new cookies when its session is worn', async () => {
    answer = (_request, response) => response.setHeader('set-cookie', 'k=1').end();
    for (let n = 0; n <= 500; n += 1) await ask();
    expect(cookies.slice(498)).toEqual(['k=1', 'k=1', undefined]);
  });
});

describe('a proxy that fails', () => {
  it('is left for another one: the page is given all the same', async () => {
    fail(first);
    expect((await ask()).status).toBe(200);
    expect(counts()).toEqual([1, 1]);
  });

  it('rests twice as long each time', async () => {
    fail(first);
    fail(second);
    const until = async () => {
      const { until } = await ask().then(
        () => ({ until: new Date(now) }),
        (error) => error as { until: Date },
      );
      return (until.getTime() - now) / SECOND_MS;
    };
    const rests = [];
    for (let n = 0; n < 4; n += 1) {
      rests.push(await until());
      now += (rests.at(-1) ?? 0) * SECOND_MS;
    }
    expect(rests).toEqual([30, 60, 120, 240]);
  });

  it('is well again with the first page it brings', async () => {
    fail(first);
    await ask();
    now += 31 * SECOND_MS;
    first.status = null;
    await ask('/', clientOf('d'));
    fail(first);
    await ask('/', clientOf('f'));
    // The second failure in a row would let it rest for a minute.
    now += 31 * SECOND_MS;
    first.asked.length = 0;
    await ask('/', clientOf('h'));
    expect(first.asked).toHaveLength(1);
  });

  it('holds the request when there is no other, and costs it nothing', async () => {
    fail(first);
    fail(second);
    await expect(ask()).rejects.toMatchObject({ name: 'HeldError', code: 'NO_PROXY', until: new Date(now + 30_000) });
  });
});

describe('a refusal is never got round', () => {
  it.each([401, 403, 429, 503])(
    '%i is an answer, asked for once, and the next request goes out on the same session',
    async (code) => {
      answer = status(code);
      expect((await ask()).status).toBe(code);
      await ask();
      expect(counts()).toEqual([2, 0]);
    },
  );

  it('nor by the proxy of the session failing: the source waits for it', async () => {
    answer = status(403);
    await ask();
    fail(first);
    await expect(ask()).rejects.toMatchObject({ code: 'PROXY_FAILED' });
    await expect(ask()).rejects.toMatchObject({ name: 'HeldError' });
    expect(second.asked).toEqual([]);
  });

  it('nor by wearing the session out', async () => {
    await ask();
    pool.refused('b');
    answer = status(404);
    for (let n = 0; n < 600; n += 1) await ask();
    fail(first);
    await expect(ask()).rejects.toMatchObject({ code: 'PROXY_FAILED' });
    expect(second.asked).toEqual([]);
  });

  it('and is over with the first page that is given', async () => {
    answer = status(403);
    await ask();
    answer = (_request, response) => response.end('a page');
    await ask();
    fail(first);
    expect((await ask()).status).toBe(200);
  });
});

describe('a server that fails', () => {
  it('once is asked once, and the session stays', async () => {
    answer = (_request, response) => response.destroy();
    await expect(ask()).resolves.toMatchObject({ status: 502 });
    expect(counts()).toEqual([1, 0]);
  });

  it('without proxies is asked straight, and never held', async () => {
    const straight = clientOf('b', new SessionPool([], clock));
    answer = (_request, response) => response.destroy();
    for (let n = 0; n < 5; n += 1) await expect(ask('/', straight)).rejects.toMatchObject({ name: 'TransientError' });
    expect(counts()).toEqual([0, 0]);
    await straight.release();
  });
});

describe('cookies', () => {
  it('are kept over redirects, and go to their own path and host only', async () => {
    answer = ({ url }, response) => {
      if (url === '/login') response.writeHead(302, { location: '/', 'set-cookie': ['a=1', 'b=2; Path=/deep'] }).end();
      else response.end();
    };
    await ask('/login');
    await ask('/deep/set');
    expect(cookies).toEqual([undefined, 'a=1', 'b=2; a=1']);
  });

  it.each([
    ['of another site', 'k=1; Domain=example.com'],
    ['of a whole top level domain', 'k=1; Domain=com'],
    ['that say nothing', ''],
    ['that are no cookies', ';;=;'],
  ])('%s are not kept', async (_, cookie) => {
    answer = (_request, response) => response.setHeader('set-cookie', cookie).end();
    await ask();
    await ask();
    expect(cookies).toEqual([undefined, undefined]);
  });

  it('of more than 8 KB are dropped, all of them', async () => {
    answer = ({ url }, response) => response.setHeader('set-cookie', `k${url?.slice(1)}=${'x'.repeat(3_000)}`).end();
    for (let n = 0; n < 4; n += 1) await ask(`/${n}`);
    expect(cookies.map((cookie) => cookie?.length ?? 0)).toEqual([0, 3_003, 6_008, 0]);
  });
});
