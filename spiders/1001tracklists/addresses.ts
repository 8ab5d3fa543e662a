/** Addresses of 1001tracklists.com: what names a page, and how to write it. */

export const ORIGIN = 'https://www.1001tracklists.com';
export const HOSTS = ['www.1001tracklists.com', '1001tracklists.com', '1001.tl'] as const;

/** Id of the set an address leads to ("/tracklist/1pmwyfn1/slug.html", "https://1001.tl/1pmwyfn1"); null when it is no set's. */
export function tracklistId(address: string): string | null {
  const long = /\/tracklist\/([a-z0-9]{4,12})(?:[/_?#]|$)/i.exec(address)?.[1];
  const short = /^https?:\/\/1001\.tl\/([a-z0-9]{7,8})\/?(?:[?#]|$)/i.exec(address)?.[1];
  return (long ?? short)?.toLowerCase() ?? null;
}

/** The last date in an address: a slug may hold two (recorded, then broadcast), and the set's is the last. */
export function dateInAddress(address: string): string | null {
  return /(\d{4}-\d{2}-\d{2})(?:\.html)?$/.exec(address.replace(/[?#].*$/, ''))?.[1] ?? null;
}

/** A link of a page as a full address; null for what is no http(s) address of this site. */
export function absolute(link: string): string | null {
  try {
    const url = new URL(link, ORIGIN);
    return (HOSTS as readonly string[]).includes(url.hostname) && /^https?:$/.test(url.protocol) ? url.href : null;
  } catch {
    // Not an address at all: the caller says so where it matters.
    return null;
  }
}

const SEARCH_PATH = '/search/result.php';
/** "Tracklists" among the things that the form can look for. */
const TRACKLISTS = '9';

/**
 * Address of a search among the sets. The site's form goes by POST; behind "#" the address says what is sent, and nothing of that is in the request line.
 */
export function searchAddress(words: string): string {
  return `${ORIGIN}${SEARCH_PATH}#${new URLSearchParams({ main_search: words, search_selection: TRACKLISTS })}`;
}

/** The words of such an address; null for every other one. */
export function searchedFor(address: string | null): string | null {
  const url = address === null ? null : URL.parse(address);
  if (url?.pathname !== SEARCH_PATH) return null;
  return new URLSearchParams(url.hash.slice(1)).get('main_search')?.trim() || null;
}
