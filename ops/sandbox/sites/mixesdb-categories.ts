/** Categories of the local wiki: pages of 200 mixes for readers, and their members by the Action API, as the real one gives them. */
import { escapeHtml, html, json, type SiteResponse } from './site.ts';

export interface CategorisedMix {
  readonly key: string;
  readonly title: string;
  readonly pageId: number;
  /** Names of its categories. */
  readonly categories: readonly string[];
}

const PER_PAGE = 200;
const MOST_MEMBERS = 500;

/** The page of a category that begins at `from` (a title; null for the first). Its link to the next one is closed to crawlers by robots.txt. */
export function categoryPage(name: string, mixes: readonly CategorisedMix[], from: string | null): SiteResponse {
  const members = membersOf(name, mixes);
  const start = from === null ? 0 : members.findIndex(({ title }) => title >= from);
  const shown = start < 0 ? [] : members.slice(start, start + PER_PAGE);
  const next = start < 0 ? undefined : members[start + PER_PAGE];
  const address = `/w/index.php?title=${encodeURIComponent(`Category:${name.replace(/ /g, '_')}`)}`;
  const link =
    next === undefined
      ? 'next 200'
      : `<a href="${escapeHtml(`${address}&pagefrom=${encodeURIComponent(next.title).replace(/%20/g, '+')}#mw-pages`)}">next 200</a>`;
  const list = shown.map(
    ({ key, title }) => `<li><a href="/w/${escapeHtml(encodeURI(key))}">${escapeHtml(title)}</a></li>`,
  );
  const heading = `Category:${escapeHtml(name)}`;
  const body =
    members.length === 0
      ? '<p>This category currently contains no pages or media.</p>'
      : `<p>(${shown.length} out of ${members.length})</p><ul id="catMixesList">${list.join('\n')}</ul><div class="listPagination">(previous 200) (${link})</div>`;
  return html(`<!DOCTYPE html>
<html class="client-nojs" lang="en"><head><meta charset="UTF-8"><title>${heading} | MixesDB</title><meta name="generator" content="MediaWiki 1.44.0">
<link rel="canonical" href="https://www.mixesdb.com/w/${escapeHtml(encodeURI(`Category:${name.replace(/ /g, '_')}`))}"></head>
<body><h1 id="firstHeading">${heading}</h1><div id="mw-content-text">${body}</div></body></html>`);
}

/** `action=query&list=categorymembers`; any other query answers what it cannot do. */
export function categoryMembers(mixes: readonly CategorisedMix[], query: URLSearchParams): SiteResponse {
  const name = /^Category:(.+)$/.exec(query.get('cmtitle') ?? '')?.[1];
  if (query.get('action') !== 'query' || query.get('list') !== 'categorymembers' || name === undefined)
    return json({ error: { code: 'badvalue', info: 'The stand-in only lists members of categories.' } });
  const members = membersOf(name.replace(/_/g, ' '), mixes);
  if (query.get('cmdir') === 'desc') members.reverse();
  const size = Math.min(Number(query.get('cmlimit') ?? 10) || 10, MOST_MEMBERS);
  const first = query.get('cmcontinue')?.split('|')[1];
  const start =
    first === undefined
      ? 0
      : Math.max(
          0,
          members.findIndex(({ pageId }) => String(pageId) === first),
        );
  const next = members[start + size];
  return json({
    batchcomplete: true,
    ...(next === undefined ? {} : { continue: { cmcontinue: `page|${next.pageId}`, continue: '-||' } }),
    query: {
      categorymembers: members
        .slice(start, start + size)
        .map(({ pageId, title }) => ({ pageid: pageId, ns: 0, title })),
    },
  });
}

function membersOf(name: string, mixes: readonly CategorisedMix[]): CategorisedMix[] {
  return mixes.filter(({ categories }) => categories.includes(name)).sort((a, b) => (a.title < b.title ? -1 : 1));
}
