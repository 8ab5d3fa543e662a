/** Crawling Reddit as it is crawled live: token, renewal, listings, discussions, left-out comments, against a local stand-in of its interface. */
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { since } from '../spiders/reddit/window.ts';
import { loadSource } from '../spiders/registry.ts';
import { requestsForSeed } from '../src/core/seeds.ts';
import { addRequests, countRequests, makeDue } from '../src/repositories/frontier.ts';
import { readSourceState } from '../src/repositories/source-states.ts';
import { openTestContext, type TestContext } from '../src/testing/job-context.ts';
import { attempt, enqueued } from '../src/testing/run-job.ts';
import { openTestServices, type TestServices } from '../src/testing/services.ts';
import { crawlJob } from './crawl.ts';

const SECRET = 'a-secret-of-ours';
const CREDENTIALS = { REDDIT_CLIENT_ID: 'an-id', REDDIT_CLIENT_SECRET: SECRET, REDDIT_USER_AGENT: 'x:y:1 (by /u/z)' };

let services: TestServices;
let test: TestContext;
let server: Server;
let asked: string[];
/** Tokens that the stand-in takes; each mint adds one unless told otherwise. */
let good: Set<string>;
let minted: number;
/** When the stand-in's posts were written, seconds since 1970. */
let created: number;
let mintsGoodTokens: boolean;

