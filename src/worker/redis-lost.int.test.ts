/** DESIGN: "lose Redis entirely and nothing is lost but time". The whole pipeline on a stand-in, once undisturbed, once with Redis flushed again and again. */
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { enqueueDueCrawls } from '../../jobs/orchestrate.ts';
import { PIPELINE_QUEUES } from '../../jobs/queues.ts';
import { systemClock } from '../platform/context.ts';
import { listDeadLetters } from '../repositories/dead-letters.ts';
import { addRequests } from '../repositories/frontier.ts';
import { forgetEverything } from '../testing/forget-redis.ts';
import { openTestContext } from '../testing/job-context.ts';
import { openTestServices, type TestServices } from '../testing/services.ts';
import { drain } from './drain.ts';
import { startWorker } from './worker.ts';

const PAGES = 20;
const SETS_ON_A_PAGE = 3;
const START = 'https://api.setlist.fm/rest/1.0/artist/11111111-2222-3333-4444-555555555555/setlists';

let server: Server;
let disturbed: TestServices;
let undisturbed: TestServices;

beforeAll(async () => {
  [disturbed, undisturbed] = await Promise.all([openTestServices(), openTestServices()]);
  server = createServer((request, response) => {
    const page = Number(new URL(request.url ?? '', 'http://x').searchParams.get('p') ?? '1');
    response.setHeader('content-type', 'application/json').end(JSON.stringify(setlists(page)));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
});
afterAll(async () => {
  await new Promise((resolve) => server.close(resolve));
  await disturbed.release();
  await undisturbed.release();
});

describe('a crawl whose Redis is flushed again and again', () => {
  it('ends with the same rows as one that nobody disturbed', async () => {
    let flushed = 0;
    const timer = setInterval(() => {
      void forgetEverything(disturbed).then((keys) => {
        if (keys > 0) flushed += 1;
      });
    }, 100);
    try {
      await Promise.all([crawlAll(disturbed), crawlAll(undisturbed)]);
    } finally {
      clearInterval(timer);
    }
    expect(flushed).toBeGreaterThan(3);
    const [one, other] = [await content(disturbed), await content(undisturbed)];
    expect(one).toEqual(other);
    expect(other.setlists).toHaveLength(PAGES * SETS_ON_A_PAGE);
    expect(other.indexed).toBeGreaterThan(PAGES * SETS_ON_A_PAGE);
    expect(await listDeadLetters(disturbed.db, { limit: 1, replayed: true })).toEqual([]);
  });
});

async function crawlAll(services: TestServices): Promise<void> {
  const { port } = server.address() as AddressInfo;
  const test = await openTestContext(services, { sandboxHosts: { 'api.setlist.fm': `http://127.0.0.1:${port}` } });
  const ctx = { ...test.ctx, clock: systemClock };
  const start = {
    source: 'setlistfm',
    url: START,
    urlKey: START,
    kind: 'setlists',
    priority: 5,
    depth: 0,
    runId: null,
  };
  await addRequests(ctx.db, [start], ctx.clock.now());
  await enqueueDueCrawls(ctx);
  const worker = await startWorker(ctx, { queues: ['crawl-setlistfm', ...PIPELINE_QUEUES], concurrency: null });
  try {
    expect(await drain(ctx, { requestsOf: 'setlistfm' })).toBe(true);
  } finally {
    await worker.release();
    await test.release();
  }
}

/** What the catalogue says, without ids and times. */
async function content({ db }: TestServices) {
  const rows = async (text: string) => (await db.query(text)).rows;
  const [{ indexed } = { indexed: 0 }] = await rows('select count(*)::int as indexed from search_documents');
  return {
    states: await rows('select kind, external_id, state, version from raw_items order by 1, 2'),
    requests: await rows('select url, state from frontier order by 1'),
    setlists: await rows('select external_id, title, event_date, track_count from setlists order by 1'),
    rows: await rows(
      'select s.external_id, t.position, t.title, k.norm_key from setlist_tracks t join setlists s on s.id = t.setlist_id left join tracks k on k.id = t.track_id order by 1, 2',
    ),
    tracks: await rows('select norm_key, title from tracks order by 1'),
    artists: await rows('select norm_key, name from artists order by 1'),
    indexed: Number(indexed),
  };
}

function setlists(page: number) {
  const setlist = Array.from({ length: SETS_ON_A_PAGE }, (_, n) => set((page - 1) * SETS_ON_A_PAGE + n));
  return { type: 'setlists', itemsPerPage: SETS_ON_A_PAGE, page, total: PAGES * SETS_ON_A_PAGE, setlist };
}

function set(n: number) {
  const id = (0x5be1a000 + n).toString(16);
  const artist = { mbid: '11111111-2222-3333-4444-555555555555', name: 'Velvet Lantern', sortName: 'Velvet Lantern' };
  const venue = { id: '1bd00001', name: 'Harbour Hall', city: { name: 'Seaport', country: { code: 'GB' } } };
  const song = Array.from({ length: 5 }, (_, index) => ({ name: `Song ${(n * 3 + index) % 50}` }));
  const eventDate = `${String((n % 28) + 1).padStart(2, '0')}-12-2023`;
  const url = `https://www.setlist.fm/setlist/velvet-lantern/2023/harbour-hall-${id}.html`;
  return { id, versionId: `g${id}`, eventDate, artist, venue, sets: { set: [{ song }] }, url };
}
