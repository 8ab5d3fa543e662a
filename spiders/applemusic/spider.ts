/** Links of Apple Music's catalogue and of the keyless iTunes look-up. */

import type { PageRequest } from '../../src/core/parse-result.ts';
import type { Credentials } from '../../src/core/tokens.ts';

export const API = 'https://api.music.apple.com';
const ITUNES = 'https://itunes.apple.com';
export const DEFAULT_STOREFRONT = 'us';
const SEED_STOREFRONTS = ['us', 'gb'];

/** Most a call takes. For ids 300 are documented, and answered with 504. */
const IDS_PER_CALL = 200;
const ISRCS_PER_CALL = 25;
/** First offset that charts refuse. */
const CHART_END = 200;

const SHOP_HOSTS = /^(?:geo\.|embed\.)?(?:music|itunes)\.apple\.com$/;
const SHOP_PATH =
  /^(?:\/(?<storefront>[a-z]{2}))?\/(?<type>album|song|playlist|artist|music-video)\/(?:[^/]+\/)?(?:id)?(?<id>\d+|pl\.[\w-]+)\/?$/i;
/** Kinds of resource and of list; also what stands behind a resource: "albums/1/tracks". */
const KINDS = new Set(['songs', 'albums', 'playlists', 'artists', 'music-videos', 'tracks', 'charts', 'search']);
const LISTS = new Set(['charts', 'search']);
/** Parameters that Apple leaves out of `next` and still expects. */
const RESENT = ['include', 'l', 'extend'];

export function seeds(): PageRequest[] {
  return SEED_STOREFRONTS.map((storefront) =>
    catalogue('charts', 'charts?chart=most-played&types=albums,songs&limit=50', storefront),
  );
}

/** Understands addresses of the shop, of the interface and of the iTunes look-up. */
export function requestFor(address: string): PageRequest | null {
  const url = parseUrl(address);
  if (url === null || !/^https?:$/.test(url.protocol)) return null;
  const kind = kindOf(url);
  if (kind !== null) return { url: normaliseUrl(url.href), kind };
  return SHOP_HOSTS.test(url.hostname) ? shopPage(url) : null;
}

/** Songs by their numbers, as many to a call as one takes. */
export function songsById(ids: readonly string[], storefront: string): PageRequest[] {
  return chunks(ids, IDS_PER_CALL).map((some) => catalogue('songs', `songs?ids=${some.join(',')}`, storefront));
}

/** Songs by ISRCs, as many to a call as one takes. One code may be answered with several songs: single, album, clean. */
export function songsByIsrc(isrcs: readonly string[], storefront: string): PageRequest[] {
  return chunks(isrcs, ISRCS_PER_CALL).map((some) =>
    catalogue('songs', `songs?filter[isrc]=${some.join(',')}`, storefront),
  );
}

export function albumWithTracks(id: string, storefront: string): PageRequest {
  return catalogue('albums', `albums/${id}?include=tracks,artists`, storefront);
}

/** The look-up of an album and its tracks: no ISRCs, but no token either. */
export function itunesAlbum(id: string, country: string): PageRequest {
  return itunes(`lookup?entity=song&limit=200&id=${id}`, country);
}

/** Same page, same text: sorted parameters, no slug; a page of the shop is the interface's answer about it. */
export function normaliseUrl(text: string): string {
  const url = parseUrl(text);
  if (!url) return text;
  if (kindOf(url) === null) return (SHOP_HOSTS.test(url.hostname) ? shopPage(url)?.url : undefined) ?? text;
  url.protocol = 'https:';
  url.hash = '';
  url.searchParams.sort();
  return url.href;
}

/** The page behind `next`: a path without host and without some of the parameters of the page it stands on. */
export function nextPage(next: string, pageUrl: string | null): PageRequest | null {
  if (!URL.canParse(next, API)) return null;
  const url = new URL(next, API);
  const kind = kindOf(url);
  if (kind === null) return null;
  const asked = parseUrl(pageUrl ?? '')?.searchParams;
  for (const name of RESENT) {
    const value = name === 'include' ? includedIn(asked?.get(name), kind) : asked?.get(name);
    if (value && !url.searchParams.has(name)) url.searchParams.set(name, value);
  }
  return { url: normaliseUrl(url.href), kind };
}

