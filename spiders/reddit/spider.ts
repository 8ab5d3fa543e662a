/** Links of Reddit: what is asked for, and when two addresses are the same page. Everything goes to the OAuth host. */

import type { PageRequest } from '../../src/core/parse-result.ts';
import type { Credentials } from '../../src/core/tokens.ts';
import { since } from './window.ts';

const API = 'https://oauth.reddit.com';
/** Most ids that /api/info and /api/morechildren take in one call. */
export const IDS_PER_CALL = 100;

const HOSTS = /^(?:(?:www|old|new|np|m|i|oauth|api)\.)?reddit\.com$/;
const FULLNAME = /^t[13]_[a-z0-9]{1,13}$/i;
const ID = /^[a-z0-9]{1,13}$/i;
/** Parameters that say how a page was reached or counted, not which page it is. */
const DECORATION = /^(?:utm_.*|ref|ref_source|share_id|context|count|show)$/;

const SEEDS = ['listentothis', 'House+Techno+trance+DnB+electronicmusic', 'tracklists+DJs+Beatmatch'];

export function seeds(): PageRequest[] {
  return SEEDS.map((names) => listing(names));
}

/** The seeds, read no further back than two days behind `date`. */
export function changesSince(date: Date): PageRequest[] {
  return seeds().map((seed) => since(seed, date));
}

/** Understands addresses of listings, searches, posts and comments. */
export function requestFor(address: string): PageRequest | null {
  const url = parseUrl(address);
  if (url?.hostname === 'redd.it' && /^\/\w+$/.test(url.pathname)) return comments(url.pathname.slice(1).toLowerCase());
  const kind = url && HOSTS.test(url.hostname) ? kindOf(pathOf(url)) : null;
  return kind === null ? null : { url: normaliseUrl(address), kind };
}

/** Same page, same text: OAuth host, no slug, lower-case names, sorted parameters, unescaped text asked for (`raw_json=1`). */
export function normaliseUrl(text: string): string {
  const url = parseUrl(text);
  if (!url || !HOSTS.test(url.hostname)) return text;
  const kept = [...url.searchParams].filter(([name]) => !DECORATION.test(name) && name !== 'raw_json');
  const query = new URLSearchParams([...kept, ['raw_json', '1']]);
  query.sort();
  return `${API}${pathOf(url)}?${query}`;
}

/** The discussion under a post, or under one comment of it. `id` and `commentId` without their `t3_`/`t1_`. */
export function comments(id: string, commentId?: string): PageRequest {
  const path = commentId === undefined ? `/comments/${id}` : `/comments/${id}/_/${commentId}`;
  return { url: `${API}${path}?limit=500&raw_json=1`, kind: 'comments' };
}

/** Whether a text can be the name of a post or comment; what is not must never become part of an address. */
export function isFullname(text: string): boolean {
  return FULLNAME.test(text);
}

/** Whether a text can be an id within an address. */
export function isId(text: string): boolean {
  return ID.test(text);
}

/** Comments that a page left out, by ids without `t1_`, at most `IDS_PER_CALL`. */
export function moreChildren(linkFullname: string, ids: readonly string[]): PageRequest {
  const query = `api_type=json&children=${ids.join('%2C')}&link_id=${linkFullname}&raw_json=1`;
  return { url: `${API}/api/morechildren?${query}`, kind: 'morechildren' };
}

/** What `/api/info` is asked: who is not among its answers is gone. Ids that are no fullnames are left out. */
export const existenceChecks = {
  kind: 'info',
  requests: (ids: readonly string[]): PageRequest[] => {
    const fullnames = ids.filter((id) => FULLNAME.test(id)).map((id) => id.toLowerCase());
    const requests: PageRequest[] = [];
    for (let start = 0; start < fullnames.length; start += IDS_PER_CALL) {
      requests.push(info(fullnames.slice(start, start + IDS_PER_CALL)));
    }
    return requests;
  },
};

/** The same listing behind the thing named `after`, as far back as the page before went; null where the address is no listing of Reddit. */
export function pageAfter(url: string, after: string): PageRequest | null {
  const page = parseUrl(url);
  const kind = page && HOSTS.test(page.hostname) ? kindOf(pathOf(page)) : null;
  if (!page || kind === null || !/^t\d_[a-z0-9]{1,13}$/i.test(after)) return null;
  const next = new URL(normaliseUrl(url));
  next.searchParams.delete('before');
  next.searchParams.set('after', after);
  return { url: `${normaliseUrl(next.href)}${page.hash}`, kind };
}

/** The token comes from the fetch layer, which mints and renews it by the source's `TokenPlan`. */
export function headers(_request: PageRequest, credentials: Credentials): Record<string, string> {
  const { REDDIT_ACCESS_TOKEN: token, REDDIT_USER_AGENT: agent } = credentials;
  return {
    Accept: 'application/json',
    ...(token ? { Authorization: `bearer ${token}` } : {}),
    ...(agent ? { 'User-Agent': agent } : {}),
  };
}

export function needsBrowser(): boolean {
  return false;
}

/** Parameters of an address; none when it is unknown or no address. */
export function queryOf(url: string | null): URLSearchParams {
  return parseUrl(url ?? '')?.searchParams ?? new URLSearchParams();
}

export function listing(names: string): PageRequest {
  return { url: `${API}/r/${names.toLowerCase()}/new?limit=100&raw_json=1`, kind: 'listing' };
}

export function search(words: string): PageRequest {
  const query = new URLSearchParams({ limit: '100', q: words.trim(), raw_json: '1', restrict_sr: '1', sort: 'new' });
  return { url: normaliseUrl(`${API}/r/${SEEDS.join('+')}/search?${query}`), kind: 'listing' };
}

export function info(fullnames: readonly string[]): PageRequest {
  return { url: `${API}/api/info?id=${fullnames.join('%2C')}&raw_json=1`, kind: 'info' };
}

function kindOf(path: string): string | null {
  if (/^\/comments\/\w/.test(path)) return 'comments';
  if (path === '/api/info' || path === '/api/morechildren') return path.slice('/api/'.length);
  if (path === '/search') return 'listing';
  return /^\/(?:r\/[\w+]+|domain\/[\w.-]+|user\/[\w-]+)(?:\/\w+)?$/.test(path) ? 'listing' : null;
}

/** Path without slug, `.json`, closing slash and, for a discussion, without the subreddit's name. */
function pathOf(url: URL): string {
  const path = url.pathname.replace(/\.json$/, '').replace(/\/+$/, '');
  const post = /^(?:\/r\/[\w+]+)?\/comments\/(?<id>\w+)(?:\/[^/]*(?:\/(?<comment>\w+))?)?$/.exec(path)?.groups;
  if (post?.id) return `/comments/${post.id.toLowerCase()}${post.comment ? `/_/${post.comment.toLowerCase()}` : ''}`;
  return path.replace(/^\/r\/[\w+]+/, (start) => start.toLowerCase());
}

function parseUrl(text: string): URL | null {
  return URL.canParse(text) ? new URL(text) : null;
}
