/** How 1001tracklists prints one recording: hidden microdata, visible name, label, players. */
import type { ShownRow } from '../shown-row.ts';
import { slug } from '../world/names.ts';
import type { Track } from '../world/types.ts';
import { escapeHtml } from './site.ts';

/** What the site knows of one recording: a page of its own, a number for its players. */
export interface TrackPage {
  readonly trackId: string;
  /** The same of the recording it is a version of; its own when it is an original. */
  readonly baseTrackId: string;
  readonly mediaItemId: number;
  readonly label: string;
  readonly labelId: string;
  readonly track: Track;
}

/** What a row or a part of a mashup is called. */
export type Name = Pick<ShownRow, 'artist' | 'title' | 'version'>;

function fullName({ artist, title, version }: Name): string {
  return `${artist} - ${title ?? 'ID'}${version === null ? '' : ` (${version})`}`;
}

/** Path of a recording's own page; null when it has none. */
export function trackPath(name: Name, trackId: string | null): string | null {
  return trackId === null ? null : `/track/${trackId}/${slug(fullName(name))}/index.html`;
}

/** The invisible fields of a row. */
export function microdata(name: Name, page: TrackPage | null, path: string | null): string {
  const data: [string, string][] = [
    ['name', fullName(name)],
    ['byArtist', (name.artist ?? '').replace(/ ft\. .*$/, '')],
  ];
  if (page !== null) {
    const link = `<a href="/label/${page.labelId}/${slug(page.label)}/index.html" translate="no" class="notranslate " title="open label page">${page.label}</a>`;
    data.push([
      'publisher',
      `<span class="blueTxt"><span title="label" class="trackLabel noWrap">${link}</span></span>`,
    ]);
    const seconds = Math.round(page.track.durationMs / 1000);
    // About two thirds of the rows of a page carry duration and genre.
    if (page.track.index % 3 > 0) {
      data.push(['duration', `PT${Math.floor(seconds / 60)}M${seconds % 60}S`], ['genre', page.track.genre]);
    }
  }
  if (path !== null) data.push(['url', path]);
  return data.map(([property, text]) => `<meta itemprop="${property}" content="${escapeHtml(text)}">`).join('');
}

/** The visible name, with links to the artists, the base recording and the recording itself. */
export function value(name: Name, page: TrackPage | null, trackId: string | null, extraClass: string): string {
  const [lead, guests] = splitGuests(name.artist ?? '');
  const people = lead
    .split(' & ')
    .map(
      (person) =>
        `<span class="notranslate blueTxt" translate="no">${escapeHtml(person)}<span title="open artist page" class="tgHid spL"><a href="/artist/${slug(person)}/tracks.html" class="notranslate tgHid"><i class="fa fa-external-link fa-lg spL"></i></a></span></span>`,
    );
  const featuring = guests === '' ? '' : `<span class="notranslate" translate="no"> ft. ${escapeHtml(guests)}</span>`;
  const base = trackPath({ ...name, version: null }, page?.baseTrackId ?? trackId);
  const own = trackPath(name, trackId);
  const title =
    name.title === null
      ? '<span class="redTxt notranslate" translate="no">ID</span>'
      : `<span class="blueTxt"><span translate="no" class="notranslate">${escapeHtml(name.title)}</span>${pageLink(name.version === null ? own : base)}</span>`;
  return `<span class="trackValue notranslate blueTxt ${extraClass}" id="tr_${trackId ?? 'none'}"> ${people.join('<span class="spLR"> &amp; </span>')}${featuring}<span class="notranslate " translate="no"> - </span>${title}${version(name, own)} </span>`;
}

function version({ version: text }: Name, path: string | null): string {
  if (text === null) return '';
  const [, person = '', kind = text] = /^(.+) (\S+)$/.exec(text) ?? [];
  const kindSpan = `<span class="remixValue blueTxt">${person === '' ? '' : '&nbsp;'}${escapeHtml(kind)}</span>`;
  return `<span class="notranslate" translate="no"> (<span class="blueTxt">${escapeHtml(person)}</span>${kindSpan})</span>${pageLink(path)}`;
}

function pageLink(path: string | null): string {
  return path === null
    ? ''
    : `<span title="open track page" class="tgHid spL"><a href="${path}" title="open track page" translate="no" class="notranslate tgHid"><i class="fa fa-external-link fa-lg spL"></i></a></span>`;
}

function splitGuests(artist: string): [string, string] {
  const [lead = '', guests = ''] = artist.split(' ft. ');
  return [lead, guests];
}

export function labelSpan(page: TrackPage | null): string {
  return page === null
    ? ''
    : `<span class="iBlock notranslate" translate="no"><span title="label" class="trackLabel noWrap blueTxt">${escapeHtml(page.label)}<a href="/label/${page.labelId}/${slug(page.label)}/index.html" translate="no" class="notranslate tgHid" title="open label page"><i class="fa fa-external-link fa-lg linkIcon"></i></a></span></span>`;
}

export function credits(page: TrackPage | null): string {
  const plays =
    page === null
      ? ''
      : `<span class="badge playC" title="total tracklist plays"> <i class="fa fa-play-circle-o spR"></i> <span class="pcTr${page.mediaItemId}"></span> </span> `;
  return `<div class="wRow halfOpacity mt5"> ${plays}<i class="fa fa-user fa-16"></i> <span class="spL flex noWrap" title="IDer of this track"> sandboxuser <span class="spL noMob">(1.2k)</span> <span title="open user page" class="tgHid"> <a href="/user/sandboxuser/index.html" title="open user page" target="_blank"><i class="fa fa-external-link fa-lg linkIcon"></i></a> </span> </span> </div>`;
}

const PLAYERS = [
  ['video-camera', 'YouTube', '13'],
  ['soundcloud', 'SoundCloud', '10'],
  ['spotify', 'Spotify', '36'],
  ['apple', 'Apple Music', '2'],
] as const;

export function mediaRow(page: TrackPage | null): string {
  if (page === null) return '<div class="bBtns"> </div>';
  const id = page.mediaItemId;
  const icons = PLAYERS.map(
    ([icon, name, source]) =>
      `<i class="mAction fa colorized fa-24 fa-${icon}" title="open ${name} player" onclick="cancelBubble(); new MediaViewer(this, null, {idObject: 5, idItem: ${id}, idSource: '${source}', viewSource: 1 } );"></i>`,
  );
  return `<div class="iRow grow mediaRow" data-trackid="${id}"> ${icons.join(' ')} <i class="fa fa-plus-circle fa-24 noUser mAction hOO" title="add media link" onclick="cancelBubble(); new MediaSubmitter(this, 'add_media', null, { idObject: 5, idItem: ${id} } );"></i> <span class="badge badgeSpotify noUser psSpotify${id} notranslate" translate="no" onclick="cancelBubble(); new Spotify(this, { idTrack: ${id} }).save();"> <i class="fa fa-spotify mA spR"></i> <span>Save</span> </span> <i class="fa fa-heart fa-24 noUser mAction aHover favTr${page.trackId}" title="add to favorite tracks" onclick="cancelBubble(); new UserItem(this, 'tr', { idTrack: '${page.trackId}' } ).add();"></i> </div>`;
}