/** Charts answer an offset of 200 and more with an error. */
export function isBeyondChart({ url, kind }: PageRequest): boolean {
  return kind === 'charts' && Number(parseUrl(url)?.searchParams.get('offset') ?? 0) >= CHART_END;
}

/** Two letters of the shop that an address is about; those of most answers when it says nothing. */
export function storefrontOf(...addresses: (string | null)[]): string {
  for (const address of addresses) {
    const url = address !== null && URL.canParse(address, API) ? new URL(address, API) : null;
    const storefront =
      /^\/v1\/catalog\/([a-z]{2})\//i.exec(url?.pathname ?? '')?.[1] ?? url?.searchParams.get('country');
    if (storefront && /^[a-z]{2}$/i.test(storefront)) return storefront.toLowerCase();
  }
  return DEFAULT_STOREFRONT;
}

export function isItunes(address: string): boolean {
  return parseUrl(address)?.origin === ITUNES;
}

/** The catalogue wants a signed token, which the fetch layer mints by the source's `TokenPlan`; the iTunes look-up nothing. */
export function headers(request: PageRequest, credentials: Credentials): Record<string, string> {
  const token = request.url.startsWith(`${API}/`) ? credentials.APPLE_MUSIC_DEVELOPER_TOKEN : undefined;
  return { Accept: 'application/json', ...(token ? { Authorization: `Bearer ${token}` } : {}) };
}

export function needsBrowser(): boolean {
  return false;
}

export function catalogue(kind: string, path: string, storefront = DEFAULT_STOREFRONT): PageRequest {
  return { url: normaliseUrl(`${API}/v1/catalog/${storefront}/${path}`), kind };
}

export function itunes(path: string, country: string): PageRequest {
  return { url: normaliseUrl(`${ITUNES}/${path}&country=${country}`), kind: `itunes-${path.replace(/\?.*$/s, '')}` };
}

/** What was included of an album's tracks is the page of tracks itself, which takes no such inclusion. */
function includedIn(include: string | null | undefined, kind: string): string {
  return (include ?? '')
    .split(',')
    .filter((name) => name !== kind)
    .join(',');
}

/** Storefront and slug of a shop address are decoration; `?i=` names one song of the album. */
function shopPage(url: URL): PageRequest | null {
  const { storefront = DEFAULT_STOREFRONT, type, id } = SHOP_PATH.exec(url.pathname)?.groups ?? {};
  if (type === undefined || id === undefined) return null;
  const song = type === 'song' ? id : url.searchParams.get('i');
  if (song && isNumber(song)) return catalogue('songs', `songs/${song}`, storefront);
  if (type === 'album') return albumWithTracks(id, storefront);
  return catalogue(`${type}s`, `${type}s/${id}${type === 'playlist' ? '?include=tracks' : ''}`, storefront);
}

function kindOf(url: URL): string | null {
  if (url.origin === ITUNES)
    return /^\/(?:lookup|search)$/.test(url.pathname) ? `itunes-${url.pathname.slice(1)}` : null;
  const path = url.origin === API ? /^\/v1\/catalog\/[a-z]{2}\/(.+)$/i.exec(url.pathname)?.[1]?.split('/') : undefined;
  const [first = '', id, related] = path ?? [];
  // Behind lists stands nothing of ours: "search/hints".
  const kind = id === undefined || !LISTS.has(first) ? (related ?? first) : '';
  return KINDS.has(kind) ? kind : null;
}

function chunks<T>(all: readonly T[], size: number): T[][] {
  return Array.from({ length: Math.ceil(all.length / size) }, (_, index) =>
    all.slice(index * size, (index + 1) * size),
  );
}

export function isNumber(text: string): boolean {
  return /^\d{1,15}$/.test(text);
}

function parseUrl(text: string): URL | null {
  return URL.canParse(text) ? new URL(text) : null;
}
