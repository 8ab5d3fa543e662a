/** Links of setlist.fm: always the REST interface; addresses of the website are turned into the interface's. */
import type { Credentials, PageRequest } from '../../src/core/source.ts';

/** Where every path of the interface starts. */
export const API = 'https://api.setlist.fm/rest/1.0';

/** DJ acts and electronic live acts that the other sources know too: their events can be joined. */
const SEED_ARTISTS = ['Richie Hawtin', 'Carl Cox', 'Bicep', 'Jon Hopkins', 'The Chemical Brothers'];

const MBID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
const SETLIST_ID = /^[0-9a-f]{6,9}$/;
/** Versions of 2022 and later carry a "g"; older ones cannot be told from the id of a setlist. */
const VERSION_ID = /^g[0-9a-f]{6,9}$/;

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
  [/^\/(?:setlist|upcoming)\/.*-([0-9a-f]{6,9})\.html$/, 'setlist/$1'],
  [/^\/venue\/.*-([0-9a-f]{6,9})\.html$/, 'venue/$1/setlists'],
  [/^\/attended\/([^/]+)$/, 'user/$1/attended'],
  [/^\/edits\/([^/]+)$/, 'user/$1/edited'],
];

/** Words a person may put before an id or a name: "venue:33d62cf9", "user:someone", "artist:Carl Cox", "city:2950159". */
const WORDS: readonly (readonly [RegExp, (value: string) => string])[] = [
  [/^venue:\s*(\S+)$/, (id) => `venue/${id}/setlists`],
  [/^user:\s*(\S+)$/, (id) => `user/${encodeURIComponent(id)}/attended`],
  [/^city:\s*(\d+)$/, (id) => `search/setlists?cityId=${id}`],
  [/^artist:\s*(.+)$/, (name) => `search/setlists?artistName=${encodeURIComponent(name)}`],
];

export function seeds(): PageRequest[] {
  return SEED_ARTISTS.map((name) => request(`search/setlists?artistName=${encodeURIComponent(name)}`));
}

/** Understands setlist and version ids, MusicBrainz artist ids, addresses of the interface and of the website, and `WORDS`. */
export function requestFor(idOrUrl: string): PageRequest | null {
  const text = idOrUrl.trim();
  if (/^https?:\/\//i.test(text)) return requestForUrl(text);
  if (MBID.test(text)) return request(`artist/${text.toLowerCase()}/setlists`);
  if (SETLIST_ID.test(text)) return request(`setlist/${text}`);
  if (VERSION_ID.test(text)) return request(`setlist/version/${text}`);
  for (const [pattern, pathOf] of WORDS) {
    const value = pattern.exec(text)?.[1]?.trim();
    if (value) return request(pathOf(value));
  }
  return null;
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
  const parameters = [...parsed.searchParams]
    .filter(([name, value]) => value !== '' && !(name === 'p' && value === '1'))
    .sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
  const query = parameters.map(([name, value]) => `${encodeURIComponent(name)}=${encodeURIComponent(value)}`).join('&');
  return query === '' ? path : `${path}?${query}`;
}

function requestForUrl(url: string): PageRequest | null {
  const path = apiPath(url) ?? websitePath(url);
  return path === null || kindOf(path) === null ? null : request(path);
}

function websitePath(url: string): string | null {
  const parsed = URL.canParse(url) ? new URL(url) : null;
  if (!parsed || !/^(?:www\.)?setlist\.fm$/.test(parsed.hostname)) return null;
  const rule = WEBSITE.find(([pattern]) => pattern.test(parsed.pathname));
  return rule ? parsed.pathname.replace(rule[0], rule[1]) : null;
}

function request(path: string): PageRequest {
  return { url: `${API}/${path}`, kind: kindOf(path) ?? 'setlists' };
}
