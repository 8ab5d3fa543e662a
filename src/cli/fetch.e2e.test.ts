/** `musicdb fetch` against servers on this machine: what it tells of an answer, and what it refuses to ask. */
import { readFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { jsonOf, runCli, temporaryFolder } from '../testing/cli.ts';

interface Failure {
  readonly error: { readonly code: string; readonly message: string; readonly hint: string | null };
}

let server: Server;
let folder: Awaited<ReturnType<typeof temporaryFolder>>;
let host: string;
const seen: { url: string | undefined; agent: string | undefined }[] = [];

beforeAll(async () => {
  folder = await temporaryFolder();
  server = createServer((request, response) => {
    seen.push({ url: request.url, agent: request.headers['user-agent'] });
    response.setHeader('content-type', 'text/plain; charset=utf-8');
    if (request.url === '/moved') response.writeHead(301, { location: '/page' }).end();
    else if (request.url === '/inward') response.writeHead(302, { location: 'http://127.0.0.1:1/' }).end();
    else if (request.url === '/bad') response.writeHead(200, { 'content-encoding': 'gzip' }).end('no gzip');
    else if (request.url === '/gone') response.writeHead(410).end('gone');
    else response.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync('a page'));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
});

afterAll(async () => {
  await new Promise((resolve) => server.close(resolve));
  await folder.release();
});

const fetch = (url: string, ...more: string[]) =>
  runCli(['fetch', url, ...more], { env: { MUSICDB_EGRESS_ALLOW: host, MUSICDB_CONTACT: 'ops@example.com' } });

describe('an answer', () => {
  it('is told with status, headers, addresses and sizes', async () => {
    const told = jsonOf(await fetch(`http://${host}/moved`, '--json'));
    expect(told).toMatchObject({
      status: 200,
      url: `http://${host}/moved`,
      finalUrl: `http://${host}/page`,
      contentType: 'text/plain; charset=utf-8',
      remoteAddress: '127.0.0.1',
      sizeBytes: 6,
      receivedBytes: gzipSync('a page').length,
      redirects: [{ url: `http://${host}/moved`, status: 301, location: '/page' }],
    });
    expect(seen.at(-1)).toMatchObject({
      url: '/page',
      agent: expect.stringMatching(/^MusicDB\/.* \(\+ops@example.com\)/),
    });
  });

  it('of any status is an answer', async () => {
    const result = await fetch(`http://${host}/gone`, '--json');
    expect(jsonOf(result)).toMatchObject({ status: 410, sizeBytes: 4 });
    expect(result.status).toBe(0);
  });

  it('can be kept in a file', async () => {
    const file = join(folder.path, 'page.txt');
    await fetch(`http://${host}/page`, '--json', '--output', file);
    expect(await readFile(file, 'utf8')).toBe('a page');
  });

  it('can be read from standard output, with everything else beside it', async () => {
    const { stdout, stderr } = await fetch(`http://${host}/page`, '--output', '-');
    expect(stdout).toBe('a page');
    expect(stderr).toContain('200 OK');
  });

  it('that is not what its header says is a failure', async () => {
    const result = await fetch(`http://${host}/bad`, '--json');
    expect(result.status).toBe(1);
    expect(jsonOf<Failure>(result).error.code).toBe('BAD_ENCODING');
  });
});

describe('what is not asked', () => {
  it.each([
    ['a private address', 'http://10.0.0.1/', 'EGRESS_BLOCKED', 1],
    ['loopback in hex', 'http://0x7f.1/', 'EGRESS_BLOCKED', 1],
    ['cloud metadata', 'http://169.254.169.254/latest/meta-data/', 'EGRESS_BLOCKED', 1],
    ['a name of this machine', 'http://localhost/', 'EGRESS_BLOCKED', 1],
    ['a port of another protocol', 'http://example.com:25/', 'EGRESS_BLOCKED', 1],
    ['another scheme', 'file:///etc/passwd', 'INVALID_URL', 2],
    ['no address', 'example', 'INVALID_URL', 2],
  ])('%s: %s', async (_, url, code, status) => {
    const started = performance.now();
    const result = await fetch(url, '--json');
    expect(jsonOf<Failure>(result).error).toMatchObject({ code, hint: expect.any(String) });
    expect(result.status).toBe(status);
    expect(performance.now() - started).toBeLessThan(3_000);
  });

  it('a private address that a server points to', async () => {
    const result = await fetch(`http://${host}/inward`, '--json');
    expect(jsonOf<Failure>(result).error.code).toBe('EGRESS_BLOCKED');
  });

  it('another port of an allowed host', async () => {
    const result = await fetch('http://127.0.0.1:9/', '--json');
    expect(jsonOf<Failure>(result).error.code).toBe('EGRESS_BLOCKED');
  });

  it('an answer for two readers at once', async () => {
    const result = await fetch(`http://${host}/page`, '--json', '--output', '-');
    expect(result.status).toBe(2);
  });
});
