/**
 * One process that crawls, archives and parses a list of pages as a crawl job does (the same harness, client, archive and parser) and stores
 * nothing in a database. Its list of pages comes as a file; what it did is its last line. Run by `npm run bench -- crawl`.
 */
import { readFileSync } from 'node:fs';
import { loadSource } from '../../../spiders/registry.ts';
import { runSpider } from '../../../spiders/run-spider.ts';
import { openArchive } from '../../../src/platform/archive-store.ts';
import { systemClock } from '../../../src/platform/context.ts';
import { createEgressGuard } from '../../../src/platform/egress-guard.ts';
import { createHttpClient } from '../../../src/platform/http-client.ts';
import { pageUrl } from '../e2e/site.ts';

const HOST = 'www.1001tracklists.com';
/** Memory is told after so many pages. */
const EVERY = 500;

const [origin = '', list = '', archiveFolder = '', concurrency = '16'] = process.argv.slice(2);
const source = await loadSource('1001tracklists');
const archive = openArchive(archiveFolder);
const http = createHttpClient({
  guard: createEgressGuard([new URL(origin).host]),
  clock: systemClock,
  userAgent: 'MusicDB bench',
  sandboxHosts: { [HOST]: origin },
});
const waiting = readFileSync(list, 'utf8')
  .trim()
  .split('\n')
  .map((path, id) => ({
    id,
    token: 1,
    url: pageUrl(path),
    kind: 'tracklist',
    depth: 0,
    attempts: 0,
    etag: null,
    lastModified: null,
    window: null,
  }));
const done = { pages: 0, rows: 0, failed: [] as string[], memory: [] as { pages: number; rssMb: number }[] };

await runSpider({
  source,
  concurrency: Number(concurrency),
  lease: async (count) => waiting.splice(0, count),
  settled: async () => undefined,
  fetch: ({ url }) => http.fetch({ url, headers: {}, allowedHosts: [HOST] }),
  render: () => Promise.reject(new Error('no page of this bench is rendered')),
  archive: async ({ rawBody }) => {
    await archive.put(rawBody);
  },
  onVisit: async ({ result }) => {
    done.pages += 1;
    for (const item of result.items)
      if (item.kind === 'setlist') done.rows += item.tracks.reduce((sum, { parts }) => sum + 1 + parts.length, 0);
    if (done.pages % EVERY === 0) done.memory.push({ pages: done.pages, rssMb: process.memoryUsage.rss() / 1e6 });
  },
  onFailure: async ({ url }, error) => {
    done.failed.push(`${url}: ${error.message}`);
  },
  signal: new AbortController().signal,
});
await http.release();
process.stdout.write(`${JSON.stringify(done)}\n`);
