/**
 * The spiders start from searches for real names, and the names of this world are invented. So each search that a spider starts from is answered
 * with its share of what the site holds: together the seeds lead to everything.
 */
import type { PageRequest } from '../../../src/core/parse-result.ts';

/**
 * @param parameter name of the parameter that holds the searched words
 * @returns for words that a seed searches for: its share of `things`; null for all other words
 */
export function seedShare<T>(
  things: readonly T[],
  seeds: readonly PageRequest[],
  parameter: string,
  words: string,
): T[] | null {
  const searches = seeds.map((seed) => new URL(seed.url).searchParams.get(parameter)).filter((word) => word !== null);
  const share = searches.indexOf(words);
  return share < 0 ? null : things.filter((_, index) => index % searches.length === share);
}
