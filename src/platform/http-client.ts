/** Fetches pages over HTTP through the egress guard: bounded in size, time and redirects; bytes are kept as received. */
import { isIP } from 'node:net';
import { brotliDecompressSync, gunzipSync, inflateSync, zstdDecompressSync } from 'node:zlib';
import { Agent, type Dispatcher } from 'undici';
import { MusicDbError, PermanentError, ThrottledError, TransientError } from '../core/errors.ts';
import type { FetchedPage } from '../core/fetching.ts';
import type { Clock, Releasable } from './context.ts';
import type { EgressGuard } from './egress-guard.ts';

const MAX_REDIRECTS = 5;
const REDIRECT_STATUSES = new Set([301, 302, 303, 307, 308]);
/** A page over this is refused: the largest real one is 0.3 MB. */
const MAX_BODY_BYTES = 50 * 1024 * 1024;
const TIMEOUT_MS = 30_000;
/** Wait when a server says 429 or 503 without Retry-After, milliseconds. */
const DEFAULT_RETRY_AFTER_MS = 60_000;

export interface HttpRequest {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  /** Hosts that may answer, on every hop; null for any public one. */
  readonly allowedHosts: readonly string[] | null;
}

export interface HttpClient extends Releasable {
  /** One answer whatever its status. @throws PermanentError, TransientError. */
  fetch(request: HttpRequest): Promise<FetchedPage>;
}

export interface HttpClientOptions {
  readonly guard: EgressGuard;
  readonly clock: Clock;
  readonly userAgent: string;
  /** Local stand-ins by real host: `https://<host>/x` is asked at `<origin>/x` (the sandbox). */
  readonly sandboxHosts: Readonly<Record<string, string>>;
  readonly timeoutMs?: number;
}

export function createHttpClient({
  guard,
  clock,
  userAgent,
  sandboxHosts,
  timeoutMs = TIMEOUT_MS,
}: HttpClientOptions): HttpClient {
  const agents = new Map<number, Agent>();
  const agentFor = (port: number): Agent => {
    const existing = agents.get(port);
    if (existing) return existing;
    const made = new Agent({
      connect: { lookup: guard.lookupFor(port), timeout: 10_000 },
      connections: 64,
      headersTimeout: timeoutMs,
      bodyTimeout: timeoutMs,
      maxResponseSize: MAX_BODY_BYTES,
    });
    agents.set(port, made);
    return made;
  };
  const hop = async (url: string, headers: Record<string, string>): Promise<Hop> => {
    const target = guard.checkUrl(toSandbox(url, sandboxHosts));
    const agent = agentFor(Number(target.port) || (target.protocol === 'https:' ? 443 : 80));
    return requestOnce(agent, target, headers, timeoutMs);
  };
  return {
    fetch: async ({ url, headers, allowedHosts }) => {
      const fetchedAt = clock.now();
      const started = performance.now();
      const sent = { 'user-agent': userAgent, 'accept-encoding': 'gzip, br, zstd', accept: '*/*', ...headers };
      const redirects: { url: string; status: number }[] = [];
      for (let at = url; ; ) {
        assertAllowedHost(at, allowedHosts);
        const answer = await hop(at, sameSiteHeaders(sent, url, at));
        const location = REDIRECT_STATUSES.has(answer.status) ? answer.headers.location : undefined;
        if (location === undefined)
          return toPage(answer, {
            url,
            finalUrl: at,
            redirects,
            fetchedAt,
            durationMs: Math.round(performance.now() - started),
          });
        redirects.push({ url: at, status: answer.status });
        if (redirects.length > MAX_REDIRECTS)
          throw new PermanentError(`${url} redirects more than ${MAX_REDIRECTS} times (last to ${location})`, {
            code: 'REDIRECT_LOOP',
          });
        at = resolveLocation(location, at);
      }
    },
    release: async () => {
      await Promise.all([...agents.values()].map((agent) => agent.destroy()));
    },
  };
}

/** Turns the statuses that are no page into the fault that names the cure; 404 and 410 stay answers. */
export function assertUsableStatus(page: FetchedPage, clock: Clock): void {
  const { status, url } = page;
  if (status === 429 || status === 503) {
    throw new ThrottledError(`${url} answered ${status}: the server asks us to wait`, {
      retryAfterMs: retryAfterMs(page.headers['retry-after'], clock.now()),
    });
  }
  if (status === 408 || status === 425 || status >= 500)
    throw new TransientError(`${url} answered ${status}`, { code: `HTTP_${status}` });
}

/** Retry-After in either form (seconds, date) as milliseconds from now; a minute when absent or unreadable. */
export function retryAfterMs(header: string | undefined, now: Date): number {
  if (header === undefined) return DEFAULT_RETRY_AFTER_MS;
  if (/^\d+$/.test(header.trim())) return Number(header) * 1_000;
  const date = Date.parse(header);
  return Number.isNaN(date) ? DEFAULT_RETRY_AFTER_MS : Math.max(0, date - now.getTime());
}

