/** Links of setlist.fm: always the REST interface; addresses of the website are turned into the interface's. */
import type { Credentials, PageRequest } from '../../src/core/source.ts';

/** Where every path of the interface starts. */
export const API = 'https://api.setlist.fm/rest/1.0';

/** DJ acts and electronic live acts that the other sources know too: their events can be joined. */
const SEED_ARTISTS = ['Richie Hawtin', 'Carl Cox', 'Bicep', 'Jon Hopkins', 'The Chemical Brothers'];

const MBID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
/** Ids are unique within their type only: the same digits name a setlist, a version and a venue. Bare ones are taken for a setlist's. */
const SETLIST_ID = /^[0-9a-f]{6,9}$/;
/** Versions of 2022 and later carry a "g"; older ones cannot be told from the id of a setlist. */
const VERSION_ID = /^g[0-9a-f]{6,9}$/;

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

/** Words a person may put before an id or a name: they say what it is, e.g. "venue:33d62cf9", "artist:Carl Cox", "search:tourName=Lamp Oil". */
const WORDS: Readonly<Record<string, (value: string) => string | null>> = {
  setlist: (id) => `setlist/${encodeURIComponent(id)}`,
  version: (id) => `setlist/version/${encodeURIComponent(id)}`,
  artist: (name) => (MBID.test(name) ? `artist/${name.toLowerCase()}/setlists` : searchPath({ artistName: name })),
  venue: (name) => (isId(name) ? `venue/${name}/setlists` : searchPath({ venueName: name })),
  city: (name) => searchPath(/^\d+$/.test(name) ? { cityId: name } : { cityName: name }),
  tour: (name) => searchPath({ tourName: name }),
  user: (id) => `user/${encodeURIComponent(id)}/attended`,
  edits: (id) => `user/${encodeURIComponent(id)}/edited`,
  search: readSearch,
};

/** Parameters that a search for setlists takes; `p` is the page's own. */
const SEARCHED = new Set(
  `artistMbid artistName artistTmid cityId cityName countryCode date lastFm lastUpdated state stateCode tourName venueId venueName
   year`.split(/\s+/),
);

export function seeds(): PageRequest[] {
  return SEED_ARTISTS.map((name) => request(searchPath({ artistName: name })));
}

/** Understands setlist and version ids, MusicBrainz artist ids, addresses of the interface and of the website, and `WORDS`. */
export function requestFor(idOrUrl: string): PageRequest | null {
  const text = idOrUrl.toWellFormed().trim();
  if (/^https?:\/\//i.test(text)) return requestForUrl(text);
  if (MBID.test(text)) return request(`artist/${text.toLowerCase()}/setlists`);
  if (SETLIST_ID.test(text)) return request(`setlist/${text}`);
  if (VERSION_ID.test(text)) return request(`setlist/version/${text}`);
  const { word = '', value = '' } = /^(?<word>[a-z]+):\s*(?<value>\S.*)$/.exec(text)?.groups ?? {};
  const path = Object.hasOwn(WORDS, word) ? WORDS[word]?.(value) : null;
  return path && keepsItsSegments(path) ? request(path) : null;
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

/** "artistName=Carl Cox&year=2019", or a name alone; null when a parameter is none of the interface's. */
function readSearch(text: string): string | null {
  if (!text.includes('=')) return searchPath({ artistName: text });
  const parameters = [...new URLSearchParams(text)];
  return parameters.every(([name]) => SEARCHED.has(name)) ? searchPath(Object.fromEntries(parameters)) : null;
}

function searchPath(parameters: Record<string, string>): string {
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

function isId(text: string): boolean {
  return /^[0-9a-f]{5,12}$/.test(text);
}

function request(path: string): PageRequest {
  return { url: `${API}/${path}`, kind: kindOf(path) ?? 'setlists' };
}
