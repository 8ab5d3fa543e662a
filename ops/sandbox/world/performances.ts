/** DJ sets and concerts: what was played, when, where. */
import type { Rng } from '../rng.ts';
import { type People, two } from './catalogue.ts';
import type { Artist, Concert, DjSet, SetRow, Song, Track, Venue } from './types.ts';
import { FESTIVALS, GENRES, SHOWS, STAGES, TOURS } from './words.ts';

/** Fewer tracks of a genre than this are too few to play a set from. */
const SMALLEST_CRATE = 40;

export interface Stock {
  readonly people: People;
  readonly venues: readonly Venue[];
  readonly tracks: readonly Track[];
  /** The same tracks by genre. */
  readonly byGenre: ReadonlyMap<string, readonly Track[]>;
  /** Songs that a band wrote itself, by the band's id. */
  readonly bySongwriter: ReadonlyMap<string, readonly Track[]>;
  /** What was asked for lately. */
  readonly rows: Recent<SetRow[]>;
  readonly songs: Recent<Song[]>;
}

/** Keeps the values made last. Each can be made again, so that losing one costs time only. */
export class Recent<T> {
  readonly #most: number;
  readonly #kept = new Map<string, T>();

  constructor(most: number) {
    this.#most = most;
  }

  of(id: string, make: () => T): T {
    const value = this.#kept.get(id) ?? make();
    this.#kept.delete(id);
    this.#kept.set(id, value);
    const [oldest] = this.#kept.keys();
    if (this.#kept.size > this.#most && oldest !== undefined) this.#kept.delete(oldest);
    return value;
  }
}

/** A set whose rows are made when they are asked for: a large world would hold millions of them. The same rows each time. */
export function makeSet(world: Rng, index: number, stock: Stock): DjSet {
  const id = `set-${index}`;
  const rng = world.fork(id);
  const kind = rng.pick(['festival', 'festival', 'club', 'club', 'radio'] as const);
  const genres = rng.sample(GENRES, rng.int(1, 2));
  const head = {
    id,
    index,
    kind,
    djIds: rng.sample(stock.people.djs, rng.chance(0.12) ? 2 : 1).map((dj) => dj.id),
    event: kind === 'festival' ? rng.pick(FESTIVALS) : kind === 'radio' ? rng.pick(SHOWS) : null,
    stage: kind === 'festival' && rng.chance(0.7) ? rng.pick(STAGES) : null,
    episode: kind === 'radio' ? rng.int(1, 400) : null,
    venueId: kind === 'radio' ? null : rng.pick(stock.venues).id,
    date: makeDate(rng),
    genres,
  };
  const lastTrackSeconds = rng.int(180, 320);
  return {
    ...head,
    get durationSeconds() {
      return (this.rows.at(-1)?.cueSeconds ?? 0) + lastTrackSeconds;
    },
    get rows() {
      return stock.rows.of(id, () => makeRows(world.fork(id).fork('rows'), stock, genres));
    },
  };
}

export function makeConcert(world: Rng, index: number, stock: Stock): Concert {
  const id = `concert-${index}`;
  const rng = world.fork(id);
  const band = stock.people.bands[index % stock.people.bands.length] ?? rng.pick(stock.people.bands);
  return {
    id,
    index,
    bandId: band.id,
    venueId: rng.pick(stock.venues).id,
    date: makeDate(rng),
    tour: rng.chance(0.5) ? rng.pick(TOURS) : null,
    get songs() {
      return stock.songs.of(id, () => makeSongs(world.fork(id).fork('songs'), stock, band));
    },
  };
}

function makeRows(rng: Rng, stock: Stock, genres: readonly string[]): SetRow[] {
  const fitting = genres.map((genre) => stock.byGenre.get(genre)?.length ?? 0);
  const isEnough = Math.min(...fitting) > SMALLEST_CRATE;
  const crate = new Crate(rng, isEnough ? genres.map((genre) => stock.byGenre.get(genre) ?? []) : [stock.tracks]);
  const count = rng.int(13, 24);
  const rows: SetRow[] = [];
  let cue = rng.int(0, 12);
  for (let position = 1; position <= count; position += 1) {
    const withPrevious = position > 1 && rng.chance(0.07);
    rows.push({ position, withPrevious, cueSeconds: cue, ...played(rng, crate, stock.people) });
    cue += withPrevious ? rng.int(90, 200) : rng.int(130, 330);
  }
  return rows;
}

/** What one position holds. */
function played(rng: Rng, crate: Crate, people: People): Omit<SetRow, 'position' | 'withPrevious' | 'cueSeconds'> {
  const nothing = { trackIds: [], idKind: null, artistId: null, edit: null };
  const kind = rng.next();
  if (kind < 0.04) return { ...nothing, idKind: 'full' };
  if (kind < 0.09) return { ...nothing, idKind: 'title', artistId: rng.pick(people.producers).id };
  if (kind < 0.12) return { ...nothing, idKind: 'version', trackIds: [crate.original().id] };
  if (kind < 0.17) return { ...nothing, trackIds: [crate.original().id, crate.original().id] };
  return { ...nothing, trackIds: [crate.any().id], edit: rng.chance(0.04) ? 'Acappella' : null };
}

/** The tracks a DJ brought: popular ones come out more often, none comes out twice. */
class Crate {
  readonly #rng: Rng;
  readonly #shelves: readonly (readonly Track[])[];
  readonly #played = new Set<Track>();

