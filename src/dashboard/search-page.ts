/** What a search found. */
import type { SearchAnswer, SearchHit, SearchIndex } from '../search/search.ts';
import { counted } from './format.ts';
import { type Html, html } from './html.ts';
import { layout } from './layout.ts';
import { outLink } from './parts.ts';

export interface SearchPageParts {
  readonly index: SearchIndex;
  readonly text: string;
  readonly limit: number;
  readonly offset: number;
  /** Null when the search could not be made; `fault` says why. */
  readonly answer: SearchAnswer | null;
  readonly fault: string | null;
  /** Whether pages of the sandbox are among what can be found. */
  readonly invented: boolean;
}

const INDICES: { index: SearchIndex; title: string; noun: string; path: string | null }[] = [
  { index: 'tracks', title: 'Tracks', noun: 'track', path: '/tracks/' },
  { index: 'artists', title: 'Artists', noun: 'artist', path: '/artists/' },
  { index: 'setlists', title: 'Sets', noun: 'set', path: '/sets/' },
  { index: 'mentions', title: 'Mentions', noun: 'mention', path: null },
];

export function searchPage(parts: SearchPageParts): string {
  const { index, text, answer, fault, invented } = parts;
  const noun = INDICES.find((one) => one.index === index)?.noun ?? 'hit';
  const found = answer === null ? 'Search' : `${counted(answer.total, noun)} for “${text}”`;
  const body = html`
    <div class="intro"><p class="eyebrow">Search</p><h1>${found}</h1>
      <p class="tabs">${INDICES.map((one) => html`<a href="${address(parts, { index: one.index, offset: 0 })}"${one.index === index && html` aria-current="true"`}>${one.title}</a>`)}</p></div>
    <section class="card">
      ${fault !== null && html`<p class="fault" role="alert">${fault}</p>`}
      ${answer?.hits.length === 0 && html`<p class="empty">Nothing like it. Try fewer words, or another kind above.</p>`}
      <ul class="list">${(answer?.hits ?? []).map((hit) => hitLine(index, hit))}</ul>
      ${answer !== null && pager(parts, answer.total)}
    </section>`;
  return layout({ title: found, body, search: { text, index }, invented });
}

function hitLine(index: SearchIndex, { id, body }: SearchHit): Html {
  const of = (name: string): string | null => (typeof body[name] === 'string' ? (body[name] as string) : null);
  const mix = of('mixName');
  const title = of('title') ?? of('name') ?? of('artist') ?? id;
  const context = [
    of('title') === null ? null : of('artist'),
    of('event'),
    of('venue'),
    of('city'),
    of('label'),
    of('disambiguation'),
  ];
  const head = html`<span class="what"><b>${mix === null ? title : `${title} (${mix})`}</b><small>${context.filter((text) => text !== null && text !== title).join(' · ')}</small></span>
    <span class="side"><small>${of('date') ?? of('releaseDate')}</small></span>`;
  const path = INDICES.find((one) => one.index === index)?.path ?? null;
  if (path !== null) return html`<li><a class="line" href="${path}${id}">${head}</a></li>`;
  const trackId = of('trackId');
  const links = html`<span class="side">${outLink(of('permalink'), of('permalink') === null ? '' : 'read it')}${trackId !== null && html` <a href="/tracks/${trackId}">track</a>`}</span>`;
  return html`<li><div class="line">${head}${links}</div></li>`;
}

function pager(parts: SearchPageParts, total: number): Html | null {
  const { limit, offset } = parts;
  if (total <= limit) return null;
  const last = Math.min(offset + limit, total);
  return html`<p class="pager"><span class="quiet">${Math.min(offset + 1, last)}–${last} of ${total}${total === 10_000 && ' or more'}</span>
    ${offset > 0 && html`<a href="${address(parts, { offset: Math.max(0, offset - limit) })}">Before</a>`}
    ${last < total && last + limit <= 10_000 && html`<a href="${address(parts, { offset: last })}">Next</a>`}</p>`;
}

function address({ index, text, offset }: SearchPageParts, change: { index?: SearchIndex; offset: number }): string {
  return `/search?${new URLSearchParams({ index: change.index ?? index, q: text, offset: String(change.offset ?? offset) })}`;
}
