/** `musicdb rescrape`: one page again, before everything else. */
import { loadSource } from '../../../spiders/registry.ts';
import { sourceArgument } from '../arguments.ts';
import { type CrawlOptions, crawl, requestFor } from './crawl.ts';

export async function run([sourceName = '', idOrUrl = '']: string[], options: CrawlOptions): Promise<number> {
  const source = await loadSource(sourceArgument(sourceName));
  return crawl(source, [requestFor(source, idOrUrl)], 1, options);
}
