/**
 * Links of MixesDB: the REST interface, since robots.txt forbids `?action=` and `?title=` to everybody (and so the Action API); and, where a
 * person asks for one, the page of a category, which only HTML lists.
 */
import type { PageRequest } from '../../src/core/parse-result.ts';

const SITE = 'https://www.mixesdb.com';
const REST = '/w/rest.php/v1';
const HOST = /^(?:www\.)?mixesdb\.com$/;
/** Kind of requests for the Action API. */
export const ACTION_API = 'action-api';
/** `maxlag`: the wiki may refuse while its servers are behind. */
const ACTION_PARAMETERS = { format: 'json', formatversion: '2', maxlag: '5' };
/** Categories by which the wiki keeps house; robots.txt forbids them. */
const FORBIDDEN_CATEGORY = /^Category:(?:Date|Mixcloud|SoundCloud|YouTube|hearthis\.at)$/i;
/** Pages that hold no mix, and recordings themselves. */
const NEVER_ASKED = /^(?:(?:[A-Za-z]+_)?talk|Special|User|Template|File|Image|MediaWiki|Help|MixesDB|Module):|\.mp3$/i;
/** All mixes of a category (pictures are in another namespace), newest first, as many at once as the wiki gives to strangers. */
const MEMBERS = {
  action: 'query',
  list: 'categorymembers',
  cmnamespace: '0',
  cmsort: 'sortkey',
  cmdir: 'desc',
  cmlimit: '500',
};
/** Paths of the wiki that are no pages. */
const NO_PAGE = /^\/(?:w|db)\/(?:rest\.php|index\.php|api\.php|load\.php)|^\/(?:tools|images)\//;

/** Searches to start from: series whose pages carry tracklists, and the acts the other sources start from. */
const SEED_SEARCHES = ['Boiler Room', 'Essential Mix', 'Sven Väth', 'Richie Hawtin', 'Ben UFO'];
const SEARCH_LIMIT = 100;
/** Steps of a path, which the wiki allows in no title. */
const DOT_STEPS = /(?:^|\/)\.{1,2}(?:\/|$)/;

export function seeds(): PageRequest[] {
  return SEED_SEARCHES.map(search);
}

/** The request for a page by its key, which is its title with "_" for spaces. */
export function pageRequest(key: string): PageRequest {
  return { url: `${SITE}${REST}/page/${encodeURIComponent(key)}`, kind: 'page' };
}

/**
 * A key with "/" is asked for with "%2F"; where the wiki knows none, once with the plain "/".
 * Null when the address is no encoded one: then there is no other way to ask.
 */
export function rawPageRequest(url: string): PageRequest | null {
  const parsed = siteUrl(url);
  if (!parsed?.pathname.startsWith(`${REST}/page/`) || !/%2F/i.test(parsed.pathname)) return null;
  return { url: `${SITE}${parsed.pathname.replace(/%2F/gi, '/')}`, kind: 'page' };
}

/** One text per page: articles in any of their addresses become the REST page, searches lose what does not change them. */
export function normaliseUrl(url: string): string {
  return requestFor(url)?.url ?? url;
}

/** "2012-12-12 - A @ B" as "2012-12-12_-_A_@_B". */
export function keyOfTitle(title: string): string {
  return title.trim().replace(/[\s_]+/g, '_');
}

/** The key in an address of the site (article or REST page); null when it holds none. */
export function keyOfUrl(url: string): string | null {
  const parsed = siteUrl(url);
  if (!parsed) return null;
  const raw =
    new RegExp(`^${REST}/page/([^/]+)(?:/bare|/html|/with_html)?$`).exec(parsed.pathname)?.[1] ?? articleOf(parsed);
  return raw === undefined ? null : keyOfTitle(decode(raw));
}

/** Address of the article for readers, written as the wiki itself writes it. */
export function articleUrl(key: string): string {
  const path = encodeURIComponent(keyOfTitle(key)).replace(/%(?:3B|40|24|2C|2F|3A)/g, decodeURIComponent);
  return `${SITE}/w/${path.replace(/'/g, '%27')}`;
}

/**
 * A query of the Action API as the wiki wants it asked, its parameters in one order; null for its other actions. Whether it may be asked at
 * all is judged with the credentials (action-api.ts).
 */
export function actionRequest({ searchParams }: URL): PageRequest | null {
  if (searchParams.get('action') !== 'query') return null;
  const params = new URLSearchParams(searchParams);
  for (const [name, value] of Object.entries(ACTION_PARAMETERS)) params.set(name, value);
  params.sort();
  return { url: `${SITE}/w/api.php?${params}`, kind: ACTION_API };
}

/** Understands addresses of pages, categories and searches of the site, and queries of the Action API. */
export function requestFor(url: string): PageRequest | null {
  const parsed = siteUrl(url);
  if (!parsed) return null;
  if (parsed.pathname === '/w/api.php') return actionRequest(parsed);
  const query = parsed.pathname === `${REST}/search/page` ? parsed.searchParams.get('q')?.trim() : undefined;
  if (query) return search(query);
  const key = keyOfUrl(url);
  return key === null ? null : wikiRequest(key, pageFrom(parsed));
}

/** The request for whatever page has this key; null for those that are never asked for. @param from of a category, see `pageFrom`. */
export function wikiRequest(key: string, from: string | null = null): PageRequest | null {
  if (NEVER_ASKED.test(key) || DOT_STEPS.test(key)) return null;
  return key.startsWith('Category:') ? categoryRequest(key, from) : pageRequest(key);
}

/**
 * The page that a category goes on with, where the wiki links it by the category's own address. The address it mostly links instead
 * (`index.php?title=`) is closed to crawlers by robots.txt, and another spelling of it would only get round that: null.
 */
export function nextOfCategory(key: string, href: string): PageRequest | null {
  const next = siteUrl(URL.parse(href, SITE)?.href ?? '');
  const from = next && pageFrom(next);
  return from !== null && keyOfUrl(next?.href ?? '') === key ? categoryRequest(key, from) : null;
}

/** The sort key that a page of a category begins with; null for its first page. */
export function pageFrom({ searchParams }: URL): string | null {
  return searchParams.get('pagefrom') || null;
}

function categoryRequest(key: string, from: string | null): PageRequest | null {
  const query = from === null ? '' : `?pagefrom=${encodeURIComponent(from)}`;
  return FORBIDDEN_CATEGORY.test(key) ? null : { url: `${articleUrl(key)}${query}`, kind: 'category' };
}

/** All members of a category by the Action API; null for those that robots.txt forbids. */
export function membersRequest(category: string): PageRequest | null {
  const params = new URLSearchParams({ ...MEMBERS, cmtitle: category.replace(/_/g, ' ') });
  return FORBIDDEN_CATEGORY.test(category) ? null : actionRequest(new URL(`${SITE}/w/api.php?${params}`));
}

export function search(words: string): PageRequest {
  return { url: `${SITE}${REST}/search/page?q=${encodeURIComponent(words)}&limit=${SEARCH_LIMIT}`, kind: 'search' };
}

function siteUrl(url: string): URL | null {
  const parsed = URL.canParse(url) ? new URL(url) : null;
  return parsed && /^https?:$/.test(parsed.protocol) && HOST.test(parsed.hostname) ? parsed : null;
}

function articleOf(url: URL): string | undefined {
  return NO_PAGE.test(url.pathname) ? undefined : /^\/(?:w|db)\/(.+)$/.exec(url.pathname)?.[1];
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    // A "%" that is no escape: the text is its own key.
    return text;
  }
}
