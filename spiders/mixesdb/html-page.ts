/** HTML that the wiki answers: a page as readers see it, the list of a category, or a refusal. */
import type { ListingItem } from '../../src/core/items.ts';
import type { Problem } from '../../src/core/parse-result.ts';
import type { Page } from '../../src/core/source.ts';
import { listed, notReadYet, problem, type Reading, refused } from './reading.ts';
import { type RenderedPage, readRenderedPage } from './rendered-page.ts';
import { keyOfTitle, keyOfUrl, nextOfCategory, pageFrom, pageRequest } from './spider.ts';
import { readWikiPage } from './wiki-page.ts';

const CHALLENGE = /challenges\.cloudflare\.com|cf-turnstile|cf_chl_|challenge-platform|<title>\s*Just a moment/i;

/** A category of categories, or an empty one. */
const HOLDS_NO_MIX = /\bmw-subcategories\b|\bCategoryTree\w*\b|\bcurrently contains no (?:pages|mixes)\b/i;

/** A refusal counts as ours when its address or text names the wiki, or when it names nobody ("Just a moment..."). */
export function readHtml(html: string, start: string, page: Page): Reading {
  const isOurs = /mixesdb/i.test(page.url ?? '') || /mixesdb/i.test(start);
  const block = (reason: string): Reading => ({ items: [{ kind: 'block', source: 'mixesdb', reason, url: page.url }] });
  if (CHALLENGE.test(start) && (isOurs || /<title>\s*Just a moment/i.test(start)))
    return block('turnstile-interstitial');
  if (!isOurs) return refused('HTML that is no page of the wiki');
  if (/id=["']?firstHeading|name="generator" content="MediaWiki/i.test(start)) return readRendered(html, page);
  return /captcha/i.test(start) ? block('captcha') : refused('HTML that is no page of the wiki');
}

function readRendered(html: string, page: Page): Reading {
  if (!/<\/(?:html|body)\s*>/i.test(html.slice(-4_000))) {
    return problem('truncated', 'the page ends in the middle, without </body> or </html>; fetch or save it again');
  }
  const rendered = readRenderedPage(html);
  if (rendered === null) return problem('too-large', 'the page has more, or deeper, elements than any of the wiki');
  if (page.status === 404 || /\bnoarticletext\b/.test(html)) return problem('not-found', 'the wiki has no such page');
  const address = rendered.canonical ?? page.url;
  const key = (address === null ? null : keyOfUrl(address)) ?? (rendered.title && keyOfTitle(rendered.title));
  if (key === null) return problem('layout-drift', 'a page of the wiki without #firstHeading: the layout changed');
  if (/^Category:/.test(key)) return readCategory(key, html, rendered, page);
  const { pageId, revisionId, wikitext } = rendered;
  const title = rendered.title ?? key.replace(/_/g, ' ');
  return readWikiPage({ key, title, wikitext, pageId, revisionId, revisedAt: null, fetchedAt: page.fetchedAt });
}

/** The mixes that a page of a category lists, and where it goes on. */
function readCategory(key: string, html: string, { mixes, next }: RenderedPage, page: Page): Reading {
  const asked = URL.parse(page.url ?? '');
  const from = asked && pageFrom(asked);
  const id = from === null ? key : `${key} from ${from}`;
  if (mixes.length === 0) {
    if (!HOLDS_NO_MIX.test(html)) return problem('layout-drift', 'the category lists no mixes', '#catMixesList');
    return { ...notReadYet('category without mixes'), items: [listingOf(id, [])] };
  }
  const hits = mixes.map(({ href, text }) => ({ key: keyOfUrl(absolute(href)) ?? keyOfTitle(text), title: text }));
  const more = next === null ? null : nextOfCategory(key, next);
  return {
    items: [listingOf(id, hits)],
    requests: [...hits.map((hit) => pageRequest(hit.key)), ...(more === null ? [] : [more])],
    problems: next === null || more !== null ? [] : [notFollowed(key, next)],
  };
}

function listingOf(id: string, hits: readonly Parameters<typeof listed>[0][]): ListingItem {
  return { kind: 'listing', source: 'mixesdb', id, entries: hits.map(listed) };
}

function notFollowed(key: string, next: string): Problem {
  const seed = key.replace(/^Category:/, 'members:');
  const message = `the category goes on at ${next.slice(0, 300)}, which robots.txt forbids; --seed "${seed}" reads all of it by the Action API, once the wiki's operator agreed to that`;
  return { code: 'not-followed', message, where: '.listPagination' };
}

function absolute(href: string): string {
  return URL.parse(href, 'https://www.mixesdb.com/')?.href ?? href;
}
