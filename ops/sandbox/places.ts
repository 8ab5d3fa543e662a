/** Which sites know which set, which year they say, and the words that several sites build its name from. */
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

/** The sets that a site knows, as it tells them, in the world's order. */
export function setsOn(world: World, site: SiteName): DjSet[] {
  return world.sets.filter((set) => knows(world, site, set)).map((set) => dated(set, saidDate(world, site, set)));
}

/** Share of the sets that a site files under the year before or after: an error of its own, whatever else it copied. */
const WRONG_YEARS: Readonly<Record<SiteName, number>> = {
  '1001tracklists': 0.01,
  mixesdb: 0.02,
  setlistfm: 0,
  reddit: 0.04,
  applemusic: 0,
  watchthedj: 0.03,
};
/** Nothing was played after it. */
const LAST_YEAR = 2025;

function saidDate(world: World, site: SiteName, { id, date }: DjSet): string {
  const rng = siteRng(world, site, `year/${id}`);
  if (!rng.chance(WRONG_YEARS[site])) return date;
  const year = Number(date.slice(0, 4));
  return `${year === LAST_YEAR || rng.chance(0.5) ? year - 1 : year + 1}${date.slice(4)}`;
}

/** Its rows are still made only when they are asked for. */
function dated(set: DjSet, date: string): DjSet {
  return date === set.date ? set : Object.create(set, { date: { value: date, enumerable: true } });
}

/** The day that a set was really played, whatever day a site says. */
export function trueDate(world: World, { index }: DjSet): string | null {
  return world.sets[index]?.date ?? null;
}

export type SetAlteration = 'wrong-year';

/** What a site gets wrong about a set as a whole. */
export function alterationsOf(world: World, set: DjSet): SetAlteration[] {
  return trueDate(world, set) === set.date ? [] : ['wrong-year'];
}

/** "Saltwind", "Kesselraum", "Afterglow Radio 123": the shortest name of where it was played. */
export function placeName(world: World, set: DjSet): string {
  if (set.episode !== null) return `${set.event} ${set.episode}`;
  return set.event ?? (set.venueId === null ? '' : known(world.venues, set.venueId).name);
}
