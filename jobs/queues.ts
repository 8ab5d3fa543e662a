/** The queues, and how urgent work is. 1 is first; an unprioritised job would jump all of them, so none exists. */
import { SOURCE_NAMES } from '../spiders/registry.ts';
import type { SourceName } from '../src/core/source-name.ts';

export type CrawlQueue = `crawl-${SourceName}`;
export type QueueName = CrawlQueue | 'transform' | 'load' | 'index' | 'orchestrate' | 'maintenance';

export function crawlQueue(source: SourceName): CrawlQueue {
  return `crawl-${source}`;
}

export const CRAWL_QUEUE_NAMES: readonly CrawlQueue[] = SOURCE_NAMES.map(crawlQueue);
export const QUEUE_NAMES: readonly QueueName[] = [
  ...CRAWL_QUEUE_NAMES,
  'transform',
  'load',
  'index',
  'orchestrate',
  'maintenance',
];
/** What an import or a crawl from the command line works off itself. */
export const PIPELINE_QUEUES: readonly QueueName[] = ['transform', 'load', 'index'];

export const PRIORITY = {
  /** A person waits for it: `rescrape`, `crawl`, `import`. */
  manual: 1,
  /** Ordinary work. */
  scheduled: 10,
  /** Housekeeping. */
  background: 100,
} as const;
