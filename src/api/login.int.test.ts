/** The doors: who gets in, with what, and who does not. On real Postgres and Redis. */
import type { Queue } from 'bullmq';
import type { FastifyInstance, InjectOptions } from 'fastify';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createLogger } from '../platform/logger.ts';
import { openQueue } from '../platform/queues.ts';
import { openRedis, type RedisConnection } from '../platform/redis.ts';
import { openPostgresSearch } from '../search/postgres.ts';
import { openTestServices } from '../testing/services.ts';
import { type AppOptions, makeApp } from './app.ts';

const TOKEN = 'correct-horse-battery';
const PAGE = 'text/html,application/xhtml+xml';

const services = await openTestServices();
const clock = { now: () => new Date('2026-11-20T12:00:00Z') };
let redis: RedisConnection;
let queue: Queue;
let options: AppOptions;
const apps: FastifyInstance[] = [];

async function start(changes: Partial<AppOptions> = {}): Promise<FastifyInstance> {
  const app = await makeApp({ ...options, ...changes });
  apps.push(app);
  return app;
}

beforeAll(() => {
  redis = openRedis(services.redisUrl);
  queue = openQueue('transform', { url: services.redisUrl } as never, services.queuePrefix);
  const { db } = services;
  const search = openPostgresSearch(db);
  const log = createLogger('silent');
  options = {
    db,
    search,
    redis,
    queues: [queue],
    sources: [],
    access: {},
    archive: { get: () => Promise.reject(new Error('no document is asked for here')) },
    log,
    clock,
    host: '127.0.0.1',
    openReading: false,
    token: TOKEN,
    version: '1',
  };
});
afterAll(async () => {
  for (const app of apps) await app.close();
  await queue.close();
  await redis.release();
  await services.release();
});

describe('login', () => {
  let app: FastifyInstance;
  beforeEach(async () => {
    app = await start();
  });
  const login = (token: string, changes: Partial<InjectOptions> = {}) =>
    app.inject({
      method: 'POST',
      url: '/admin/login',
      headers: { 'content-type': 'application/x-www-form-urlencoded', 'sec-fetch-site': 'same-origin' },
      payload: new URLSearchParams({ token, next: '/admin/queues' }).toString(),
      ...changes,
    });
  const cookieOf = (answer: { cookies: { name: string; value: string }[] }) =>
    `musicdb_session=${answer.cookies[0]?.value}`;

  it('people without a session are led to the form, and from there back to where they were going', async () => {
    const turned = await app.inject({ url: '/admin/queues', headers: { accept: PAGE } });
    expect([turned.statusCode, turned.headers.location]).toEqual([303, '/admin/login?next=%2Fadmin%2Fqueues']);
    const answer = await login(TOKEN);
    expect([answer.statusCode, answer.headers.location]).toEqual([303, '/admin/queues']);
    expect(answer.cookies[0]).toMatchObject({ httpOnly: true, sameSite: 'Strict', maxAge: 43_200 });
    const cookie = cookieOf(answer);
    const board = await app.inject({ url: '/admin/queues', headers: { cookie } });
    expect(board.statusCode).toBe(200);
    expect(board.body).not.toContain('googleapis');
    expect((await app.inject({ url: '/', headers: { cookie } })).statusCode).toBe(200);
  });

  it('everything under /admin/queues is behind it, the files of the board too', async () => {
    for (const url of [
      '/admin/queues',
      '/admin/queues/',
      '/admin/queues/api/queues',
      '/admin/queues/static/css/main.css',
      '/admin/queues/%2e%2e/x',
    ]) {
      expect((await app.inject(url)).statusCode, url).not.toBe(200);
    }
  });

  it('a forged or altered cookie opens nothing', async () => {
    const [payload, signature] =
      cookieOf(await login(TOKEN))
        .split('=')[1]
        ?.split('.') ?? [];
    const other = Buffer.from(JSON.stringify({ id: 'env', until: 9e15 })).toString('base64url');
    for (const cookie of [`${other}.${signature}`, `${payload}.`, `${payload}`, 'x.y']) {
      expect(
        (await app.inject({ url: '/admin/queues', headers: { cookie: `musicdb_session=${cookie}` } })).statusCode,
      ).toBe(401);
    }
  });

  it('a session ends after twelve hours', async () => {
    let now = clock.now();
    app = await start({ clock: { now: () => now } });
    const cookie = cookieOf(await login(TOKEN));
    now = new Date(now.getTime() + 12 * 3_600_000);
    expect((await app.inject({ url: '/', headers: { cookie } })).statusCode).toBe(401);
  });

  it('another site can neither log in nor act with the cookie', async () => {
    expect(
      (
        await login(TOKEN, {
          headers: { 'content-type': 'application/x-www-form-urlencoded', origin: 'https://evil.example' },
        })
      ).statusCode,
    ).toBe(403);
    const cookie = cookieOf(await login(TOKEN));
    const act = (headers: Record<string, string>) =>
      app.inject({ method: 'PUT', url: '/admin/queues/api/queues/transform/pause', headers: { cookie, ...headers } });
    expect((await act({ 'sec-fetch-site': 'cross-site' })).statusCode).toBe(403);
    expect((await act({})).statusCode).toBe(403);
    expect(await queue.isPaused()).toBe(false);
    expect((await act({ 'sec-fetch-site': 'same-origin' })).statusCode).toBe(200);
    expect(await queue.isPaused()).toBe(true);
    await queue.resume();
  });

  it.each(['//evil.example', 'https://evil.example', '/\\evil.example', 'javascript:alert(1)'])(
    'never leads to another site: %s',
    async (next) => {
      const answer = await login(TOKEN, { payload: new URLSearchParams({ token: TOKEN, next }).toString() });
      expect(answer.headers.location).toBe('/');
    },
  );

  it('guessing is stopped after ten wrong tokens, whichever way they come', async () => {
    for (let n = 0; n < 10; n++) expect((await login(`guess-${n}`)).statusCode).toBe(401);
    const answer = await login(TOKEN);
    expect([answer.statusCode, answer.headers['retry-after']]).toEqual([429, '60']);
    expect(
      (await app.inject({ url: '/api/v1/tracks', headers: { authorization: `Bearer ${TOKEN}` } })).statusCode,
    ).toBe(429);
  });
});

describe('without a configured token, on loopback', () => {
  let app: FastifyInstance;
  beforeAll(async () => {
    app = await start({ openReading: true });
  });

  it('reading is open, queues are not', async () => {
    expect((await app.inject('/api/v1/tracks')).statusCode).toBe(200);
    expect((await app.inject('/')).statusCode).toBe(200);
    expect((await app.inject('/admin/queues')).statusCode).toBe(401);
  });

  it('a foreign name that leads here reads nothing', async () => {
    expect((await app.inject({ url: '/api/v1/tracks', headers: { host: 'evil.example' } })).statusCode).toBe(403);
  });

  it('on any other address it is closed', async () => {
    const public_ = await start({ openReading: true, host: '0.0.0.0' });
    expect((await public_.inject('/api/v1/tracks')).statusCode).toBe(401);
  });
});
