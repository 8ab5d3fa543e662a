/** Artists, labels, venues and recordings of the world. */
import { DIGITS, HEX, type Rng, UPPER_ALNUM } from '../rng.ts';
import { bandName, labelName, slug, soloName, trackTitle, unique } from './names.ts';
import type { Artist, Label, Track, Venue } from './types.ts';
import { CITIES, CLUBS, GENRES } from './words.ts';

export interface People {
  readonly djs: Artist[];
  readonly producers: Artist[];
  readonly bands: Artist[];
}

/** @param size DJ sets and concerts together */
export function makePeople(rng: Rng, size: number): People {
  const names = new Set<string>();
  const many = (kind: string, count: number, draw: (rng: Rng) => string): Artist[] =>
    Array.from({ length: count }, (_, index) => {
      const own = rng.fork(`${kind}-${index}`);
      return makeArtist(
        `${kind}-${index}`,
        unique(names, () => draw(own)),
        own,
      );
    });
  return {
    djs: many('dj', 8 + Math.ceil(size / 4), soloName),
    producers: many('producer', 30 + Math.ceil(size * 0.8), soloName),
    bands: many('band', 3 + Math.ceil(size / 12), bandName),
  };
}

export function makeLabels(rng: Rng, size: number): Label[] {
  const names = new Set<string>();
  const prefixes = new Set<string>();
  return Array.from({ length: 8 + Math.ceil(size / 8) }, (_, index) => {
    const own = rng.fork(`label-${index}`);
    const name = unique(names, () => labelName(own));
    const isrcPrefix = unique(prefixes, () => own.pick(['GB', 'US', 'DE', 'NL', 'QZ']) + own.text(UPPER_ALNUM, 3));
    return {
      id: `label-${index}`,
      name,
      catalogPrefix: name
        .replace(/[^a-z]/gi, '')
        .slice(0, 3)
        .toUpperCase(),
      isrcPrefix,
    };
  });
}

export function makeVenues(rng: Rng, size: number): Venue[] {
  const names = new Set<string>();
  return Array.from({ length: 8 + Math.ceil(size / 6) }, (_, index) => {
    const own = rng.fork(`venue-${index}`);
    return { id: `venue-${index}`, name: unique(names, () => own.pick(CLUBS)), city: own.pick(CITIES) };
  });
}

/** Originals, each followed by its remixes and edits. Bands write songs too: their concerts play them. */
export function makeTracks(rng: Rng, size: number, people: People, labels: readonly Label[]): Track[] {
  const tracks: Track[] = [];
  const titles = new Set<string>();
  const serials = new Map<string, number>();
  const add = (
    own: Rng,
    said: Pick<Track, 'title' | 'version' | 'artistIds' | 'featuredIds' | 'baseId' | 'genre'>,
  ): Track => {
    const label = own.pick(labels);
    const serial = (serials.get(label.id) ?? 0) + 1;
    serials.set(label.id, serial);
    const track = { ...said, ...release(own, label, serial), id: `track-${tracks.length}`, index: tracks.length };
    tracks.push(track);
    return track;
  };
  for (let index = 0; index < 60 + size * 3; index += 1) {
    const own = rng.fork(`original-${index}`);
    const ownSong = index % 4 === 0;
    const by = ownSong ? [own.pick(people.bands)] : own.sample(people.producers, own.chance(0.25) ? 2 : 1);
    const original = add(own, {
      title: unique(titles, () => trackTitle(own)),
      version: null,
      artistIds: by.map((artist) => artist.id),
      featuredIds: own.chance(0.2) ? [pickOther(own, people.producers, by).id] : [],
      baseId: null,
      genre: own.pick(GENRES),
    });
    for (const version of versions(own, people.producers)) add(own, { ...original, version, baseId: original.id });
  }
  return tracks;
}

function makeArtist(id: string, name: string, rng: Rng): Artist {
  const [a, b, c, d] = [rng.text(HEX, 8), rng.text(HEX, 4), rng.text(HEX, 3), rng.text(HEX, 3)];
  return { id, name, mbid: `${a}-${b}-4${c}-8${d}-${rng.text(HEX, 12)}`, slug: slug(name) };
}

function release(
  rng: Rng,
  label: Label,
  serial: number,
): Pick<Track, 'labelId' | 'catalogNumber' | 'isrc' | 'durationMs' | 'releaseDate'> {
  const year = rng.int(2015, 2025);
  return {
    labelId: label.id,
    catalogNumber: `${label.catalogPrefix} ${String(serial).padStart(3, '0')}`,
    // The designation is the serial behind random digits: unique within the label's prefix and year.
    isrc: `${label.isrcPrefix}${String(year).slice(2)}${rng.pick([...DIGITS])}${String(serial % 10_000).padStart(4, '0')}`,
    durationMs: rng.int(165_000, 430_000),
    releaseDate: `${year}-${two(rng.int(1, 12))}-${two(rng.int(1, 28))}`,
  };
}

function versions(rng: Rng, producers: readonly Artist[]): string[] {
  const made: string[] = [];
  if (rng.chance(0.3)) made.push(`${rng.pick(producers).name} Remix`);
  if (rng.chance(0.08)) made.push('Extended Mix');
  if (rng.chance(0.04)) made.push(`${rng.pick(producers).name} Dub`);
  return made;
}

function pickOther(rng: Rng, artists: readonly Artist[], not: readonly Artist[]): Artist {
  for (;;) {
    const artist = rng.pick(artists);
    if (!not.includes(artist)) return artist;
  }
}

/** 7 as "07". */
export function two(value: number): string {
  return String(value).padStart(2, '0');
}
