/** One track: who made it, where it was played, who spoke of it, and which page said so. */
import type { SourceFacts } from '../core/source.ts';
import type { MentionEntry, PlayEntry, TrackEntry } from '../repositories/catalogue-entries.ts';
import { clock, count, counted, cueText, titleText } from './format.ts';
import { type Html, html } from './html.ts';
import { layout } from './layout.ts';
import { beside, claimTable, isPartlyInvented, outLink, setTitle, sourceChip } from './parts.ts';

export function trackPage({
  track,
  sources,
  now,
}: {
  track: TrackEntry;
  sources: readonly SourceFacts[];
  now: Date;
}): string {
  const title = titleText(track.title, track.mixName);
  const body = html`
    <div class="intro"><p class="eyebrow">Track</p><h1>${title}</h1>
      <p class="by">${track.artists.map(
        ({ id, name, role }, n) =>
          html`${n > 0 && ', '}<a href="/artists/${id}">${name}</a>${role !== 'primary' && html` <small>${role}</small>`}`,
      )}</p>
      ${facts(track)}</div>
    <section class="card"><h2>Played <small>listed ${counted(track.playCount, 'time')}; several sources may list one set</small></h2>${plays(sources, track)}</section>
    ${
      track.mentions.length > 0 &&
      html`<section class="card"><h2>Spoken of <small>${counted(track.mentions.length, 'mention')}</small></h2>
      <ul class="list">${track.mentions.map((mention) => mentionLine(sources, mention))}</ul></section>`
    }
    ${claimTable(sources, track.claims, now)}`;
  return layout({ title: `${track.artist} – ${title}`, body, invented: isPartlyInvented(track) });
}

function facts({ isrcs, label, durationMs, releaseDate, createdDate }: TrackEntry): Html {
  const shown: [string, Html | string | null][] = [
    [
      'ISRC',
      isrcs.length === 0
        ? null
        : html`${isrcs.map(({ isrc, source }) => html`<code title="${source}">${isrc}</code> `)}`,
    ],
    ['Label', label],
    ['Length', durationMs === null ? null : clock(durationMs / 1000)],
    ['Released', releaseDate],
    ['First seen', createdDate],
  ];
  return html`<dl class="facts">${shown.map(([name, value]) => value !== null && html`<div><dt>${name}</dt><dd>${value}</dd></div>`)}</dl>`;
}

function plays(sources: readonly SourceFacts[], { plays: list, playCount }: TrackEntry): Html {
  if (list.length === 0) return html`<p class="empty">In no set that we know.</p>`;
  return html`<ul class="list">${list.map((play) => playLine(sources, play))}</ul>
    ${playCount > list.length && html`<p class="quiet small">The latest ${count(list.length)} of ${count(playCount)}.</p>`}`;
}

function playLine(sources: readonly SourceFacts[], play: PlayEntry): Html {
  const cue = cueText(play.cueSeconds, play.cueGranularity);
  const title = setTitle({ title: play.setlistTitle, artist: play.playedBy, date: play.date });
  return html`<li><a class="line" href="/sets/${play.setlistId}#row-${play.position}">
    <span class="date">${play.date ?? '—'}</span>
    <span class="what"><b>${title}</b><small>${beside(title, [play.playedBy, play.event, play.venue])}</small></span>
    <span class="side"><small class="number">no. ${play.position}${cue !== null && html`, at ${cue}`}</small>${sourceChip(sources, play.source)}</span></a></li>`;
}

function mentionLine(
  sources: readonly SourceFacts[],
  { source, permalink, artist, title, mentionedAt, invented }: MentionEntry,
): Html {
  return html`<li><div class="line"><span class="date">${mentionedAt?.slice(0, 10) ?? '—'}</span>
    <span class="what">${outLink(permalink, `${artist ?? 'ID'} – ${title ?? 'ID'}`, invented)}</span><span class="side">${sourceChip(sources, source)}</span></div></li>`;
}
