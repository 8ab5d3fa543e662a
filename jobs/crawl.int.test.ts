import { readFile } from 'node:fs/promises';
import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { loadSource } from '../spiders/registry.ts';
import type { SourceName } from '../src/core/source-name.ts';
import { VERSION } from '../src/platform/user-agent.ts';
import { addRequests, countRequests, MAX_ATTEMPTS } from '../src/repositories/frontier.ts';
import { listQuarantine } from '../src/repositories/quarantine.ts';
import { readSourceState } from '../src/repositories/source-states.ts';
import { openTestContext, type TestContext } from '../src/testing/job-context.ts';
import { attempt, enqueued, runJob } from '../src/testing/run-job.ts';
import { openTestServices, type TestServices } from '../src/testing/services.ts';
import { crawlJob } from './crawl.ts';
import type { CrawlPayload } from './payloads.ts';

const API = 'https://api.setlist.fm/rest/1.0';
const SITE = 'https://www.1001tracklists.com';
const DAY_MS = 86_400_000;

let services: TestServices;
let test: TestContext;
let server: Server;
/** What the stand-in was asked, in order. */
let asked: { path: string; headers: Record<string, unknown> }[];
/** How it answers, by path. */
let answers: Record<string, (response: ServerResponse) => void>;

beforeAll(async () => {
  services = await openTestServices();
  server = createServer((request, response) => {
    const path = request.url ?? '';
    asked.push({ path, headers: request.headers });
    const answer = answers[path] ?? ((res: ServerResponse) => res.writeHead(500).end());
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
    sandboxHosts: { 'api.setlist.fm': origin, 'www.1001tracklists.com': origin },
    credentials: { SETLISTFM_API_KEY: 'a key' },
    contact: 'somebody@example.org',
    crawlConcurrency: 1,
  });
  asked = [];
  answers = {};
});
afterEach(async () => {
  await services.db.query(
    'truncate frontier, outbox, source_states, raw_items, fetches, documents, quarantine, page_verdicts, page_yields, workflow_events cascade',
  );
  await test.release();
});

describe('a page that is asked for again', () => {
  const path = '/rest/1.0/artist/a/setlists';
  const tagged = (response: ServerResponse) => {
    const current = asked.at(-1)?.headers['if-none-match'] === '"v1"';
    response.writeHead(current ? 304 : 200, { etag: '"v1"', 'content-type': 'application/json' });
    response.end(current ? undefined : JSON.stringify(setlists({ id: '5be1a001', page: 1, total: 1 })));
  };

  it('and has not changed costs no body, and is no fault', async () => {
    answers[path] = tagged;
    await due('setlistfm', `${API}/artist/a/setlists`);
    await crawl();
    await services.db.query(`update frontier set state = 'due'`);
    expect(await crawl()).toMatchObject({ pages: 1, items: 0, failed: 0, quarantined: 0 });
    expect(asked.map(({ headers }) => headers['if-none-match'])).toEqual([undefined, '"v1"']);
    expect((await rows('select outcome from fetches order by id')).map(({ outcome }) => outcome)).toEqual([
      'ok',
      'unchanged',
    ]);
    expect(await countRequests(services.db)).toEqual({ done: 1 });
    expect(await listQuarantine(services.db, { source: null, reason: null, limit: 9 })).toEqual([]);
    const held = await rows('select etag from frontier');
    expect(held).toEqual([{ etag: '"v1"' }]);
  });
});

