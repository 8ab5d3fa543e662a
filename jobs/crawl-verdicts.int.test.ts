/** What each verdict leads to, on a real server and Postgres: request, breaker, events, counters; and what never reaches the catalogue. */
import { readFile } from 'node:fs/promises';
import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { SourceName } from '../src/core/source-name.ts';
import { readEvents } from '../src/repositories/events.ts';
import { addRequests } from '../src/repositories/frontier.ts';
import { listQuarantine } from '../src/repositories/quarantine.ts';
import { readSourceState } from '../src/repositories/source-states.ts';
import { openTestContext, type TestContext } from '../src/testing/job-context.ts';
import { runJob } from '../src/testing/run-job.ts';
import { openTestServices, type TestServices } from '../src/testing/services.ts';
import { crawlJob } from './crawl.ts';

const SET_API = 'https://api.setlist.fm/rest/1.0';
const SITE = 'https://www.1001tracklists.com';
const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;
const FIXTURES = new URL('../spiders/1001tracklists/fixtures/', import.meta.url);

let services: TestServices;
let test: TestContext;
let server: Server;
let asked: string[];
let answer: (path: string, response: ServerResponse) => void;
let setPage: string;
let captcha: string;

beforeAll(async () => {
  services = await openTestServices();
  [setPage, captcha] = (await Promise.all(
    ['set-page.html', 'block-captcha.html'].map((name) => readFile(new URL(name, FIXTURES), 'utf8')),
  )) as [string, string];
  server = createServer((request, response) => {
    asked.push(request.url ?? '');
    answer(request.url ?? '', response);
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
    sandboxHosts: { 'api.setlist.fm': origin, 'www.1001tracklists.com': origin, 'oauth.reddit.com': origin },
    contact: 'somebody@example.org',
    crawlConcurrency: 1,
  });
  asked = [];
});
afterEach(async () => {
  await services.db.query(
    `truncate frontier, outbox, source_states, raw_items, fetches, documents, quarantine, page_verdicts, page_yields, workflow_events cascade`,
  );
  await test.release();
});

describe('a good page', () => {
  it('is done and counted, what it holds is measured, and no event tells of it', async () => {
    answer = html(setPage);
    await due('1001tracklists', 'tracklist', [`${SITE}/tracklist/aaaaaa1`]);
    await crawl('1001tracklists');
    expect(await counts()).toEqual({ ok: 1 });
    expect(
      await rows(`select pages, usual from page_yields where measure in ('items', 'title') order by measure`),
    ).toEqual([
      { pages: 1, usual: 1 },
      { pages: 1, usual: 1 },
    ]);
    expect(await readEvents(services.db, '1001tracklists', 5)).toEqual([]);
  });
});

describe('a page of another layout', () => {
  const drifted = () => html(setPage.replace(/data-count="\d+"/, 'data-count="99"'));

  it('gives no item, is held whole with the reason and kept, and is asked for again in hours', async () => {
    answer = drifted();
    await due('1001tracklists', 'tracklist', [`${SITE}/tracklist/aaaaaa1`]);
    expect(await crawl('1001tracklists')).toMatchObject({ items: 0, quarantined: 1 });
    expect(await rows('select * from raw_items')).toEqual([]);
    const [held] = await listQuarantine(services.db, { source: '1001tracklists', reason: null, limit: 5 });
    expect(held?.message).toMatch(/the page says 99 rows, \d+ were read/);
    const [event] = await readEvents(services.db, '1001tracklists', 5);
    expect(event).toMatchObject({ name: 'page.drifted', detail: { document: held?.document, kind: 'tracklist' } });
    const [request] = await rows('select state, attempts, due_at from frontier');
    expect(request).toMatchObject({ state: 'due', attempts: 1 });
    expect(Number(request?.due_at) - test.clock.now().getTime()).toBeGreaterThan(2 * 60 * MINUTE_MS);
  });

  it('opens the breaker with the third in a row, not with one among good ones', async () => {
    const bad = drifted();
    const good = html(setPage);
    answer = (path, response) => (path.endsWith('2') ? good : bad)(path, response);
    await due(
      '1001tracklists',
      'tracklist',
      ['aaaaaa1', 'aaaaaa2', 'aaaaaa3', 'aaaaaa4'].map((id) => `${SITE}/tracklist/${id}`),
    );
    await crawl('1001tracklists');
    expect(await readSourceState(services.db, '1001tracklists')).toMatchObject({ breaker: 'closed', streak: 2 });
    await due(
      '1001tracklists',
      'tracklist',
      ['aaaaaa5', 'aaaaaa6'].map((id) => `${SITE}/tracklist/${id}`),
    );
    await crawl('1001tracklists');
    expect(asked).toHaveLength(5);
    expect(await readSourceState(services.db, '1001tracklists')).toMatchObject({
      breaker: 'open',
      breakerReason: expect.stringMatching(/^layout-drift: the page says 99 rows/),
    });
  });
});

