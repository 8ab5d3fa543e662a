import { createHash } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { LeasedRequest, ListingWindow } from '../core/fetching.ts';
import type { Database } from '../platform/database.ts';
import { openTestServices, type TestServices } from '../testing/services.ts';
import { readCursors } from './cursors.ts';
import { addRequests, type FrontierRequest, failLease, leaseDue, makeDue } from './frontier.ts';
import { landPages } from './landing.ts';
import type { LandingPage } from './landing-page.ts';

const NOW = new Date('2026-11-24T12:00:00Z');
const LOOK: ListingWindow = { cursor: 'changes', until: NOW.toISOString() };

let services: TestServices;
let db: Database;

beforeAll(async () => {
  services = await openTestServices();
  db = services.db;
});
afterAll(() => services.release());
beforeEach(() => db.query('truncate frontier, cursors, raw_items, documents, fetches cascade'));

describe('a look at a listing', () => {
  it('moves the cursor with its last page, not before', async () => {
    await addRequests(db, [listed('p1')], NOW);
    await land(await lease(), [listed('p2'), listed('set', null)]);
    expect(await reached()).toBe(undefined);
    await land(await lease('p2'));
    expect(await reached()).toEqual(NOW);
  });

  it('that began with several pages waits for all of them', async () => {
    await addRequests(db, [listed('a'), listed('b')], NOW);
    await land(await lease('a'));
    expect(await reached()).toBe(undefined);
    await land(await lease('b'));
    expect(await reached()).toEqual(NOW);
  });

  it('of which a page failed for good moves nothing; the next look does', async () => {
    await addRequests(db, [listed('a'), listed('b')], NOW);
    const a = await lease('a');
    await failLease(db, { ...a, problem: 'no', cure: 'give-up', dueAt: NOW });
    await land(await lease('b'));
    expect(await reached()).toBe(undefined);
    const next = { cursor: 'changes', until: '2026-11-24T13:00:00.000Z' };
    await makeDue(db, [listed('a', next), listed('b', next)], NOW);
    await land(await lease('a'));
    await land(await lease('b'));
    expect(await reached()).toEqual(new Date(next.until));
  });

  it('that ends late moves the cursor not back', async () => {
    const late = { cursor: 'changes', until: '2026-11-24T11:00:00.000Z' };
    await addRequests(db, [listed('new'), listed('old', late)], NOW);
    await land(await lease('new'));
    await land(await lease('old'));
    expect(await reached()).toEqual(NOW);
  });

  it('whose landing is rolled back has not happened', async () => {
    await addRequests(db, [listed('a')], NOW);
    const a = await lease('a');
    const rolledBack = db.transaction(async (tx) => {
      await landPages(tx, [page(a, [])], () => false, NOW);
      throw new Error('lost');
    });
    await expect(rolledBack).rejects.toThrow('lost');
    expect(await reached()).toBe(undefined);
  });
});

describe('what a page says of itself', () => {
  it('is known when it is asked for again, until it says something else', async () => {
    await addRequests(db, [listed('a', null)], NOW);
    await land(await lease('a'), [], { etag: '"v1"', lastModified: null });
    await makeDue(db, [listed('a', null)], NOW);
    const again = await lease('a');
    expect(again).toMatchObject({ etag: '"v1"', lastModified: null });
    await land(again);
    await makeDue(db, [listed('a', null)], NOW);
    expect(await lease('a')).toMatchObject({ etag: '"v1"' });
  });

  it('is forgotten for a person who wants the whole page', async () => {
    await addRequests(db, [listed('a', null)], NOW);
    await land(await lease('a'), [], { etag: '"v1"', lastModified: 'yesterday' });
    await makeDue(db, [listed('a', null)], NOW, { whole: true });
    expect(await lease('a')).toMatchObject({ etag: null, lastModified: null });
  });
});

function listed(url: string, window: ListingWindow | null = LOOK): FrontierRequest {
  return { source: 'setlistfm', urlKey: url, url, kind: 'setlists', priority: 5, depth: 0, runId: null, window };
}

async function lease(url?: string): Promise<LeasedRequest> {
  const held = await leaseDue(db, { source: 'setlistfm', owner: 'o', count: 9, now: NOW });
  const wanted = held.find((each) => url === undefined || each.url === url);
  await db.query(`update frontier set state = 'due' where state = 'leased' and id <> $1`, [wanted?.id]);
  if (wanted === undefined) throw new Error(`${url} is not due`);
  return wanted;
}

async function land(
  request: LeasedRequest,
  requests: FrontierRequest[] = [],
  validators?: { etag: string | null; lastModified: string | null },
): Promise<void> {
  await db.transaction((tx) => landPages(tx, [page(request, requests, validators)], () => false, NOW));
}

function page(
  { id, token, url, window }: LeasedRequest,
  requests: FrontierRequest[],
  validators?: { etag: string | null; lastModified: string | null },
): LandingPage {
  const digest = createHash('sha256').update(url).digest();
  return {
    source: 'setlistfm',
    via: 'live',
    url,
    finalUrl: url,
    kind: 'setlists',
    status: 200,
    contentType: null,
    exchange: null,
    remoteAddress: null,
    durationMs: null,
    fetchedAt: NOW,
    runId: null,
    document: { digest, sizeBytes: 1, storedBytes: 1, contentEncoding: null, storeAgain: async () => undefined },
    items: [],
    judgement: { verdict: 'ok', reason: null },
    measures: null,
    problems: [],
    requests,
    lease: { id, token, validators, window },
  };
}

async function reached(): Promise<Date | undefined> {
  return (await readCursors(db, 'setlistfm')).get('changes');
}
