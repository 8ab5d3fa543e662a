/** Resources of the catalogue: songs, music videos, albums and playlists with their tracks, artists. */
import type { AlbumItem, TrackItem } from '../../src/core/items.ts';
import {
  asBoolean,
  asList,
  asNumber,
  asRecord,
  asText,
  type JsonRecord,
  wrongTypes,
} from '../../src/core/json-page.ts';
import { isDjMix, setsOf } from './dj-mix.ts';
import { addAll, dateOf, follow, noteAll, noteMissing, type Reading } from './reading.ts';
import { genresOf, idsOf, songItem } from './song.ts';
import { albumWithTracks, songsById, storefrontOf } from './spider.ts';

const FIELDS = {
  name: 'text',
  artistName: 'text',
  curatorName: 'text',
  recordLabel: 'text',
  copyright: 'text',
  upc: 'text',
  url: 'text',
  trackCount: 'number',
  genreNames: 'list',
  isSingle: 'flag',
  isCompilation: 'flag',
} as const;

/** Reads resources in order; returns the id of each, null where it could not be used. `ranks` numbers them in a chart, from 1. */
export function readResources(
  resources: readonly unknown[],
  where: string,
  reading: Reading,
  firstRank?: number,
): (string | null)[] {
  return resources.map((resource, index) => {
    const rank = firstRank === undefined ? null : firstRank + index;
    return readResource(asRecord(resource), `${where}[${index}]`, reading, rank);
  });
}

function readResource(resource: JsonRecord, where: string, reading: Reading, rank: number | null): string | null {
  const { type } = resource;
  if (type === 'songs' || type === 'music-videos')
    return add(ranked(songItem(resource, where, reading.problems), rank), reading);
  if (type === 'albums' || type === 'playlists') return readCollection(resource, where, reading);
  if (type === 'artists') return readArtist(resource, where, reading);
  const known = typeof type === 'string';
  const message = known ? `not read yet: ${type.slice(0, 40)}` : 'expected a resource with a type';
  reading.problems.push({ code: known ? 'not-read-yet' : 'unknown-shape', message, where });
  return null;
}

function ranked(item: TrackItem | null, rank: number | null): TrackItem | null {
  return item === null ? null : { ...item, rank };
}

function add(item: TrackItem | null, { items }: Reading): string | null {
  if (item === null) return null;
  items.push(item);
  return item.id;
}

/** An album or playlist, its tracks, and the set it is if it is a DJ mix. */
function readCollection(resource: JsonRecord, where: string, reading: Reading): string | null {
  const id = asText(resource.id);
  if (id === null) {
    reading.problems.push({ code: 'bad-value', message: `${resource.type} without id`, where });
    return null;
  }
  noteAll(wrongTypes(resource, { attributes: 'object', relationships: 'object' }, where), reading.problems);
  noteAll(wrongTypes(asRecord(resource.attributes), FIELDS, `${where}.attributes`), reading.problems);
  const listed = asRecord(asRecord(resource.relationships).tracks);
  const tracks = asList(listed.data).flatMap((entry, index) => {
    return songItem(asRecord(entry), `${where}.relationships.tracks.data[${index}]`, reading.problems) ?? [];
  });
  const item =
    resource.type === 'albums' ? albumItem(id, resource, tracks, reading) : playlistItem(id, resource, tracks);
  const isWhole = asText(listed.next) === null;
  addAll([item, ...(item.kind === 'album' ? setsOf(item, isWhole) : []), ...tracks], reading);
  follow(listed.next, `${where}.relationships.tracks.next`, reading);
  if (isWhole && tracks.length > 0) noteMissing(id, tracks.length, item.trackCount, reading);
  askForTracks(item, resource, reading);
  return id;
}

/** What stands there by its numbers only is asked for: the songs; of an album that calls itself a DJ mix the album, since the set needs it whole. */
function askForTracks({ id, tracks, extra }: AlbumItem, resource: JsonRecord, { url, requests }: Reading): void {
  const isBare = tracks.every((track) => track.extra.displayName === null && track.artist === null);
  if (!isBare) return;
  const storefront = storefrontOf(asText(resource.href), url);
  const songs = tracks.filter((track) => track.extra.mediaType === 'audio').map((track) => track.id);
  const wanted = extra.isDjMix === true ? [albumWithTracks(id, storefront)] : songsById(songs, storefront);
  for (const request of wanted) requests.push(request);
}

function albumItem(id: string, resource: JsonRecord, tracks: TrackItem[], { problems }: Reading): AlbumItem {
  const attributes = asRecord(resource.attributes);
  const title = asText(attributes.name);
  return {
    kind: 'album',
    source: 'applemusic',
    id,
    title,
    artist: asText(attributes.artistName),
    trackCount: asNumber(attributes.trackCount),
    recordLabel: asText(attributes.recordLabel),
    releaseDate: dateOf(attributes.releaseDate, `album ${id} releaseDate`, problems),
    tracks,
    extra: {
      url: asText(attributes.url),
      genres: genresOf(attributes),
      copyright: asText(attributes.copyright),
      upc: asText(attributes.upc),
      artistIds: idsOf(asList(asRecord(asRecord(resource.relationships).artists).data).map(asRecord)),
      contentRating: asText(attributes.contentRating),
      isSingle: asBoolean(attributes.isSingle),
      isComplete: asBoolean(attributes.isComplete),
      isCompilation: asBoolean(attributes.isCompilation),
      isDjMix: isDjMix(title, tracks),
    },
  };
}

function playlistItem(id: string, resource: JsonRecord, tracks: TrackItem[]): AlbumItem {
  const attributes = asRecord(resource.attributes);
  return {
    kind: 'playlist',
    source: 'applemusic',
    id,
    title: asText(attributes.name),
    artist: asText(attributes.curatorName),
    trackCount: asNumber(attributes.trackCount),
    recordLabel: null,
    releaseDate: null,
    tracks,
    extra: {
      url: asText(attributes.url),
      playlistType: asText(attributes.playlistType),
      isChart: asBoolean(attributes.isChart),
      lastModified: asText(attributes.lastModifiedDate),
    },
  };
}

function readArtist(resource: JsonRecord, where: string, { items, problems }: Reading): string | null {
  const attributes = asRecord(resource.attributes);
  const [id, name] = [asText(resource.id), asText(attributes.name)];
  if (id === null || name === null) {
    problems.push({ code: 'bad-value', message: `artist ${id ?? 'without id'} has no name`, where });
    return id;
  }
  const extra = { genres: genresOf(attributes) };
  const url = asText(attributes.url);
  items.push({
    kind: 'artist',
    source: 'applemusic',
    id,
    name,
    mbid: null,
    sortName: null,
    disambiguation: null,
    url,
    extra,
  });
  return id;
}