interface Hop {
  readonly status: number;
  readonly headers: Record<string, string>;
  readonly body: Buffer;
  readonly remoteAddress: string | null;
}

async function requestOnce(
  agent: Agent,
  target: URL,
  headers: Record<string, string>,
  timeoutMs: number,
): Promise<Hop> {
  try {
    const answer = await agent.request({
      origin: target.origin,
      path: `${target.pathname}${target.search}`,
      method: 'GET',
      headers,
      signal: AbortSignal.timeout(timeoutMs),
    });
    const body = Buffer.from(await answer.body.arrayBuffer());
    return {
      status: answer.statusCode,
      headers: flatHeaders(answer),
      body,
      remoteAddress: isIP(target.hostname.replace(/[[\]]/g, '')) ? target.hostname : null,
    };
  } catch (error) {
    throw asFetchFault(error, target);
  }
}

function asFetchFault(error: unknown, target: URL): MusicDbError {
  if (error instanceof MusicDbError) return error;
  const cause = error as NodeJS.ErrnoException;
  if (cause.cause instanceof MusicDbError) return cause.cause;
  if (cause.code === 'UND_ERR_RES_EXCEEDED_MAX_SIZE') {
    return new PermanentError(`${target.href} is larger than ${MAX_BODY_BYTES} bytes`, { code: 'TOO_LARGE', cause });
  }
  return new TransientError(`${target.href} could not be fetched: ${cause.message}`, {
    code: cause.code ?? 'NETWORK',
    cause,
  });
}

function flatHeaders(answer: Dispatcher.ResponseData): Record<string, string> {
  return Object.fromEntries(
    Object.entries(answer.headers).map(([name, value]) => [
      name,
      Array.isArray(value) ? value.join(', ') : (value ?? ''),
    ]),
  );
}

function toPage(
  hop: Hop,
  about: Pick<FetchedPage, 'url' | 'finalUrl' | 'redirects' | 'fetchedAt' | 'durationMs'>,
): FetchedPage {
  const contentEncoding = hop.headers['content-encoding']?.trim().toLowerCase() || null;
  return {
    ...about,
    status: hop.status,
    headers: hop.headers,
    rawBody: hop.body,
    contentEncoding,
    body: decodeBody(hop.body, contentEncoding, about.url),
    remoteAddress: hop.remoteAddress,
  };
}

/** Undoes a content-encoding. @throws PermanentError when the bytes are not what the header says, or unpack to more than the limit. */
export function decodeBody(bytes: Buffer, contentEncoding: string | null, url: string): Buffer {
  const limit = { maxOutputLength: MAX_BODY_BYTES };
  try {
    switch (contentEncoding) {
      case null:
      case 'identity':
        return bytes;
      case 'gzip':
      case 'x-gzip':
        return gunzipSync(bytes, limit);
      case 'br':
        return brotliDecompressSync(bytes, limit);
      case 'deflate':
        return inflateSync(bytes, limit);
      case 'zstd':
        return zstdDecompressSync(bytes, limit);
    }
  } catch (cause) {
    throw new PermanentError(`${url}: the body is not readable as ${contentEncoding} within ${MAX_BODY_BYTES} bytes`, {
      code: 'BAD_ENCODING',
      cause,
    });
  }
  throw new PermanentError(`${url}: content-encoding "${contentEncoding}" was not asked for and cannot be read`, {
    code: 'BAD_ENCODING',
  });
}

function toSandbox(url: string, sandboxHosts: Readonly<Record<string, string>>): string {
  const match = /^https?:\/\/([^/?#]+)(.*)$/s.exec(url);
  const origin = match?.[1] === undefined ? undefined : sandboxHosts[match[1].toLowerCase()];
  return origin === undefined ? url : `${origin}${match?.[2] || '/'}`;
}

function assertAllowedHost(url: string, allowedHosts: readonly string[] | null): void {
  if (allowedHosts === null) return;
  const host = URL.canParse(url) ? new URL(url).hostname : url;
  if (allowedHosts.includes(host)) return;
  throw new PermanentError(`${url} leaves the hosts of this source (${allowedHosts.join(', ')})`, {
    code: 'EGRESS_BLOCKED',
  });
}

/** Keys and tokens go to the origin they were meant for only: not to another host, and not over plain http. */
function sameSiteHeaders(headers: Record<string, string>, from: string, to: string): Record<string, string> {
  if (new URL(from).origin === new URL(to).origin) return headers;
  return Object.fromEntries(
    Object.entries(headers).filter(([name]) => !/^(authorization|cookie|x-api-key)$/i.test(name)),
  );
}

function resolveLocation(location: string, from: string): string {
  try {
    return new URL(location, from).href;
  } catch (cause) {
    throw new PermanentError(`${from} redirects to something that is no address: ${location.slice(0, 200)}`, {
      code: 'INVALID_URL',
      cause,
    });
  }
}
