/** The deletion duty from end to end: crawled, deleted at the source, asked about, erased everywhere; proved by looking everywhere. */
import { readdir, readFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { zstdDecompressSync } from 'node:zlib';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { loadSource } from '../spiders/registry.ts';
import { erasePosts } from '../src/repositories/erasure.ts';
import { readFetches } from '../src/repositories/exchanges.ts';
import { makeDue } from '../src/repositories/frontier.ts';
import { findTextInTables } from '../src/repositories/text-scan.ts';
import { openTestContext, type TestContext } from '../src/testing/job-context.ts';
import { attempt, enqueued } from '../src/testing/run-job.ts';
import { openTestServices, type TestServices } from '../src/testing/services.ts';
import { crawlJob } from './crawl.ts';
import { eraseByRequest, phrasesOf, scanForText } from './erase-posts.ts';
import { FOLLOW_DELETIONS, followDeletions } from './follow-deletions.ts';
import { indexJob } from './index-entities.ts';
import { loadJob } from './load.ts';
import { maintenanceJob } from './maintenance.ts';
import { transformJob } from './transform.ts';

const HOUR_MS = 3_600_000;
const TITLE = 'zanzibar marmalade afternoon';
/** The same words as the address of the post carries them. */
const SLUG = TITLE.replaceAll(' ', '_');
const BODY = 'quixotic lanterns over the harbour';
const AUTHOR = 'somebody_unforgettable';
const OTHER = 'an unrelated evening of plums';
const LIST = '0:00 Mara Quill - Low Tide\n5:30 Odd Lanterns - Glass Hour\n11:02 Halden - Ferry';

type Thing = Record<string, unknown>;

let services: TestServices;
let test: TestContext;
let server: Server;
/** What the stand-in knows, by fullname. */
let things: Map<string, Thing>;

beforeAll(async () => {
  services = await openTestServices();
  server = createServer((request, response) => {
    if (request.url?.startsWith('/comments/moved')) {
      response.writeHead(302, { location: `/r/house/comments/gone/${SLUG}/` }).end();
      return;
    }
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(answer(request.url ?? '/')));
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
    sandboxHosts: { 'oauth.reddit.com': origin },
    crawlConcurrency: 1,
  });
  things = new Map([
    ['t3_gone', post('gone', { title: `Mara Quill - Low Tide ${TITLE}`, selftext: `${BODY}\n\nTracklist\n${LIST}` })],
    ['t3_stays', post('stays', { author: 'another', title: `Odd Lanterns - Glass Hour [house] (2024) ${OTHER}` })],
  ]);
  await crawlAndLoad('https://oauth.reddit.com/r/house/new?limit=100&raw_json=1');
});
afterEach(async () => {
  const tables = 'frontier, outbox, source_states, raw_items, fetches, documents, quarantine, dead_letters, audit_log';
  await services.db.query(`truncate ${tables}, tracks, artists, search_documents, search_outbox cascade`);
  await test.release();
});

describe('what was crawled', () => {
  it('is found by the scan before anything is deleted: a scan that finds nothing means something', async () => {
    expect(await places(SLUG)).toEqual([
      'table mentions',
      'table raw_items',
      'table search_documents',
      'archive files',
    ]);
    expect(await places(BODY)).toEqual(['table raw_items', 'archive files']);
    expect((await rows('select title from mentions order by title')).map(({ title }) => title)).toEqual([
      'Ferry',
      'Glass Hour',
      'Glass Hour',
      'Low Tide',
    ]);
  });

  it('is not asked about while it is fresh, and then a hundred to a request', async () => {
    expect(await followDeletions(test.ctx)).toEqual({ asked: 0, unconfirmed: 0, documents: 0 });
    test.clock.advance(21 * HOUR_MS);
    const tick = attempt(test.ctx, maintenanceJob, null, { scheduleId: FOLLOW_DELETIONS });
    expect(await tick).toMatchObject({ asked: 1 });
    expect(await rows(`select url, state from frontier where kind = 'info'`)).toEqual([
      { url: 'https://oauth.reddit.com/api/info?id=t3_gone%2Ct3_stays&raw_json=1', state: 'due' },
    ]);
    expect(await followDeletions(test.ctx)).toMatchObject({ asked: 0 });
  });
});

