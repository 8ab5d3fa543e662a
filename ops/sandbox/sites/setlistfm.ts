/** A local api.setlist.fm: REST 1.0 (setlists by id, artist, venue and search; artists and venues). */
import { seeds } from '../../../spiders/setlistfm/spider.ts';
import { normKey } from '../../../src/core/text.ts';
import { happened } from '../calendar.ts';
import type { ShownRow } from '../shown-row.ts';
import type { World } from '../world/types.ts';
import { known } from '../world.ts';
import { seedShare } from './seed-share.ts';
import { type Event, eventsOf, shownEvent } from './setlistfm-events.ts';
import { artistJson, setlistJson, venueId, venueJson } from './setlistfm-json.ts';
import { json, robots, type ShownSet, type Site, type SiteRequest, type SiteResponse } from './site.ts';

const SOURCE = 'setlistfm';
const HOST = 'api.setlist.fm';
const PER_PAGE = 20;
const ARTISTS_PER_PAGE = 30;
/** What the real one sends with every answer; it sends no counters. */
const HEADERS = { 'cache-control': 'no-transform, max-age=60', vary: 'Accept-Encoding,Accept,Accept-Language' };

export function createSite(world: World): Site {
  const events = eventsOf(world);
  return {
    source: SOURCE,
    hosts: [HOST],
    respond: (request) => respond(world, happened(events, request.today), request),
    *shownSets() {
      for (const event of events) yield shownSet(world, event);
    },
  };
}

function respond(world: World, events: readonly Event[], { path, query }: SiteRequest): SiteResponse {
  if (path === '/robots.txt') return robots([]);
  const [kind = '', id = '', list = ''] = path
    .replace(/^\/rest\/1\.0\//, '')
    .split('/')
    .map(decodeURIComponent);
  if (kind === 'search') return search(world, events, id, query) ?? notFound(path);
  const found = {
    setlist: () => setlist(world, events, id),
    artist: () => artist(world, events, id, list, query),
    venue: () => venue(world, events, id, list, query),
  };
  const answer = Object.hasOwn(found, kind) ? found[kind as keyof typeof found]() : null;
  return answer ?? notFound(path);
}

function setlist(world: World, events: readonly Event[], id: string): SiteResponse | null {
  const event = events.find((one) => one.id === id);
  return event === undefined ? null : answer(setlistJson(world, event));
}

function artist(
  world: World,
  events: readonly Event[],
  mbid: string,
  list: string,
  query: URLSearchParams,
): SiteResponse | null {
  const theirs = events.filter((event) => known(world.artists, event.artistId).mbid === mbid);
  const [first] = theirs;
  if (first === undefined) return null;
  return list === 'setlists' ? setlists(world, theirs, query) : answer(artistJson(world, first.artistId));
}

function venue(
  world: World,
  events: readonly Event[],
  id: string,
  list: string,
  query: URLSearchParams,
): SiteResponse | null {
  const there = events.filter((event) => venueId(world, event.venueId) === id);
  const [first] = there;
  if (first === undefined) return null;
  return list === 'setlists' ? setlists(world, there, query) : answer(venueJson(world, first.venueId));
}

function search(world: World, events: readonly Event[], what: string, query: URLSearchParams): SiteResponse | null {
  if (what === 'setlists') {
    const found = events.filter((event) =>
      FILTERS.every(([name, matches]) => !query.has(name) || matches(world, event, query.get(name) ?? '')),
    );
    const shared =
      found.length > 0 ? found : (seedShare(events, seeds(), 'artistName', query.get('artistName') ?? '') ?? []);
    return setlists(world, shared, query);
  }
  if (what !== 'artists') return null;
  const name = normKey(query.get('artistName') ?? '');
  const ids = [...new Set(events.map((event) => event.artistId))].filter((id) =>
    normKey(known(world.artists, id).name).includes(name),
  );
  return page(
    'artists',
    'artist',
    ids.map((id) => artistJson(world, id)),
    ARTISTS_PER_PAGE,
    query,
  );
}

/** Parameters of the search, and whether an event fits one. */
const FILTERS: readonly (readonly [string, (world: World, event: Event, value: string) => boolean])[] = [
  ['artistName', (world, event, value) => normKey(known(world.artists, event.artistId).name).includes(normKey(value))],
  ['artistMbid', (world, event, value) => known(world.artists, event.artistId).mbid === value],
  ['venueId', (world, event, value) => venueId(world, event.venueId) === value],
  ['venueName', (world, event, value) => normKey(known(world.venues, event.venueId).name).includes(normKey(value))],
  ['cityId', (world, event, value) => known(world.venues, event.venueId).city.id === value],
  ['cityName', (world, event, value) => normKey(known(world.venues, event.venueId).city.name) === normKey(value)],
  ['countryCode', (world, event, value) => known(world.venues, event.venueId).city.code === value],
  ['year', (_world, event, value) => event.date.startsWith(value)],
  ['date', (_world, event, value) => event.date.split('-').toReversed().join('-') === value],
];

function setlists(world: World, events: readonly Event[], query: URLSearchParams): SiteResponse | null {
  const newest = events.toSorted((a, b) => (a.date < b.date ? 1 : -1));
  return page('setlists', 'setlist', newest, PER_PAGE, query, (event) => setlistJson(world, event));
}

/** One page of a list; null, which becomes a 404, for a page without entries: so the real one answers an empty search. */
function page<T>(
  type: string,
  member: string,
  all: readonly T[],
  perPage: number,
  query: URLSearchParams,
  render: (entry: T) => unknown = (entry) => entry,
): SiteResponse | null {
  const number = Math.max(1, Number(query.get('p') ?? 1) || 1);
  const entries = all.slice((number - 1) * perPage, number * perPage);
  if (entries.length === 0) return null;
  return answer({ type, itemsPerPage: perPage, page: number, total: all.length, [member]: entries.map(render) });
}

function answer(value: unknown): SiteResponse {
  return json(value, 200, { ...HEADERS, 'content-type': 'application/json' });
}

function notFound(path: string): SiteResponse {
  const body = { code: 404, status: 'Not Found', message: 'not found', timestamp: '2026-01-01T00:00:00.000+0000' };
  return json(
    path.startsWith('/rest/1.0/search')
      ? {
          timestamp: 1_767_225_600_000,
          status: 404,
          error: 'Not Found',
          message: 'Not Found',
          path: path.slice('/rest'.length),
        }
      : body,
    404,
    HEADERS,
  );
}

function shownSet(world: World, event: Event): ShownSet {
  const rows: ShownRow[] = shownEvent(world, event);
  return {
    source: SOURCE,
    setId: event.setId,
    externalId: event.id,
    url: `https://${HOST}/rest/1.0/setlist/${event.id}`,
    title: null,
    artists: [known(world.artists, event.artistId).name],
    date: event.date,
    rows,
    copiedFrom: null,
    altered: [],
  };
}