describe('a slice of a crawl', () => {
  it('archives and lands what is due, follows what it finds, and goes on with both', async () => {
    answers['/rest/1.0/artist/a/setlists'] = json(setlists({ id: '5be1a001', page: 1, total: 2 }));
    answers['/rest/1.0/artist/a/setlists?p=2'] = json(setlists({ id: '5be1a002', page: 2, total: 2 }));
    await due('setlistfm', `${API}/artist/a/setlists`);
    expect(await crawl()).toMatchObject({ pages: 2, items: 2, newRequests: 1, failed: 0, quarantined: 0 });
    expect(await countRequests(services.db)).toEqual({ done: 2 });
    const fetches = await rows('select url, via, status, outcome, document_digest from fetches order by id');
    expect(fetches).toMatchObject([
      { url: `${API}/artist/a/setlists`, via: 'sandbox', status: 200, outcome: 'ok' },
      { url: `${API}/artist/a/setlists?p=2` },
    ]);
    const kept = await test.ctx.archive.get(fetches[0]?.document_digest as Buffer);
    expect(JSON.parse(kept.toString())).toEqual(setlists({ id: '5be1a001', page: 1, total: 2 }));
    expect(await jobs()).toEqual([
      { queue: 'crawl-setlistfm', payload: payload({}), priority: 10 },
      ...(await rows('select id from raw_items order by id')).map(({ id }) => ({
        queue: 'transform',
        payload: { rawItemIds: [id] },
        priority: 10,
      })),
    ]);
  });

  it('keeps a page whose bytes cannot be undone, as evidence, and does not ask for it again', async () => {
    const bytes = Buffer.from('no gzip at all');
    answers['/rest/1.0/artist/a/setlists'] = (response) =>
      response.writeHead(200, { 'content-encoding': 'gzip' }).end(bytes);
    await due('setlistfm', `${API}/artist/a/setlists`);
    expect(await crawl()).toMatchObject({ items: 0 });
    const [fetched] = await rows('select outcome, document_digest from fetches');
    expect(fetched?.outcome).toBe('unreadable');
    expect(await test.ctx.archive.get(fetched?.document_digest as Buffer)).toEqual(bytes);
    expect(await countRequests(services.db)).toEqual({ failed: 1 });
  });

  it('says who asks, and shows the key to the host it is for', async () => {
    answers['/rest/1.0/artist/a/setlists'] = json(setlists({ id: '5be1a001' }));
    await due('setlistfm', `${API}/artist/a/setlists`);
    await crawl();
    expect(asked[0]?.headers).toMatchObject({
      'user-agent': `MusicDB/${VERSION} (+somebody@example.org)`,
      'x-api-key': 'a key',
      accept: 'application/json',
    });
  });

  it('of a run is urgent, and so is all it leads to', async () => {
    const runId = '00000000-0000-4000-8000-000000000001';
    answers['/rest/1.0/artist/a/setlists'] = json(setlists({ id: '5be1a001', page: 1, total: 2 }));
    await due('setlistfm', `${API}/artist/a/setlists`);
    await crawl({ runId, limit: 1 });
    expect(await jobs()).toMatchObject([{ queue: 'transform', priority: 1 }]);
    expect(await rows(`select priority, depth, run_id from frontier where state = 'due'`)).toEqual([
      { priority: 2, depth: 1, run_id: runId },
    ]);
    expect(await rows('select run_id from raw_items union select run_id from fetches')).toEqual([{ run_id: runId }]);
  });

  it('asks for no continuation when nothing was due', async () => {
    expect(await crawl()).toMatchObject({ pages: 0 });
    expect(await jobs()).toEqual([]);
  });

  it('fetches no more pages than its limit', async () => {
    await setsDue(5);
    expect(await crawl({ limit: 2 })).toMatchObject({ pages: 2 });
    expect(asked).toHaveLength(2);
    expect(await countRequests(services.db)).toEqual({ done: 2, due: 3 });
    expect((await jobs()).map(({ queue }) => queue)).not.toContain('crawl-setlistfm');
  });

  it('leaves the rest of its limit to its continuation', async () => {
    await setsDue(2);
    await crawl({ limit: 5 });
    expect(await jobs()).toContainEqual({ queue: 'crawl-setlistfm', payload: payload({ limit: 3 }), priority: 10 });
  });

  it('does nothing when another attempt did it', async () => {
    await setsDue(1);
    const id = await enqueued(test.ctx, 'crawl-setlistfm', payload({}));
    await services.db.query('delete from outbox');
    expect(await attempt(test.ctx, crawlJob, id, payload({}))).toEqual({ skipped: 'done by another attempt' });
    expect(asked).toEqual([]);
  });

  it('that runs twice at once (Redis was lost) has one continuation, and each page once', async () => {
    await setsDue(6);
    const id = await enqueued(test.ctx, 'crawl-setlistfm', payload({}));
    await Promise.all([0, 1].map(() => attempt(test.ctx, crawlJob, id, payload({}))));
    expect(asked).toHaveLength(6);
    expect((await jobs()).filter(({ queue }) => queue === 'crawl-setlistfm')).toHaveLength(1);
  });

  it('that is stopped gives back what it did not ask for, and has its continuation', async () => {
    await setsDue(3);
    answers['/rest/1.0/setlist/5be1a000'] = (response) => {
      test.stop.abort();
      json(setlists({ id: '5be1a000' }))(response);
    };
    expect(await crawl()).toMatchObject({ pages: 1, failed: 0 });
    expect(await countRequests(services.db)).toEqual({ done: 1, due: 2 });
    expect((await jobs()).map(({ queue }) => queue)).toContain('crawl-setlistfm');
  });

  it('that is stopped asks for nothing that it leased ahead', async () => {
    await setsDue(8);
    for (const slow of [1, 2]) {
      const answer = json(setlists({ id: `5be1a00${slow}` }));
      answers[`/rest/1.0/setlist/5be1a00${slow}`] = (response) => setTimeout(() => answer(response), 400);
    }
    // The first is done: three more are leased, one of them is asked for, and that one stops us.
    answers['/rest/1.0/setlist/5be1a003'] = (response) => {
      test.stop.abort();
      json(setlists({ id: '5be1a003' }))(response);
    };
    const ctx = { ...test.ctx, config: { ...test.ctx.config, crawlConcurrency: 3 } };
    await runJob(ctx, crawlJob, 'crawl-setlistfm', payload({}));
    expect(asked).toHaveLength(4);
    expect(await countRequests(services.db)).toEqual({ done: 4, due: 4 });
  });

  it('fails when the frontier does, and keeps no lease', async () => {
    await setsDue(2);
    const { db } = test.ctx;
    let leases = 0;
    const query: typeof db.query = (statement, values) => {
      if (typeof statement === 'object' && statement.name === 'frontier-lease') leases += 1;
      return leases === 2 ? Promise.reject(new Error('Postgres is away')) : db.query(statement, values);
    };
    const id = await enqueued(test.ctx, 'crawl-setlistfm', payload({}));
    const failing = { ...test.ctx, db: { ...db, query } };
    await expect(attempt(failing, crawlJob, id, payload({}))).rejects.toThrow('Postgres is away');
    leases = 99;
    expect((await countRequests(services.db)).due).toBe(1);
    expect((await jobs()).map(({ queue }) => queue)).toContain('crawl-setlistfm');
  });

  it('fails when pages cannot be stored, and they are due again', async () => {
    await setsDue(1);
    const db = { ...test.ctx.db, transaction: () => Promise.reject(new Error('Postgres is away')) };
    const id = await enqueued(test.ctx, 'crawl-setlistfm', payload({}));
    await expect(attempt({ ...test.ctx, db }, crawlJob, id, payload({}))).rejects.toThrow('Postgres is away');
    expect(await countRequests(services.db)).toEqual({ due: 1 });
    expect(await rows('select attempts from frontier')).toEqual([{ attempts: 0 }]);
  });
});

