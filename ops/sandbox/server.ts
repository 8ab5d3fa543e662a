/** Serves the six sites on loopback: one HTTP server for each real host that is stood in for. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import type { SourceName } from '../../src/core/source.ts';
import { createSites } from './sites/all.ts';
import type { Site, SiteResponse } from './sites/site.ts';
import { type Truth, truthOf } from './truth.ts';
import { buildWorld } from './world.ts';

const LOOPBACK = '127.0.0.1';
/** Bodies of this size and less are cheaper to send than to compress. */
const SMALL_BYTES = 1024;
const LARGEST_BODY_BYTES = 64 * 1024;
const compress = promisify(gzip);

export interface SandboxOptions {
  readonly seed: number | string;
  /** DJ sets and concerts together, at least 4. */
  readonly sets: number;
  /** Port of the first host, the others follow; ephemeral ports without it. */
  readonly port?: number;
  /** Told of each request, as "GET https://host/path 200". */
  readonly log?: (line: string) => void;
}

export interface Sandbox {
  /** Local origin by real host: `{"www.mixesdb.com": "http://127.0.0.1:40123"}`. */
  readonly hosts: Readonly<Record<string, string>>;
  /** Local origin of a real host; throws for a host that is not stood in for. */
  readonly origin: (host: string) => string;
  /** Computed at the first call, and as large as the world. */
  readonly truth: () => Truth;
  /** Requests answered so far, by source. */
  readonly requests: Readonly<Record<SourceName, number>>;
  readonly close: () => Promise<void>;
}

/** Resolves when all hosts listen; rejects when a port is taken, and then leaves nothing listening. */
export async function startSandbox({ seed, sets, port, log }: SandboxOptions): Promise<Sandbox> {
  const world = buildWorld(String(seed), sets);
  const sites = createSites(world);
  const requests: Record<SourceName, number> = {
    '1001tracklists': 0,
    mixesdb: 0,
    setlistfm: 0,
    reddit: 0,
    applemusic: 0,
    watchthedj: 0,
  };
  const hosts: Record<string, string> = {};
  const servers: Server[] = [];
  const close = async (): Promise<void> => {
    await Promise.all(servers.map(stop));
  };
  try {
    for (const { site, host } of sites.flatMap((one) => one.hosts.map((name) => ({ site: one, host: name })))) {
      const server = createServer((request, response) => {
        requests[site.source] += 1;
        serve(site, host, request, response, log).catch((error: unknown) => fail(error, response));
      });
      servers.push(server);
      hosts[host] = await listen(server, port === undefined ? 0 : port + servers.length - 1);
    }
  } catch (error) {
    await close();
    throw error;
  }
  let truth: Truth | null = null;
  return {
    hosts,
    requests,
    close,
    origin: (host) => originOf(hosts, host),
    truth: () => (truth ??= truthOf(world, sites)),
  };
}

async function serve(
  site: Site,
  host: string,
  request: IncomingMessage,
  response: ServerResponse,
  log?: (line: string) => void,
): Promise<void> {
  const url = new URL(request.url ?? '/', `https://${host}`);
  const method = request.method ?? 'GET';
  const body = await readBody(request);
  const answer = site.respond({ host, method, path: url.pathname, query: url.searchParams, body });
  log?.(`${method} ${url.href} ${answer.status}`);
  await send(answer, request, response);
}

/** A path that cannot be decoded is the asker's fault, everything else ours. */
function fail(error: unknown, response: ServerResponse): void {
  if (response.headersSent) {
    response.destroy();
    return;
  }
  response.writeHead(error instanceof URIError || error instanceof RangeError ? 400 : 500, {
    'content-type': 'text/plain; charset=utf-8',
  });
  response.end(`${error instanceof Error ? error.message : String(error)}\n`);
}

async function send(
  { status, headers, body }: SiteResponse,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const plain = Buffer.from(body);
  const zipped = plain.length > SMALL_BYTES && /\bgzip\b/.test(String(request.headers['accept-encoding'] ?? ''));
  const bytes = zipped ? await compress(plain, { level: 1 }) : plain;
  response.writeHead(status, {
    vary: 'Accept-Encoding',
    ...headers,
    ...(zipped ? { 'content-encoding': 'gzip' } : {}),
    'content-length': bytes.length,
  });
  response.end(request.method === 'HEAD' ? undefined : bytes);
}

async function readBody(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > LARGEST_BODY_BYTES)
      throw new RangeError(`request body over ${LARGEST_BODY_BYTES} bytes, no site takes that much`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function listen(server: Server, port: number): Promise<string> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, LOOPBACK, () => {
      server.off('error', reject);
      resolve(`http://${LOOPBACK}:${(server.address() as AddressInfo).port}`);
    });
  });
}

function stop(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}

function originOf(hosts: Readonly<Record<string, string>>, host: string): string {
  const origin = hosts[host];
  if (origin === undefined)
    throw new RangeError(`the sandbox stands in for ${Object.keys(hosts).join(', ')}, not for "${host}"`);
  return origin;
}
