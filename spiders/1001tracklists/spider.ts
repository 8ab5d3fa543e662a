/** Links of 1001tracklists.com: which addresses lead to which kind of page, and which are never asked for. */

import type { PageRequest } from '../../src/core/parse-result.ts';
import type { Credentials } from '../../src/core/tokens.ts';
import { absolute, ORIGIN, searchAddress, searchedFor, tracklistId } from './addresses.ts';

/** Forbidden by robots.txt. */
const FORBIDDEN = /^\/(?:js|user|action|projects)\//;
const LISTING = /^\/(?:$|(?:dj|genre|source|charts)\/|artist\/(?:[^/]+\/)+tracklists\.html$)/;
const MEDIA_LINK = '/ajax/get_medialink.php';

/** The latest sets; everything further is asked for by a person, or listed by a page a person follows. */
export function seeds(): PageRequest[] {
  return [{ url: `${ORIGIN}/`, kind: 'listing' }];
}

/** Understands addresses of sets (also 1001.tl), listings and searches, and media link calls; null for everything else. */
export function requestFor(address: string): PageRequest | null {
  if (!/^https?:\/\//i.test(address)) return null;
  const url = URL.parse(absolute(address) ?? '');
  if (url === null || FORBIDDEN.test(url.pathname)) return null;
  const id = tracklistId(url.href);
  if (id !== null) return tracklist(url.hostname === '1001.tl' ? `${ORIGIN}/tracklist/${id}` : withOrigin(url, ''));
  if (url.hostname === '1001.tl') return null;
  if (url.pathname === MEDIA_LINK) return { url: withOrigin(url, url.search), kind: 'medialink' };
  const words = searchedFor(url.href);
  if (words !== null) return { url: searchAddress(words), kind: 'search' };
  return LISTING.test(url.pathname) ? { url: withOrigin(url, ''), kind: 'listing' } : null;
}

/** A set is its id, whatever slug, anchor, host or scheme stands around it; listings and calls are their path (and, for calls, their sorted query), searches their words. */
export function normaliseUrl(url: string): string {
  const parsed = URL.canParse(url) ? URL.parse(absolute(url) ?? '') : null;
  if (parsed === null) return url;
  const id = tracklistId(parsed.href);
  if (id !== null) return `${ORIGIN}/tracklist/${id}`;
  const words = searchedFor(parsed.href);
  if (words !== null) return searchAddress(words);
  parsed.searchParams.sort();
  return withOrigin(parsed, parsed.pathname.startsWith('/ajax/') ? parsed.search : '');
}

export function headers(request: PageRequest, _credentials: Credentials): Record<string, string> {
  const accept = request.kind === 'medialink' ? 'application/json' : 'text/html,application/xhtml+xml';
  return { accept, 'accept-language': 'en' };
}

/** The form of a search, as the site's own sends it. */
export function formOf(request: PageRequest): string | null {
  return searchedFor(request.url) === null ? null : new URL(request.url).hash.slice(1);
}

/** Never: every page says all in its HTML, and a browser would answer the site's challenges. */
export function needsBrowser(_request: PageRequest): boolean {
  return false;
}

function tracklist(url: string): PageRequest {
  return { url, kind: 'tracklist' };
}

function withOrigin(url: URL, search: string): string {
  return `${ORIGIN}${url.pathname}${search}`;
}