describe('a post that its source deleted', () => {
  const SHAPES: [string, Thing | null, string][] = [
    ['by its author', { author: '[deleted]', selftext: '[deleted]' }, 'deleted-by-author'],
    ['by a moderator', { selftext: '[removed]' }, 'removed-by-moderator'],
    ['by a category', { removed_by_category: 'reddit' }, 'removed-by-moderator'],
    ['altogether', null, 'absent'],
  ];
  it.each(SHAPES)('%s is erased everywhere within 48 hours; its facts stay', async (_how, change, status) => {
    await plantTraces('t3_gone');
    if (change === null) things.delete('t3_gone');
    else things.set('t3_gone', { ...things.get('t3_gone'), ...change });
    test.clock.advance(21 * HOUR_MS);
    await followDeletions(test.ctx);
    await crawlAndLoad();
    await followDeletions(test.ctx);
    for (const phrase of [TITLE, SLUG, BODY, AUTHOR]) expect(await places(phrase)).toEqual([]);
    expect(await rows(`select body->>'status' as status, state from raw_items where external_id = 't3_gone'`)).toEqual([
      { status, state: 'erased' },
    ]);
    expect(
      await rows(`select artist, title, cue_seconds, permalink from mentions where external_id = 't3_gone' order by 3`),
    ).toEqual([
      { artist: 'Mara Quill', title: 'Low Tide', cue_seconds: 0, permalink: 'https://www.reddit.com/comments/gone/_/' },
      {
        artist: 'Odd Lanterns',
        title: 'Glass Hour',
        cue_seconds: 330,
        permalink: 'https://www.reddit.com/comments/gone/_/',
      },
      { artist: 'Halden', title: 'Ferry', cue_seconds: 662, permalink: 'https://www.reddit.com/comments/gone/_/' },
    ]);
    expect(await rows(`select actor, subject, detail from audit_log where action = 'erase'`)).toEqual([
      { actor: 'crawl', subject: 't3_gone', detail: { why: status } },
    ]);
    expect(await places(OTHER)).toContain('table raw_items');
  });

  it('leaves no word in the records of requests, which are kept for ever', async () => {
    await crawlAndLoad('https://oauth.reddit.com/comments/moved?limit=500&raw_json=1');
    expect(await rows(`select url, final_url from fetches where url like '%moved%'`)).toEqual([
      {
        url: 'https://oauth.reddit.com/comments/moved?limit=500&raw_json=1',
        final_url: 'https://oauth.reddit.com/comments/gone/_/',
      },
    ]);
    await erase();
    expect(await places(SLUG)).toEqual([]);
  });

  it('leaves no mention that named no known track: that is text, not fact', async () => {
    await services.db.query(
      `update mentions set track_id = null, title = '${BODY}' where external_id = 't3_gone' and position = 1`,
    );
    await erase();
    expect(await places(BODY)).toEqual([]);
    expect(await rows(`select position from mentions where external_id = 't3_gone' order by 1`)).toEqual([
      { position: 2 },
      { position: 3 },
    ]);
  });

  it('comes back when its source shows it again, and not by a page that was saved before', async () => {
    await erasePostsAs('absent');
    await crawlAndLoad('https://oauth.reddit.com/comments/gone?limit=500&raw_json=1');
    expect(await places(BODY)).toContain('table raw_items');
    await erasePostsAs('absent');
    await followDeletions(test.ctx);
    await landSaved();
    await followDeletions(test.ctx);
    expect(await places(BODY)).toEqual([]);
  });
});

describe('an account that is gone', () => {
  it('loses its name everywhere; what it wrote stays', async () => {
    things.set('t3_gone', { ...things.get('t3_gone'), author: '[deleted]' });
    test.clock.advance(21 * HOUR_MS);
    await followDeletions(test.ctx);
    await crawlAndLoad();
    await followDeletions(test.ctx);
    expect(await places(AUTHOR)).toEqual([]);
    expect(await places(BODY)).toEqual(['table raw_items']);
    expect(await rows('select subject, detail from audit_log')).toEqual([
      { subject: 't3_gone', detail: { why: 'account-gone' } },
    ]);
  });
});

