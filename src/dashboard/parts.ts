/** Pieces that several pages share. */
import type { SourceFacts } from '../core/source.ts';
import type { SetlistSummary } from '../repositories/catalogue.ts';
import type { ClaimEntry } from '../repositories/catalogue-entries.ts';
import { ago, count, counted } from './format.ts';
import { type Html, html, webAddress } from './html.ts';

/** Name of a source as people write it. */
export function sourceTitle(sources: readonly SourceFacts[], name: string): string {
  return sources.find((source) => source.name === name)?.title ?? name;
}

/** A source's name beside its colour. */
export function sourceChip(sources: readonly SourceFacts[], name: string): Html {
  return html`<span class="source source-${name}"><i></i>${sourceTitle(sources, name)}</span>`;
}

/** A time as people say it, the exact one on hover. */
export function timeAgo(then: Date, now: Date): Html {
  return html`<time datetime="${then.toISOString()}" title="${then.toISOString()}">${ago(then, now)}</time>`;
}

/** A link out, when the address is one; else the text alone. */
export function outLink(url: string | null, text: string): Html {
  const address = webAddress(url);
  if (address === null) return html`${text}`;
  return html`<a class="out" href="${address}" target="_blank" rel="noopener noreferrer nofollow">${text}</a>`;
}

/** One set on one line of a list. */
export function setLine(sources: readonly SourceFacts[], set: SetlistSummary): Html {
  const where = [
    ...new Set([set.event, set.venue, set.city].filter((name) => name !== null && !holds(set.title, name))),
  ];
  return html`<li><a class="line" href="/sets/${set.id}">
    <span class="date">${set.date ?? '—'}</span>
    <span class="what"><b>${set.title ?? set.artist ?? 'Untitled set'}</b>
      <small>${[...(set.artist !== null && !holds(set.title, set.artist) ? [set.artist] : []), ...where].join(' · ')}</small></span>
    <span class="side">${identified(set)}${sourceChip(sources, set.source)}</span>
  </a></li>`;
}

/** Which page said so: one line a claim, with the document it was read from. */
export function claimTable(sources: readonly SourceFacts[], claims: readonly ClaimEntry[], now: Date): Html {
  return html`<section class="card">
    <h2>Which page said so <small>${counted(claims.length, 'claim')}</small></h2>
    ${claims.length === 0 && html`<p class="empty">No page speaks of it by itself.</p>`}
    <ul class="claims">${claims.map((claim) => claimLine(sources, claim, now))}</ul>
  </section>`;
}

function claimLine(sources: readonly SourceFacts[], claim: ClaimEntry, now: Date): Html {
  return html`<li>
    <div class="claim-head">${sourceChip(sources, claim.source)}
      <span>${outLink(claim.url, `${claim.kind} ${claim.externalId}`)}${claim.position > 0 && html`, row ${claim.position}`}</span>
      ${timeAgo(new Date(claim.observedAt), now)}</div>
    ${fields(claim.fields)}
    ${documentDigest(claim.documentDigest)}
  </li>`;
}

/** The archived document's digest: the whole of it can be marked and copied. */
export function documentDigest(digest: string): Html {
  return html`<code class="digest" title="SHA-256 of the archived document">sha256:${digest}</code>`;
}

function fields(said: Record<string, unknown>): Html {
  const shown = Object.entries(said).filter(
    ([, value]) => value !== null && value !== '' && !(Array.isArray(value) && value.length === 0),
  );
  return html`<dl class="fields">${shown.map(
    ([name, value]) =>
      html`<div><dt>${name}</dt><dd>${shorten(typeof value === 'string' ? value : JSON.stringify(value))}</dd></div>`,
  )}</dl>`;
}

function identified({ trackCount, identifiedCount }: SetlistSummary): Html {
  const text =
    trackCount === identifiedCount
      ? counted(trackCount, 'track')
      : `${count(identifiedCount)} of ${count(trackCount)} known`;
  return html`<small class="number">${text}</small>`;
}

function holds(title: string | null, name: string): boolean {
  return title?.toLowerCase().includes(name.toLowerCase()) ?? false;
}

function shorten(text: string): string {
  return text.length > 160 ? `${text.slice(0, 160)}…` : text;
}
