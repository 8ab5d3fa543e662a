import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createEgressGuard } from './egress-guard.ts';
import { createHttpClient, type HttpClient, retryAfterMs, statusFault } from './http-client.ts';

const clock = { now: () => new Date('2026-01-02T03:04:05Z') };
const seen: { url: string; headers: Record<string, unknown> }[] = [];
let server: Server;
let origin: string;
let client: HttpClient;

beforeAll(async () => {
  server = createServer((request, response) => {
    seen.push({ url: request.url ?? '', headers: request.headers });
    const path = request.url ?? '/';
    if (path === '/gzip') response.setHeader('content-encoding', 'gzip').end(gzipSync('héllo'));
    else if (path === '/hop') response.writeHead(302, { location: '/plain' }).end();
    else if (path === '/headers')
      response.writeHead(200, ['X-One', 'a', 'Set-Cookie', 'k=1', 'X-one', 'ü', 'Set-Cookie', 'l=2']).end();
    else if (path === '/headers-bomb') response.writeHead(200, { 'x-long': 'a'.repeat(70_000) }).end();
    else if (path === '/huge') response.writeHead(200, { 'content-length': 60 * 1024 * 1024 }).write('a');
    else if (path === '/cut-chunk') response.write('short', () => response.destroy());
    else if (path === '/drip') {
      const drip = setInterval(() => response.write('.'), 50);
      response.on('close', () => clearInterval(drip));
    } else if (path === '/echo') {
      const { method, headers } = request;
      request.on('data', (body) => response.end(`${method} ${headers['content-type']} ${body}`));
    } else if (path === '/loop') response.writeHead(302, { location: '/loop' }).end();
    else if (path === '/inward') response.writeHead(302, { location: 'http://169.254.169.254/latest' }).end();
    else if (path === '/away') response.writeHead(302, { location: 'https://elsewhere.example/' }).end();
    else if (path === '/wait') response.writeHead(429, { 'retry-after': '7' }).end();
    else if (path === '/bomb')
      response.setHeader('content-encoding', 'gzip').end(gzipSync(Buffer.alloc(60 * 1024 * 1024)));
    else if (path === '/cut')
      response.writeHead(200, { 'content-length': '100' }).write('short', () => response.destroy());
    else response.end('plain');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const guard = createEgressGuard([new URL(origin).host, `localhost:${new URL(origin).port}`]);
  client = createHttpClient({
    guard,
    clock,
    userAgent: 'MusicDB/test (+nobody)',
    sandboxHosts: { 'real.example': origin },
    timeoutMs: 2_000,
  });
});

afterAll(async () => {
  await client.release();
  await new Promise((resolve) => server.close(resolve));
});

const fetch = (path: string, headers = {}) => client.fetch({ url: `${origin}${path}`, headers, allowedHosts: null });

describe('a page', () => {
  it('is kept as received and read decoded', async () => {
    const page = await fetch('/gzip');
    expect(page).toMatchObject({ status: 200, contentEncoding: 'gzip', fetchedAt: clock.now() });
    expect(page.rawBody.equals(gzipSync('héllo'))).toBe(true);
    expect(page.body.toString()).toBe('héllo');
  });

  it('is asked for under our own name', async () => {
    await fetch('/plain');
    expect(seen.at(-1)?.headers['user-agent']).toBe('MusicDB/test (+nobody)');
  });

  it('of a sandboxed host is asked at its stand-in and keeps its own address', async () => {
    const page = await client.fetch({
      url: 'https://real.example/plain?x=1',
      headers: {},
      allowedHosts: ['real.example'],
    });
    expect(page.finalUrl).toBe('https://real.example/plain?x=1');
    expect(seen.at(-1)?.url).toBe('/plain?x=1');
  });

  it('that is cut off is a fault that may pass, and says how much came', async () => {
    await expect(fetch('/cut')).rejects.toMatchObject({ name: 'CutOffError', code: 'TRUNCATED' });
    await expect(fetch('/cut')).rejects.toThrow('after 5 of 100 bytes');
  });

  it('that is cut off is known as far as it came, and cannot be read', async () => {
    await expect(fetch('/cut')).rejects.toMatchObject({
      page: { status: 200, rawBody: { byteLength: 5 }, body: { byteLength: 0 }, bodyFault: { code: 'TRUNCATED' } },
    });
  });

  it('that is cut off in a chunk is such a fault too', async () => {
    await expect(fetch('/cut-chunk')).rejects.toMatchObject({ code: 'TRUNCATED' });
  });

  it('that drips is given up when its whole time is over', async () => {
    const started = performance.now();
    await expect(fetch('/drip')).rejects.toMatchObject({
      code: 'TIMEOUT',
      page: { rawBody: expect.anything(), body: { byteLength: 0 }, bodyFault: { code: 'TRUNCATED' } },
    });
    expect(performance.now() - started).toBeLessThan(3_500);
  });

  it('that announces more than is taken is refused before it comes', async () => {
    await expect(fetch('/huge')).rejects.toMatchObject({ name: 'PermanentError', code: 'TOO_LARGE' });
  });

  it('with more headers than are taken is refused', async () => {
    await expect(fetch('/headers-bomb')).rejects.toMatchObject({ name: 'PermanentError', code: 'TOO_LARGE' });
  });

  it('cannot be asked for with a header that would break the request', async () => {
    const split = fetch('/plain', { 'x-a': 'b\r\nhost: elsewhere' });
    await expect(split).rejects.toMatchObject({ name: 'PermanentError', code: 'INVALID_REQUEST' });
  });

  it('that unpacks to more than 50 MB is kept as received, with the fault beside it', async () => {
    const page = await fetch('/bomb');
    expect(page).toMatchObject({ status: 200, bodyFault: { code: 'BOMB' }, body: Buffer.alloc(0) });
    expect(page.rawBody.length).toBeGreaterThan(50_000);
  });

  it('tells how it was asked, credentials redacted', async () => {
    const { request } = await fetch('/plain', { Authorization: 'Bearer secret', 'X-Page': '2' });
    expect(request).toMatchObject({ method: 'GET', body: null });
    expect(request.headers).toMatchObject({ authorization: '[redacted]', 'x-page': '2' });
    expect(seen.at(-1)?.headers.authorization).toBe('Bearer secret');
  });

  it('keeps its headers as received, in order and with repeats', async () => {
    const { rawHeaders, headers } = await fetch('/headers');
    expect(rawHeaders.filter(([name]) => /^(x-|set-)/i.test(name))).toEqual([
      ['X-One', 'a'],
      ['Set-Cookie', 'k=1'],
      ['X-one', 'ü'],
      ['Set-Cookie', 'l=2'],
    ]);
    expect(headers['x-one']).toBe('a, ü');
  });

  it('knows the address it was connected to, on a kept connection too, whatever its host', async () => {
    const { port } = new URL(origin);
    const byName = { url: `http://localhost:${port}/plain`, headers: {}, allowedHosts: null };
    expect((await fetch('/plain')).remoteAddress).toBe('127.0.0.1');
    expect((await fetch('/plain')).remoteAddress).toBe('127.0.0.1');
    expect((await client.fetch(byName)).remoteAddress).toBe('127.0.0.1');
  });

  it('can be asked for by POST', async () => {
    const page = await client.fetch({
      url: `${origin}/echo`,
      method: 'POST',
      headers: { 'content-type': 'text/plain' },
      body: 'id=1',
      allowedHosts: null,
    });
    expect(page.body.toString()).toBe('POST text/plain id=1');
    expect(page.request.body).toBe('id=1');
  });
});

describe('redirects', () => {
  it('are followed and recorded', async () => {
    const page = await fetch('/hop');
    expect(page.finalUrl).toBe(`${origin}/plain`);
    expect(page.redirects).toEqual([
      { url: `${origin}/hop`, status: 302, location: '/plain', remoteAddress: '127.0.0.1' },
    ]);
  });

  it('in a circle end', async () => {
    await expect(fetch('/loop')).rejects.toMatchObject({ code: 'REDIRECT_LOOP' });
  });

  it('to a private address are refused', async () => {
    await expect(fetch('/inward')).rejects.toMatchObject({ code: 'EGRESS_BLOCKED' });
  });

  it('to a host that is not the source’s are refused', async () => {
    const fetched = client.fetch({ url: 'https://real.example/away', headers: {}, allowedHosts: ['real.example'] });
    await expect(fetched).rejects.toMatchObject({ code: 'EGRESS_BLOCKED' });
  });
});

describe('statuses', () => {
  it('429 asks us to wait as long as the server says', async () => {
    const page = await fetch('/wait');
    expect(statusFault(page, clock)).toMatchObject({ name: 'ThrottledError', retryAfterMs: 7_000 });
  });

  it.each([
    ['seconds', '120', 120_000],
    ['a date', 'Fri, 02 Jan 2026 03:05:05 GMT', 60_000],
    ['a date that has passed', 'Thu, 01 Jan 2026 00:00:00 GMT', 0],
    ['nothing', undefined, 60_000],
    ['nonsense', 'soon', 60_000],
  ])('Retry-After as %s', (_, header, expected) => {
    expect(retryAfterMs(header, clock.now())).toBe(expected);
  });
});

it('a name that resolves inward is a refusal, not a network fault', async () => {
  const guard = createEgressGuard([], (_name, _options, callback) =>
    callback(null, [{ address: '10.0.0.1', family: 4 }]),
  );
  const inward = createHttpClient({ guard, clock, userAgent: 'MusicDB/test', sandboxHosts: {}, timeoutMs: 500 });
  const asked = inward.fetch({ url: 'http://set.example.com/', headers: {}, allowedHosts: null });
  await expect(asked).rejects.toMatchObject({ name: 'PermanentError', code: 'EGRESS_BLOCKED' });
  await inward.release();
});
