/** Links of setlist.fm: always the REST interface; addresses of the website are turned into the interface's. */

import type { PageRequest } from '../../src/core/parse-result.ts';
import type { Credentials } from '../../src/core/tokens.ts';

/** Where every path of the interface starts. */
export const API = 'https://api.setlist.fm/rest/1.0';

/** DJ acts and electronic live acts that the other sources know too: their events can be joined. */
const SEED_ARTISTS = ['Richie Hawtin', 'Carl Cox', 'Bicep', 'Jon Hopkins', 'The Chemical Brothers'];

/** Longer texts are no ids, and make no address. */
const LONGEST_ID = 100;

/** What the index of changes may lag behind: two windows in a row share this much, so that no change falls between them. */
const OVERLAP_MS = 60 * 60 * 1000;

/** Kind of page by its path behind `/rest/1.0/`; the first that fits. */
const KINDS: readonly (readonly [RegExp, string])[] = [
  [/^search\/setlists$/, 'setlists'],
  [/^(?:artist|venue)\/[^/]+\/setlists$/, 'setlists'],
  [/^user\/[^/]+\/(?:attended|edited)$/, 'setlists'],
  [/^search\/(artists|venues|cities|countries)$/, '$1'],
  [/^setlist\/version\/[^/]+$/, 'setlist-version'],
  [/^(setlist|artist|venue|city|user)\/[^/]+$/, '$1'],
];

/** What an address of the website becomes. Artist pages carry an id that the interface does not know, so they become nothing. */
const WEBSITE: readonly (readonly [RegExp, string])[] = [
  [/^\/(?:setlist|upcoming)\/.*-([0-9a-f]{1,12})\.html$/, 'setlist/$1'],
  [/^\/venue\/.*-([0-9a-f]{1,12})\.html$/, 'venue/$1/setlists'],
  [/^\/user\/([^/]+)$/, 'user/$1/attended'],
  [/^\/attended\/([^/]+)$/, 'user/$1/attended'],
  [/^\/edits\/([^/]+)$/, 'user/$1/edited'],
];

export function seeds(): PageRequest[] {
  return SEED_ARTISTS.map((name) => request(searchPath({ artistName: name })));
}

/** Understands addresses of the interface and of the website. */
export function requestFor(url: string): PageRequest | null {
  const path = apiPath(url) ?? websitePath(url);
  return path === null || kindOf(path) === null ? null : request(path);
}

/** The request for a path that was made of what a person typed; none where that would lead to another page. */
export function requestAt(path: string): PageRequest[] {
  return keepsItsSegments(path) ? [request(path)] : [];
}

/** The lists of setlists that a thing with this id leads to. */
export function setlistsOf(thing: 'artist' | 'venue' | 'user', id: string | null): PageRequest[] {
  const lists = thing === 'user' ? ['attended', 'edited'] : ['setlists'];
  return id === null || id.length > LONGEST_ID || !keepsItsSegments(id)
    ? []
    : lists.map((list) => request(`${thing}/${encodeURIComponent(id)}/${list}`));
}

/** What changed since `date`, and a little before: the window of one look overlaps that of the next. UTC, to the second. */
export function changesSince(date: Date): PageRequest[] {
  const from = new Date(date.getTime() - OVERLAP_MS).toISOString();
  return [request(searchPath({ lastUpdated: from.slice(0, 19).replace(/\D/g, '') }))];
}

/** One text per answer: https, the interface's path, parameters in order, the first page without its number. */
export function normaliseUrl(url: string): string {
  const path = apiPath(url) ?? websitePath(url);
  return path === null ? url : `${API}/${path}`;
}

export function headers(_request: PageRequest, credentials: Credentials): Record<string, string> {
  const key = credentials.SETLISTFM_API_KEY;
  // Without Accept the interface answers in XML; without a fixed language it would localise the names of cities.
  return { accept: 'application/json', 'accept-language': 'en', ...(key ? { 'x-api-key': key } : {}) };
}

/** The kind of page at a path behind `/rest/1.0/`; null when the interface has no such path. */
export function kindOf(path: string): string | null {
  const bare = path.replace(/\?.*$/s, '');
  for (const [pattern, kind] of KINDS) {
    if (pattern.test(bare)) return bare.replace(pattern, kind);
  }
  return null;
}

/** Path and parameters behind `/rest/1.0/`, normalised; null when the address is not one of the interface. */
export function apiPath(url: string): string | null {
  const parsed = URL.canParse(url) ? new URL(url) : null;
  const path = parsed?.pathname.match(/^\/(?:rest\/)?1\.0\/(.+?)\/?$/)?.[1];
  if (!parsed || path === undefined || parsed.hostname !== 'api.setlist.fm') return null;
  return withQuery(
    path,
    [...parsed.searchParams].filter(([name, value]) => value !== '' && !(name === 'p' && value === '1')),
  );
}

function websitePath(url: string): string | null {
  const parsed = URL.canParse(url) ? new URL(url) : null;
  if (!parsed || !/^(?:www\.)?setlist\.fm$/.test(parsed.hostname)) return null;
  const rule = WEBSITE.find(([pattern]) => pattern.test(parsed.pathname));
  return rule ? parsed.pathname.replace(rule[0], rule[1]) : null;
}

export function searchPath(parameters: Record<string, string>): string {
  return withQuery('search/setlists', Object.entries(parameters));
}

function withQuery(path: string, parameters: readonly [string, string][]): string {
  const query = parameters
    .toSorted(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))
    .map(([name, value]) => `${encodeURIComponent(name)}=${encodeURIComponent(value)}`)
    .join('&');
  return query === '' ? path : `${path}?${query}`;
}

/** An id of one or two dots would be read as a step in the path, and lead to another page. */
function keepsItsSegments(path: string): boolean {
  return !/(?:^|\/)\.{1,2}(?:[/?]|$)/.test(path);
}

function request(path: string): PageRequest {
  return { url: `${API}/${path}`, kind: kindOf(path) ?? 'setlists' };
}
