/** Answers of the keyless iTunes look-up and search: no ISRC, no composer, but the same ids as the catalogue. */
import { type AlbumItem, type TrackItem, track } from '../../src/core/items.ts';
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
import { addAll, dateOf, noteAll, noteMissing, type Reading } from './reading.ts';
import { mashedTitles, readArtists, readSongName } from './song-name.ts';
import { itunesAlbum, storefrontOf } from './spider.ts';

const TRACK_FIELDS = {
  trackName: 'text',
  trackCensoredName: 'text',
  artistName: 'text',
  collectionName: 'text',
  collectionId: 'text',
  releaseDate: 'text',
  trackTimeMillis: 'number',
  trackNumber: 'number',
  discNumber: 'number',
} as const;
const COLLECTION_FIELDS = {
  collectionName: 'text',
  collectionCensoredName: 'text',
  artistName: 'text',
  trackCount: 'number',
  copyright: 'text',
} as const;

/** Reads `results`, where collections, tracks and artists stand mixed. */
export function readItunes(results: readonly unknown[], reading: Reading): void {
  const entries = results.map((entry, index) => ({ entry: asRecord(entry), where: `$.results[${index}]` }));
  const tracks = entries.flatMap(({ entry, where }) =>
    isTrack(entry) ? (trackItem(entry, where, reading) ?? []) : [],
  );
  const byAlbum = Map.groupBy(tracks, ({ albumId }) => albumId);
  const others = entries.filter(({ entry }) => entry.wrapperType === 'track' && !isTrack(entry));
  const otherParts = Map.groupBy(others, ({ entry }) => asText(entry.collectionId));
  for (const { entry, where } of entries) {
    if (entry.wrapperType === 'collection') {
      const unread = otherParts.get(asText(entry.collectionId))?.length ?? 0;
      readCollection(entry, where, { byAlbum, unread }, reading);
    } else if (entry.wrapperType === 'artist') readArtist(entry, where, reading);
    else if (!isTrack(entry)) reading.problems.push(unread(entry, where));
  }
  addAll(tracks, reading);
}

function isTrack({ wrapperType, kind }: JsonRecord): boolean {
  return wrapperType === 'track' && (kind === 'song' || kind === 'music-video');
}

function unread({ wrapperType, kind }: JsonRecord, where: string): Reading['problems'][number] {
  const what = asText(kind) ?? asText(wrapperType);
  if (what === null) return { code: 'unknown-shape', message: 'expected a result with wrapperType', where };
  return { code: 'not-read-yet', message: `not read yet: iTunes ${what.slice(0, 40)}`, where };
}

function trackItem(entry: JsonRecord, where: string, { problems }: Reading): TrackItem | null {
  const id = asText(entry.trackId);
  if (id === null) {
    problems.push({ code: 'bad-value', message: 'a track without trackId', where });
    return null;
  }
  noteAll(wrongTypes(entry, TRACK_FIELDS, where), problems);
  const displayName = longer(asText(entry.trackName), asText(entry.trackCensoredName));
  const displayArtist = asText(entry.artistName);
  const { artist, title, version, featured, mixed, isId, idKind } = readSongName(displayName, displayArtist);
  return track('applemusic', id, {
    title,
    version,
    artist,
    artists: readArtists(artist, 0),
    featured,
    album: asText(entry.collectionName),
    albumId: asText(entry.collectionId),
    durationMs: asNumber(entry.trackTimeMillis),
    releaseDate: dateOf(entry.releaseDate, `${where}.releaseDate`, problems),
    genres: genresOf(entry),
    trackNumber: asNumber(entry.trackNumber),
    discNumber: asNumber(entry.discNumber),
    explicit: isExplicit(entry.trackExplicitness),
    previewUrl: asText(entry.previewUrl),
    url: asText(entry.trackViewUrl),
    mixed,
    isId,
    idKind,
    extra: {
      type: asText(entry.kind),
      mediaType: entry.kind === 'music-video' ? 'video' : 'audio',
      displayName,
      displayArtist,
      name: asText(entry.trackName),
      contentRating: asText(entry.trackExplicitness),
      artistIds: asText(entry.artistId) === null ? [] : [asText(entry.artistId)],
      discCount: asNumber(entry.discCount),
      trackCount: asNumber(entry.trackCount),
      isStreamable: asBoolean(entry.isStreamable),
      country: asText(entry.country),
      works: mashedTitles({ title, mixed }),
    },
  });
}

