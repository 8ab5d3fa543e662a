/** One set: its rows in order, and which page said so. */
import type { Attribution } from '../api/attribution.ts';
import type { SourceFacts } from '../core/source.ts';
import type { ClaimEntry, SetlistEntry, SetlistRow } from '../repositories/catalogue-entries.ts';
import { clock, count, counted, cueText, titleText } from './format.ts';
import { type Html, html } from './html.ts';
import { layout } from './layout.ts';
import { claimTable, documentDigest, isPartlyInvented, outLink, sourceChip, timeAgo } from './parts.ts';

export interface SetPageParts {
  readonly set: SetlistEntry;
  readonly attribution: Attribution;
  readonly sources: readonly SourceFacts[];
  readonly now: Date;
}

export function setPage({ set, attribution, sources, now }: SetPageParts): string {
  const title = set.title ?? set.artist ?? 'Untitled set';
  const body = html`
    <div class="intro"><p class="eyebrow">Set</p><h1>${title}</h1>
      <p class="by">${set.artists.map((artist, n) => html`${n > 0 && ', '}<a href="/artists/${artist.id}">${artist.name}</a>`)}</p>
      ${facts(set)}</div>
    ${evidence(sources, { set, attribution, now })}
    ${timeline(set)}
    <section class="card rows-card"><h2>Played <small>${known(set)}</small></h2>${rows(set)}</section>
    ${claimTable(sources, ownClaims(set), now)}`;
  return layout({ title, body, invented: isPartlyInvented(set) });
}

function facts(set: SetlistEntry): Html {
  const place = [set.venue, set.city, set.region, set.country].filter((name) => name !== null).join(', ');
  const shown: [string, string | null][] = [
    ['Date', set.date],
    ['Event', set.event],
    ['Venue', place === '' ? null : place],
    ['Tour', set.tour],
    ['Length', set.durationSeconds === null ? null : clock(set.durationSeconds)],
    ['Genres', set.genres.length === 0 ? null : set.genres.join(', ')],
    ['Kind', set.isLivePa ? 'Live PA' : null],
  ];
  return html`<dl class="facts">${shown.map(([name, value]) => value !== null && html`<div><dt>${name}</dt><dd>${value}</dd></div>`)}</dl>`;
}

function evidence(sources: readonly SourceFacts[], { set, attribution, now }: Omit<SetPageParts, 'sources'>): Html {
  return html`<section class="card evidence source-${set.source}">
    <p>${sourceChip(sources, set.source)} says so: ${outLink(set.url ?? attribution.url, set.url === null ? 'the source' : 'open the page', isPartlyInvented(set))}
      ${set.observedAt !== null && html`<span class="quiet">read ${timeAgo(new Date(set.observedAt), now)}</span>`}</p>
    ${set.documentDigest !== null && documentDigest(set.documentDigest)}
    ${attribution.text !== null && html`<p class="quiet small">The source asks: “${attribution.text}”</p>`}
    ${attribution.licence !== null && html`<p class="quiet small">Licence: ${attribution.licence}</p>`}
  </section>`;
}

/** What the page says of the set itself; its rows stand in the list above. */
function ownClaims({ claims }: SetlistEntry): ClaimEntry[] {
  return claims.filter(({ position }) => position === 0);
}

/** Where each row starts, drawn over the length of the recording; nothing when fewer than two rows have a time. */
function timeline({ tracks, durationSeconds }: SetlistEntry): Html | null {
  const timed = tracks.flatMap((row) => (row.cueSeconds === null ? [] : [{ ...row, at: row.cueSeconds }]));
  const last = timed.at(-1);
  if (timed.length < 2 || last === undefined) return null;
  const end = Math.max(durationSeconds ?? 0, ...timed.map(({ at }) => at)) + (durationSeconds === null ? 240 : 0);
  const bars = timed.map((row, n) => {
    const width = Math.max(0, (timed[n + 1]?.at ?? end) - row.at);
    const name = `${clock(row.at)} ${row.artist ?? 'ID'} – ${titleText(row.title, row.mixName)}`;
    return html`<rect class="${row.isId ? 'unknown' : 'known'} shade-${n % 3}" x="${row.at}" width="${width}" height="1"><title>${name}</title></rect>`;
  });
  return html`<figure class="timeline"><svg viewBox="0 0 ${end} 1" preserveAspectRatio="none" role="img" aria-label="Rows over time">${bars}</svg>
    <figcaption><span>0:00</span><span>${clock(end / 2)}</span><span>${clock(end)}</span></figcaption></figure>`;
}

function rows({ tracks }: SetlistEntry): Html {
  if (tracks.length === 0) return html`<p class="empty">The page lists no track.</p>`;
  const untimed = tracks.every(({ cueSeconds }) => cueSeconds === null);
  return html`<ol class="rows${untimed && ' untimed'}">${tracks.map((row, n) => {
    const isNew = row.section !== null && row.section !== tracks[n - 1]?.section;
    return html`${isNew && html`<li class="section"><h3>${row.section}</h3></li>`}${rowLine(row)}`;
  })}</ol>`;
}

function rowLine(row: SetlistRow): Html {
  const cue = cueText(row.cueSeconds, row.cueGranularity);
  const name = html`${row.artist ?? html`<span class="quiet">ID</span>`}<i class="dash"> – </i><b>${titleText(row.title, row.mixName)}</b>`;
  return html`<li class="row${row.isId && ' is-id'}${row.withPrevious && ' with-previous'}" id="row-${row.position}">
    <span class="number cue">${cue}</span>
    <span class="number place">${row.withPrevious ? 'w/' : (row.number ?? row.position)}</span>
    <span class="name">${row.trackId === null ? name : html`<a href="/tracks/${row.trackId}">${name}</a>`}${parts(row.parts)}</span>
    <span class="marks">${row.isId && html`<span class="badge id" title="${ID_KINDS[row.idKind ?? 'full'] ?? ''}">ID</span>`}${marks(row.detail)}</span>
  </li>`;
}

const ID_KINDS: Record<string, string> = {
  full: 'Nobody knows yet what this is',
  title: 'The artist is known, the title is not',
  version: 'The track is known, the version played is not',
};

/** What only some sources note beside a row: short words become badges. */
function marks(detail: Record<string, unknown> | null): Html[] {
  return Object.entries(detail ?? {}).flatMap(([name, value]) => {
    if (value === true) return [html`<span class="badge">${name}</span>`];
    return typeof value === 'string' && value.length <= 40 && !/^https?:/.test(value)
      ? [html`<span class="badge" title="${name}">${value}</span>`]
      : [];
  });
}

function parts(list: readonly unknown[]): Html | null {
  const names = list.flatMap((part) => {
    const { artist = null, title = null, mixName = null } = (part ?? {}) as Record<string, string | null>;
    if (artist === null && title === null) return [];
    // Pages often name the artists of a mashup for the whole row only.
    return [artist === null ? titleText(title, mixName) : `${artist} – ${titleText(title, mixName)}`];
  });
  return names.length === 0 ? null : html`<small class="parts">${names.join('  +  ')}</small>`;
}

function known({ trackCount, identifiedCount }: SetlistEntry): string {
  if (trackCount === 0) return '';
  return trackCount === identifiedCount
    ? `${counted(trackCount, 'track')}, all known`
    : `${count(identifiedCount)} of ${count(trackCount)} known`;
}
