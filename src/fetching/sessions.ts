/**
 * Sessions: a way out (a proxy, or none) and the cookies received on it, kept and scored as one. A source stays with its session until
 * it is worn or its proxy fails; proxies are there for capacity and never to get round a refusal: a source that refused us is asked
 * again, when its breaker lets it, on the session that was refused.
 */
import { CookieJar } from 'tough-cookie';
import { asError, HeldError, MusicDbError, TransientError } from '../core/errors.ts';
import type { FetchedPage } from '../core/fetching.ts';
import type { Clock } from '../platform/context.ts';
import type { Cookies, HttpClient } from '../platform/http-client.ts';
import type { HttpProxy } from '../platform/proxy.ts';

/** A proxy that failed rests this long, milliseconds; twice as long with each failure after it … */
const FIRST_REST_MS = 30_000;
/** … up to this. */
const LONGEST_REST_MS = 3_600_000;
/** A session is worn after so many pages, or so many faults in a row. */
const MAX_USES = 500;
const MAX_FAULTS = 3;
/** What a server may have us carry back to it. */
const MAX_COOKIE_BYTES = 8 * 1024;
const REFUSALS = new Set([401, 403, 429, 503]);

/** A way out; `proxy` null goes straight, and never rests: there is no other. */
interface Way {
  readonly proxy: HttpProxy | null;
  /** In a row; each doubles its rest. */
  failures: number;
  /** Milliseconds since the epoch. */
  restUntil: number;
}

interface Session {
  readonly way: Way;
  readonly cookies: JarCookies;
  uses: number;
  faults: number;
  /** Not left until a page was given on it again. */
  isRefused: boolean;
}

/** The sessions of a process: one a source at a time, over the proxies that all of them share. */
export class SessionPool {
  readonly #ways: Way[];
  readonly #clock: Clock;
  readonly #sessions = new Map<string, Session>();

  constructor(proxies: readonly HttpProxy[], clock: Clock) {
    const ways = proxies.length === 0 ? [null] : proxies;
    this.#ways = ways.map((proxy) => ({ proxy, failures: 0, restUntil: 0 }));
    this.#clock = clock;
  }

  /** The source refused us by what a page says; what its status says is seen here. */
  refused(source: string): void {
    const session = this.#sessions.get(source);
    if (session !== undefined) session.isRefused = true;
  }

  /**
   * A client that asks on the source's session.
   * @param connect makes the client of one way out; called once for each that is used.
   */
  clientFor(source: string, connect: (proxy: HttpProxy | null) => HttpClient): HttpClient {
    const clients = new Map<Way, HttpClient>();
    const clientOn = (way: Way): HttpClient => {
      const client = clients.get(way) ?? connect(way.proxy);
      clients.set(way, client);
      return client;
    };
    return {
      fetch: async (request) => {
        for (;;) {
          const session = this.#sessionOf(source);
          try {
            const page = await clientOn(session.way).fetch({ cookies: session.cookies, ...request });
            this.#answered(source, session, page);
            return page;
          } catch (error) {
            if (!this.#failed(source, session, asError(error))) throw error;
          }
        }
      },
      release: async () => {
        await Promise.all([...clients.values()].map((client) => client.release()));
      },
    };
  }

  /** @throws HeldError when every way that may be used rests. */
  #sessionOf(source: string): Session {
    const now = this.#clock.now().getTime();
    const current = this.#sessions.get(source);
    if (current !== undefined && current.way.restUntil <= now) return current;
    const ways = current?.isRefused ? [current.way] : this.#inTurn(source);
    const way = ways.find(({ restUntil }) => restUntil <= now);
    if (way === undefined) throw noWay(ways);
    const made = { way, cookies: new JarCookies(), uses: 0, faults: 0, isRefused: false };
    this.#sessions.set(source, made);
    return made;
  }

  /** Each source begins with another one, so that they share. */
  #inTurn(source: string): Way[] {
    const first = [...source].reduce((sum, letter) => sum + letter.charCodeAt(0), 0) % this.#ways.length;
    return [...this.#ways.slice(first), ...this.#ways.slice(0, first)];
  }

  #answered(source: string, session: Session, { status }: FetchedPage): void {
    session.way.failures = 0;
    session.faults = 0;
    session.uses += 1;
    session.isRefused = REFUSALS.has(status) || (session.isRefused && status >= 400);
    if (session.uses >= MAX_USES && !session.isRefused) this.#leave(source, session);
  }

  /** @returns whether the same may be asked on another session: only when the server was not asked at all. */
  #failed(source: string, session: Session, error: Error): boolean {
    const isProxys = error instanceof MusicDbError && error.code === 'PROXY_FAILED';
    if (!(error instanceof TransientError)) return false;
    session.faults += 1;
    if (!isProxys && session.faults < MAX_FAULTS) return false;
    this.#rest(session.way);
    if (session.isRefused) return false;
    this.#leave(source, session);
    return isProxys;
  }

  #rest(way: Way): void {
    const now = this.#clock.now().getTime();
    // Requests that were under way at once fail at once: that is one failure.
    if (way.proxy === null || way.restUntil > now) return;
    way.restUntil = now + Math.min(FIRST_REST_MS * 2 ** way.failures, LONGEST_REST_MS);
    way.failures += 1;
  }

  #leave(source: string, session: Session): void {
    if (this.#sessions.get(source) === session) this.#sessions.delete(source);
  }
}

function noWay(ways: readonly Way[]): HeldError {
  const until = new Date(Math.min(...ways.map(({ restUntil }) => restUntil)));
  const names = ways.map(({ proxy }) => proxy?.name).join(', ');
  return new HeldError(`no proxy can be used before ${until.toISOString()}: ${names} failed`, {
    host: null,
    until,
    code: 'NO_PROXY',
    hint: 'Check the proxies in PROXY_URLS, or take them out.',
  });
}

/** Cookies by the rules of RFC 6265; what breaks them is not kept. */
class JarCookies implements Cookies {
  #jar = new CookieJar();

  headerFor(url: string): string | null {
    const header = this.#jar.getCookieStringSync(url);
    if (Buffer.byteLength(header) <= MAX_COOKIE_BYTES) return header || null;
    this.#jar = new CookieJar();
    return null;
  }

  take(url: string, setCookies: readonly string[]): void {
    for (const cookie of setCookies) this.#jar.setCookieSync(cookie, url, { ignoreError: true });
  }
}
