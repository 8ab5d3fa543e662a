/** A local www.1001tracklists.com: home page, listings of DJs and sources, set pages. */

import { happened } from '../calendar.ts';
import { copiedFrom } from '../noise.ts';
import { alterationsOf, setsOn } from '../places.ts';
import { BASE36, createRng, DIGITS } from '../rng.ts';
import { type Habits, shownRows } from '../shown.ts';
import type { ShownRow } from '../shown-row.ts';
import { siteRng } from '../site-rng.ts';
import { slug } from '../world/names.ts';
import type { DjSet, Track, World } from '../world/types.ts';
import { known, namesOf } from '../world.ts';
import { page } from './1001tracklists-frame.ts';
import { identified, type SetPage, type SetSource, setPage } from './1001tracklists-page.ts';
import type { RowMarkup } from './1001tracklists-row.ts';
import type { TrackPage } from './1001tracklists-track.ts';
import { escapeHtml, html, robots, type ShownSet, type Site, type SiteResponse } from './site.ts';

const SOURCE = '1001tracklists';
const HOST = 'www.1001tracklists.com';
/** Rows of the home page and of other listings. The real home page shows 15 and loads the rest by script. */
const LISTED = 500;
/** Rows of a search. */
const FOUND = 30;

export function createSite(world: World): Site {
  const sets = setsOn(world, SOURCE);
  const bySetId = new Map(sets.map((set) => [externalId(world, set), set]));
  return {
    source: SOURCE,
    hosts: [HOST],
    respond: ({ method, path, body, today }) =>
      method === 'POST' && path === '/search/result.php'
        ? html(searchResults(world, happened(sets, today), new URLSearchParams(body).get('main_search') ?? ''))
        : respond(world, happened(sets, today), bySetId, decodeURIComponent(path)),
    *shownSets() {
      for (const set of sets) yield shownSet(world, set);
    },
  };
}

function respond(
  world: World,
  sets: readonly DjSet[],
  bySetId: ReadonlyMap<string, DjSet>,
  path: string,
): SiteResponse {
  if (path === '/robots.txt') return robots(['/js/', '/user/', '/action/', '/projects/']);
  if (path === '/') return html(listing(world, 'Latest Tracklists', '/', sets));
  const setId = /^\/tracklist\/([a-z0-9]+)(?:\/|$)/.exec(path)?.[1];
  const set = setId === undefined ? undefined : bySetId.get(setId);
  if (set !== undefined && sets.includes(set)) return html(setPage(describe(world, set)));
  const dj = /^\/(?:artist|dj)\/([^/]+)\/(?:tracklists|index)\.html$/.exec(path)?.[1];
  const played = sets.filter((one) => one.djIds.some((id) => known(world.artists, id).slug === dj));
  if (played.length > 0) return html(listing(world, `${dj} Tracklists Overview`, path, played));
  const source = /^\/source\/([^/]+)\//.exec(path)?.[1];
  const there = sets.filter((one) => sourcesOf(world, one).some(({ id }) => id === source));
  if (there.length > 0) return html(listing(world, 'Source Tracklists Overview', path, there));
  return html(notFound(path), 404);
}

/** Thirty rows for anything, as the site gives: the sets that hold a word of it, then others. */
function searchResults(world: World, sets: readonly DjSet[], words: string): string {
  const wanted = words.toLowerCase().split(/\s+/);
  const holds = (set: DjSet) => wanted.some((word) => titleOf(world, set).join('').toLowerCase().includes(word));
  const found = [...sets.filter(holds), ...sets.filter((set) => !holds(set))].slice(0, FOUND);
  return listing(world, `Tracklists search result for "${words}"`, '/search/result.php', found);
}

function notFound(path: string): string {
  const middle =
    '<div class="bItmH redTxt"> <i class="fa fa-exclamation-triangle fa-32 mA"></i> The requested page could not be found. </div>';
  return page({
    title: '404 Not Found',
    description: '',
    path,
    createdAt: '2026-01-01T00:00:00+00:00',
    top: '',
    middle,
    left: '',
  });
}

