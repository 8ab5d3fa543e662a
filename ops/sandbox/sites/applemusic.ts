/** A local api.music.apple.com (songs, albums, charts, search) and itunes.apple.com (look-up, search). */
import { normKey } from '../../../src/core/text.ts';
import type { DjSet, Track, World } from '../world/types.ts';
import { type Album, buildCatalogue, type Catalogue, mixRows, type Song } from './applemusic-catalogue.ts';
import { albumJson, collectionJson, lookupTrackJson, songJson } from './applemusic-json.ts';
import {
  json,
  robots,
  type ShownSet,
  type ShownTrack,
  type Site,
  type SiteRequest,
  type SiteResponse,
} from './site.ts';

const SOURCE = 'applemusic';
const API_HOST = 'api.music.apple.com';
const ITUNES_HOST = 'itunes.apple.com';
const STOREFRONTS = ['us', 'gb'];
/** Charts end here; larger offsets are an error. */
const CHART_LENGTH = 200;
const MOST_PER_PAGE = 50;
const MOST_IDS = 300;
const MOST_ISRCS = 25;

export function createSite(world: World): Site {
  // Made when it is first asked for: it is the largest of all that the sites hold.
  let built: Catalogue | null = null;
  const catalogue = (): Catalogue => {
    built ??= buildCatalogue(world);
    return built;
  };
  return {
    source: SOURCE,
    hosts: [API_HOST, ITUNES_HOST],
    respond: (request) =>
      request.host === ITUNES_HOST ? respondItunes(catalogue(), request) : respondApi(catalogue(), request),
    *shownSets() {
      for (const { set, album } of catalogue().mixes) yield shownSet(world, set, album);
    },
    *shownTracks() {
      for (const song of catalogue().songs.values()) if (song.track !== null) yield shownTrack(song, song.track);
    },
  };
}

function respondApi(catalogue: Catalogue, { path, query }: SiteRequest): SiteResponse {
  if (path === '/robots.txt') return robots([]);
  const [, storefront = '', kind = '', id] =
    /^\/v1\/catalog\/([a-z]{2})\/([a-z-]+)(?:\/(\d+))?(?:\/tracks)?$/.exec(path) ?? [];
  if (!STOREFRONTS.includes(storefront)) return failure(404, '40400', 'Resource Not Found', `No resource at ${path}`);
  if (kind === 'songs') return songs(catalogue, storefront, id, query);
  if (kind === 'albums') return albums(catalogue, storefront, id, query);
  if (kind === 'charts') return charts(catalogue, storefront, query);
  if (kind === 'search') return search(catalogue, storefront, query);
  return failure(404, '40400', 'Resource Not Found', `No resource at ${path}`);
}

function songs(catalogue: Catalogue, storefront: string, id: string | undefined, query: URLSearchParams): SiteResponse {
  const ids = id === undefined ? list(query.get('ids')) : [id];
  const isrcs = list(query.get('filter[isrc]'));
  if (ids.length + isrcs.length === 0)
    return failure(400, '40005', 'Invalid Parameter Value', 'No id(s) supplied', 'ids');
  if (ids.length > MOST_IDS)
    return failure(400, '40005', 'Invalid Parameter Value', `More than ${MOST_IDS} ids`, 'ids');
  if (isrcs.length > MOST_ISRCS)
    return failure(400, '40005', 'Invalid Parameter Value', `More than ${MOST_ISRCS} ISRCs`, 'filter[isrc]');
  const found = [
    ...ids.flatMap((one) => catalogue.songs.get(one) ?? []),
    ...isrcs.flatMap((isrc) => catalogue.byIsrc.get(isrc) ?? []),
  ];
  if (id !== undefined && found.length === 0)
    return failure(404, '40400', 'Resource Not Found', 'Resource with requested id was not found');
  return json({ data: found.map((song) => songJson(song, storefront)) });
}

function albums(
  catalogue: Catalogue,
  storefront: string,
  id: string | undefined,
  query: URLSearchParams,
): SiteResponse {
  const found = (id === undefined ? list(query.get('ids')) : [id]).flatMap((one) => catalogue.albums.get(one) ?? []);
  if (found.length === 0)
    return failure(404, '40400', 'Resource Not Found', 'Resource with requested id was not found');
  return json({ data: found.map((album) => albumJson(album, catalogue.songsOf.get(album.id) ?? [], storefront)) });
}

