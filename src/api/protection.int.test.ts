/** What holds for every answer, tried over a real socket where it matters. */
import { connect } from 'node:net';
import { Writable } from 'node:stream';
import type { FastifyInstance } from 'fastify';
import { pino } from 'pino';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Search } from '../search/search.ts';
import { openTestServices, type TestServices } from '../testing/services.ts';
import { openTestApp, type TestApp, TOKEN } from '../testing/test-app.ts';

let services: TestServices;
let served: TestApp;

beforeAll(async () => {
  services = await openTestServices();
  served = await openTestApp(services);
});
afterAll(async () => {
  await served.release();
  await services.release();
});

/** A server whose searches wait until they are let go. */
async function slowServer(): Promise<{ app: FastifyInstance; begun: () => number; letGo: () => void }> {
  const waiting: (() => void)[] = [];
  const search: Search = {
    ...served.options.search,
    search: () =>
      new Promise((resolve) => {
        waiting.push(() => resolve({ hits: [], total: 0 }));
      }),
  };
  const app = await served.another({ search });
  const letGo = (): void => {
    for (const go of waiting.splice(0)) go();
  };
  return { app, begun: () => waiting.length, letGo };
}

const SLOW = '/api/v1/search?q=x';

it('the hundred and first request at once is told to come back, those before it are answered', async () => {
  const { app, begun, letGo } = await slowServer();
  const first = Array.from({ length: 100 }, () => app.inject(SLOW));
  await expect.poll(begun).toBe(100);
  const refused = await app.inject(SLOW);
  expect([refused.statusCode, refused.headers['retry-after']]).toEqual([503, '1']);
  letGo();
  expect((await Promise.all(first)).map(({ statusCode }) => statusCode)).toEqual(Array(100).fill(200));
  expect((await app.inject('/openapi.json')).statusCode).toBe(200);
});

it('clients that hang up leave nothing behind', async () => {
  const { app, begun, letGo } = await slowServer();
  const { port } = new URL(await app.listen({ host: '127.0.0.1', port: 0 }));
  const sockets = Array.from({ length: 100 }, () => {
    const socket = connect(Number(port), '127.0.0.1');
    socket.write(`GET ${SLOW} HTTP/1.1\r\nHost: localhost\r\n\r\n`);
    return socket;
  });
  await expect.poll(begun).toBe(100);
  for (const socket of sockets) socket.destroy();
  await expect.poll(async () => (await app.inject('/openapi.json')).statusCode).toBe(200);
  letGo();
});

it('the log says what was asked and answered, and holds no token, no cookie and nothing a person typed', async () => {
  const lines: string[] = [];
  const sink = new Writable({
    write: (chunk, _encoding, done) => {
      lines.push(String(chunk));
      done();
    },
  });
  const app = await served.another({ log: pino({ level: 'trace' }, sink), openReading: false });
  const headers = { authorization: `Bearer ${TOKEN}`, cookie: 'musicdb_session=abc.def' };
  await app.inject({ url: '/api/v1/search?q=private-words', headers });
  await app.inject({ url: '/api/v1/tracks', headers: { authorization: 'Bearer wrong-secret' } });
  await app.inject({ method: 'POST', url: '/admin/login', payload: { token: 'typed-secret' } });
  expect(lines.map((line) => JSON.parse(line))).toMatchObject([
    { method: 'GET', path: '/api/v1/search', status: 200 },
    { method: 'GET', path: '/api/v1/tracks', status: 401 },
    { method: 'POST', path: '/admin/login', status: 403 },
  ]);
  expect(lines.join('')).not.toMatch(/all-rights|wrong-secret|typed-secret|abc\.def|private-words/);
});

it('an unexpected fault is in the log with the number that its answer names', async () => {
  const lines: string[] = [];
  const log = pino({ level: 'info' }, { write: (line: string) => void lines.push(line) });
  const search: Search = { ...served.options.search, search: () => Promise.reject(new Error('inner words')) };
  const answer = await (await served.another({ log, search })).inject(SLOW);
  expect(answer.statusCode).toBe(500);
  expect(answer.body).not.toContain('inner words');
  const number = /request (\S+)\./.exec(answer.json().detail)?.[1];
  expect(lines.map((line) => JSON.parse(line))).toContainEqual(
    expect.objectContaining({ request: number, err: expect.objectContaining({ message: 'inner words' }) }),
  );
});

it('a body that is too large, broken or of another kind is refused as a problem', async () => {
  const post = (payload: string, type: string) =>
    served.app.inject({ method: 'POST', url: '/admin/login', payload, headers: { 'content-type': type } });
  expect((await post(`token=${'x'.repeat(70_000)}`, 'application/x-www-form-urlencoded')).json().status).toBe(413);
  expect((await post('{"token":', 'application/json')).json().status).toBe(400);
  expect((await post('x', 'image/png')).json().status).toBe(415);
});

it('an address that is not well formed is refused as a problem', async () => {
  const answer = await served.app.inject('/api/v1/tracks/%zz');
  expect([answer.statusCode, answer.headers['content-type']]).toEqual([400, 'application/problem+json']);
});

it('what only reads cannot be written to', async () => {
  expect((await served.app.inject({ method: 'DELETE', url: '/api/v1/tracks' })).statusCode).toBe(404);
});
