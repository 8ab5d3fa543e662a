/** One song or music video of the catalogue. */
import { normaliseIsrc } from '../../src/core/isrc.ts';
import { type TrackItem, track } from '../../src/core/items.ts';
import { asList, asNumber, asRecord, asText, type JsonRecord, wrongTypes } from '../../src/core/json-page.ts';
import type { Problem } from '../../src/core/parse-result.ts';
import { albumIdOf, dateOf, noteAll } from './reading.ts';
import { mashedTitles, readArtists, readSongName } from './song-name.ts';
import { storefrontOf } from './spider.ts';

const FIELDS = {
  name: 'text',
  artistName: 'text',
  albumName: 'text',
  composerName: 'text',
  contentRating: 'text',
  isrc: 'text',
  releaseDate: 'text',
  url: 'text',
  durationInMillis: 'number',
  trackNumber: 'number',
  discNumber: 'number',
  genreNames: 'list',
  previews: 'list',
} as const;

/** The item of a resource; one without attributes keeps its id. Null when it has no id. */
export function songItem(resource: JsonRecord, where: string, problems: Problem[]): TrackItem | null {
  const id = asText(resource.id);
  if (id === null) {
    problems.push({ code: 'bad-value', message: 'a song without id', where });
    return null;
  }
  const attributes = asRecord(resource.attributes);
  noteAll(wrongTypes(resource, { attributes: 'object', relationships: 'object' }, where), problems);
  noteAll(wrongTypes(attributes, FIELDS, `${where}.attributes`), problems);
  const links = linked(resource, 'artists');
  const displayName = asText(attributes.name);
  const displayArtist = asText(attributes.artistName);
  const { artist, title, version, featured, mixed, isId, idKind } = readSongName(displayName, displayArtist);
  const url = asText(attributes.url);
  const contentRating = asText(attributes.contentRating);
  return track('applemusic', id, {
    isrc: isrcOf(attributes.isrc, `${where}.attributes.isrc`, problems),
    title,
    version,
    artist,
    artists: artist === null ? [] : (includedNames(links) ?? readArtists(artist, links.length)),
    featured,
    album: asText(attributes.albumName),
    // Newer addresses of songs do not name the album; where the answer was asked for it, the relation does.
    albumId: albumIdOf(url) ?? linked(resource, 'albums').flatMap((album) => asText(album.id) ?? [])[0] ?? null,
    durationMs: asNumber(attributes.durationInMillis),
    releaseDate: dateOf(attributes.releaseDate, `${where}.attributes.releaseDate`, problems),
    genres: genresOf(attributes),
    trackNumber: asNumber(attributes.trackNumber),
    discNumber: asNumber(attributes.discNumber),
    explicit: contentRating === null ? null : contentRating === 'explicit',
    composer: asText(attributes.composerName),
    previewUrl: asText(asRecord(asList(attributes.previews)[0]).url),
    url,
    mixed,
    isId,
    idKind,
    extra: {
      type: asText(resource.type),
      mediaType: resource.type === 'music-videos' ? 'video' : 'audio',
      displayName,
      displayArtist,
      contentRating,
      artistIds: idsOf(links),
      storefront: asText(resource.href) === null ? null : storefrontOf(asText(resource.href)),
      works: mashedTitles({ title, mixed }),
    },
  });
}

/** What a resource is linked to, by the name of the relation. */
function linked(resource: JsonRecord, name: string): JsonRecord[] {
  return asList(asRecord(asRecord(resource.relationships)[name]).data).map(asRecord);
}

export function genresOf(attributes: JsonRecord): string[] {
  return asList(attributes.genreNames).flatMap((genre) => asText(genre) ?? []);
}

/** Ids of linked resources. */
export function idsOf(links: readonly JsonRecord[]): string[] {
  return links.flatMap((link) => asText(link.id) ?? []);
}

/** Names of linked artists, where the answer was asked to include them. */
function includedNames(links: readonly JsonRecord[]): string[] | null {
  const names = links.flatMap((link) => asText(asRecord(link.attributes).name) ?? []);
  return names.length > 0 && names.length === links.length ? names : null;
}

function isrcOf(value: unknown, where: string, problems: Problem[]): string | null {
  const text = asText(value);
  if (text === null) return null;
  const isrc = normaliseIsrc(text);
  if (isrc.value === null) problems.push({ code: 'bad-value', message: isrc.problem, where });
  return isrc.value;
}
