/** What the local Apple shops sell: singles with their versions, compilations with the same recordings again, DJ mixes. */
import { placeName, setsOn } from '../places.ts';
import { credit, type Habits, shownRows } from '../shown.ts';
import type { ShownRow } from '../shown-row.ts';
import { slug } from '../world/names.ts';
import type { DjSet, Track, World } from '../world/types.ts';
import { known, namesOf } from '../world.ts';
import type { TrackAlteration } from './site.ts';

const SOURCE = 'applemusic';

export interface Album {
  readonly id: string;
  readonly title: string;
  readonly slug: string;
  readonly artist: string;
  readonly genre: string;
  readonly recordLabel: string;
  readonly releaseDate: string;
  readonly isCompilation: boolean;
}

export interface Song {
  readonly id: string;
  /** Recording of the world; null on a DJ mix, where it is a part of the mix. */
  readonly track: Track | null;
  readonly album: Album;
  readonly trackNumber: number;
  /** "Base Title (feat. Guest) [Version]". */
  readonly name: string;
  readonly artist: string;
  readonly artistIds: readonly string[];
  readonly featured: readonly string[];
  readonly isrc: string | null;
  readonly durationMs: number;
  readonly genre: string;
  readonly releaseDate: string;
  readonly altered: readonly TrackAlteration[];
}

export interface Catalogue {
  readonly albums: ReadonlyMap<string, Album>;
  readonly songs: ReadonlyMap<string, Song>;
  readonly songsOf: ReadonlyMap<string, readonly Song[]>;
  readonly byIsrc: ReadonlyMap<string, readonly Song[]>;
  /** Most played first. */
  readonly charted: readonly Song[];
  /** The second song of a recording that is sold twice, by the first one's id. */
  readonly resold: ReadonlyMap<string, Song>;
  readonly mixes: readonly { readonly set: DjSet; readonly album: Album }[];
}

export function buildCatalogue(world: World): Catalogue {
  const tracks = [...world.tracks.values()];
  const mixes = setsOn(world, SOURCE).map((set) => ({ set, album: mixAlbum(world, set) }));
  const singles = tracks.map((track) => single(world, track));
  // One recording in twelve is sold a second time, under the same ISRC.
  const twice = singles.filter((_, index) => index % 12 === 3);
  const resold = new Map(twice.map((song, index) => [song.id, onCompilation(song, index)]));
  const songs = [...singles, ...resold.values(), ...mixes.flatMap(({ set, album }) => mixSongs(world, set, album))];
  return {
    albums: new Map(songs.map(({ album }) => [album.id, album])),
    songs: new Map(songs.map((song) => [song.id, song])),
    songsOf: Map.groupBy(songs, ({ album }) => album.id),
    byIsrc: Map.groupBy(
      songs.filter(({ isrc }) => isrc !== null),
      ({ isrc }) => isrc ?? '',
    ),
    charted: singles,
    resold,
    mixes,
  };
}

/** The rows of a DJ mix; each starts where the one before ends. */
export function mixRows(world: World, set: DjSet): ShownRow[] {
  const habits: Habits = {
    guestWord: null,
    recognised: 1,
    cue: (row) => row.cueSeconds - (set.rows[0]?.cueSeconds ?? 0),
    granularity: 'second',
    unknownVersion: 'ID Remix',
    label: () => null,
    marks: false,
  };
  return shownRows(world, SOURCE, set, habits).map(mixedRow);
}

/** Apple joins the credits of a mash-up by "&" and its titles by "/". */
function mixedRow(row: ShownRow): ShownRow {
  if (row.parts.length === 0) return { ...row, version: row.version ?? 'Mixed' };
  const titles = row.parts.map((part) => part.title);
  return {
    ...row,
    artist: row.parts.map((part) => part.artist).join(' & '),
    title: titles.join(' / '),
    version: 'Mixed',
    parts: titles.map((title) => ({ artist: null, title, version: null })),
  };
}

function single(world: World, track: Track): Song {
  const original = track.baseId === null ? track : known(world.tracks, track.baseId);
  const title = `${original.title} - Single`;
  const album = {
    ...albumOf(world, original),
    id: String(1_500_000_000 + original.index * 10),
    title,
    slug: slug(title),
  };
  return {
    ...recording(world, track),
    id: String(1_600_000_000 + track.index * 10),
    album,
    trackNumber: track.index - original.index + 1,
  };
}

