/** Links of Template: what is asked for, and when two addresses are the same page. */

import type { PageRequest } from '../../src/core/parse-result.ts';
import type { Credentials } from '../../src/core/tokens.ts';

export const HOST = 'template.example';
const ORIGIN = `https://${HOST}`;
const BARE_HOST = HOST.replace(/^www\./, '');
const SET_PATH = /^\/sets\/(?<id>[\w-]+)$/;

/** Pages to start from when nobody named one. */
export function seeds(): PageRequest[] {
  return [{ url: `${ORIGIN}/`, kind: 'listing' }];
}

/** Understands addresses of sets and lists; null for everything else. Make it understand the ids that people know. */
export function requestFor(idOrUrl: string): PageRequest | null {
  const url = siteUrl(idOrUrl.trim());
  if (url === null) return null;
  return { url: normaliseUrl(url.href), kind: SET_PATH.test(url.pathname) ? 'set' : 'listing' };
}

/** Same page, same text: https, no closing slash, no fragment, parameters in order. */
export function normaliseUrl(text: string): string {
  const url = siteUrl(text);
  if (url === null) return text;
  url.protocol = 'https:';
  url.hostname = HOST;
  url.hash = '';
  url.pathname = url.pathname.replace(/(?<=.)\/+$/, '');
  url.searchParams.sort();
  return url.href;
}

export function headers(_request: PageRequest, _credentials: Credentials): Record<string, string> {
  return { accept: 'text/html,application/xhtml+xml', 'accept-language': 'en' };
}

/** Whether the page holds its data only after its scripts ran. */
export function needsBrowser(_request: PageRequest): boolean {
  return false;
}

/** The id in the address of a set; null for every other page. */
export function setId(url: string | null): string | null {
  const parsed = url === null ? null : siteUrl(url);
  return (parsed && SET_PATH.exec(parsed.pathname.replace(/\/+$/, ''))?.groups?.id) ?? null;
}

function siteUrl(text: string): URL | null {
  const url = URL.parse(text, /^\//.test(text) ? ORIGIN : undefined);
  return url !== null && /^https?:$/.test(url.protocol) && url.hostname.replace(/^www\./, '') === BARE_HOST
    ? url
    : null;
}
