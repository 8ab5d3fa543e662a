/** Which sites know which set, and the words that several sites build its name from. */
import type { SiteName } from './site-names.ts';
import { siteRng } from './site-rng.ts';
import type { DjSet, World } from './world/types.ts';
import { known } from './world.ts';

/** Share of the DJ sets that each site knows. */
const SHARES: Readonly<Record<SiteName, number>> = {
  '1001tracklists': 0.8,
  mixesdb: 0.65,
  setlistfm: 0.5,
  reddit: 0.6,
  applemusic: 0.2,
  watchthedj: 0.6,
};

/** Films and concert listings need a stage to have been on. */
const NEEDS_VENUE: readonly SiteName[] = ['setlistfm', 'watchthedj'];

/** Every set is on at least one site: what nobody else knows is on 1001tracklists. */
export function knows(world: World, site: SiteName, set: DjSet): boolean {
  const drawn = (one: SiteName): boolean =>
    !(set.kind === 'radio' && NEEDS_VENUE.includes(one)) && siteRng(world, one, `knows/${set.id}`).chance(SHARES[one]);
  if (site !== '1001tracklists') return drawn(site);
  return drawn(site) || !(drawn('mixesdb') || drawn('reddit') || drawn('watchthedj'));
}

/** The sets that a site knows, in the world's order. */
export function setsOn(world: World, site: SiteName): DjSet[] {
  return world.sets.filter((set) => knows(world, site, set));
}

/** "Saltwind", "Kesselraum", "Afterglow Radio 123": the shortest name of where it was played. */
export function placeName(world: World, set: DjSet): string {
  if (set.episode !== null) return `${set.event} ${set.episode}`;
  return set.event ?? (set.venueId === null ? '' : known(world.venues, set.venueId).name);
}
