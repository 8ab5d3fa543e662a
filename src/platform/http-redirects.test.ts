/** What is asked after a redirect: by which method, with which body, and who is shown the credentials. */
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { createEgressGuard } from './egress-guard.ts';
import { createHttpClient, type HttpClient } from './http-client.ts';

let servers: Server[];
let here: string;
let there: string;
let client: HttpClient;
const asked: { method: string; host: string; body: string; headers: IncomingMessage['headers'] }[] = [];

async function serve(): Promise<Server> {
  const server = createServer(async (request, response) => {
    const body = await text(request);
    const { method = '', headers, url = '' } = request;
    asked.push({ method, host: headers.host ?? '', body, headers });
    // decodeURI, so that a test can have bytes beyond ASCII in the header.
    const [, status, to = ''] = /^\/(\d+)\?(.*)$/.exec(url) ?? [];
    const location = Buffer.from(decodeURI(to), 'utf8').toString('latin1');
    if (status === undefined) response.end('the end');
    else response.writeHead(Number(status), { location }).end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return server;
}

beforeAll(async () => {
  servers = [await serve(), await serve()];
  [here, there] = servers.map((server) => `http://127.0.0.1:${(server.address() as AddressInfo).port}`) as [
    string,
    string,
  ];
  client = createHttpClient({
    guard: createEgressGuard([here, there].map((origin) => new URL(origin).host)),
    clock: { now: () => new Date('2026-01-02T03:04:05Z') },
    userAgent: 'MusicDB/test',
    sandboxHosts: {},
  });
});
afterAll(async () => {
  await client.release();
  for (const server of servers) server.close();
});
beforeEach(() => {
  asked.length = 0;
});

const post = (url: string) => {
  const headers = { 'content-type': 'application/json', authorization: 'Bearer secret' };
  return client.fetch({ url, method: 'POST', headers, body: '{"id":1}', allowedHosts: null });
};

it.each([301, 302, 303])('%i turns a POST into a GET without a body', async (status) => {
  await post(`${here}/${status}?/`);
  expect(asked.map(({ method, body }) => [method, body])).toEqual([
    ['POST', '{"id":1}'],
    ['GET', ''],
  ]);
  expect(asked[1]?.headers['content-type']).toBeUndefined();
});

it.each([307, 308])('%i repeats a POST to the same server', async (status) => {
  await post(`${here}/${status}?/`);
  expect(asked.map(({ method, body }) => [method, body])).toEqual([
    ['POST', '{"id":1}'],
    ['POST', '{"id":1}'],
  ]);
});

it('what was sent to one server is not sent to another', async () => {
  await expect(post(`${here}/307?${there}/`)).rejects.toMatchObject({ name: 'PermanentError', code: 'EGRESS_BLOCKED' });
  expect(asked).toHaveLength(1);
});

it('credentials are shown to the server they were meant for, and to no other', async () => {
  const headers = { authorization: 'Bearer secret', 'x-api-key': 'key', cookie: 'k=1', 'x-page': '1' };
  await client.fetch({ url: `${here}/302?${there}/`, headers, allowedHosts: null });
  expect(asked[0]?.headers).toMatchObject(headers);
  for (const name of ['authorization', 'x-api-key', 'cookie']) expect(asked[1]?.headers[name]).toBeUndefined();
  expect(asked[1]?.headers['x-page']).toBe('1');
});

it('addresses that are not ASCII are read as UTF-8, as servers mean them', async () => {
  const page = await client.fetch({ url: `${here}/302?/s%C3%A9t`, headers: {}, allowedHosts: null });
  expect(page.finalUrl).toBe(`${here}/s%C3%A9t`);
});
