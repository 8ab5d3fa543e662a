/** Links of Apple Music's catalogue and of the keyless iTunes look-up. */
import { normaliseIsrc } from '../../src/core/isrc.ts';
import type { Credentials, PageRequest } from '../../src/core/source.ts';
import { developerToken } from './developer-token.ts';

export const API = 'https://api.music.apple.com';
const ITUNES = 'https://itunes.apple.com';
const DEFAULT_STOREFRONT = 'us';
const SHOP_HOSTS = /^(?:geo\.|embed\.)?(?:music|itunes)\.apple\.com$/;
const SHOP_PATH =
  /^(?:\/(?<storefront>[a-z]{2}))?\/(?<type>album|song|playlist|artist|music-video)\/(?:[^/]+\/)?(?:id)?(?<id>\d+|pl\.[\w-]+)\/?$/i;
const SEED_STOREFRONTS = ['us', 'gb'];
/** Parameters that Apple leaves out of `next` and still expects. */
const RESENT = ['include', 'l', 'extend'];

export function seeds(): PageRequest[] {
  return SEED_STOREFRONTS.map((storefront) => ({
    url: normaliseUrl(`${API}/v1/catalog/${storefront}/charts?chart=most-played&types=albums,songs&limit=50`),
    kind: 'charts',
  }));
}

/** An ISRC, a song's number, a playlist's id, an address of the shop, the interface or the iTunes look-up; null for everything else. */
export function requestFor(idOrUrl: string): PageRequest | null {
  const text = idOrUrl.trim();
  const isrc = normaliseIsrc(text).value;
  if (isrc !== null) return catalogue('songs', `songs?filter[isrc]=${isrc}`);
  if (/^\d{5,}$/.test(text)) return catalogue('songs', `songs/${text}`);
  if (/^pl\.[\w-]+$/.test(text)) return catalogue('playlists', `playlists/${text}?include=tracks`);
  const url = parseUrl(text);
  if (!url) return null;
  const kind = kindOf(url);
  if (kind !== null) return { url: normaliseUrl(text), kind };
  return SHOP_HOSTS.test(url.hostname) ? shopPage(url) : null;
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
  const asked = parseUrl(pageUrl ?? '')?.searchParams;
  for (const name of RESENT) {
    const value = asked?.get(name);
    if (value && !url.searchParams.has(name)) url.searchParams.set(name, value);
  }
  const kind = kindOf(url);
  return kind === null ? null : { url: normaliseUrl(url.href), kind };
}

/** The catalogue wants a signed token, the iTunes look-up nothing. */
export function headers(request: PageRequest, credentials: Credentials): Record<string, string> {
  const token = request.url.startsWith(`${API}/`) ? developerToken(credentials, Date.now()) : null;
  return { Accept: 'application/json', ...(token === null ? {} : { Authorization: `Bearer ${token}` }) };
}

export function needsBrowser(): boolean {
  return false;
}

function catalogue(kind: string, path: string, storefront = DEFAULT_STOREFRONT): PageRequest {
  return { url: normaliseUrl(`${API}/v1/catalog/${storefront}/${path}`), kind };
}

/** Storefront and slug of a shop address are decoration; `?i=` names one song of the album. */
function shopPage(url: URL): PageRequest | null {
  const { storefront, type, id } = SHOP_PATH.exec(url.pathname)?.groups ?? {};
  if (type === undefined || id === undefined) return null;
  const song = type === 'song' ? id : url.searchParams.get('i');
  if (song && /^\d+$/.test(song)) return catalogue('songs', `songs/${song}`, storefront);
  const include = type === 'album' ? '?include=tracks,artists' : type === 'playlist' ? '?include=tracks' : '';
  return catalogue(`${type}s`, `${type}s/${id}${include}`, storefront);
}

function kindOf(url: URL): string | null {
  if (url.origin === ITUNES)
    return /^\/(?:lookup|search)$/.test(url.pathname) ? `itunes-${url.pathname.slice(1)}` : null;
  const path = url.origin === API ? /^\/v1\/catalog\/[a-z]{2}\/(.+)$/i.exec(url.pathname)?.[1]?.split('/') : undefined;
  if (!path) return null;
  return path.at(2) === 'tracks' ? 'tracks' : (path[0] ?? null);
}

function parseUrl(text: string): URL | null {
  return URL.canParse(text) ? new URL(text) : null;
}