beforeAll(async () => {
  services = await openTestServices();
  server = createServer((request, response) => {
    const { status, body } = answer(request);
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
});
afterAll(async () => {
  await new Promise((resolve) => server.close(resolve));
  await services.release();
});
beforeEach(async () => {
  asked = [];
  good = new Set();
  minted = 0;
  created = 1_700_000_000;
  mintsGoodTokens = true;
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  test = await openTestContext(services, {
    sandboxHosts: { 'oauth.reddit.com': origin, 'www.reddit.com': origin },
    credentials: CREDENTIALS,
    crawlConcurrency: 4,
  });
});
afterEach(async () => {
  await services.db.query(
    'truncate frontier, outbox, source_states, raw_items, fetches, documents, quarantine, page_verdicts cascade',
  );
  await test.release();
});

describe('a crawl of Reddit', () => {
  it('mints one token, and with it follows listing, discussion, left-out comments and threads that go on elsewhere', async () => {
    await due('r/House', 't3_set1');
    expect(await crawl()).toMatchObject({ pages: 5, failed: 0, quarantined: 0 });
    expect(minted).toBe(1);
    expect(asked.map((path) => path.split('?')[0]).sort()).toEqual([
      '/api/morechildren',
      '/comments/set1',
      '/comments/set1/_/c1',
      '/r/house/new',
      '/r/house/new',
    ]);
    expect(await countRequests(services.db)).toEqual({ done: 5 });
    expect((await names()).sort()).toEqual(['t1_c1', 't1_c2', 't1_c3', 't1_d1', 't3_p1', 't3_p2', 't3_set1']);
  });

  it('renews a token that is refused, once, and asks again', async () => {
    await due('r/House');
    await crawl();
    good.clear();
    await services.db.query(`update frontier set state = 'due'`);
    expect(await crawl()).toMatchObject({ failed: 0 });
    expect(minted).toBe(2);
  });

  it('gives up when a new token is refused as well: the source is left alone, the request keeps its attempts', async () => {
    mintsGoodTokens = false;
    await due('r/House');
    expect(await crawl()).toMatchObject({ pages: 0, failed: 1 });
    expect(minted).toBe(2);
    expect(await readSourceState(services.db, 'reddit')).toMatchObject({
      breaker: 'open',
      breakerReason: expect.stringMatching(/refused an access token that was new/),
    });
    expect((await services.db.query('select state, attempts from frontier')).rows).toEqual([
      { state: 'due', attempts: 0 },
    ]);
  });

  it('keeps what it was refused with, for as long as any page of its posts', async () => {
    mintsGoodTokens = false;
    await due('r/House');
    await crawl();
    const { rows } = await services.db.query(
      `select f.status, f.outcome, d.erase_at - f.fetched_at = interval '1 day' as "goesInADay"
       from fetches f join documents d on d.digest = f.document_digest order by f.id`,
    );
    const refused = { status: 401, outcome: 'throttled', goesInADay: true };
    expect(rows).toEqual([refused, refused]);
  });

  it('leaves neither token nor secret in a table', async () => {
    await due('r/House', 't3_set1');
    await crawl();
    const { rows } = await services.db.query<{ held: string }>(
      `select (select json_agg(t)::text from fetches t) || (select json_agg(t)::text from outbox t) || (select json_agg(t)::text from frontier t) as held`,
    );
    expect(rows[0]?.held).toContain('oauth.reddit.com');
    expect(rows[0]?.held).not.toMatch(/token-1|a-secret-of-ours|YW4taWQ6/);
  });
});

describe('a look at what is new', () => {
  const LISTING = { url: 'https://oauth.reddit.com/r/house/new?limit=100&raw_json=1', kind: 'listing' };

  async function look(knownUntil: Date): Promise<string[]> {
    asked = [];
    const window = { cursor: 'changes', until: test.clock.now().toISOString() };
    const request = { source: 'reddit', urlKey: LISTING.url, priority: 3, depth: 0, runId: null, window };
    await makeDue(test.ctx.db, [{ ...request, ...since(LISTING, knownUntil) }], test.clock.now());
    await crawl();
    return asked.map((path) => new URL(path, 'http://x').searchParams.get('after') ?? 'first');
  }

  it('goes on to pages that the last look read, as long as they are within two days', async () => {
    const now = test.clock.now();
    created = now.getTime() / 1_000;
    expect(await look(now)).toEqual(['first', 't3_p1']);
    test.clock.advance(900_000);
    expect(await look(now)).toEqual(['first', 't3_p1']);
  });

  it('ends where it is further back, and sends nothing of its limit', async () => {
    created = test.clock.now().getTime() / 1_000 - 3 * 86_400;
    expect(await look(new Date(0))).toEqual(['first', 't3_p1']);
    test.clock.advance(900_000);
    expect(await look(test.clock.now())).toEqual(['first']);
    expect(asked.join()).not.toContain('since');
  });
});

describe('live', () => {
  it('is refused before anything is asked, with every condition that is missing', async () => {
    const bare = await openTestContext(services, { credentials: { REDDIT_USER_AGENT: 'undici' } });
    const payload = { source: 'reddit', via: 'live', runId: null, limit: null };
    const refused = attempt(bare.ctx, crawlJob, await enqueued(bare.ctx, 'crawl-reddit', payload), payload);
    await expect(refused).rejects.toThrow(
      /REDDIT_CLIENT_ID is not set .*REDDIT_CLIENT_SECRET is not set .*REDDIT_USER_AGENT is not usable/,
    );
    await bare.release();
  });
});

async function due(...seeds: string[]): Promise<void> {
  const source = await loadSource('reddit');
  const requests = seeds.flatMap((seed) => requestsForSeed(source, seed));
  const known = requests.map((request) => ({
    ...request,
    source: 'reddit',
    urlKey: source.normaliseUrl(request.url),
    priority: 5,
    depth: 0,
    runId: null,
  }));
  await services.db.transaction((tx) => addRequests(tx, known, test.clock.now()));
}

async function crawl() {
  const payload = { source: 'reddit', via: 'sandbox', runId: null, limit: null };
  return attempt(test.ctx, crawlJob, await enqueued(test.ctx, 'crawl-reddit', payload), payload);
}

async function names(): Promise<string[]> {
  const { rows } = await services.db.query<{ name: string }>('select external_id as name from raw_items');
  return rows.map(({ name }) => name);
}

function answer(request: IncomingMessage): { status: number; body: unknown } {
  const { pathname, searchParams } = new URL(request.url ?? '/', 'http://stand-in');
  const { authorization, 'user-agent': agent } = request.headers;
  if (pathname === '/api/v1/access_token') {
    const basic = Buffer.from(`an-id:${SECRET}`).toString('base64');
    if (request.method !== 'POST' || authorization !== `Basic ${basic}`) return { status: 401, body: { error: 401 } };
    minted += 1;
    if (mintsGoodTokens) good.add(`token-${minted}`);
    return { status: 200, body: { access_token: `token-${minted}`, token_type: 'bearer', expires_in: 3_600 } };
  }
  if (!good.has((authorization ?? '').replace('bearer ', '')) || agent !== CREDENTIALS.REDDIT_USER_AGENT)
    return { status: 401, body: { message: 'Unauthorized', error: 401 } };
  asked.push(request.url ?? '');
  if (pathname === '/r/house/new') {
    const second = searchParams.get('after') === 't3_p1';
    return { status: 200, body: listing([post(second ? 'p2' : 'p1')], second ? null : 't3_p1') };
  }
  if (pathname === '/comments/set1/_/c1')
    return {
      status: 200,
      body: [listing([post('set1')]), listing([comment('c1', 't3_set1', [comment('c3', 't1_c1')])])],
    };
  if (pathname === '/comments/set1') return { status: 200, body: discussion() };
  if (pathname === '/api/morechildren')
    return { status: 200, body: { json: { errors: [], data: { things: [comment('d1', 't3_set1')] } } } };
  return { status: 404, body: { message: 'Not Found', error: 404 } };
}

function discussion(): unknown {
  const goesOn = {
    kind: 'more',
    data: { name: 't1__', id: '_', count: 0, depth: 10, parent_id: 't1_c1', children: [] },
  };
  const leftOut = { kind: 'more', data: { name: 't1_d1', id: 'd1', count: 4, parent_id: 't3_set1', children: ['d1'] } };
  return [listing([post('set1')]), listing([comment('c1', 't3_set1', [goesOn]), comment('c2', 't3_set1'), leftOut])];
}

function listing(children: unknown[], after: string | null = null): unknown {
  return { kind: 'Listing', data: { after, dist: children.length, children, before: null } };
}

function post(id: string): unknown {
  const data = { id, name: `t3_${id}`, subreddit: 'House', author: 'a', title: `Ada - ${id} [house] (2024)` };
  return { kind: 't3', data: { ...data, selftext: '', created_utc: created, edited: false } };
}

function comment(id: string, parent: string, replies: unknown[] = []): unknown {
  const data = { id, name: `t1_${id}`, parent_id: parent, link_id: 't3_set1', author: 'b', body: 'nice' };
  return { kind: 't1', data: { ...data, created_utc: 1_700_000_000, replies: replies.length ? listing(replies) : '' } };
}
