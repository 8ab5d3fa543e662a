/** A set page of 1001tracklists. */
import type { ShownRow } from '../shown-row.ts';
import { page } from './1001tracklists-frame.ts';
import { type RowMarkup, rowHtml } from './1001tracklists-row.ts';
import { clock, escapeHtml } from './site.ts';

/** A festival, venue or show that a set belongs to. */
export interface SetSource {
  readonly id: string;
  readonly name: string;
  readonly slug: string;
  readonly role: 'Open Air / Festival' | 'Event Location' | 'Radio Show';
}

export interface SetPage {
  readonly externalId: string;
  readonly path: string;
  readonly title: string;
  /** The same with links to DJs and sources. */
  readonly titleHtml: string;
  readonly djs: readonly { readonly name: string; readonly slug: string }[];
  readonly date: string;
  readonly isLive: boolean;
  readonly genres: readonly string[];
  readonly sources: readonly SetSource[];
  readonly durationSeconds: number;
  readonly youtubeId: string | null;
  readonly soundcloudId: string | null;
  readonly rows: readonly RowMarkup[];
  /** Markup of a suggestion by a user and the row it stands under, when there is one. */
  readonly suggestionUnder: number | null;
}

export function setPage(set: SetPage): string {
  const count = set.rows.reduce((sum, row) => sum + 1 + row.shown.parts.length, 0);
  return page({
    title: set.title,
    description: `Tracklist / playlist for ${set.isLive ? 'live set' : 'radio show'} ${set.title} with ${count} ${set.genres.join(' ')} tracks.`,
    path: set.path,
    createdAt: `${set.date}T21:16:28+00:00`,
    top: `<div class="flex"> <div id="pageTitle"><h1 class="notranslate" translate="no"> ${set.titleHtml} </h1></div> </div> <div id="hInfo"> </div>`,
    middle: `${media(set)} ${table(set, count)}`,
    left: sidebar(set),
  });
}

/** Tracks known and all tracks, as the site counts them: a mashup by its parts. */
export function identified(rows: readonly ShownRow[]): { known: number; total: number } {
  const weigh = (some: readonly ShownRow[]): number =>
    some.reduce((sum, row) => sum + Math.max(1, row.parts.length), 0);
  return { known: weigh(rows.filter((row) => !row.isId)), total: weigh(rows) };
}

function table(set: SetPage, count: number): string {
  const meta = [
    ['name', set.title],
    ['datePublished', set.date],
    ['numTracks', String(count)],
    ...set.genres.map((genre) => ['genre', genre]),
    ...set.djs.map((dj) => ['author', dj.name]),
  ].map(([name = '', text = '']) => `<meta itemprop="${name}" content="${escapeHtml(text)}">`);
  const rows = set.rows.map((row) => rowHtml(row) + (set.suggestionUnder === row.rowId ? suggestion(row) : ''));
  return `<div id="tlTab" itemscope="" itemtype="http://schema.org/MusicPlaylist" data-id="${set.externalId}" data-islive="${set.isLive}" data-count="${count}"> ${meta.join('')} <div id="playerWidget" title="sound player control" style="display: none"></div> <script> ${cueMap(set.rows)} </script> ${rows.join(' ')} <div class="bItmH noUser interaction"> <div title="add missing live video" class="hOO action iBlock"> Add a (live) video from this event for a track not listed here </div> </div> <div id="tl_save" class="mt10"> </div> </div>`;
}

/** Rows without a cue of their own share the entry of the row they are played with; a page without cues has one entry, a placeholder. */
function cueMap(rows: readonly RowMarkup[]): string {
  const groups: { seconds: number; number: number; ids: number[] }[] = [];
  for (const row of rows) {
    const group = groups.at(-1);
    if (row.shown.cueSeconds !== null || group === undefined) {
      groups.push({ seconds: row.shown.cueSeconds ?? 0, number: row.printedNumber, ids: [row.trackNumber] });
    } else if (row.shown.withPrevious) group.ids.push(row.trackNumber);
  }
  const entries = groups.map(({ seconds, number, ids }) => {
    const members = ids.map((id, index) => `cueValuesEntry.ids[${index}] = 'tlp${id}_content';`).join(' ');
    return `cueValuesEntry = {}; cueValuesEntry.seconds = ${seconds}; cueValuesEntry.number = '${number}'; cueValuesEntry.idPlayer = ''; cueValuesEntry.ids = []; ${members} cueValueData.push(cueValuesEntry); cueValues.push(${seconds});`;
  });
  return `jsbuffer.push(['ready', function() { cueValues = []; cueValueData = []; cueValuesPlayerData = []; ${entries.join(' ')} cueValues.sort(numSort); }]);`;
}

