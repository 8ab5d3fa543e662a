/**
 * The one door to the network. Every address MusicDB connects to passes here, on every hop: only http and https, no credentials in
 * the address, no port of another protocol, and no address that is not public, however it is spelled (`egress-rules.ts`).
 * Names are resolved once, every address is checked, and the socket connects to a checked one, so that a second answer cannot rebind it.
 */
import { type LookupAddress, type LookupAllOptions, lookup as systemLookup } from 'node:dns';
import type { LookupFunction } from 'node:net';
import { PermanentError, TransientError } from '../core/errors.ts';
import {
  literalAddress,
  ruleAgainstAddress,
  ruleAgainstName,
  ruleAgainstPort,
  ruleAgainstResolved,
} from './egress-rules.ts';

export interface EgressGuard {
  /**
   * Checks an address before anything is connected.
   * @throws PermanentError `INVALID_URL` or `EGRESS_BLOCKED`, naming the rule.
   */
  checkUrl(url: string): URL;
  /** For sockets: resolves a name and refuses it when any of its addresses is forbidden. `port` is the one that will be connected to. */
  lookupFor(port: number): LookupFunction;
  /**
   * Resolves and checks a name that somebody else (a proxy) will connect to. An allowed one is not resolved: it may be known there only.
   * @throws PermanentError `EGRESS_BLOCKED`; TransientError when the name does not resolve here.
   */
  checkName(url: URL): Promise<void>;
}

type Resolve = (
  hostname: string,
  options: LookupAllOptions,
  callback: (error: NodeJS.ErrnoException | null, addresses: LookupAddress[]) => void,
) => void;

/**
 * @param allow exact `host:port` entries that may be reached whatever they resolve to (tests, the sandbox, a proxy of one's own).
 * @param resolve how names become addresses; the system's way unless a test has its own.
 */
export function createEgressGuard(allow: readonly string[], resolve: Resolve = systemLookup): EgressGuard {
  const allowed = new Set(allow.map((entry) => entry.toLowerCase()));
  const isAllowed = (host: string, port: number) => allowed.has(`${host.toLowerCase()}:${port}`);
  const lookupFor =
    (port: number): LookupFunction =>
    (hostname, options, callback) => {
      resolve(hostname, { ...options, all: true }, (error, addresses) => {
        const refusal = error ?? (isAllowed(hostname, port) ? null : forbiddenAmong(addresses, hostname));
        if (refusal === null) answer(addresses, options.all === true, callback);
        else callback(refusal as NodeJS.ErrnoException, '', 0);
      });
    };
  return {
    checkUrl: (text) => {
      const url = parseUrl(text);
      const port = portOf(url);
      if (isAllowed(url.hostname, port)) return url;
      const rule = ruleAgainstHost(url.hostname) ?? ruleAgainstPort(port);
      if (rule !== null) throw blocked(url.hostname, rule);
      return url;
    },
    lookupFor,
    checkName: (url) =>
      new Promise((done, fail) => {
        if (literalAddress(url.hostname) !== null || isAllowed(url.hostname, portOf(url))) return done();
        lookupFor(portOf(url))(url.hostname, { all: true }, (error) => {
          if (error === null) done();
          else fail(error instanceof PermanentError ? error : unresolved(url.hostname, error));
        });
      }),
  };
}

/** The port that an address leads to, the scheme's own when it names none. */
export function portOf(url: URL): number {
  if (url.port !== '') return Number(url.port);
  return url.protocol === 'https:' ? 443 : 80;
}

function parseUrl(text: string): URL {
  let url: URL;
  try {
    url = new URL(text);
  } catch (cause) {
    const isZone = /^\s*https?:[/\\]*\[[^\]]*%/i.test(text);
    throw invalid(text, isZone ? 'an IPv6 zone names an interface of this machine' : 'it cannot be read', cause);
  }
  if (url.protocol !== 'http:' && url.protocol !== 'https:')
    throw invalid(text, `scheme "${url.protocol.slice(0, -1)}" is not http or https`);
  if (url.username !== '' || url.password !== '')
    throw invalid(text, 'user name and password do not belong in an address');
  return url;
}

function ruleAgainstHost(host: string): string | null {
  const literal = literalAddress(host);
  return literal === null ? ruleAgainstName(host) : ruleAgainstAddress(literal);
}

function forbiddenAmong(addresses: readonly LookupAddress[], host: string): Error | null {
  for (const { address } of addresses) {
    const rule = ruleAgainstResolved(address);
    if (rule !== null) return blocked(host, rule);
  }
  return null;
}

function blocked(host: string, rule: string): PermanentError {
  return new PermanentError(`refused to connect to ${host}: ${rule}`, {
    code: 'EGRESS_BLOCKED',
    hint: 'For a server of your own add its exact host:port to MUSICDB_EGRESS_ALLOW.',
  });
}

function invalid(text: string, rule: string, cause?: unknown): PermanentError {
  const shown = text.slice(0, 200).replace(/\/\/[^/?#]*@/, '//[redacted]@');
  return new PermanentError(`not an address that can be fetched: ${shown} (${rule})`, {
    code: 'INVALID_URL',
    hint: 'Expected http://host/path or https://host/path.',
    // Node's own message repeats the address whole.
    cause: shown === text ? cause : undefined,
  });
}

function unresolved(host: string, cause: NodeJS.ErrnoException): TransientError {
  return new TransientError(`${host} does not resolve: ${cause.message}`, { code: cause.code ?? 'NETWORK', cause });
}

function answer(addresses: readonly LookupAddress[], all: boolean, callback: Parameters<LookupFunction>[2]): void {
  const first = addresses[0];
  if (first === undefined) callback(new Error('the name has no address'), '', 0);
  else if (all) callback(null, [...addresses]);
  else callback(null, first.address, first.family);
}
