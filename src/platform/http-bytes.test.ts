/** Whatever bytes a server answers with, the client gives a page or a fault with a name, in bounded time, and goes on. */
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { MusicDbError } from '../core/errors.ts';
import { createEgressGuard } from './egress-guard.ts';
import { createHttpClient, type HttpClient } from './http-client.ts';

const TIMEOUT_MS = 400;
let server: Server;
let client: HttpClient;
let url: string;
let answer: (socket: Socket) => void;

beforeAll(async () => {
  server = createServer((socket) => {
    socket.on('error', () => undefined);
    socket.once('data', () => answer(socket));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  client = createHttpClient({
    guard: createEgressGuard([new URL(url).host]),
    clock: { now: () => new Date('2026-01-02T03:04:05Z') },
    userAgent: 'MusicDB/test',
    sandboxHosts: {},
    timeoutMs: TIMEOUT_MS,
  });
});
afterAll(async () => {
  await client.release();
  await new Promise((resolve) => server.close(resolve));
});

const ask = () => client.fetch({ url, headers: {}, allowedHosts: null });
const say = (head: string, body = '') => {
  answer = (socket) => socket.end(Buffer.from(`HTTP/1.1 ${head}\r\nconnection: close\r\n\r\n${body}`, 'latin1'));
};

/** The status of the page, or the code of the fault. @throws what is neither. */
async function outcome(): Promise<number | string> {
  const started = performance.now();
  try {
    return (await ask()).status;
  } catch (error) {
    if (!(error instanceof MusicDbError)) throw error;
    return error.code;
  } finally {
    expect(performance.now() - started).toBeLessThan(TIMEOUT_MS * 6);
  }
}

const line = fc.oneof(
  fc.constantFrom(
    'HTTP/1.1 200 OK',
    'HTTP/1.0 200',
    'HTTP/1.1 302 Found',
    'HTTP/1.1 999 Odd',
    'HTTP/1.1 100 Continue',
    'HTTP/1.1 204 No',
    'HTTP/2 200',
    'ICY 200 OK',
    'HTTP/1.1 -1 x',
    '<html>',
  ),
  fc.string({ maxLength: 20, unit: 'binary' }),
);
const header = fc.oneof(
  fc.constantFrom(
    'content-length: 3',
    'content-length: -1',
    'content-length: 3, 4',
    'content-length: 99999999999999999999',
    'transfer-encoding: chunked',
    'transfer-encoding: gzip, chunked',
    'content-encoding: gzip',
    'content-encoding: br, br, br, br',
    'location: //',
    'location: http://[',
    'location: javascript:alert(1)',
    'location: \u00ff\u0000',
    'location: ',
    'set-cookie: ;;;',
    'retry-after: soon',
    'content-type: \u00e9',
    ' folded',
    ': no name',
    '__proto__: x',
    'upgrade: h2c',
  ),
  fc.string({ maxLength: 30, unit: 'binary' }),
);

it('is a page or a named fault, and the next request is answered', async () => {
  await fc.assert(
    fc.asyncProperty(
      line,
      fc.array(header, { maxLength: 6 }),
      fc.uint8Array({ maxLength: 200 }),
      async (status, headers, body) => {
        const head = [status, ...headers, '', ''].join('\r\n');
        answer = (socket) => socket.end(Buffer.concat([Buffer.from(head, 'latin1'), Buffer.from(body)]));
        await outcome();
        say('200 OK\r\ncontent-length: 2', 'ok');
        expect((await ask()).body.toString()).toBe('ok');
      },
    ),
    { numRuns: 300 },
  );
}, 60_000);

it.each([
  ['two lengths', '200 OK\r\ncontent-length: 2\r\ncontent-length: 3', 'abc', 'BAD_RESPONSE'],
  ['a length that is no number', '200 OK\r\ncontent-length: many', 'abc', 'BAD_RESPONSE'],
  [
    'a length and chunks',
    '200 OK\r\ncontent-length: 3\r\ntransfer-encoding: chunked',
    '3\r\nabc\r\n0\r\n\r\n',
    'BAD_RESPONSE',
  ],
  ['a chunk that is none', '200 OK\r\ntransfer-encoding: chunked', 'zz\r\nabc', 'TRUNCATED'],
  ['less than its length', '200 OK\r\ncontent-length: 9', 'abc', 'TRUNCATED'],
  ['more than its length', '200 OK\r\ncontent-length: 2', 'abc', 200],
  ['a redirect to no address', '302 Found\r\nlocation: http://[', '', 'INVALID_URL'],
  ['a redirect to a script', '302 Found\r\nlocation: javascript:alert(1)', '', 'INVALID_URL'],
  ['a redirect to a file', '302 Found\r\nlocation: file:///etc/passwd', '', 'INVALID_URL'],
  ['a redirect with a password', '302 Found\r\nlocation: http://a:b@example.com/', '', 'INVALID_URL'],
  ['a redirect inward', '302 Found\r\nlocation: http://0x7f.1/', '', 'EGRESS_BLOCKED'],
  ['a redirect to a mail server', '302 Found\r\nlocation: http://example.com:25/', '', 'EGRESS_BLOCKED'],
  ['a redirect to itself', '302 Found\r\nlocation: /', '', 'REDIRECT_LOOP'],
  ['a redirect to nowhere', '302 Found', '', 302],
])('%s', async (_, head, body, expected) => {
  say(head, body);
  expect(await outcome()).toBe(expected);
});
