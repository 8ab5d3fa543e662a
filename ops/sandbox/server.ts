/** Serves the six sites on loopback: one HTTP server for each real host that is stood in for. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type ClockOptions, createCalendar, type Today } from './calendar.ts';
import { createFaults, type Faults } from './faults/faults.ts';
import { LOOP_PATHS, redirect } from './faults/faulty-answer.ts';
import type { FaultPlan } from './faults/plan.ts';
import { send, type WireAnswer } from './faults/wire.ts';
import { keyRefusal } from './keys.ts';
import type { SiteName } from './site-names.ts';
import { createSites } from './sites/all.ts';
import type { Site, SiteRequest, SiteResponse } from './sites/site.ts';
import { type Truth, type TruthLine, truthLines, truthOf } from './truth.ts';
import { revalidated } from './validators.ts';
import { buildWorld } from './world.ts';

const LOOPBACK = '127.0.0.1';
const LARGEST_BODY_BYTES = 64 * 1024;

export interface SandboxOptions {
  readonly seed: number | string;
  /** DJ sets and concerts together, at least 4. */
  readonly sets: number;
  /** Port of the first host, the others follow; ephemeral ports without it. */
  readonly port?: number;
  /** Whether interfaces refuse requests without their key; a wrong one is always refused. */
  readonly keys?: boolean;
  /** Share of the pages of WatchTheDJ whose content comes by script, 0 to 1; default none. */
  readonly scripted?: number;
  /** The day it is in the sandbox; without one all of the world is there at once. */
  readonly clock?: ClockOptions;
  /** What goes wrong, and with which requests; nothing without it. */
  readonly faults?: FaultPlan;
  /** Told of each request once its answer is decided. */
  readonly log?: (served: Served) => void;
}

/** One request and what it was answered with: a line of the server's log. */
export interface Served {
  /** ISO 8601 UTC. */
  readonly at: string;
  readonly source: SiteName;
  readonly method: string;
  /** On the real host. */
  readonly url: string;
  readonly status: number;
  /** What went wrong with it on purpose ("captcha", "drift:date-format"); null when it was answered as ever. */
  readonly fault: string | null;
}

export interface Sandbox {
  /** Local origin by real host: `{"www.mixesdb.com": "http://127.0.0.1:40123"}`. */
  readonly hosts: Readonly<Record<string, string>>;
  /** Local origin of a real host; throws for a host that is not stood in for. */
  readonly origin: (host: string) => string;
  /** Computed at the first call, and as large as the world. */
  readonly truth: () => Truth;
  /** The same a thing at a time, for worlds that are too large to hold twice. */
  readonly truthLines: () => Generator<TruthLine>;
  /** Requests answered so far, by source. */
  readonly requests: Readonly<Record<SiteName, number>>;
  readonly close: () => Promise<void>;
}

/** Resolves when all hosts listen; rejects when a port is taken, and then leaves nothing listening. */
export async function startSandbox({ seed, sets, port, log, ...options }: SandboxOptions): Promise<Sandbox> {
  const world = buildWorld(String(seed), sets);
  const faults = options.faults === undefined ? null : createFaults(options.faults, String(seed));
  const today = createCalendar(options.clock, Date.now());
  const keys = options.keys ?? false;
  const sites = createSites(world, options.scripted);
  const requests: Record<SiteName, number> = {
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
        serve({ site, host, faults, today, keys, log }, request, response).catch((error: unknown) =>
          fail(error, response),
        );
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
    truthLines: () => truthLines(world, sites),
  };
}

interface Desk {
  readonly site: Site;
  readonly host: string;
  readonly faults: Faults | null;
  readonly today: (now: number) => Today;
  readonly keys: boolean;
  readonly log: ((served: Served) => void) | undefined;
}

async function serve(desk: Desk, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { site, host, log } = desk;
  const url = new URL(request.url ?? '/', `https://${host}`);
  const method = request.method ?? 'GET';
  const body = await readBody(request);
  const { pathname: path, searchParams: query } = url;
  const today = desk.today(Date.now());
  const asked = { host, method, path, query, headers: request.headers, body, today };
  const { answer, fault } = decide(desk, asked);
  log?.({ at: new Date().toISOString(), source: site.source, method, url: url.href, status: answer.status, fault });
  await send(answer, request, response);
}

function decide({ site, faults, keys }: Desk, asked: SiteRequest): { answer: WireAnswer; fault: string | null } {
  const good = isLoop(asked.path) ? redirect(otherLoop(asked.path)) : (keyRefusal(asked, keys) ?? site.respond(asked));
  const faulty = faults?.befall(site.source, asked, good) ?? null;
  if (faulty !== null) return { answer: faulty, fault: faulty.label };
  return { answer: whole(revalidated(good, asked)), fault: null };
}

function whole({ status, headers, body }: SiteResponse): WireAnswer {
  return { status, headers, body: Buffer.from(body), delivery: 'whole', seconds: 0 };
}

function isLoop(path: string): boolean {
  return path === LOOP_PATHS[0] || path === LOOP_PATHS[1];
}

function otherLoop(path: string): string {
  return path === LOOP_PATHS[0] ? LOOP_PATHS[1] : LOOP_PATHS[0];
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
