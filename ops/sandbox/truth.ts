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
