/** A proxy to ask through: where it is, what lets us in, and connections that go through it (CONNECT for https, forwarding for http). */
import { Pool, ProxyAgent } from 'undici';
import { asError, ConfigError } from '../core/errors.ts';
import { type EgressGuard, portOf } from './egress-guard.ts';

export interface HttpProxy {
  /** host:port, for messages; never with credentials. */
  readonly name: string;
  /** Without credentials. */
  readonly url: URL;
  /** Value of Proxy-Authorization, null where none is asked for. */
  readonly authorization: string | null;
}

/** @param text `http://user:password@host:port`, already checked to be an address. */
export function parseProxy(text: string): HttpProxy {
  const url = new URL(text);
  const { username, password } = url;
  url.username = '';
  url.password = '';
  const pair = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
  return {
    name: `${url.hostname}:${portOf(url)}`,
    url,
    authorization: username === '' ? null : `Basic ${Buffer.from(pair).toString('base64')}`,
  };
}

/**
 * Connections through a proxy. Its own address passes the guard like any other: before, and again when its name is resolved.
 * @throws ConfigError when it may not be reached.
 */
export function createProxyAgent(
  { name, url, authorization }: HttpProxy,
  guard: EgressGuard,
  { pool, connectTimeoutMs }: { readonly pool: Omit<Pool.Options, 'connect'>; readonly connectTimeoutMs: number },
): ProxyAgent {
  try {
    guard.checkUrl(url.href);
  } catch (cause) {
    throw new ConfigError(`the proxy ${name} of PROXY_URLS cannot be used: ${asError(cause).message}`, {
      hint: `For a proxy of your own network add ${name} to MUSICDB_EGRESS_ALLOW.`,
      cause,
    });
  }
  return new ProxyAgent({
    ...pool,
    uri: url.href,
    ...(authorization === null ? {} : { token: authorization }),
    connectTimeout: connectTimeoutMs,
    proxyTls: { lookup: guard.lookupFor(portOf(url)) },
    factory: (origin, made) => new Pool(origin, { ...made, ...pool }),
    // The answer to CONNECT is waited for as long as a connection is.
    clientFactory: (origin, made) => new Pool(origin, { ...made, headersTimeout: connectTimeoutMs }),
  });
}
