/** Addresses of watchthedj.com, as far as others cite them: no more is known. */

export const ORIGIN = 'https://watchthedj.com';
export const HOSTS = ['watchthedj.com', 'www.watchthedj.com'] as const;
/** Marks an address that is asked for a second time, in a browser: the same page, but another request. */
export const RENDERED = '#rendered';

/** An address of the site, also a relative one of its pages; null for every other. */
export function siteUrl(address: string): URL | null {
  const url = URL.parse(address, ORIGIN);
  return url && /^https?:$/.test(url.protocol) && (HOSTS as readonly string[]).includes(url.hostname) ? url : null;
}

/** Slug of the set an address leads to; null when it is no set's. */
export function setSlug(address: string): string | null {
  return slugUnder('djvideos', address);
}

export function channelSlug(address: string): string | null {
  return slugUnder('channels', address);
}

/** Number of the page of a list: channels may go on; null for the first one. */
export function pageNumber(url: URL): string | null {
  return /^(?:[2-9]|[1-9]\d{1,2})$/.exec(url.searchParams.get('page') ?? '')?.[0] ?? null;
}

function slugUnder(folder: string, address: string): string | null {
  const path = siteUrl(address)?.pathname ?? '';
  return new RegExp(`^/${folder}/([^/]+)/?$`).exec(path)?.[1]?.toLowerCase() ?? null;
}
