/** What is true in the world and what each site shows of it, as plain JSON: the measure of a crawl. */
import type { ShownSet, ShownTrack, Site } from './sites/site.ts';
import type { Artist, Concert, DjSet, Label, Track, Venue, World } from './world/types.ts';

export interface Truth {
  readonly seed: string;
  readonly size: number;
  readonly artists: readonly Artist[];
  readonly labels: readonly Label[];
  readonly tracks: readonly Track[];
  readonly venues: readonly Venue[];
  readonly sets: readonly DjSet[];
  readonly concerts: readonly Concert[];
  /** One entry for each set on each site that shows it. */
  readonly shownSets: readonly ShownSet[];
  /** One entry for each recording in a shop. */
  readonly shownTracks: readonly ShownTrack[];
}

export function truthOf(world: World, sites: readonly Site[]): Truth {
  return {
    seed: world.seed,
    size: world.size,
    artists: [...world.artists.values()],
    labels: [...world.labels.values()],
    tracks: [...world.tracks.values()],
    venues: [...world.venues.values()],
    sets: world.sets,
    concerts: world.concerts,
    shownSets: sites.flatMap((site) => [...site.shownSets()]),
    shownTracks: sites.flatMap((site) => [...(site.shownTracks?.() ?? [])]),
  };
}

/** One line of a truth file. Its kinds and their fields are the members of `Truth`. */
export type TruthLine =
  | { readonly type: 'world'; readonly seed: string; readonly size: number }
  | ({ readonly type: 'artist' } & Artist)
  | ({ readonly type: 'label' } & Label)
  | ({ readonly type: 'track' } & Track)
  | ({ readonly type: 'venue' } & Venue)
  | ({ readonly type: 'set' } & DjSet)
  | ({ readonly type: 'concert' } & Concert)
  | ({ readonly type: 'shownSet' } & ShownSet)
  | ({ readonly type: 'shownTrack' } & ShownTrack);

/** The truth a thing at a time; things that others refer to come first. */
export function* truthLines(world: World, sites: readonly Site[]): Generator<TruthLine> {
  yield { type: 'world', seed: world.seed, size: world.size };
  for (const artist of world.artists.values()) yield { type: 'artist', ...artist };
  for (const label of world.labels.values()) yield { type: 'label', ...label };
  for (const track of world.tracks.values()) yield { type: 'track', ...track };
  for (const venue of world.venues.values()) yield { type: 'venue', ...venue };
  for (const set of world.sets) yield { type: 'set', ...set };
  for (const concert of world.concerts) yield { type: 'concert', ...concert };
  for (const site of sites) {
    for (const shown of site.shownSets()) yield { type: 'shownSet', ...shown };
    for (const shown of site.shownTracks?.() ?? []) yield { type: 'shownTrack', ...shown };
  }
}
