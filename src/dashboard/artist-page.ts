/** One artist: tracks, sets, and which page said so. */
import type { SourceFacts } from '../core/source.ts';
import type { ArtistEntry } from '../repositories/catalogue-entries.ts';
import { count, counted, titleText } from './format.ts';
import { type Html, html } from './html.ts';
import { layout } from './layout.ts';
import { claimTable, isPartlyInvented, outLink, setLine } from './parts.ts';

export function artistPage({
  artist,
  sources,
  now,
}: {
  artist: ArtistEntry;
  sources: readonly SourceFacts[];
  now: Date;
}): string {
  const body = html`
    <div class="intro"><p class="eyebrow">Artist</p><h1>${artist.name}</h1>
      ${artist.disambiguation !== null && html`<p class="by">${artist.disambiguation}</p>`}
      <dl class="facts">
        ${artist.sortName !== null && artist.sortName !== artist.name && html`<div><dt>Sorted as</dt><dd>${artist.sortName}</dd></div>`}
        ${artist.mbid !== null && html`<div><dt>MusicBrainz</dt><dd>${outLink(`https://musicbrainz.org/artist/${artist.mbid}`, artist.mbid, isPartlyInvented(artist))}</dd></div>`}
        <div><dt>First seen</dt><dd>${artist.createdDate}</dd></div>
      </dl></div>
    <div class="columns">
      <section class="card"><h2>Tracks <small>${count(artist.trackCount)}</small></h2>${tracks(artist)}</section>
      <section class="card"><h2>Sets <small>${count(artist.setlistCount)}</small></h2>${sets(sources, artist)}</section>
    </div>
    ${claimTable(sources, artist.claims, now)}`;
  return layout({ title: artist.name, body, invented: isPartlyInvented(artist) });
}

function tracks({ tracks: list }: ArtistEntry): Html {
  if (list.length === 0) return html`<p class="empty">No track that we know.</p>`;
  return html`<ul class="list">${list.map(
    ({ id, artist, title, mixName, role, plays }) => html`<li><a class="line" href="/tracks/${id}">
      <span class="what"><b>${titleText(title, mixName)}</b><small>${artist}${role !== 'primary' && html` · ${role}`}</small></span>
      <span class="side"><small class="number">${counted(plays, 'play')}</small></span></a></li>`,
  )}</ul>`;
}

function sets(sources: readonly SourceFacts[], { setlists }: ArtistEntry): Html {
  if (setlists.length === 0) return html`<p class="empty">No set that we know.</p>`;
  return html`<ul class="list">${setlists.map((set) => setLine(sources, set))}</ul>`;
}
