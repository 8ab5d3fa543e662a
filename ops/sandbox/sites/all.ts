/** The six local sites, in the order of the sources. */
import type { World } from '../world/types.ts';
import { createSite as create1001tracklists } from './1001tracklists.ts';
import { createSite as createApplemusic } from './applemusic.ts';
import { createSite as createMixesdb } from './mixesdb.ts';
import { createSite as createReddit } from './reddit.ts';
import { createSite as createSetlistfm } from './setlistfm.ts';
import type { Site } from './site.ts';
import { createSite as createWatchthedj } from './watchthedj.ts';

/** @param scripted share of the pages of WatchTheDJ whose content comes by script, 0 to 1 */
export function createSites(world: World, scripted = 0): Site[] {
  return [
    create1001tracklists(world),
    createMixesdb(world),
    createSetlistfm(world),
    createReddit(world),
    createApplemusic(world),
    createWatchthedj(world, scripted),
  ];
}
