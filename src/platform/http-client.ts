/** Fetches pages over HTTP through the egress guard: bounded in size, time and redirects; bytes are kept as received. */
import { isUtf8 } from 'node:buffer';
import { CutOffError, type MusicDbError, PermanentError, ThrottledError, TransientError } from '../core/errors.ts';
import type { FetchedPage, Redirect, SentRequest } from '../core/fetching.ts';
import { decodeBody } from './content-encoding.ts';
import type { Clock } from './context.ts';
import type { EgressGuard } from './egress-guard.ts';
import { connectionsThrough, straightConnections } from './http-connections.ts';
import { type Answer, CutOff, createExchanges, type ExchangeRequest } from './http-exchange.ts';
import type { HttpProxy } from './proxy.ts';
import type { Releasable } from './releases.ts';

const MAX_REDIRECTS = 5;
const REDIRECT_STATUSES = new Set([301, 302, 303, 307, 308]);
/** For a page with all its redirects, milliseconds. */
const TIMEOUT_MS = 30_000;
const DEFAULT_HEADERS = { 'accept-encoding': 'gzip, br, zstd', accept: '*/*' };
/** Wait when a server says 429 or 503 without Retry-After, milliseconds. */
const DEFAULT_RETRY_AFTER_MS = 60_000;
/** Headers that let in: kept from other origins, from logs and from the archive. */
const CREDENTIAL_HEADERS = /^(authorization|cookie|x-api-key|proxy-authorization)$/;

/** Whom every hop of a request asks before it is sent, and tells how it ended. */
export interface RequestGate {
  /** Resolves when the request may be sent. @throws what says that it may not. */
  admit(hop: { readonly url: string; readonly askedUrl: string; readonly method: string }): Promise<AdmittedHop>;
}

export interface AdmittedHop {
  /** @param answer null when none came. */
  settle(answer: { readonly status: number; readonly headers: Readonly<Record<string, string>> } | null): Promise<void>;
}

/** Cookies of one session; asked and told on every hop. */
export interface Cookies {
  /** The Cookie header for an address, null for none. */
  headerFor(url: string): string | null;
  take(url: string, setCookies: readonly string[]): void;
}

export interface HttpRequest {
  readonly url: string;
  /** Default GET. */
  readonly method?: 'GET' | 'POST';
  readonly headers: Readonly<Record<string, string>>;
  /** Default none. */
  readonly body?: string | null;
  /** Hosts that may answer, on every hop; null for any public one. */
  readonly allowedHosts: readonly string[] | null;
  /** Default none: sent at once. The wait for it is not part of the page's time. */
  readonly gate?: RequestGate | null;
  /** Default none: no cookie is kept or sent. */
  readonly cookies?: Cookies | null;
}

export interface HttpClient extends Releasable {
  /** One answer whatever its status. @throws CutOffError with what came of it; PermanentError, TransientError. */
  fetch(request: HttpRequest): Promise<FetchedPage>;
}

export interface HttpClientOptions {
  readonly guard: EgressGuard;
  readonly clock: Clock;
  readonly userAgent: string;
  /** Local stand-ins by real host: `https://<host>/x` is asked at `<origin>/x` (the sandbox). */
  readonly sandboxHosts: Readonly<Record<string, string>>;
  /** Default none: connections go straight to the server. */
  readonly proxy?: HttpProxy | null;
  readonly timeoutMs?: number;
}

export function createHttpClient({
  guard,
  clock,
  userAgent,
  sandboxHosts,
  proxy = null,
  timeoutMs = TIMEOUT_MS,
}: HttpClientOptions): HttpClient {
  const connections = proxy === null ? straightConnections(guard) : connectionsThrough(proxy, guard);
  const exchanges = createExchanges();
  const network: Network = {
    clock,
    timeoutMs,
    check: (at) => guard.checkUrl(toSandbox(at, sandboxHosts)),
    send: async (request) =>
      exchanges.run(await connections.forTarget(request.target), { ...request, via: proxy?.name ?? null }),
  };
  return {
    fetch: async ({ url, method = 'GET', headers, body = null, allowedHosts, cookies = null, gate = null }) => {
      const request = { method, headers: { ...DEFAULT_HEADERS, 'user-agent': userAgent, ...lowerCase(headers) }, body };
      const followed = await followRedirects(network, { url, request, allowedHosts, cookies, gate });
      const page = { url, ...(await toPage(followed)), request: redacted(request) };
      const { cut } = followed;
      if (cut !== null) throw new CutOffError(cut.message, { page, code: cut.code, cause: cut });
      return page;
    },
    release: async () => {
      exchanges.release();
      await connections.release();
    },
  };
}

