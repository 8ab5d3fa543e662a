/**
 * DJ mixes: an album whose tracks blend into each other is the set itself. Its order is the set's, and a track starts where the
 * ones before it end.
 */

import { clockToSeconds } from '../../src/core/cue.ts';
import {
  type AlbumItem,
  type Row,
  row,
  type SetlistItem,
  setlist,
  type TrackItem,
  track,
} from '../../src/core/items.ts';
import { asList, asNumber, asRecord, asText, type JsonRecord } from '../../src/core/json-page.ts';
import { splitVersion } from '../../src/core/track-name.ts';
import { addAll, type Reading } from './reading.ts';
import { mashedTitles, readArtists, readSongName } from './song-name.ts';

/**
 * Only a bracket (or a name that ends so after a word of its own) is a mark: "DJ mix" can be a title like any other. The shop adds "EP" and
 * "Single" behind everything.
 */
const MARK =
  /(?:\((?:continuous )?dj mix(?: by [^)]*)?\)|\[(?:continuous )?dj mix(?: by [^\]]*)?\]|\bcontinuous dj mix(?: by [^()[\]]+)?)(?:\s+-\s+(?:ep|single))?$/i;
const LONGEST_NAME = 500;

/** Whether an album is a DJ mix: by its name, or because every track of a medium says "Mixed". */
export function isDjMix(title: string | null, tracks: readonly TrackItem[]): boolean {
  return isMarked(title) || mixedMedia(tracks).length > 0;
}

/** The sets of an album: one for each medium that is a mix. `isWhole` is false where further tracks stand on next pages. */
export function setsOf(album: AlbumItem, isWhole = true): SetlistItem[] {
  if (!isWhole && !isMarked(album.title)) return [];
  const media = mediaOf(album);
  return media.map((tracks) => {
    const disc = tracks[0]?.discNumber ?? 1;
    const durationSeconds = isWhole ? lengthOf(tracks) : null;
    return setlist('applemusic', media.length > 1 ? `${album.id}-${disc}` : album.id, {
      url: asText(album.extra.url),
      title: album.title,
      artists: album.artist === null ? [] : [album.artist],
      genres: asList(album.extra.genres).flatMap((genre) => asText(genre) ?? []),
      media: [{ service: 'applemusic', id: album.id, durationSeconds }],
      durationSeconds,
      tracks: rowsOf(tracks),
      // The day a mix was released is not the day it was played.
      extra: { albumId: album.id, disc, releaseDate: album.releaseDate, recordLabel: album.recordLabel, isWhole },
    });
  });
}

/** Tables of a mix retyped from its page: `{album_id, album_name, url, tracks: [{number, artist, name, time}]}`. */
export function readMixTable(table: JsonRecord, reading: Reading): void {
  const id = asText(table.album_id);
  if (id === null) {
    reading.problems.push({ code: 'bad-value', message: 'a table of a mix without album_id', where: '$.album_id' });
    return;
  }
  const tracks = asList(table.tracks).map((entry, index) =>
    tableTrack(id, asText(table.album_name), index, asRecord(entry)),
  );
  const title = asText(table.album_name);
  const album: AlbumItem = {
    kind: 'album',
    source: 'applemusic',
    id,
    title,
    artist: null,
    trackCount: null,
    recordLabel: null,
    releaseDate: null,
    tracks,
    extra: { url: asText(table.url), isDjMix: isDjMix(title, tracks) },
  };
  addAll([album, ...setsOf(album), ...tracks], reading);
}

/** Such a table gives its tracks no ids: album and number stand for one. */
function tableTrack(albumId: string, album: string | null, index: number, entry: JsonRecord): TrackItem {
  const number = Number(asText(entry.number) ?? index + 1);
  const displayName = asText(entry.name);
  const displayArtist = asText(entry.artist);
  const { artist, title, version, featured, mixed, isId, idKind } = readSongName(displayName, displayArtist);
  const seconds = clockToSeconds(asText(entry.time) ?? '');
  return track('applemusic', `${albumId}/${number}`, {
    title,
    version,
    artist,
    artists: readArtists(artist, 0),
    featured,
    album,
    albumId,
    durationMs: seconds === null ? null : seconds * 1000,
    trackNumber: Number.isInteger(number) ? number : null,
    mixed,
    isId,
    idKind,
    extra: { mediaType: 'audio', displayName, displayArtist, works: mashedTitles({ title, mixed }) },
  });
}

function isMarked(title: string | null): boolean {
  return title !== null && title.length <= LONGEST_NAME && MARK.test(title);
}

/** The media that are mixes. An album that calls itself one is one, also where its tracks do not say so each. */
function mediaOf({ title, tracks }: AlbumItem): TrackItem[][] {
  const mixed = mixedMedia(tracks);
  if (mixed.length > 0 || !isMarked(title)) return mixed;
  const all = mediaIn(tracks);
  const partly = all.filter((medium) => medium.some((item) => item.mixed));
  return partly.length > 0 ? partly : all;
}

/** Media of which every track is mixed: a release may hold others beside them. */
function mixedMedia(tracks: readonly TrackItem[]): TrackItem[][] {
  return mediaIn(tracks).filter((medium) => medium.every(({ mixed }) => mixed));
}

/** Media of more than one track with a name: a single one is a recording, not a set. The whole mix in one piece beside its parts is none of them. */
function mediaIn(tracks: readonly TrackItem[]): TrackItem[][] {
  const named = tracks.filter(
    ({ title, isId, extra }) => (title !== null || isId) && !isMarked(asText(extra.displayName)),
  );
  const media = Map.groupBy(named, ({ discNumber }) => discNumber ?? 1);
  return [...media.values()].filter((medium) => medium.length > 1);
}

/** Starts are known up to the first track that is missing or has no length. */
function rowsOf(tracks: readonly TrackItem[]): Row[] {
  let start: number | null = 0;
  return tracks.map((item, index) => {
    const gap = item.trackNumber !== null && item.trackNumber !== index + 1;
    if (gap) start = null;
    const cueSeconds: number | null = start === null ? null : Math.round(start / 1000);
    start = start === null || item.durationMs === null ? null : start + item.durationMs;
    return mixRow(item, index + 1, cueSeconds);
  });
}

function mixRow(item: TrackItem, position: number, cueSeconds: number | null): Row {
  const works = mashedTitles(item);
  return row(position, {
    number: item.trackNumber === null ? null : String(item.trackNumber),
    cueSeconds,
    cueGranularity: cueSeconds === null ? 'unknown' : 'second',
    artist: item.artist,
    title: item.title,
    version: item.version ?? (item.mixed ? 'Mixed' : null),
    isId: item.isId,
    idKind: item.idKind,
    // Whose credit belongs to which work the page does not say.
    parts: works.map((work) => ({ artist: null, ...splitVersion(work) })),
    durationSeconds: item.durationMs === null ? null : Math.round(item.durationMs / 1000),
    links: { trackId: item.id, ...(item.url === null ? {} : { trackUrl: item.url }) },
  });
}

function lengthOf(tracks: readonly TrackItem[]): number | null {
  const lengths = tracks.flatMap(({ durationMs }) => asNumber(durationMs) ?? []);
  if (lengths.length < tracks.length) return null;
  return Math.round(lengths.reduce((sum, length) => sum + length, 0) / 1000);
}
