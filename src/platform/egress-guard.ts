/**
 * The one door to the network. Every address MusicDB connects to passes here, on every hop: only http and https, no credentials in
 * the address, and no private, local, link-local, metadata, mapped or reserved IP address, however it is spelled.
 * Names are resolved once, every address is checked, and the socket connects to a checked one, so that a second answer cannot rebind it.
 */
import { type LookupAddress, lookup as systemLookup } from 'node:dns';
import type { LookupFunction } from 'node:net';
import ipaddr from 'ipaddr.js';
import { asError, PermanentError } from '../core/errors.ts';

export interface EgressGuard {
  /**
   * Checks an address before anything is connected.
   * @throws PermanentError `INVALID_URL` or `EGRESS_BLOCKED`, naming the rule.
   */
  checkUrl(url: string): URL;
  /** For sockets: resolves a name and refuses it when any of its addresses is forbidden. `port` is the one that will be connected to. */
  lookupFor(port: number): LookupFunction;
}

/** @param allow exact `host:port` entries that may be reached whatever they resolve to (tests, the sandbox, a proxy of one's own). */
export function createEgressGuard(allow: readonly string[]): EgressGuard {
  const allowed = new Set(allow.map((entry) => entry.toLowerCase()));
  const isAllowed = (host: string, port: number) => allowed.has(`${host.toLowerCase()}:${port}`);
  return {
    checkUrl: (text) => {
      const url = parseUrl(text);
      const host = url.hostname;
      if (isAllowed(host, portOf(url))) return url;
      const literal = literalAddress(host);
      if (literal !== null) refuseForbidden(literal, host);
      if (literal === null && isLocalName(host))
        throw blocked(host, 'names of this machine and of private networks are not reached');
      return url;
    },
    lookupFor: (port) => (hostname, options, callback) => {
      systemLookup(hostname, { ...options, all: true }, (error, addresses) => {
        const refusal = error ?? (isAllowed(hostname, port) ? null : forbiddenAmong(addresses, hostname));
        if (refusal === null) answer(addresses, options.all === true, callback);
        else callback(refusal as NodeJS.ErrnoException, '', 0);
      });
    },
  };
}

function parseUrl(text: string): URL {
  let url: URL;
  try {
    url = new URL(text);
  } catch (cause) {
    throw invalid(text, 'it cannot be read as an address', cause);
  }
  if (url.protocol !== 'http:' && url.protocol !== 'https:')
    throw invalid(text, `scheme "${url.protocol.slice(0, -1)}" is not http or https`);
  if (url.username !== '' || url.password !== '')
    throw invalid(text, 'user name and password do not belong in an address');
  if (url.hostname === '') throw invalid(text, 'it names no host');
  return url;
}

function portOf(url: URL): number {
  if (url.port !== '') return Number(url.port);
  return url.protocol === 'https:' ? 443 : 80;
}

/** The IP address a host spells out (URL has already folded octal, hex and short forms), or null for a name. */
function literalAddress(host: string): string | null {
  const bare = host.startsWith('[') ? host.slice(1, -1) : host;
  return ipaddr.isValid(bare) ? bare : null;
}

function isLocalName(host: string): boolean {
  const name = host.replace(/\.$/, '').toLowerCase();
  return (
    name === 'localhost' || /\.(localhost|local|internal|home\.arpa|localdomain)$/.test(name) || !name.includes('.')
  );
}

function refuseForbidden(address: string, host: string): void {
  const range = ipaddr.process(address).range();
  if (range !== 'unicast') throw blocked(host, `${address} is a ${range} address, not a public one`);
}

function forbiddenAmong(addresses: LookupAddress[], host: string): Error | null {
  try {
    for (const { address } of addresses) refuseForbidden(address, host);
    return null;
  } catch (refusal) {
    return asError(refusal);
  }
}

function blocked(host: string, rule: string): PermanentError {
  return new PermanentError(`refused to connect to ${host}: ${rule}`, {
    code: 'EGRESS_BLOCKED',
    hint: 'For a server of your own add its exact host:port to MUSICDB_EGRESS_ALLOW.',
  });
}

function invalid(text: string, rule: string, cause?: unknown): PermanentError {
  return new PermanentError(`not an address that can be fetched: ${text.slice(0, 200)} (${rule})`, {
    code: 'INVALID_URL',
    hint: 'Expected http://host/path or https://host/path.',
    cause,
  });
}

function answer(addresses: LookupAddress[], all: boolean, callback: Parameters<LookupFunction>[2]): void {
  const first = addresses[0];
  if (first === undefined) callback(new Error('the name has no address'), '', 0);
  else if (all) callback(null, addresses);
  else callback(null, first.address, first.family);
}