/** The fault that names the cure of a status that is no page; null for one that is an answer, as 404 and 410 are. */
export function statusFault(page: FetchedPage, clock: Clock): MusicDbError | null {
  const { status, url } = page;
  if (status === 429 || status === 503) {
    return new ThrottledError(`${url} answered ${status}: the server asks us to wait`, {
      retryAfterMs: retryAfterMs(page.headers['retry-after'], clock.now()),
    });
  }
  if (status !== 408 && status !== 425 && status < 500) return null;
  return new TransientError(`${url} answered ${status}`, { code: `HTTP_${status}` });
}

/** Retry-After in either form (seconds, date) as milliseconds from now; a minute when absent or unreadable. */
export function retryAfterMs(header: string | undefined, now: Date): number {
  if (header === undefined) return DEFAULT_RETRY_AFTER_MS;
  if (/^\d+$/.test(header.trim())) return Number(header) * 1_000;
  const date = Date.parse(header);
  return Number.isNaN(date) ? DEFAULT_RETRY_AFTER_MS : Math.max(0, date - now.getTime());
}

interface Network {
  readonly clock: Clock;
  /** For all hops together, without their waits at the gate. */
  readonly timeoutMs: number;
  /** Where an address is asked. @throws PermanentError when it may not be. */
  check(at: string): URL;
  send(request: Omit<ExchangeRequest, 'via'>): Promise<Answer>;
}

interface Errand {
  readonly url: string;
  readonly request: SentRequest;
  readonly allowedHosts: readonly string[] | null;
  readonly cookies: Cookies | null;
  readonly gate: RequestGate | null;
}

interface Followed {
  readonly answer: Answer;
  /** How the answer ended before its end; null for a whole one. */
  readonly cut: CutOff | null;
  readonly finalUrl: string;
  readonly redirects: readonly Redirect[];
  readonly fetchedAt: Date;
  /** Time of all hops, milliseconds. */
  readonly spentMs: number;
}

async function followRedirects(
  network: Network,
  { url, request, allowedHosts, cookies, gate }: Errand,
): Promise<Followed> {
  const redirects: Redirect[] = [];
  let next = request;
  let spentMs = 0;
  let fetchedAt: Date | null = null;
  for (let at = url; ; ) {
    assertAllowedHost(at, allowedHosts);
    const target = network.check(at);
    const admitted = (await gate?.admit({ url: at, askedUrl: url, method: next.method })) ?? null;
    fetchedAt ??= network.clock.now();
    const started = performance.now();
    const timeoutMs = Math.max(1, Math.ceil(network.timeoutMs - spentMs));
    const headers = withCookie(sameSiteHeaders(next.headers, url, at), cookies?.headerFor(at) ?? null);
    const sent = await settled(admitted, network.send({ ...next, target, headers, timeoutMs })).catch(cutOff);
    const [answer, cut] = sent instanceof CutOff ? [sent.answer, sent] : [sent, null];
    spentMs += performance.now() - started;
    cookies?.take(at, headersOf(answer, 'set-cookie'));
    const location = REDIRECT_STATUSES.has(answer.status) ? headersOf(answer, 'location')[0] : undefined;
    if (location === undefined || cut !== null) return { answer, cut, finalUrl: at, redirects, fetchedAt, spentMs };
    redirects.push({ url: at, status: answer.status, location, remoteAddress: answer.remoteAddress });
    if (redirects.length > MAX_REDIRECTS)
      throw new PermanentError(`${url} redirects more than ${MAX_REDIRECTS} times (last to ${location})`, {
        code: 'REDIRECT_LOOP',
      });
    const to = resolveLocation(location, at);
    next = redirected(next, answer.status, { from: at, to });
    at = to;
  }
}