describe('false data', () => {
  it('stops the source until a person closes its breaker; nothing of it is kept as an item', async () => {
    const fake = setPage.replace(
      /(<meta itemprop="name" content=")[^"]* - [^"]*"/g,
      '$1Nobody Known - Some Other Song"',
    );
    answer = html(fake);
    await due('1001tracklists', 'tracklist', [`${SITE}/tracklist/aaaaaa1`, `${SITE}/tracklist/aaaaaa2`]);
    await crawl('1001tracklists');
    test.clock.advance(400 * DAY_MS);
    await crawl('1001tracklists');
    expect(asked).toHaveLength(1);
    expect(await counts()).toEqual({ decoy: 1 });
    expect(await rows('select * from raw_items')).toEqual([]);
    expect(await readSourceState(services.db, '1001tracklists')).toMatchObject({ breaker: 'open', breakerUntil: null });
    expect((await readEvents(services.db, '1001tracklists', 5)).map(({ name }) => name).sort()).toEqual([
      'breaker.opened',
      'page.decoy',
    ]);
  });
});

describe('after a refusal', () => {
  const urls = ['aaaaaa1', 'aaaaaa2', 'aaaaaa3'].map((id) => `${SITE}/tracklist/${id}`);

  it('one request tries when the day is over; while it runs no other process asks; its success lets the rest pass', async () => {
    answer = html(captcha);
    await due('1001tracklists', 'tracklist', urls);
    await crawl('1001tracklists');
    test.clock.advance(DAY_MS);
    asked = [];
    let atOnce = 0;
    let most = 0;
    answer = (path, response) => {
      atOnce += 1;
      most = Math.max(most, asked.length === 1 ? atOnce : 0);
      setTimeout(
        () => {
          if (asked.length === 1) expect(atOnce).toBe(1);
          atOnce -= 1;
          html(setPage)(path, response);
        },
        asked.length === 1 ? 500 : 0,
      );
    };
    await Promise.all(Array.from({ length: 4 }, () => crawl('1001tracklists')));
    expect(most).toBe(1);
    expect(asked).toHaveLength(3);
    expect(await readSourceState(services.db, '1001tracklists')).toMatchObject({
      breaker: 'closed',
      breakerReason: null,
    });
  });

  it('one that is refused again closes it for twice as long', async () => {
    answer = html(captcha);
    await due('1001tracklists', 'tracklist', urls);
    await crawl('1001tracklists');
    test.clock.advance(DAY_MS);
    await Promise.all(Array.from({ length: 4 }, () => crawl('1001tracklists')));
    expect(asked).toHaveLength(2);
    expect((await readSourceState(services.db, '1001tracklists')).breakerUntil).toEqual(later(2 * DAY_MS));
  });

  it('a good page that cannot be stored proves nothing: the breaker stays as it was', async () => {
    answer = html(captcha);
    await due('1001tracklists', 'tracklist', urls);
    await crawl('1001tracklists');
    test.clock.advance(DAY_MS);
    answer = html(setPage);
    await withoutRoom(() => expect(crawl('1001tracklists')).rejects.toThrow('no room'));
    expect(await readSourceState(services.db, '1001tracklists')).toMatchObject({ breaker: 'open', streak: 1 });
    await crawl('1001tracklists');
    expect(await readSourceState(services.db, '1001tracklists')).toMatchObject({ breaker: 'closed', streak: 0 });
  });

  it('by the site itself, what its sandbox answers opens and closes nothing there', async () => {
    await services.db.query(
      `insert into source_states (source, via, breaker, breaker_until, opened_in_row, streak) values ('1001tracklists', 'live', 'open', $1, 1, 1)`,
      [test.clock.now()],
    );
    await due('1001tracklists', 'tracklist', urls);
    answer = html(setPage);
    expect(await crawl('1001tracklists')).toMatchObject({ pages: 3 });
    const live = () => readSourceState(services.db, '1001tracklists', 'live');
    expect(await live()).toMatchObject({ breaker: 'open', streak: 1 });
    await services.db.query(`update source_states set breaker = 'closed', breaker_until = null`);
    answer = html(captcha);
    await due('1001tracklists', 'tracklist', [`${SITE}/tracklist/aaaaaa9`]);
    await crawl('1001tracklists');
    expect(await live()).toMatchObject({ breaker: 'closed' });
    expect(await readSourceState(services.db, '1001tracklists', 'sandbox')).toMatchObject({ breaker: 'open' });
  });

  it('a trial with nothing to ask for is given back', async () => {
    await services.db.query(
      `insert into source_states (source, via, breaker, breaker_until) values ('1001tracklists', 'sandbox', 'open', $1)`,
      [test.clock.now()],
    );
    await crawl('1001tracklists');
    expect(await readSourceState(services.db, '1001tracklists')).toMatchObject({ breaker: 'open', trialUntil: null });
  });
});

describe('a source that is stopped while a slice of it runs', () => {
  const urls = ['aaaaaa1', 'aaaaaa2', 'aaaaaa3'].map((id) => `${SITE}/tracklist/${id}`);

  it.each([
    ['switched off by a person', "(source, via, enabled) values ('1001tracklists', 'sandbox', false)"],
    ['its breaker opened by another process', "(source, via, breaker) values ('1001tracklists', 'sandbox', 'open')"],
  ])('%s is asked for nothing more; what is left stays due, and no other slice is asked for', async (_, stopped) => {
    answer = (path, response) => {
      void services.db.query(`insert into source_states ${stopped}`).then(() => html(setPage)(path, response));
    };
    await due('1001tracklists', 'tracklist', urls);
    expect(await crawl('1001tracklists')).toMatchObject({ pages: 1, failed: 0 });
    expect(asked).toHaveLength(1);
    expect(await rows(`select attempts from frontier where state = 'due'`)).toEqual([{ attempts: 0 }, { attempts: 0 }]);
    expect(await rows(`select 1 from outbox where name = 'crawl' and payload ->> 'source' = '1001tracklists'`)).toEqual(
      [],
    );
  });
});

describe('a source that cannot answer', () => {
  it('is left alone after five failures in a row, for longer each time', async () => {
    answer = (_path, response) => response.writeHead(502).end();
    await due(
      'setlistfm',
      'setlist',
      Array.from({ length: 9 }, (_, n) => `${SET_API}/setlist/5be1a00${n}`),
    );
    await crawl('setlistfm');
    expect(asked).toHaveLength(5);
    expect((await readSourceState(services.db, 'setlistfm')).breakerUntil).toEqual(later(MINUTE_MS));
    test.clock.advance(MINUTE_MS);
    await crawl('setlistfm');
    expect(asked).toHaveLength(6);
    expect((await readSourceState(services.db, 'setlistfm')).breakerUntil).toEqual(later(2 * MINUTE_MS));
    expect(await counts()).toEqual({ 'source-outage': 6 });
  });
});

describe('a good page among bad ones', () => {
  it('ends their count when it is stored, not before', async () => {
    await due('setlistfm', 'setlist', [`${SET_API}/setlist/5be1a001`]);
    answer = (_path, response) => response.writeHead(502).end();
    await crawl('setlistfm');
    test.clock.advance(DAY_MS);
    answer = (_path, response) => response.writeHead(404, { 'content-type': 'application/json' }).end('{"code":404}');
    await withoutRoom(() => expect(crawl('setlistfm')).rejects.toThrow('no room'));
    expect(await readSourceState(services.db, 'setlistfm')).toMatchObject({ streak: 1 });
    await crawl('setlistfm');
    expect(await readSourceState(services.db, 'setlistfm')).toMatchObject({ streak: 0 });
  });
});

describe('one page that says no', () => {
  it.each([
    ['setlistfm', 'setlist', `${SET_API}/setlist/5be1a001`, 404, 'gone', 'gone'],
    ['setlistfm', 'setlists', `${SET_API}/search/setlists?artistName=x`, 404, 'done', 'empty'],
    ['reddit', 'listing', 'https://oauth.reddit.com/r/private/new?limit=100&raw_json=1', 403, 'gone', 'gone'],
    ['reddit', 'listing', 'https://oauth.reddit.com/r/banned/new?limit=100&raw_json=1', 404, 'done', 'not-found'],
  ] as const)('%s %s %s', async (source, kind, url, status, state, verdict) => {
    answer = (_path, response) =>
      response
        .writeHead(status, { 'content-type': 'application/json' })
        .end(`{"code":${status},"error":${status},"message":"no"}`);
    await due(source, kind, [url]);
    await crawl(source);
    expect(await rows('select state from frontier')).toEqual([{ state }]);
    expect(await counts()).toEqual({ [verdict]: 1 });
    expect((await readSourceState(services.db, source)).breaker).toBe('closed');
  });

  it('because its answer is an error is tried again', async () => {
    answer = (_path, response) => response.writeHead(200).end('{"code":500,"status":"error","message":"try later"}');
    await due('setlistfm', 'setlist', [`${SET_API}/setlist/5be1a001`]);
    await crawl('setlistfm');
    expect(await rows('select state, attempts from frontier')).toEqual([{ state: 'due', attempts: 1 }]);
    expect(await rows('select kind, state from raw_items')).toEqual([{ kind: 'error', state: 'kept' }]);
  });

  it('because it leads to another page of the source lands as that page', async () => {
    answer = (path, response) =>
      path.startsWith('/tracklist/aaaaaa1')
        ? response.writeHead(301, { location: '/tracklist/9x8w7v6u/marlo-fenn-2025-07-12.html' }).end()
        : html(setPage)(path, response);
    await due('1001tracklists', 'tracklist', [`${SITE}/tracklist/aaaaaa1`]);
    expect(await crawl('1001tracklists')).toMatchObject({ items: 1 });
    expect(await counts()).toEqual({ moved: 1 });
  });

  it('because it leads to something else gives nothing', async () => {
    answer = (path, response) =>
      path.startsWith('/r/')
        ? response.writeHead(302, { location: '/subreddits/search?q=renamed' }).end()
        : response.end(
            '{"kind":"Listing","data":{"children":[{"kind":"t3","data":{"id":"a","name":"t3_a","subreddit":"x","created_utc":1,"title":"A - B","permalink":"/r/x/comments/a/"}}]}}',
          );
    await due('reddit', 'listing', ['https://oauth.reddit.com/r/renamed/new?limit=100&raw_json=1']);
    await crawl('reddit');
    // Its parser knows the search that Reddit shows instead of what is not there.
    expect(await counts()).toEqual({ 'not-found': 1 });
    expect(await rows('select kind from raw_items')).toEqual([]);
  });
});

async function due(source: SourceName, kind: string, urls: readonly string[]): Promise<void> {
  const requests = urls.map((url) => ({ source, url, urlKey: url, kind, priority: 5, depth: 0, runId: null }));
  await addRequests(services.db, requests, test.clock.now());
}

function crawl(source: SourceName) {
  return runJob(test.ctx, crawlJob, `crawl-${source}`, { source, via: 'sandbox', runId: null, limit: null });
}

/** While the database has no room for another document. */
async function withoutRoom(work: () => Promise<unknown>): Promise<void> {
  await services.db.query(`create function refuse() returns trigger language plpgsql as
    $$ begin raise exception 'no room' using errcode = '53100'; end $$`);
  await services.db.query('create trigger refuse before insert on documents for each row execute function refuse()');
  try {
    await work();
  } finally {
    await services.db.query('drop function refuse cascade');
  }
}

function html(body: string): typeof answer {
  return (_path, response) => response.writeHead(200, { 'content-type': 'text/html; charset=utf-8' }).end(body);
}

function later(ms: number): Date {
  return new Date(test.clock.now().getTime() + ms);
}

async function counts(): Promise<Record<string, unknown>> {
  return Object.fromEntries(
    (await rows('select verdict, pages from page_verdicts')).map((row) => [row.verdict, row.pages]),
  );
}

async function rows(text: string): Promise<Record<string, unknown>[]> {
  return (await services.db.query(text)).rows;
}