/** A correction that a user proposed: it looks like a row, and is none. */
function suggestion(row: RowMarkup): string {
  const id = row.rowId + 500_000;
  return `<div class="bItm con sugTog ntB tlp_${row.rowId}" data-nospam="true" data-pos="${row.trackNumber}" data-tlp="${row.rowId}" data-type="14" data-user="1" id="sug_${id}" onclick="rowToggle('sug', event);"><div class="bPlay"><i class="fa-24 fa fa-clock-o hO" title="correct cue time is suggestion"></i></div><div class="bCont tl"><span class="small spR">correct cue time is</span><div class="fontL" id="sug${id}_value"><span class="italic">1:06:40</span></div> </div> </div>`;
}

function media(set: SetPage): string {
  const players = [
    set.youtubeId === null ? '' : mediaTab(13, set.youtubeId, set.durationSeconds, youtube(set, set.youtubeId)),
    set.soundcloudId === null
      ? ''
      : mediaTab(10, set.soundcloudId, set.durationSeconds, soundcloud(set, set.soundcloudId)),
  ];
  return `<div class="mItems border rB"> <div class="mTabH bB mA"> <i class="fa fa-24 fa-download mA hO"></i> Tracklist Media Links </div> ${players.join(' ')} </div>`;
}

function mediaTab(source: number, id: string, seconds: number, player: string): string {
  const link = `${source}${id.length}${seconds}`;
  return `<div id="mediaTab${source}" class="mediaTabItm " > <ul class="tBar bB"> <li class="tBtn mediaTab${source} active" id="mediaLinkBtn${link}" onclick="openTab(this, 'mediaTab${source}', 'mediaLink${link}')"> Player 1 [${clock(seconds)}] </li> </ul> <div id="mediaLink${link}" data-idmedia="${link}" data-idsource="${source}" class="mediaLink mediaItem${id}"> <div id="mediaLink${link}_player" class="p5 c iMediaP media${source}"> ${player} </div> </div> </div>`;
}

function youtube(set: SetPage, id: string): string {
  return `<div itemprop="video" itemscope itemtype="https://schema.org/VideoObject" class="p5"><meta itemprop="duration" content="PT${Math.floor(set.durationSeconds / 60)}M${set.durationSeconds % 60}S"><meta itemprop="name" content="YouTube video"><meta itemprop="embedUrl" content="https://www.youtube.com/embed/${id}"><div id="ytWidget_${id}" class="ytWidget1 mediaPlayer"></div></div> <script>jsbuffer.push(['ready', function() { ytPlayer = new Object(); ytPlayer.idPlayer = "${id}"; ytPlayer.cue = "0"; ytPlayer.source = "UCsandbox"; ytPlayer.duration = "${set.durationSeconds}"; ytPlayers[ytPlayers.length] = ytPlayer; }]);</script>`;
}

function soundcloud(set: SetPage, id: string): string {
  return `<script> iFrameBuffer.push(['mediaLink_player', '<iframe loading="lazy" height="151" id="scWidget_${id}" src="https://w.soundcloud.com/player/?url=https://api.soundcloud.com/tracks/${id}&amp;show_artwork=true" class="scWidget1 full mediaPlayer"></iframe>' , function() { audioPlayers[audioPlayers.length] = new AudioPlayerSC("scWidget_${id}", { idPlayer: "${id}", type: "soundcloud", source: "sandbox", duration: "${set.durationSeconds}" });} ]); </script>`;
}

function sidebar(set: SetPage): string {
  const { known, total } = identified(set.rows.map((row) => row.shown));
  const djs = set.djs.map(
    (dj) =>
      `<div class="fTab"> <div class="h fontL"> <a href="/artist/${dj.slug}/tracklists.html" class="notranslate ">${escapeHtml(dj.name)}</a> </div> </div>`,
  );
  const sources = set.sources.map(
    (source) =>
      `<div class="fTab"> <div class="h"> <a href="/source/${source.id}/${source.slug}/index.html">${escapeHtml(source.name)}</a> </div> <div class="cRow"> <div class="mtb5">${source.role}</div> </div> </div>`,
  );
  return `<div class="fTab"> <div class="h">General Information</div> <div class="sTab c2 cM"> <div title="tracklist recording date">TL date</div> <div>${set.date}</div> <div>Posted by</div> <div> <a href="/user/sandboxuser/index.html" title="open user page" target="_blank">sandboxuser</a> </div> <div class="fS">Views</div> <div> <meta itemprop="interactionCount" content="UserPageVisits:${total * 97}">${total * 97} </div> <div>IDed</div> <div> ${known === total ? 'all' : known} / ${total} </div> <div>Short link</div> <div> <a href="https://1001.tl/${set.externalId}">1001.tl/${set.externalId}</a> </div> </div> <div class="h">Tracklist Genre(s)</div> <div id="tl_music_styles" class="c ptb5">${escapeHtml(set.genres.join(', '))}</div> </div> ${djs.join(' ')} ${sources.join(' ')}`;
}