describe('a source that asks us to wait', () => {
  it('is asked nothing more until then, and the page has lost no attempt', async () => {
    await setsDue(3);
    answers['/rest/1.0/setlist/5be1a000'] = (response) => response.writeHead(429, { 'retry-after': '30' }).end();
    expect(await crawl()).toMatchObject({ pages: 0, failed: 1 });
    expect(asked).toHaveLength(1);
    const until = later(30_000);
    expect(await readSourceState(services.db, 'setlistfm')).toMatchObject({ breaker: 'open', breakerUntil: until });
    expect(await rows(`select state, attempts, due_at from frontier where url like '%5be1a000'`)).toEqual([
      { state: 'due', attempts: 0, due_at: until },
    ]);
    expect(await countRequests(services.db)).toEqual({ due: 3 });
    expect(await jobs()).toEqual([]);

    expect(await crawl()).toMatchObject({ pages: 0, failed: 0 });
    expect(asked).toHaveLength(1);
    test.clock.advance(30_000);
    answers['/rest/1.0/setlist/5be1a000'] = json(setlists({ id: '5be1a000' }));
    expect(await crawl()).toMatchObject({ pages: 3 });
  });

  it.each([
    ['0', 1_000],
    ['99999999999999', 30 * DAY_MS],
  ])('for "%s" seconds gets a wait that makes sense', async (retryAfter, expected) => {
    await setsDue(1);
    answers['/rest/1.0/setlist/5be1a000'] = (response) => response.writeHead(503, { 'retry-after': retryAfter }).end();
    await crawl();
    expect((await readSourceState(services.db, 'setlistfm')).breakerUntil).toEqual(later(expected));
    expect(await rows('select state, due_at from frontier')).toEqual([{ state: 'due', due_at: later(expected) }]);
  });
});

