/** Links of watchthedj.com: sets, channels, home page. No search, feed or interface is known. */

import type { PageRequest } from '../../src/core/parse-result.ts';
import type { Credentials } from '../../src/core/tokens.ts';
import { channelSlug, ORIGIN, pageNumber, RENDERED, setSlug, siteUrl } from './addresses.ts';

export function seeds(): PageRequest[] {
  return [{ url: `${ORIGIN}/`, kind: 'home' }];
}

/** Understands addresses of sets, channels and the home page; null for every other text. */
export function requestFor(address: string): PageRequest | null {
  return URL.canParse(address) ? requestForLink(address) : null;
}

/** The same for a link of a page, which may be a relative one. */
export function requestForLink(link: string): PageRequest | null {
  const url = siteUrl(link);
  if (url === null) return null;
  const rendered = url.hash === RENDERED ? '-rendered' : '';
  const page = pageNumber(url);
  const at = (path: string, query = ''): string => `${ORIGIN}${path}${query}${rendered === '' ? '' : RENDERED}`;
  const further = page === null ? '' : `?page=${page}`;
  const [set, channel] = [setSlug(url.href), channelSlug(url.href)];
  if (set !== null) return { url: at(`/djvideos/${set}`), kind: `djvideo${rendered}` };
  if (channel !== null) return { url: at(`/channels/${channel}`, further), kind: `channel${rendered}` };
  return url.pathname === '/' ? { url: at('/', further), kind: `home${rendered}` } : null;
}

/** Scheme, `www`, a closing slash and parameters other than the page of a list change no page; being rendered makes it another request, or it would never be asked. */
export function normaliseUrl(url: string): string {
  return requestFor(url)?.url ?? url;
}

export function headers(_request: PageRequest, _credentials: Credentials): Record<string, string> {
  return { accept: 'text/html,application/xhtml+xml', 'accept-language': 'en' };
}

/** Only where plain HTTP gave an empty application shell: the parser then asks for the same page again, of this kind. */
export function needsBrowser(request: PageRequest): boolean {
  return request.kind.endsWith('-rendered');
}