/** The chart of gb begins further down, and lists what is sold twice as the other song: tastes differ, and together they hold more of the catalogue. */
function charts(catalogue: Catalogue, storefront: string, query: URLSearchParams): SiteResponse {
  const limit = Math.min(Number(query.get('limit') ?? 20) || 20, MOST_PER_PAGE);
  const offset = Number(query.get('offset') ?? 0) || 0;
  if (offset >= CHART_LENGTH)
    return failure(400, '40005', 'Invalid Parameter Value', "Value must be less than '200'", 'offset');
  const types = list(query.get('types'));
  const first = storefront === 'us' ? 0 : Math.max(0, Math.min(CHART_LENGTH, catalogue.charted.length - CHART_LENGTH));
  const listed = catalogue.charted.slice(first, first + CHART_LENGTH);
  const charted = storefront === 'us' ? listed : listed.map((song) => catalogue.resold.get(song.id) ?? song);
  const mixes = catalogue.mixes.slice(0, CHART_LENGTH);
  return json({
    results: {
      ...(types.includes('songs')
        ? { songs: [chart(storefront, 'songs', charted, offset, limit, (song) => songJson(song, storefront))] }
        : {}),
      ...(types.includes('albums')
        ? {
            albums: [
              chart(storefront, 'albums', mixes, offset, limit, ({ album }) =>
                albumJson(album, catalogue.songsOf.get(album.id) ?? [], storefront),
              ),
            ],
          }
        : {}),
    },
  });
}

function chart<T>(
  storefront: string,
  type: string,
  all: readonly T[],
  offset: number,
  limit: number,
  render: (entry: T) => unknown,
): unknown {
  const href = `/v1/catalog/${storefront}/charts?chart=most-played&types=${type}`;
  const end = offset + limit;
  const next =
    end < Math.min(all.length, CHART_LENGTH)
      ? { next: `/v1/catalog/${storefront}/charts?chart=most-played&limit=${limit}&offset=${end}&types=${type}` }
      : {};
  return {
    chart: 'most-played',
    name: `Top ${type === 'songs' ? 'Songs' : 'Albums'}`,
    href,
    ...next,
    data: all.slice(offset, end).map(render),
  };
}

function search(catalogue: Catalogue, storefront: string, query: URLSearchParams): SiteResponse {
  const found = matching(catalogue, query.get('term')).slice(0, 25);
  return json({
    results:
      found.length === 0
        ? {}
        : {
            songs: { href: `/v1/catalog/${storefront}/search`, data: found.map((song) => songJson(song, storefront)) },
          },
  });
}

function respondItunes(catalogue: Catalogue, { path, query }: SiteRequest): SiteResponse {
  if (path === '/robots.txt') return robots([]);
  const country = (query.get('country') ?? 'us').toLowerCase();
  if (path === '/search')
    return lookup(matching(catalogue, query.get('term')).map((song) => lookupTrackJson(song, country)));
  if (path !== '/lookup') return json({ errorMessage: 'Not found', queryParameters: {} }, 404);
  const results = list(query.get('id')).flatMap((id) => {
    const [album, song] = [catalogue.albums.get(id), catalogue.songs.get(id)];
    if (album === undefined) return song === undefined ? [] : [lookupTrackJson(song, country)];
    const tracks = catalogue.songsOf.get(id) ?? [];
    const withTracks = query.get('entity') === 'song' ? tracks.map((track) => lookupTrackJson(track, country)) : [];
    return [collectionJson(album, tracks, country), ...withTracks];
  });
  return lookup(results);
}

function lookup(results: readonly unknown[]): SiteResponse {
  // The real one says "javascript" too, though it sends JSON.
  return json({ resultCount: results.length, results }, 200, { 'content-type': 'text/javascript; charset=utf-8' });
}

function matching(catalogue: Catalogue, term: string | null): Song[] {
  const tokens = normKey(term ?? '')
    .split(' ')
    .filter(Boolean);
  if (tokens.length === 0) return [];
  return catalogue.charted.filter((song) => {
    const text = ` ${normKey(`${song.artist} ${song.name}`)} `;
    return tokens.every((token) => text.includes(` ${token} `));
  });
}

function failure(status: number, code: string, title: string, detail: string, parameter?: string): SiteResponse {
  const source = parameter === undefined ? {} : { source: { parameter } };
  return json({ errors: [{ id: 'SANDBOX', title, detail, status: String(status), code, ...source }] }, status);
}

function list(text: string | null): string[] {
  return (text ?? '').split(',').filter(Boolean);
}

function shownSet(world: World, set: DjSet, album: Album): ShownSet {
  return {
    source: SOURCE,
    setId: set.id,
    externalId: album.id,
    url: `https://${API_HOST}/v1/catalog/us/albums/${album.id}?include=tracks%2Cartists`,
    title: album.title,
    // One display text, as the shop gives it.
    artists: [album.artist],
    date: null,
    rows: mixRows(world, set),
    copiedFrom: null,
    altered: [],
  };
}

function shownTrack(song: Song, track: Track): ShownTrack {
  return {
    source: SOURCE,
    trackId: track.id,
    externalId: song.id,
    url: `https://${API_HOST}/v1/catalog/us/songs/${song.id}`,
    isrc: song.isrc,
    title: track.title,
    version: track.version,
    artist: song.artist,
    featured: song.featured,
    durationMs: song.durationMs,
    releaseDate: song.releaseDate,
    altered: song.altered,
  };
}
