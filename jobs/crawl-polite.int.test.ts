/** A crawl through the politeness gate: in the sandbox when it is asked to be polite, and live up to the first request. */
import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { loadSource } from '../spiders/registry.ts';
import type { SourceName } from '../src/core/source-name.ts';
import { credentialOf } from '../src/fetching/politeness.ts';
import { systemClock } from '../src/platform/context.ts';
import { addRequests, countRequests } from '../src/repositories/frontier.ts';
import { openTestContext, type TestContext } from '../src/testing/job-context.ts';
import { runJob } from '../src/testing/run-job.ts';
import { openTestServices, type TestServices } from '../src/testing/services.ts';
import { crawlJob } from './crawl.ts';
import type { CrawlPayload } from './payloads.ts';

const API = 'https://api.setlist.fm/rest/1.0';
const SITE = 'https://www.1001tracklists.com';

let services: TestServices;
let test: TestContext;
let server: Server;
/** What the stand-in was asked, in order. */
let asked: string[];
/** How it answers, by path; else with a set. */
let answers: Record<string, (response: ServerResponse) => void>;

beforeAll(async () => {
  services = await openTestServices();
  server = createServer((request, response) => {
    const path = request.url ?? '';
    asked.push(path);
    const answer = answers[path] ?? ((res: ServerResponse) => res.end(JSON.stringify(setlist(path.slice(-8)))));
    answer(response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
});
afterAll(async () => {
  await new Promise((resolve) => server.close(resolve));
  await services.release();
});
beforeEach(async () => {
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  test = await openTestContext(services, {
    sandboxHosts: { 'api.setlist.fm': origin, 'www.1001tracklists.com': origin, 'watchthedj.com': origin },
    chromiumPath: null,
    credentials: { SETLISTFM_API_KEY: 'a key' },
    sandboxPoliteness: 'on',
  });
  Object.assign(test.ctx, { clock: systemClock });
  asked = [];
  answers = {};
});
afterEach(async () => {
  await services.db.query(
    'truncate frontier, outbox, source_states, raw_items, fetches, documents, quarantine, workflow_events, request_ledger, request_gates, robots_files, page_verdicts cascade',
  );
  await test.release();
});

describe('a polite crawl of the sandbox', () => {
  it('keeps the distance of its source, a thousandth of the real one, and lands all the same', async () => {
    await setsDue(4);
    expect(await crawl()).toMatchObject({ pages: 4, failed: 0 });
    const starts = (await rows('select started_at from request_ledger order by id')).map((row) =>
      Number(row.started_at),
    );
    expect(starts).toHaveLength(4);
    expect(starts.slice(1).every((start, n) => start - (starts[n] ?? 0) >= 1)).toBe(true);
  });

  it('gives back a request whose turn is far away, without an attempt lost', async () => {
    await setsDue(2);
    await services.db.query(
      `insert into request_gates (via, source, host, credential, last_request_at, delay_ms) values ('sandbox', 'setlistfm', 'api.setlist.fm', $1, $2, 60000)`,
      [credentialOf((await loadSource('setlistfm')).facts, test.ctx.config.credentials, null), new Date()],
    );
    expect(await crawl()).toMatchObject({ pages: 0, failed: 0 });
    expect(asked).toEqual([]);
    expect(await rows('select attempts, state from frontier')).toEqual(
      [0, 1].map(() => ({ attempts: 0, state: 'due' })),
    );
  });

  it('gives up what robots.txt forbids, and asks for nothing while it cannot be had', async () => {
    answers['/robots.txt'] = (response) => response.end('User-agent: *\nDisallow: /tracklist/b');
    for (const id of ['a', 'b']) {
      answers[`/tracklist/${id}`] = (response) => response.writeHead(404).end();
      await due('1001tracklists', `${SITE}/tracklist/${id}`);
    }
    await crawl({ source: '1001tracklists' });
    expect(asked).toEqual(['/robots.txt', '/tracklist/a']);
    expect(await rows(`select last_problem from frontier where state = 'failed'`)).toEqual([
      { last_problem: expect.stringMatching(/robots.txt does not allow/) },
    ]);
    await services.db.query('truncate robots_files');
    answers['/robots.txt'] = (response) => response.writeHead(500).end();
    await services.db.query(`update frontier set state = 'due', due_at = '2026-01-01'`);
    expect(await crawl({ source: '1001tracklists' })).toMatchObject({ pages: 0, failed: 0 });
    expect(asked).toEqual(['/robots.txt', '/tracklist/a', '/robots.txt']);
  });
});

describe('a host whose robots.txt cannot be had', () => {
  it('costs one request: all that is due of it waits until it is asked for again, without an attempt lost', async () => {
    answers['/robots.txt'] = (response) => response.writeHead(503).end();
    for (let n = 10; n < 60; n += 1) await due('1001tracklists', `${SITE}/tracklist/${n}`);
    await due('setlistfm', `${API}/setlist/5be1a001`);
    expect(await crawl({ source: '1001tracklists' })).toMatchObject({ pages: 0, failed: 0 });
    expect(await crawl({ source: '1001tracklists' })).toMatchObject({ pages: 0, failed: 0 });
    expect(asked).toEqual(['/robots.txt']);
    expect(await rows('select source, count(*)::int from frontier where due_at <= now() group by source')).toEqual([
      { source: 'setlistfm', count: 1 },
    ]);
    expect(await rows('select distinct state, attempts from frontier')).toEqual([{ state: 'due', attempts: 0 }]);
  });
});

describe('pages that need a browser where there is none', () => {
  const rendered = ['a', 'b', 'c'].map((id) => `https://watchthedj.com/djvideos/${id}#rendered`);

  beforeEach(async () => {
    for (const url of rendered) await due('watchthedj', url, 'djvideo-rendered');
  });

  it('take no turn and lose no attempt', async () => {
    expect(await crawl({ source: 'watchthedj', limit: 1 })).toMatchObject({ pages: 0, failed: 0 });
    expect(await rows('select 1 from request_ledger')).toEqual([]);
    expect(asked).toEqual([]);
    expect(await rows('select state, attempts, last_problem from frontier where due_at > now()')).toEqual(
      rendered.map(() => ({ state: 'due', attempts: 0, last_problem: expect.stringMatching(/needs a browser/) })),
    );
  });

  it.each(['11111111-2222-3333-4444-555555555555', null])(
    'are told of once in a run, and else once an hour (%s)',
    async (runId) => {
      await crawl({ source: 'watchthedj', runId });
      await services.db.query('update frontier set due_at = $1', [systemClock.now()]);
      await crawl({ source: 'watchthedj', runId });
      expect(await rows('select name, run_id from workflow_events')).toEqual([
        { name: 'browser.missing', run_id: runId },
      ]);
    },
  );
});

describe('a live crawl', () => {
  it('asks for nothing when the requests of the day are used up', async () => {
    await setsDue(1);
    const { perDay } = (await loadSource('setlistfm')).facts.limits;
    const credential = credentialOf((await loadSource('setlistfm')).facts, test.ctx.config.credentials, null);
    await services.db.query(
      `insert into request_ledger (started_at, via, source, host, credential, kind, method, url, robots, waited_ms, process)
       select $1::timestamptz - n * interval '1 second', 'live', 'setlistfm', 'api.setlist.fm', $3, 'page', 'GET', '/', 'exempt', 0, 'test'
       from generate_series(1, $2::int) n`,
      [systemClock.now(), perDay, credential],
    );
    expect(await crawl({ via: 'live' })).toMatchObject({ pages: 0, failed: 0 });
    expect(await countRequests(services.db)).toEqual({ due: 1 });
  });
});

function crawl(said: Partial<CrawlPayload> = {}) {
  const wanted = { source: 'setlistfm', via: 'sandbox', runId: null, limit: null, ...said } as const;
  return runJob(test.ctx, crawlJob, `crawl-${wanted.source}`, wanted);
}

async function due(source: SourceName, url: string, kind = 'page'): Promise<void> {
  const request = { source, url, urlKey: url, kind, priority: 5, depth: 0, runId: null };
  await addRequests(services.db, [request], systemClock.now());
}

async function setsDue(count: number): Promise<void> {
  for (let n = 0; n < count; n += 1) await due('setlistfm', `${API}/setlist/5be1a00${n}`);
}

function setlist(id: string) {
  const artist = { mbid: '11111111-2222-3333-4444-555555555555', name: 'Velvet Lantern', sortName: 'Velvet Lantern' };
  const venue = { id: '1bd00001', name: 'Harbour Hall', city: { name: 'Seaport', country: { code: 'GB' } } };
  const url = `https://www.setlist.fm/setlist/velvet-lantern/2023/harbour-hall-${id}.html`;
  return {
    id,
    versionId: `g${id}`,
    eventDate: '31-12-2023',
    artist,
    venue,
    sets: { set: [{ song: [{ name: 'Arrival' }] }] },
    url,
  };
}

async function rows(text: string): Promise<Record<string, unknown>[]> {
  return (await services.db.query(text)).rows;
}
