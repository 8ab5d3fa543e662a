/** `musicdb rescrape`: one page again, before everything else. */
import { loadSource } from '../../../spiders/registry.ts';
import { requestsForSeed } from '../../core/seeds.ts';
import { sourceArgument } from '../arguments.ts';
import { type CrawlOptions, crawl } from './crawl.ts';

export async function run([sourceName = '', seed = '']: string[], options: CrawlOptions): Promise<number> {
  const source = await loadSource(sourceArgument(sourceName));
  const seeds = requestsForSeed(source, seed);
  return crawl({ source, seeds, limit: seeds.length }, options);
}
