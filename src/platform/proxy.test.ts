import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type ProxyServer, startProxyServer } from '../testing/proxy-server.ts';
import { createEgressGuard } from './egress-guard.ts';
import { createHttpClient, type HttpClient } from './http-client.ts';
import { parseProxy } from './proxy.ts';

const clock = { now: () => new Date('2026-01-02T03:04:05Z') };
const seen: IncomingMessage[] = [];
const clients: HttpClient[] = [];
let plain: Server;
let tls: Server;
let proxy: ProxyServer;

/** A key and a certificate for localhost, made for this run. */
function makeCertificate(): { key: Buffer; cert: Buffer } {
  const folder = mkdtempSync(join(tmpdir(), 'musicdb-tls-'));
  const [keyFile, certFile] = [join(folder, 'key'), join(folder, 'cert')];
  const subject = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost'];
  const made = ['-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '2'];
  execFileSync('openssl', ['req', ...made, ...subject, '-keyout', keyFile, '-out', certFile], { stdio: 'ignore' });
  const files = { key: readFileSync(keyFile), cert: readFileSync(certFile) };
  rmSync(folder, { recursive: true });
  return files;
}

const portOf = (server: Server) => (server.address() as AddressInfo).port;
const listen = (server: Server) => new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));

beforeAll(async () => {
  const answer = (request: IncomingMessage, response: ServerResponse) => {
    seen.push(request);
    response.end('the page');
  };
  const certificate = makeCertificate();
  setDefaultCACertificates([...getCACertificates('default'), certificate.cert.toString()]);
  plain = createServer(answer);
  tls = createTlsServer(certificate, answer);
  await Promise.all([listen(plain), listen(tls)]);
  proxy = await startProxyServer();
});

afterAll(async () => {
  await Promise.all(clients.map((client) => client.release()));
  await proxy.release();
  for (const server of [plain, tls]) {
    server.closeAllConnections();
    server.close();
  }
});

beforeEach(() => {
  seen.length = 0;
  proxy.asked.length = 0;
  proxy.credentials.length = 0;
  proxy.status = null;
});

function clientThrough(address = `http://user:s%40cret@${proxy.host}`, allow: string[] = []): HttpClient {
  const own = [proxy.host, `localhost:${portOf(plain)}`, `localhost:${portOf(tls)}`];
  const client = createHttpClient({
    guard: createEgressGuard([...own, ...allow]),
    clock,
    userAgent: 'MusicDB/test',
    sandboxHosts: {},
    proxy: parseProxy(address),
    timeoutMs: 3_000,
  });
  clients.push(client);
  return client;
}

const ask = (client: HttpClient, url: string) => client.fetch({ url, headers: {}, allowedHosts: null });

describe('through a proxy', () => {
  it('an https page is asked for in a tunnel, under our own name, and the proxy sees its host only', async () => {
    const page = await ask(clientThrough(), `https://localhost:${portOf(tls)}/set?id=1`);
    expect(page.body.toString()).toBe('the page');
    expect(proxy.asked).toEqual([`CONNECT localhost:${portOf(tls)}`]);
    expect(seen[0]?.headers).toMatchObject({ 'user-agent': 'MusicDB/test', host: `localhost:${portOf(tls)}` });
  });

  it('an http page is forwarded', async () => {
    const page = await ask(clientThrough(), `http://localhost:${portOf(plain)}/set`);
    expect(page.body.toString()).toBe('the page');
    expect(proxy.asked).toEqual([`GET http://localhost:${portOf(plain)}/set`]);
  });

  it('its credentials go to it and not to the server, and are in no message', async () => {
    await ask(clientThrough(), `https://localhost:${portOf(tls)}/`);
    expect(proxy.credentials).toEqual([`Basic ${Buffer.from('user:s@cret').toString('base64')}`]);
    expect(seen[0]?.headers['proxy-authorization']).toBeUndefined();
  });

  it('the address connected to is the proxy’s', async () => {
    const page = await ask(clientThrough(), `https://localhost:${portOf(tls)}/`);
    expect(page.remoteAddress).toBe('127.0.0.1');
  });
});

describe('a proxy that fails says so, and the server was not asked', () => {
  it.each([407, 403, 502, 503])('by answering %i to CONNECT', async (status) => {
    proxy.status = status;
    const asked = ask(clientThrough(), `https://localhost:${portOf(tls)}/`);
    await expect(asked).rejects.toMatchObject({ name: 'TransientError', code: 'PROXY_FAILED' });
    expect(seen).toEqual([]);
  });

  it('by asking for credentials it was given', async () => {
    proxy.status = 407;
    const asked = ask(clientThrough(), `http://localhost:${portOf(plain)}/`);
    await expect(asked).rejects.toMatchObject({ code: 'PROXY_FAILED' });
  });

  it('by being away, without its password in the message', async () => {
    const asked = ask(clientThrough('http://user:secret@127.0.0.1:1', ['127.0.0.1:1']), 'http://93.184.216.34/');
    await expect(asked).rejects.toMatchObject({ code: 'PROXY_FAILED', message: expect.not.stringContaining('secret') });
  });
});

describe('the guard holds', () => {
  it('for the proxy itself', () => {
    expect(() => clientThrough('http://10.0.0.5:3128')).toThrow(/10\.0\.0\.5:3128 of PROXY_URLS .* private address/);
  });

  it('for what the proxy is told, before it is told', async () => {
    const client = clientThrough();
    for (const url of ['http://169.254.169.254/', 'http://[::1]/', `https://127.0.0.1:${portOf(tls)}/`])
      await expect(ask(client, url)).rejects.toMatchObject({ code: 'EGRESS_BLOCKED' });
    expect(proxy.asked).toEqual([]);
  });

  it('for names that resolve inward', async () => {
    const guard = createEgressGuard([proxy.host], (_name, _options, callback) =>
      callback(null, [{ address: '10.0.0.1', family: 4 }]),
    );
    const inward = createHttpClient({
      guard,
      clock,
      userAgent: 'MusicDB/test',
      sandboxHosts: {},
      proxy: parseProxy(`http://${proxy.host}`),
    });
    await expect(ask(inward, 'https://set.example.com/')).rejects.toMatchObject({ code: 'EGRESS_BLOCKED' });
    expect(proxy.asked).toEqual([]);
    await inward.release();
  });
});