function onCompilation(song: Song, index: number): Song {
  const volume = Math.floor(index / 20) + 1;
  // One compilation in four gives its own day as that of its recordings.
  const isReissued = volume % 4 === 1;
  const title = `Night Shift Essentials, Vol. ${volume}`;
  const album: Album = {
    ...song.album,
    id: String(1_550_000_000 + volume),
    title,
    slug: slug(title),
    artist: 'Various Artists',
    releaseDate: '2025-11-28',
    isCompilation: true,
  };
  return {
    ...song,
    id: String(Number(song.id) + 1),
    album,
    trackNumber: (index % 20) + 1,
    ...(isReissued ? { releaseDate: album.releaseDate, altered: [...song.altered, 'reissue-date' as const] } : {}),
  };
}

function albumOf(world: World, track: Track): Omit<Album, 'id' | 'title' | 'slug'> {
  return {
    artist: namesOf(world.artists, track.artistIds),
    genre: track.genre,
    recordLabel: known(world.labels, track.labelId).name,
    releaseDate: track.releaseDate,
    isCompilation: false,
  };
}

function recording(world: World, track: Track): Omit<Song, 'id' | 'album' | 'trackNumber'> {
  const { artist, title, version } = credit(world, track, null);
  const featured = track.featuredIds.map((id) => known(world.artists, id).name);
  const guests = featured.length === 0 ? '' : ` (feat. ${featured.join(' & ')})`;
  const bracket = version === null ? '' : guests === '' ? ` (${version})` : ` [${version}]`;
  return {
    track,
    name: `${title}${guests}${bracket}`,
    artist: artist ?? '',
    artistIds: track.artistIds.map(artistIdOf),
    featured,
    ...isrcOf(world, track),
    durationMs: track.durationMs,
    genre: track.genre,
    releaseDate: track.releaseDate,
  };
}

/** Some resources come without one, and one remix or edit in nine under that of its base: whoever filled in the form copied it. */
function isrcOf(world: World, { index, isrc, baseId }: Track): Pick<Song, 'isrc' | 'altered'> {
  if (index % 13 === 5) return { isrc: null, altered: [] };
  if (baseId === null || index % 9 !== 4) return { isrc, altered: [] };
  return { isrc: known(world.tracks, baseId).isrc, altered: ['isrc-of-original'] };
}

function mixAlbum(world: World, set: DjSet): Album {
  const title = `${placeName(world, set)} ${set.date.slice(0, 4)}: ${namesOf(world.artists, set.djIds)} (DJ Mix)`;
  return {
    id: String(1_700_000_000 + set.index * 100),
    title,
    slug: slug(title),
    artist: namesOf(world.artists, set.djIds),
    genre: set.genres[0] ?? 'Dance',
    recordLabel: 'Sandbox Mixes',
    releaseDate: set.date,
    isCompilation: false,
  };
}

function mixSongs(world: World, set: DjSet, album: Album): Song[] {
  const rows = mixRows(world, set);
  const length = set.durationSeconds - (set.rows[0]?.cueSeconds ?? 0);
  return rows.map((row, index) => ({
    id: String(Number(album.id) + row.position),
    track: null,
    album,
    trackNumber: row.position,
    name: mixName(row, album),
    artist: row.artist ?? 'ID',
    artistIds: [],
    featured: [],
    isrc: null,
    durationMs: ((rows[index + 1]?.cueSeconds ?? length) - (row.cueSeconds ?? 0)) * 1000,
    genre: album.genre,
    releaseDate: album.releaseDate,
    altered: [],
  }));
}

/** "Title (Version) [Mixed]"; unreleased tracks are called after the mix. */
function mixName(row: ShownRow, album: Album): string {
  const nameless = row.title === null;
  const title = nameless ? `ID${row.position} (from ${album.title.replace(/ \(DJ Mix\)$/, '')})` : row.title;
  return row.version === 'Mixed' && !nameless
    ? `${title} (Mixed)`
    : row.version === 'Mixed'
      ? `${title} [Mixed]`
      : `${title} (${row.version}) [Mixed]`;
}

function artistIdOf(artistId: string): string {
  const kinds = ['dj', 'producer', 'band'];
  const [kind = '', number = '0'] = artistId.split('-');
  return String(1_400_000_000 + kinds.indexOf(kind) * 1_000_000 + Number(number));
}
