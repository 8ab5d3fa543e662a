/**
 * Who may do what. A bearer token or a session cookie names a principal with rights; tokens are compared and stored by their SHA-256 only.
 * A server that listens on loopback only may be open for reading, so that `npm start` shows something at once; see `isOpen`.
 */
import { createHash, createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Clock } from '../platform/context.ts';
import type { Database } from '../platform/database.ts';
import { findApiToken, findApiTokenById } from '../repositories/api-tokens.ts';
import { Attempts } from './attempts.ts';
import { Problem } from './problem.ts';

export const SESSION_COOKIE = 'musicdb_session';
const SESSION_MS = 12 * 60 * 60 * 1000;
const LOOPBACK = /^(localhost|127(\.\d{1,3}){3}|\[?::1\]?)$/;

/** `read`: API and dashboard; `admin`: queues. */
export type Right = 'read' | 'admin';

interface Principal {
  /** "env" for the configured token, else the id of a row of `api_tokens`. */
  readonly id: string;
  readonly rights: readonly string[];
}

const ALL_RIGHTS: Principal = { id: 'env', rights: ['*'] };

export interface AuthOptions {
  readonly db: Database;
  readonly clock: Clock;
  /** Token with all rights, null when there is none. */
  readonly token: string | null;
  /** Whether reading may need no token: nobody configured one. */
  readonly openReading: boolean;
  /** Address the server listens on. */
  readonly host: string;
}

export class Auth {
  readonly #options: AuthOptions;
  /** Sessions end with the process: nothing to store, nothing to steal at rest. */
  readonly #secret = randomBytes(32);
  readonly #attempts: Attempts;

  constructor(options: AuthOptions) {
    this.#options = options;
    this.#attempts = new Attempts(options.clock);
  }

  /** True when reading needs no token: nobody configured one, and only this machine can connect. */
  get isOpen(): boolean {
    return this.#options.openReading && LOOPBACK.test(this.#options.host);
  }

  /** Hook for routes that need `right`. @throws Problem 401, 403 or 429. */
  async require(request: FastifyRequest, right: Right): Promise<void> {
    // A token that was sent is looked at even where none is needed: a wrong one must not pass for a right one.
    if (right === 'read' && this.isOpen && request.headers.authorization === undefined)
      return refuseForeignHost(request);
    const principal = await this.principalOf(request);
    if (principal === null) {
      throw new Problem(
        401,
        'Send a token that is in force, as "Authorization: Bearer <token>", or log in at /admin/login.',
      );
    }
    if (!principal.rights.includes('*') && !principal.rights.includes(right)) {
      throw new Problem(
        403,
        `This needs the right "${right}"; the token has: ${principal.rights.join(', ') || 'none'}.`,
      );
    }
    if (request.headers.authorization === undefined) refuseForeignOrigin(request);
  }

  /** The principal that a request's token or cookie names; null when it names none. */
  async principalOf(request: FastifyRequest): Promise<Principal | null> {
    const bearer = /^Bearer +(\S+)$/i.exec(request.headers.authorization ?? '')?.[1];
    if (bearer !== undefined) return this.checkToken(bearer, request.ip);
    return this.#sessionPrincipal(request.cookies[SESSION_COOKIE]);
  }

  /**
   * Whom a token belongs to. An address that failed too often is heard only with a token that has worked before.
   * @throws Problem 429 with the seconds to wait.
   */
  async checkToken(token: string, address: string): Promise<Principal | null> {
    const digest = createHash('sha256').update(token).digest();
    const wait = this.#attempts.secondsToWait(address, digest);
    if (wait > 0) throw new Problem(429, `Too many wrong tokens from this address; wait ${wait} s.`, wait);
    const principal = this.#isConfigured(digest)
      ? ALL_RIGHTS
      : await findApiToken(this.#options.db, digest, this.#options.clock.now());
    if (principal === null) this.#attempts.failed(address);
    else this.#attempts.worked(digest);
    return principal;
  }

  /** Opens a session for a principal: the cookie is signed, unreadable to scripts, and sent by our own pages only. */
  openSession(reply: FastifyReply, principal: Principal): void {
    const payload = Buffer.from(
      JSON.stringify({ id: principal.id, until: this.#options.clock.now().getTime() + SESSION_MS }),
    ).toString('base64url');
    reply.setCookie(SESSION_COOKIE, `${payload}.${this.#sign(payload)}`, {
      path: '/',
      httpOnly: true,
      sameSite: 'strict',
      secure: reply.request.protocol === 'https',
      maxAge: SESSION_MS / 1000,
    });
  }

  closeSession(reply: FastifyReply): void {
    reply.clearCookie(SESSION_COOKIE, { path: '/', httpOnly: true, sameSite: 'strict' });
  }

  async #sessionPrincipal(cookie: string | undefined): Promise<Principal | null> {
    const [payload, signature] = (cookie ?? '').split('.');
    if (payload === undefined || signature === undefined || !equal(signature, this.#sign(payload))) return null;
    const { id, until } = JSON.parse(Buffer.from(payload, 'base64url').toString()) as { id: string; until: number };
    const now = this.#options.clock.now();
    if (until <= now.getTime()) return null;
    return id === ALL_RIGHTS.id ? ALL_RIGHTS : findApiTokenById(this.#options.db, id, now);
  }

  #isConfigured(digest: Buffer): boolean {
    const { token } = this.#options;
    return token !== null && timingSafeEqual(digest, createHash('sha256').update(token).digest());
  }

  #sign(payload: string): string {
    return createHmac('sha256', this.#secret).update(payload).digest('base64url');
  }
}

/** A page of another site must not act with a person's cookie. @throws Problem 403. */
export function refuseForeignOrigin(request: FastifyRequest): void {
  if (request.method === 'GET' || request.method === 'HEAD') return;
  const site = request.headers['sec-fetch-site'];
  const { origin } = request.headers;
  const ours =
    site === undefined ? origin !== undefined && hostOf(origin) === request.headers.host : site === 'same-origin';
  if (!ours)
    throw new Problem(
      403,
      'This may be asked for by our own pages only; programs send a bearer token instead of a cookie.',
    );
}

/** A name of another site that resolves to this machine must not read what is open to this machine (DNS rebinding). @throws Problem 403. */
function refuseForeignHost(request: FastifyRequest): void {
  if (LOOPBACK.test(request.hostname)) return;
  throw new Problem(
    403,
    `Without MUSICDB_API_TOKEN this server answers to the names of this machine only (localhost, 127.0.0.1), not to ${JSON.stringify(request.hostname).slice(0, 80)}.`,
  );
}

function hostOf(origin: string): string | null {
  return URL.canParse(origin) ? new URL(origin).host : null;
}

function equal(a: string, b: string): boolean {
  const left = Buffer.from(a);
  const right = Buffer.from(b);
  return left.length === right.length && timingSafeEqual(left, right);
}