/** @throws every other fault. */
function cutOff(error: unknown): CutOff {
  if (error instanceof CutOff) return error;
  throw error;
}

/** The answer, after whoever admitted its request was told of it; a request without one is told of too. */
async function settled(admitted: AdmittedHop | null, sent: Promise<Answer>): Promise<Answer> {
  if (admitted === null) return sent;
  const answer = await sent.catch(async (error: unknown) => {
    await admitted.settle(null);
    throw error;
  });
  await admitted.settle({ status: answer.status, headers: foldHeaders(answer.rawHeaders) });
  return answer;
}

/** What is asked after a redirect: 307 and 308 repeat the request, the others turn it into a GET. */
function redirected(request: SentRequest, status: number, { from, to }: { from: string; to: string }): SentRequest {
  if (request.method === 'GET') return request;
  if (status !== 307 && status !== 308) {
    const headers = Object.entries(request.headers).filter(([name]) => !/^content-/.test(name));
    return { method: 'GET', headers: Object.fromEntries(headers), body: null };
  }
  if (new URL(from).origin === new URL(to).origin) return request;
  throw new PermanentError(`${from} wants what was sent to it sent to ${new URL(to).origin} too`, {
    code: 'EGRESS_BLOCKED',
  });
}

async function toPage({ answer, cut, finalUrl, redirects, fetchedAt, spentMs }: Followed) {
  const started = performance.now();
  const { status, statusText, rawHeaders, body: rawBody, remoteAddress } = answer;
  const headers = foldHeaders(rawHeaders);
  const contentEncoding = headers['content-encoding']?.trim().toLowerCase() || null;
  const decoded = cut === null ? await decodeBody(rawBody, contentEncoding) : unread(cut);
  return {
    finalUrl,
    redirects,
    httpVersion: '1.1',
    status,
    statusText,
    rawHeaders,
    headers,
    rawBody,
    contentEncoding,
    ...decoded,
    remoteAddress,
    fetchedAt,
    durationMs: Math.round(spentMs + performance.now() - started),
  };
}

function unread({ message }: CutOff) {
  return { body: Buffer.alloc(0), bodyFault: { code: 'TRUNCATED', message } };
}

function headersOf({ rawHeaders }: Answer, name: string): string[] {
  return rawHeaders.filter(([given]) => given.toLowerCase() === name).map(([, value]) => value);
}

/** A Cookie header of the request's own comes first. */
function withCookie(headers: Readonly<Record<string, string>>, cookie: string | null): Record<string, string> {
  if (cookie === null || cookie === '') return headers;
  return { ...headers, cookie: headers.cookie === undefined ? cookie : `${headers.cookie}; ${cookie}` };
}

/** Headers by name in lower case, repeats joined by ", ". */
export function foldHeaders(rawHeaders: Answer['rawHeaders']): Record<string, string> {
  const folded = new Map<string, string>();
  for (const [name, value] of rawHeaders) {
    const key = name.toLowerCase();
    const before = folded.get(key);
    folded.set(key, before === undefined ? value : `${before}, ${value}`);
  }
  return Object.fromEntries(folded);
}

function lowerCase(headers: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
}

function redacted({ method, headers, body }: SentRequest): SentRequest {
  const shown = Object.entries(headers).map(([name, value]) => [
    name,
    CREDENTIAL_HEADERS.test(name) ? '[redacted]' : value,
  ]);
  return { method, headers: Object.fromEntries(shown), body };
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
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !CREDENTIAL_HEADERS.test(name)));
}

function resolveLocation(location: string, from: string): string {
  try {
    const bytes = Buffer.from(location, 'latin1');
    return new URL(isUtf8(bytes) ? bytes.toString('utf8') : location, from).href;
  } catch (cause) {
    throw new PermanentError(`${from} redirects to something that is no address: ${location.slice(0, 200)}`, {
      code: 'INVALID_URL',
      cause,
    });
  }
}