function shownSet(world: World, set: DjSet): ShownSet {
  return {
    source: SOURCE,
    setId: set.id,
    externalId: externalId(world, set),
    url: `https://${HOST}${pathOf(world, set)}`,
    title: titleOf(world, set).join(''),
    artists: set.djIds.map((id) => known(world.artists, id).name),
    date: set.date,
    rows: rowsOf(world, set),
    copiedFrom: copiedFrom(world, SOURCE, set),
    altered: alterationsOf(world, set),
  };
}

function rowsOf(world: World, set: DjSet): ShownRow[] {
  const rng = siteRng(world, SOURCE, `habits/${set.id}`);
  const kind = rng.next();
  // A fifth of the pages has no cues, a fifth loses them towards the end.
  const lastShare = kind < 0.2 ? -1 : kind < 0.4 ? 0.7 : 1;
  const habits: Habits = {
    guestWord: 'ft.',
    recognised: 0.97,
    cue: (row, share, chance) => {
      const seconds = row.position === 1 ? 0 : row.cueSeconds + chance.int(-3, 3);
      const ownCue = !row.withPrevious || chance.chance(0.3);
      return share <= lastShare && ownCue ? seconds : null;
    },
    granularity: 'second',
    unknownVersion: null,
    label: (track) => ({ recordLabel: labelOf(world, track), catalogNumber: null }),
    marks: true,
  };
  return shownRows(world, SOURCE, set, habits);
}

function describe(world: World, set: DjSet): SetPage {
  const rng = siteRng(world, SOURCE, `page/${set.id}`);
  const shown = rowsOf(world, set);
  const rows = markup(world, set, shown);
  const [title, ...rest] = titleOf(world, set);
  return {
    externalId: externalId(world, set),
    path: pathOf(world, set),
    title: [title, ...rest].join(''),
    titleHtml: `${set.djIds.map((id) => link(`/artist/${known(world.artists, id).slug}/tracklists.html`, known(world.artists, id).name)).join(' &amp; ')}${escapeHtml(rest.join(''))}`,
    djs: set.djIds.map((id) => known(world.artists, id)),
    date: set.date,
    isLive: set.kind !== 'radio',
    genres: set.genres,
    sources: sourcesOf(world, set),
    durationSeconds: set.durationSeconds,
    youtubeId: rng.chance(0.5) ? rng.text(`${BASE36}ABCDEFGHJKLM-_`, 11) : null,
    soundcloudId: rng.chance(0.7) ? `1${rng.text(DIGITS, 9)}` : null,
    rows,
    suggestionUnder: rng.chance(0.15) ? (rows[3]?.rowId ?? null) : null,
  };
}

function markup(world: World, set: DjSet, shown: readonly ShownRow[]): RowMarkup[] {
  let trackNumber = 0;
  let printedNumber = 0;
  return shown.map((row) => {
    if (!row.withPrevious) printedNumber += 1;
    const made: RowMarkup = {
      shown: row,
      trackNumber,
      printedNumber,
      rowId: 10_000_000 + set.index * 100 + row.position,
      pages: row.trackIds.map((id) => trackPage(world, known(world.tracks, id))),
      mashupId: idOf(world, `mashup/${row.trackIds.join('+')}`),
    };
    trackNumber += 1 + row.parts.length;
    return made;
  });
}

function trackPage(world: World, track: Track): TrackPage {
  const label = known(world.labels, track.labelId);
  return {
    trackId: idOf(world, track.id),
    baseTrackId: idOf(world, track.baseId ?? track.id),
    mediaItemId: 1_000_000 + track.index,
    label: labelOf(world, track),
    labelId: idOf(world, label.id).slice(0, 6),
    track,
  };
}

/** "NIGHTFERRY" of "Nightferry Records". */
function labelOf(world: World, track: Track): string {
  return known(world.labels, track.labelId).name.replace(/ \S+$/, '').toUpperCase();
}

function listing(world: World, title: string, path: string, sets: readonly DjSet[]): string {
  const newest = sets.toSorted((a, b) => (a.date < b.date ? 1 : -1)).slice(0, LISTED);
  const rows = newest.map((set) => listingRow(world, set)).join(' ');
  const order =
    '<div class="bItmH dRow fEnd"> Tracklist Order By <select autocomplete="off" class="spL" id="orderby"> <option value="added">last added</option> <option value="date">tracklist date</option> </select> </div>';
  const heading = `<h1 id="pageTitle" class="notranslate" translate="no">${escapeHtml(title)}</h1>`;
  return page({
    title,
    description: title,
    path,
    createdAt: '2026-01-01T00:00:00+00:00',
    top: heading,
    middle: `${order} ${rows}`,
    left: '',
  });
}

