/** Builds the invented world that all six sites show. The same seed and size give the same world, byte for byte. */
import { createRng } from './rng.ts';
import { makeLabels, makePeople, makeTracks, makeVenues } from './world/catalogue.ts';
import { makeConcert, makeSet, Recent, type Stock } from './world/performances.ts';
import type { Artist, Track, World } from './world/types.ts';

/** Smallest world that can still hold every kind of thing. */
const SMALLEST = 4;
/** Lists of rows that are kept: as many as the longest listing of a site shows at once, and some. */
const RECENT = 2_000;

/** @param size DJ sets and concerts together, at least 4; about a quarter are concerts */
export function buildWorld(seed: string, size: number): World {
  if (!Number.isInteger(size) || size < SMALLEST) {
    throw new RangeError(`world size is ${size}, expected a whole number of ${SMALLEST} or more sets`);
  }
  const rng = createRng(`${seed}/${size}`);
  const people = makePeople(rng.fork('people'), size);
  const labels = makeLabels(rng.fork('labels'), size);
  const venues = makeVenues(rng.fork('venues'), size);
  const tracks = makeTracks(rng.fork('tracks'), size, people, labels);
  const stock: Stock = {
    people,
    venues,
    tracks,
    byGenre: group(tracks, (t) => [t.genre]),
    bySongwriter: songs(tracks),
    rows: new Recent(RECENT),
    songs: new Recent(RECENT),
  };
  const concerts = Math.floor(size / 4);
  return {
    seed,
    size,
    artists: byId([...people.djs, ...people.producers, ...people.bands]),
    labels: byId(labels),
    tracks: byId(tracks),
    venues: byId(venues),
    sets: Array.from({ length: size - concerts }, (_, index) => makeSet(rng, index, stock)),
    concerts: Array.from({ length: concerts }, (_, index) => makeConcert(rng, index, stock)),
  };
}

/** The thing of that id; the world refers to nothing that it does not hold. */
export function known<T>(things: ReadonlyMap<string, T>, id: string): T {
  const thing = things.get(id);
  if (thing === undefined) throw new RangeError(`the world holds no "${id}"`);
  return thing;
}

/** "A & B". */
export function namesOf(artists: ReadonlyMap<string, Artist>, ids: readonly string[], between = ' & '): string {
  return ids.map((id) => known(artists, id).name).join(between);
}

function byId<T extends { readonly id: string }>(things: readonly T[]): Map<string, T> {
  return new Map(things.map((thing) => [thing.id, thing]));
}

function songs(tracks: readonly Track[]): Map<string, Track[]> {
  return group(
    tracks.filter((track) => track.version === null),
    (track) => track.artistIds,
  );
}

function group(tracks: readonly Track[], keysOf: (track: Track) => readonly string[]): Map<string, Track[]> {
  const groups = new Map<string, Track[]>();
  for (const track of tracks) {
    for (const key of keysOf(track)) {
      const members = groups.get(key);
      if (members) members.push(track);
      else groups.set(key, [track]);
    }
  }
  return groups;
}