describe('a page that fails', () => {
  it('with a fault of the server is tried again later, and the others land', async () => {
    await setsDue(2);
    answers['/rest/1.0/setlist/5be1a000'] = (response) => response.writeHead(500).end();
    expect(await crawl()).toMatchObject({ pages: 1, failed: 1 });
    const [failed] = await rows(
      `select state, attempts, due_at, last_problem from frontier where url like '%5be1a000'`,
    );
    expect(failed).toMatchObject({ state: 'due', attempts: 1, last_problem: expect.stringMatching(/500/) });
    const waitMs = Number(failed?.due_at) - test.clock.now().getTime();
    expect(waitMs).toBeGreaterThanOrEqual(2_500);
    expect(waitMs).toBeLessThanOrEqual(7_500);
    expect((await readSourceState(services.db, 'setlistfm')).breaker).toBe('closed');
    expect(await rows(`select outcome from fetches order by outcome`)).toEqual([
      { outcome: 'ok' },
      { outcome: 'source-outage' },
    ]);
  });

  it('because we may not see it leaves the source alone for an hour, and costs an attempt', async () => {
    await due('setlistfm', `${API}/setlist/5be1a000`);
    answers['/rest/1.0/setlist/5be1a000'] = (response) => response.writeHead(403).end('{"message":"Forbidden"}');
    await crawl();
    expect(await readSourceState(services.db, 'setlistfm')).toMatchObject({
      breaker: 'open',
      breakerUntil: later(3_600_000),
      breakerReason: expect.stringMatching(/403/),
    });
    expect(await rows('select state, attempts, due_at from frontier')).toEqual([
      { state: 'due', attempts: 1, due_at: later(3_600_000) },
    ]);
  });

  it('again and again is failed in the end', async () => {
    await due('setlistfm', `${API}/setlist/5be1a000`);
    for (let turn = 1; turn <= MAX_ATTEMPTS; turn += 1) {
      expect(await countRequests(services.db)).toEqual({ due: 1 });
      await crawl();
      test.clock.advance(10 * 60_000);
    }
    expect(await countRequests(services.db)).toEqual({ failed: 1 });
    expect(asked).toHaveLength(MAX_ATTEMPTS);
  });

  it('because there is no such page lands as what the source says, and is not asked for again', async () => {
    await due('setlistfm', `${API}/setlist/5be1a000`);
    const answer = { code: 404, status: 'Not Found', message: 'unknown setlistId', timestamp: '2026-01-01' };
    answers['/rest/1.0/setlist/5be1a000'] = (response) => {
      response.statusCode = 404;
      json(answer)(response);
    };
    expect(await crawl()).toMatchObject({ pages: 1, items: 1, failed: 0 });
    expect(await countRequests(services.db)).toEqual({ done: 1 });
    expect(await rows('select kind, state from raw_items')).toEqual([{ kind: 'error', state: 'kept' }]);
    expect(await rows('select status, outcome from fetches')).toEqual([{ status: 404, outcome: 'not-found' }]);
  });

  it('because it leads away from the source is given up, and the other host is not asked', async () => {
    await due('setlistfm', `${API}/setlist/5be1a000`);
    answers['/rest/1.0/setlist/5be1a000'] = (response) =>
      response.writeHead(302, { location: 'https://www.1001tracklists.com/tracklist/1' }).end();
    expect(await crawl()).toMatchObject({ pages: 0, failed: 1 });
    expect(await rows('select state, last_problem from frontier')).toEqual([
      { state: 'failed', last_problem: expect.stringMatching(/leaves the hosts of this source/) },
    ]);
    expect(asked).toHaveLength(1);
  });
});

