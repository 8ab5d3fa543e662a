/** Chance of one site: each thing on each site draws from a branch of its own. */
import type { SourceName } from '../../src/core/source.ts';
import { createRng, type Rng } from './rng.ts';
import type { World } from './world/types.ts';

/** A branch of chance for one thing on one site. */
export function siteRng({ seed, size }: Pick<World, 'seed' | 'size'>, site: SourceName, thing: string): Rng {
  return createRng(`${seed}/${size}/${site}/${thing}`);
}