describe('content that its source cannot be asked about', () => {
  it('is erased after 48 hours without an answer, and comes back with the next one', async () => {
    test.clock.advance(49 * HOUR_MS);
    expect(await followDeletions(test.ctx)).toMatchObject({ unconfirmed: 2 });
    await workOff();
    for (const phrase of [TITLE, SLUG, BODY, AUTHOR, OTHER]) expect(await places(phrase)).toEqual([]);
    await crawlAndLoad('https://oauth.reddit.com/r/house/new?limit=100&raw_json=1');
    expect(await places(BODY)).toContain('table raw_items');
  });

  it('leaves the archive after a day, whoever else it says something of', async () => {
    test.clock.advance(25 * HOUR_MS);
    expect(await followDeletions(test.ctx)).toMatchObject({ documents: 1, unconfirmed: 0 });
    expect(await places(BODY)).toEqual(['table raw_items']);
    expect(await rows('select erased_at is not null as erased, digest is not null as kept from documents')).toEqual([
      { erased: true, kept: true },
    ]);
    const range = { source: null, since: null, lastId: Number.MAX_SAFE_INTEGER };
    expect(await readFetches(services.db, range, { afterId: 0, limit: 10 })).toMatchObject([{ digest: null }]);
  });
});

describe('erasing by request', () => {
  it('leaves nothing, says so, and stays so when the source shows the post again', async () => {
    const phrases = await phrasesOf(test.ctx, 'reddit', 't3_gone');
    expect(phrases).toContain(BODY);
    expect((await scanForText(test.ctx, [BODY])).map(({ place }) => place)).toEqual(['table raw_items', 'archive']);
    expect(
      await eraseByRequest(test.ctx, { source: 'reddit', externalIds: ['t3_gone', 't3_unknown'] }, 'a person'),
    ).toEqual({
      posts: 1,
      mentionsKept: 3,
      mentionsRemoved: 0,
      documents: 1,
    });
    expect(await scanForText(test.ctx, phrases)).toEqual([]);
    await crawlAndLoad('https://oauth.reddit.com/comments/gone?limit=500&raw_json=1');
    await followDeletions(test.ctx);
    for (const phrase of [TITLE, SLUG, BODY, AUTHOR]) expect(await places(phrase)).toEqual([]);
  });
});

async function erase(): Promise<void> {
  await eraseByRequest(test.ctx, { source: 'reddit', externalIds: ['t3_gone'] }, 'a person');
}

async function erasePostsAs(reason: 'absent'): Promise<void> {
  const posts = { source: 'reddit', externalIds: ['t3_gone'] };
  await test.ctx.db.transaction((tx) => erasePosts(tx, posts, { reason, actor: 'test' }, test.clock.now()));
  test.clock.advance(HOUR_MS);
}

/** The page that was crawled first, as somebody might have saved it. */
async function landSaved(): Promise<void> {
  const { landPages } = await import('../src/repositories/landing.ts');
  const source = await loadSource('reddit');
  const body = Buffer.from(JSON.stringify(answer('/r/house/new')));
  const page = { body, url: null, status: null, contentType: null, fetchedAt: null };
  const { items } = source.parse(page);
  const storeAgain = () => test.ctx.archive.put(body);
  const document = { ...(await storeAgain()), contentEncoding: null, storeAgain };
  const judged = { judgement: { verdict: 'ok' as const, reason: null }, measures: null };
  const landed = { ...judged, items, problems: [], requests: [], lease: null, document, fetchedAt: test.clock.now() };
  const unknown = { url: null, finalUrl: null, kind: null, status: null, contentType: null, exchange: null };
  const facts = { source: 'reddit', via: 'import' as const, remoteAddress: null, durationMs: null, runId: null };
  await test.ctx.db.transaction((tx) =>
    landPages(tx, [{ ...landed, ...unknown, ...facts }], () => true, test.clock.now()),
  );
  await workOff();
}