function listingRow(world: World, set: DjSet): string {
  const [id, path] = [externalId(world, set), pathOf(world, set)];
  const full = titleOf(world, set).join('');
  const title = escapeHtml(full.slice(0, -(set.date.length + 1)));
  const { known: found, total } = identified(rowsOf(world, set));
  const ratio = found === total ? `<span class="greenTxt">all</span>/${total}` : `${found}/${total}`;
  const minutes = Math.round(set.durationSeconds / 60);
  const playTime = minutes < 60 ? `${minutes}m` : `${Math.floor(minutes / 60)}h ${minutes % 60}m`;
  return `<div class="bItm action oItm" onclick="window.open('${path}', '_self');" data-id="${id}" id="${id}"><img data-src="https://i1.sndcdn.com/artworks-${id}-t500x500.jpg" src="/images/static/empty.png" class="artM extImg" width="100" height="100" alt="${escapeHtml(full)} Artwork"><div class="bCont"><div class="bTitle" onclick="cancelBubble();"><span class="italic spR redTxt"></span><a href="${path}" class="">${title}</a></div></div><div class="mediaRow iRow"><div class="badge views" title="tracklist views" data-count="${total * 97}"><i class="fa fa-eye spR"></i></div><div title="tracklist date"><i class="fa fa-calendar fa-20 spR"></i>${set.date}</div><div class="tlUser" title="creator" onclick="cancelBubble();"><i class="fa fa-user fa-20 spR"></i><a href="/user/sandboxuser/index.html">sandboxuser</a></div><div title="IDed tracks / total tracks"><i class="fa fa-check fa-20 spR"></i>${ratio}</div><div title="play time"><i class="fa fa-clock-o fa-20 spR"></i>${playTime} </div><div class="likes hidden" title="likes"><i class="fa fa-thumbs-up fa-20 spR"></i></div><div title="musicstyle(s)"><i class="fa fa-music fa-20 spR"></i>${escapeHtml(set.genres.join(', '))}</div></div></div>`;
}

/** DJs, then the rest: "Mara Vellin" and " @ The Quarry, Saltwind, Sublevel Berlin, Germany 2024-05-04". */
function titleOf(world: World, set: DjSet): [string, string] {
  const djs = namesOf(world.artists, set.djIds);
  if (set.venueId === null) return [djs, ` - ${set.event} ${set.episode} ${set.date}`];
  const { name, city } = known(world.venues, set.venueId);
  const place = [set.stage, set.event, `${name} ${city.name}`, city.country].filter((part) => part !== null);
  return [djs, ` @ ${place.join(', ')} ${set.date}`];
}

function sourcesOf(world: World, set: DjSet): SetSource[] {
  const source = (name: string, role: SetSource['role']): SetSource => ({
    id: idOf(world, `source/${name}`).slice(0, 6),
    name,
    slug: slug(name),
    role,
  });
  if (set.venueId === null) return set.event === null ? [] : [source(set.event, 'Radio Show')];
  const venue = known(world.venues, set.venueId);
  const place = source(`${venue.name} ${venue.city.name}`, 'Event Location');
  return set.event === null ? [place] : [source(set.event, 'Open Air / Festival'), place];
}

function pathOf(world: World, set: DjSet): string {
  return `/tracklist/${externalId(world, set)}/${slug(titleOf(world, set).join(''))}.html`;
}

function externalId(world: World, set: DjSet): string {
  return idOf(world, set.id);
}

/** Eight letters or digits, as the site's ids are. */
function idOf(world: World, thing: string): string {
  return createRng(`${world.seed}/${world.size}/${SOURCE}/id/${thing}`).text(BASE36, 8);
}

function link(path: string, text: string): string {
  return `<a href="${path}" class="notranslate ">${escapeHtml(text)}</a>`;
}
