/** Chance of one site: each thing on each site draws from a branch of its own. */

import { createRng, type Rng } from './rng.ts';
import type { SiteName } from './site-names.ts';
import type { World } from './world/types.ts';

/** A branch of chance for one thing on one site. */
export function siteRng({ seed, size }: Pick<World, 'seed' | 'size'>, site: SiteName, thing: string): Rng {
  return createRng(`${seed}/${size}/${site}/${thing}`);
}