  constructor(rng: Rng, shelves: readonly (readonly Track[])[]) {
    this.#rng = rng;
    this.#shelves = shelves;
  }

  any(): Track {
    for (;;) {
      const shelf = this.#rng.pick(this.#shelves);
      const track = shelf[Math.floor(shelf.length * this.#rng.next() ** 2)];
      if (track === undefined || this.#played.has(track)) continue;
      this.#played.add(track);
      return track;
    }
  }

  original(): Track {
    for (;;) {
      const track = this.any();
      if (track.version === null) return track;
    }
  }
}

function makeSongs(rng: Rng, stock: Stock, band: Artist): Song[] {
  const own = stock.bySongwriter.get(band.id) ?? [];
  const crate = new Crate(rng, [stock.tracks]);
  const foreign = (): Track => {
    for (;;) {
      const track = crate.original();
      if (!track.artistIds.includes(band.id)) return track;
    }
  };
  const plain = { trackIds: [], coverOfId: null, withArtistId: null, tape: false, encore: null, info: null };
  const songs: Song[] = rng.sample(own, rng.int(8, 14)).map((track) => ({ ...plain, trackIds: [track.id] }));
  for (const track of Array.from({ length: rng.int(1, 3) }, foreign)) {
    songs.splice(rng.int(0, songs.length), 0, {
      ...plain,
      trackIds: [track.id],
      coverOfId: track.artistIds[0] ?? null,
    });
  }
  const withNoise = songs.map((song) => songNoise(rng, song, stock, own));
  const encoreFrom = withNoise.length - rng.int(2, 3);
  const inSets = withNoise.map((song, place) => (place >= encoreFrom ? { ...song, encore: 1 } : song));
  if (!rng.chance(0.4)) return inSets;
  const intro = foreign();
  return [
    { ...plain, trackIds: [intro.id], coverOfId: intro.artistIds[0] ?? null, tape: true, info: 'intro' },
    ...inSets,
  ];
}

function songNoise(rng: Rng, song: Song, stock: Stock, own: readonly Track[]): Song {
  const kind = rng.next();
  const [track] = song.trackIds;
  if (song.coverOfId !== null || track === undefined) return song;
  if (kind < 0.03) return { ...song, trackIds: [], info: 'new song' };
  if (kind < 0.08) return { ...song, withArtistId: rng.pick(stock.people.producers).id };
  if (kind < 0.12) return { ...song, info: 'acoustic' };
  const other = own.filter((candidate) => candidate.id !== track);
  return kind < 0.16 && other.length > 0 ? { ...song, trackIds: [track, rng.pick(other).id] } : song;
}

function makeDate(rng: Rng): string {
  return `${rng.int(2022, 2025)}-${two(rng.int(1, 12))}-${two(rng.int(1, 28))}`;
}