describe('a page by which the source refuses us', () => {
  it('ends the slice and leaves the source alone for a day; nothing of it goes on', async () => {
    const block = await readFile(new URL('../spiders/1001tracklists/fixtures/block-captcha.html', import.meta.url));
    for (const id of ['aaaaaa1', 'bbbbbb2', 'cccccc3']) {
      answers[`/tracklist/${id}`] = (response) => response.writeHead(200, { 'content-type': 'text/html' }).end(block);
      await due('1001tracklists', `${SITE}/tracklist/${id}`);
    }
    expect(await crawl({ source: '1001tracklists' })).toMatchObject({ pages: 1, quarantined: 1, failed: 0 });
    expect(asked).toHaveLength(1);
    expect(await readSourceState(services.db, '1001tracklists')).toMatchObject({
      breaker: 'open',
      breakerUntil: later(DAY_MS),
      breakerReason: expect.stringMatching(/captcha/),
    });
    // The refused page is still wanted, when the source may be asked again.
    expect(await countRequests(services.db)).toEqual({ due: 3 });
    expect(await rows(`select due_at from frontier where last_problem ~ 'captcha'`)).toEqual([
      { due_at: later(DAY_MS) },
    ]);
    expect(await jobs()).toEqual([]);
    expect(await listQuarantine(services.db, { source: '1001tracklists', reason: null, limit: 5 })).toMatchObject([
      { reason: 'block:captcha' },
    ]);
  });
});

describe('a source that may not be asked', () => {
  it('live is refused for good, naming every condition that is missing', async () => {
    await due('1001tracklists', `${SITE}/tracklist/aaaaaa1`);
    const { conditions } = (await loadSource('1001tracklists')).facts;
    const refusal = await crawl({ source: '1001tracklists', via: 'live' }).catch((error: Error) => error);
    expect(refusal).toMatchObject({ name: 'PermanentError', code: 'ACCESS' });
    for (const { variable, why } of conditions) {
      expect((refusal as Error).message).toContain(`${variable} is not set (${why})`);
    }
    expect(await countRequests(services.db)).toEqual({ due: 1 });
  });

  it('in the sandbox is one that no stand-in serves', async () => {
    const refusal = crawl({ source: 'mixesdb' });
    await expect(refusal).rejects.toMatchObject({ name: 'PermanentError', code: 'NO_SANDBOX' });
    await expect(refusal).rejects.toThrow(/MixesDB/);
  });

  it('because it is switched off is left alone, and the job ends', async () => {
    await setsDue(1);
    await services.db.query(`insert into source_states (source, via, enabled) values ('setlistfm', 'sandbox', false)`);
    expect(await crawl()).toMatchObject({ pages: 0 });
    expect(asked).toEqual([]);
    expect(await jobs()).toEqual([]);
  });
});

function payload(said: Partial<CrawlPayload>): CrawlPayload {
  return { source: 'setlistfm', via: 'sandbox', runId: null, limit: null, ...said };
}

function crawl(said: Partial<CrawlPayload> = {}) {
  const wanted = payload(said);
  return runJob(test.ctx, crawlJob, `crawl-${wanted.source}`, wanted);
}

function later(ms: number): Date {
  return new Date(test.clock.now().getTime() + ms);
}

async function due(source: SourceName, url: string): Promise<void> {
  const request = { source, url, urlKey: url, kind: 'page', priority: 5, depth: 0, runId: null };
  await addRequests(services.db, [request], test.clock.now());
}

/** So many sets are due, and the stand-in has all of them. */
async function setsDue(count: number): Promise<void> {
  for (let n = 0; n < count; n += 1) {
    answers[`/rest/1.0/setlist/5be1a00${n}`] = json(setlists({ id: `5be1a00${n}` }));
    await due('setlistfm', `${API}/setlist/5be1a00${n}`);
  }
}

/** A page of the interface with one set on it. */
function setlists({ id, page = 1, total = 1 }: { id: string; page?: number; total?: number }) {
  const artist = { mbid: '11111111-2222-3333-4444-555555555555', name: 'Velvet Lantern', sortName: 'Velvet Lantern' };
  const venue = { id: '1bd00001', name: 'Harbour Hall', city: { name: 'Seaport', country: { code: 'GB' } } };
  const sets = { set: [{ song: [{ name: 'Arrival' }] }] };
  const url = `https://www.setlist.fm/setlist/velvet-lantern/2023/harbour-hall-${id}.html`;
  const setlist = [{ id, versionId: `g${id}`, eventDate: '31-12-2023', artist, venue, sets, url }];
  return { type: 'setlists', itemsPerPage: 1, page, total, setlist };
}

function json(value: object): (response: ServerResponse) => void {
  return (response) => response.setHeader('content-type', 'application/json').end(JSON.stringify(value));
}

async function jobs() {
  return rows('select queue, payload, priority from outbox order by queue, id');
}

async function rows(text: string): Promise<Record<string, unknown>[]> {
  return (await services.db.query(text)).rows;
}