/** Crawls what is due, and one page more, and works off everything that follows. */
async function crawlAndLoad(url?: string): Promise<void> {
  const source = await loadSource('reddit');
  const { kind = 'listing' } = (url === undefined ? null : source.requestFor(url)) ?? {};
  const request = { source: 'reddit', urlKey: url ?? '', url: url ?? '', kind, priority: 1, depth: 0, runId: null };
  if (url !== undefined) await makeDue(test.ctx.db, [request], test.clock.now());
  const payload = { source: 'reddit', via: 'sandbox', runId: null, limit: null };
  await attempt(test.ctx, crawlJob, await enqueued(test.ctx, 'crawl-reddit', payload), payload);
  await workOff();
}

async function workOff(): Promise<void> {
  const jobs = { transform: transformJob, load: loadJob, index: indexJob };
  for (const [queue, job] of Object.entries(jobs)) {
    for (const { id, payload } of await rows('select id, payload from outbox where queue = $1 order by id', [queue]))
      await attempt(test.ctx, job, Number(id), payload as object);
  }
}

/** What faults on the way may have left behind. */
async function plantTraces(externalId: string): Promise<void> {
  const [raw] = await rows('select id, document_digest from raw_items where external_id = $1', [externalId]);
  const now = test.clock.now();
  await services.db.query(
    `insert into quarantine (dedupe_key, source, reason, message, position, raw_item_id, document_digest, url, created_at)
     values ('a', 'reddit', 'bad-value', $1, $1, $2, null, $1, $4), ('b', 'reddit', 'unknown-shape', $1, null, null, $3, null, $4)`,
    [`cannot read "${BODY}"`, raw?.id, raw?.document_digest, now],
  );
  await services.db.query(
    `insert into dead_letters (queue, name, job_id, payload, priority, error, attempts, failed_at) values ('load', 'load', 'x', $1, 1, $2, 5, $3)`,
    [JSON.stringify({ rawItemIds: [raw?.id] }), `refused "${BODY}"`, now],
  );
  await services.db.query('insert into items (raw_item_id, raw_item_version, body) values ($1, 1, $2)', [
    raw?.id,
    JSON.stringify({ said: BODY }),
  ]);
  await services.db.query('update fetches set problem = $1', [`cannot read "${BODY}"`]);
}

/** Everywhere that a text is found: tables, files of the archive as they lie on disk, keys in Redis. */
async function places(text: string): Promise<string[]> {
  const tables = (await findTextInTables(services.db, text)).map(({ place }) => place);
  const { location: directory } = test.ctx.archive;
  const files = (await readdir(directory, { recursive: true }).catch(() => [])).filter((name) => name.endsWith('.zst'));
  const bodies = await Promise.all(
    files.map(async (name) => zstdDecompressSync(await readFile(join(directory, name)))),
  );
  const keys = await test.ctx.redis.client.keys(`${services.queuePrefix}*`);
  const values = await Promise.all(keys.map((key) => test.ctx.redis.client.dumpBuffer(key)));
  return [
    ...tables,
    ...(bodies.some((body) => body.includes(text)) ? ['archive files'] : []),
    ...(values.some((value) => value?.includes(text)) ? ['redis'] : []),
  ];
}

async function rows(sql: string, values: unknown[] = []): Promise<Record<string, unknown>[]> {
  return (await services.db.query(sql, values)).rows;
}

function answer(url: string): unknown {
  const { pathname, searchParams } = new URL(url, 'http://stand-in');
  const asked = searchParams.get('id')?.split(',') ?? [...things.keys()];
  const children = asked.flatMap((name) => {
    const data = things.get(name);
    return data === undefined ? [] : [{ kind: 't3', data }];
  });
  const listing = { kind: 'Listing', data: { after: null, dist: children.length, children, before: null } };
  if (!pathname.includes('/comments/')) return listing;
  const about = {
    kind: 'Listing',
    data: { children: children.filter(({ data }) => pathname.includes(`/comments/${data.id}`)) },
  };
  return [about, { kind: 'Listing', data: { children: [] } }];
}

function post(id: string, said: Thing): Thing {
  const words = String(said.title).replaceAll(' ', '_');
  return {
    id,
    name: `t3_${id}`,
    subreddit: 'house',
    author: AUTHOR,
    selftext: '',
    created_utc: 1_700_000_000,
    edited: false,
    score: 5,
    removed_by_category: null,
    permalink: `/r/house/comments/${id}/${words}/`,
    url: `https://www.reddit.com/r/house/comments/${id}/${words}/`,
    ...said,
  };
}