/** A look-up of an album names its collection first; the tracks of it stand behind, and some regions lack some. `unread`: booklets count as tracks. */
function readCollection(
  entry: JsonRecord,
  where: string,
  { byAlbum, unread }: { byAlbum: ReadonlyMap<string | null, TrackItem[]>; unread: number },
  reading: Reading,
): void {
  const id = asText(entry.collectionId);
  if (id === null) {
    reading.problems.push({ code: 'bad-value', message: 'a collection without collectionId', where });
    return;
  }
  noteAll(wrongTypes(entry, COLLECTION_FIELDS, where), reading.problems);
  const tracks = byAlbum.get(id) ?? [];
  const title = longer(asText(entry.collectionName), asText(entry.collectionCensoredName));
  const album: AlbumItem = {
    kind: 'album',
    source: 'applemusic',
    id,
    title,
    artist: asText(entry.artistName),
    trackCount: asNumber(entry.trackCount),
    recordLabel: null,
    releaseDate: dateOf(entry.releaseDate, `${where}.releaseDate`, reading.problems),
    tracks,
    extra: {
      url: asText(entry.collectionViewUrl),
      artistId: asText(entry.artistId),
      genres: genresOf(entry),
      contentRating: asText(entry.collectionExplicitness),
      copyright: asText(entry.copyright),
      country: asText(entry.country),
      upc: upcOf(asText(entry.artworkUrl100)),
      typeSuffix: / - (EP|Single)$/.exec(title ?? '')?.[1] ?? null,
      isDjMix: isDjMix(title, tracks),
    },
  };
  addAll([album, ...setsOf(album)], reading);
  const asked = parametersOf(reading.url);
  noteEdition(album, asked.get('upc'), reading);
  // Albums that are only streamed are looked up without tracks; a search for albums gives none of any.
  if (tracks.length > 0 || asked.get('entity') === 'song')
    noteMissing(id, tracks.length + unread, album.trackCount, reading);
  else if (album.extra.isDjMix === true) reading.requests.push(itunesAlbum(id, storefrontOf(reading.url)));
}

/** A look-up by bar code may give other editions: only those whose own code is known and differs are sure. */
function noteEdition({ id, extra }: AlbumItem, asked: string | null, { problems }: Reading): void {
  const [given, wanted] = [asText(extra.upc), asked].map((code) => code?.replace(/^0+/, ''));
  if (!given || !wanted || given === wanted) return;
  const message = `album ${id} carries the bar code ${extra.upc}, asked was for ${wanted.slice(0, 20)}: another edition`;
  problems.push({ code: 'other-edition', message, where: null });
}

function parametersOf(url: string | null): URLSearchParams {
  return url !== null && URL.canParse(url) ? new URL(url).searchParams : new URLSearchParams();
}

function readArtist(entry: JsonRecord, where: string, { items, problems }: Reading): void {
  const [id, name] = [asText(entry.artistId), asText(entry.artistName)];
  if (id === null || name === null) {
    problems.push({ code: 'bad-value', message: 'an artist without artistId or artistName', where });
    return;
  }
  const extra = { genres: genresOf(entry) };
  const url = asText(entry.artistLinkUrl) ?? asText(entry.artistViewUrl);
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
}

/** The "censored" name is mostly the same; where it is longer it carries the version. */
function longer(name: string | null, censored: string | null): string | null {
  return censored !== null && censored.length > (name?.length ?? 0) ? censored : name;
}

function genresOf(entry: JsonRecord): string[] {
  return asList([entry.primaryGenreName]).flatMap((genre) => asText(genre) ?? []);
}

function isExplicit(value: unknown): boolean | null {
  const text = asText(value);
  return text === null ? null : text === 'explicit';
}

/** Some labels name the picture's file after the bar code. */
function upcOf(artwork: string | null): string | null {
  return /\/(\d{12,13})[^/]*\.\w+\/[^/]*$/.exec(artwork ?? '')?.[1] ?? null;
}
