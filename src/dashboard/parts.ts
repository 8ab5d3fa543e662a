/** Pieces that several pages share. */
import type { SourceFacts } from '../core/source.ts';
import type { SetlistSummary } from '../repositories/catalogue.ts';
import type { ClaimEntry } from '../repositories/catalogue-entries.ts';
import { ago, count, counted } from './format.ts';
import { type Html, html, webAddress } from './html.ts';

/** Claims shown at once; the rest unfold. */
const CLAIMS_AT_FIRST = 8;

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

/** A link out, when the address is one; else the text alone. What the sandbox made up leads nowhere, and says so. */
export function outLink(url: string | null, text: string, invented = false): Html {
  if (invented)
    return html`<span class="made-up" title="Made up by the local sandbox: there is no such page">${text} <small>invented</small></span>`;
  const address = webAddress(url);
  if (address === null) return html`${text}`;
  return html`<a class="out" href="${address}" target="_blank" rel="noopener noreferrer nofollow">${text}</a>`;
}

/** What a set is called in a list that shows its date anyway: "2025-11-25 - Ada @ Hall" and "Ada @ Hall 2025-11-25" are "Ada @ Hall". */
export function setTitle({ title, artist, date }: Pick<SetlistSummary, 'title' | 'artist' | 'date'>): string {
  const shown = title ?? artist ?? 'Untitled set';
  if (date === null) return shown;
  const start = shown.startsWith(date) ? date.length : 0;
  const end = shown.endsWith(date) ? -date.length : undefined;
  return shown.slice(start, end).replace(/^[\s\-–:,]+|[\s\-–:,]+$/g, '') || shown;
}

/** The names that a title does not say already, each once. */
export function beside(title: string, names: readonly (string | null)[]): string {
  return [...new Set(names)].filter((name) => name !== null && !holds(title, name)).join(' · ');
}

/** One set on one line of a list. */
export function setLine(sources: readonly SourceFacts[], set: SetlistSummary): Html {
  const title = setTitle(set);
  return html`<li><a class="line" href="/sets/${set.id}">
    <span class="date">${set.date ?? '—'}</span>
    <span class="what"><b>${title}</b>
      <small>${beside(title, [set.artist, set.event, set.venue, set.city])}</small></span>
    <span class="side">${identified(set)}${sourceChip(sources, set.source)}</span>
  </a></li>`;
}

/** Whether a page of the sandbox says anything of an entry: then links and ids of it may be made up. */
export function isPartlyInvented({ claims }: { readonly claims: readonly ClaimEntry[] }): boolean {
  return claims.some(({ invented }) => invented);
}

/** Which page said so: one line a claim, with the document it was read from. */
export function claimTable(sources: readonly SourceFacts[], claims: readonly ClaimEntry[], now: Date): Html {
  const lines = claims.map((claim) => claimLine(sources, claim, now));
  return html`<section class="card">
    <h2>Which page said so <small>${counted(claims.length, 'claim')}</small></h2>
    ${claims.length === 0 && html`<p class="empty">No page speaks of it by itself.</p>`}
    <ul class="claims">${lines.slice(0, CLAIMS_AT_FIRST)}</ul>
    ${lines.length > CLAIMS_AT_FIRST && html`<details><summary>${count(lines.length - CLAIMS_AT_FIRST)} more</summary><ul class="claims">${lines.slice(CLAIMS_AT_FIRST)}</ul></details>`}
  </section>`;
}

function claimLine(sources: readonly SourceFacts[], claim: ClaimEntry, now: Date): Html {
  return html`<li>
    <div class="claim-head">${sourceChip(sources, claim.source)}
      <span>${outLink(claim.url, `${claim.kind} ${claim.externalId}`, claim.invented)}${claim.position > 0 && html`, row ${claim.position}`}</span>
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
    ([name, value]) => html`<div><dt>${inWords(name)}</dt><dd>${shorten(valueText(value))}</dd></div>`,
  )}</dl>`;
}

function identified({ trackCount, identifiedCount }: SetlistSummary): Html {
  const text =
    trackCount === identifiedCount
      ? counted(trackCount, 'track')
      : `${count(identifiedCount)} of ${count(trackCount)} known`;
  return html`<small class="number">${text}</small>`;
}

function holds(title: string, name: string): boolean {
  return title.toLowerCase().includes(name.toLowerCase());
}

/** "datePrecision" as "date precision". */
function inWords(name: string): string {
  return name.replace(/(?<=[a-z])[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
}

/** A value as people read it: lists with commas, objects as their parts. */
function valueText(value: unknown): string {
  if (Array.isArray(value)) return value.map(valueText).join(', ');
  if (value === true || value === false) return value ? 'yes' : 'no';
  if (typeof value !== 'object' || value === null) return String(value);
  const parts = Object.entries(value).filter(([, part]) => part !== null && part !== '');
  return parts.map(([name, part]) => `${inWords(name)}: ${valueText(part)}`).join(' · ');
}

function shorten(text: string): string {
  return text.length > 160 ? `${text.slice(0, 160)}…` : text;
}
