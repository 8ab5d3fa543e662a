import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Database } from '../platform/database.ts';
import { openTestServices, type TestServices } from '../testing/services.ts';
import {
  addRequests,
  countDueAt,
  countRequests,
  countRequestsBySource,
  expireLeases,
  type FrontierRequest,
  failLease,
  findDueSources,
  finishLeases,
  giveBackAllLeases,
  LEASE_MS,
  leaseDue,
  MAX_ATTEMPTS,
  makeDue,
  releaseLeases,
  renewLeases,
} from './frontier.ts';

const NOW = new Date('2026-11-20T12:00:00Z');
const later = (ms: number) => new Date(NOW.getTime() + ms);

let services: TestServices;
let db: Database;

beforeAll(async () => {
  services = await openTestServices();
  db = services.db;
});
afterAll(() => services.release());
beforeEach(() => db.query('truncate frontier'));

describe('adding requests', () => {
  it('adds what is new and leaves what is known as it was', async () => {
    expect(await addRequests(db, [request('a'), request('b')], NOW)).toBe(2);
    await finish('a');
    expect(await addRequests(db, [request('a', { priority: 1 }), request('c')], later(1))).toBe(1);
    expect(await stateOf('a')).toMatchObject({ state: 'done', priority: 5 });
  });

  it('takes one of several with the same key, and the same key of two sources twice', async () => {
    expect(await addRequests(db, [request('a'), request('a'), request('a', { source: 'reddit' })], NOW)).toBe(2);
  });

  it('takes nothing from an empty list', async () => {
    expect(await addRequests(db, [], NOW)).toBe(0);
  });

  it('survives addresses that no index holds as they are', async () => {
    const long = `https://example.org/${Array.from({ length: 3_000 }, (_, n) => n).join('-')}`;
    expect(await addRequests(db, [request(`${long}1`), request(`${long}2`), request('nul\0')], NOW)).toBe(3);
    const leased = await lease(10);
    expect(leased.map(({ url }) => url)).toEqual([`${long}1`, `${long}2`, 'nul\ufffd']);
  });

  it('is done once when many do it at the same time', async () => {
    const requests = Array.from({ length: 50 }, (_, n) => request(`p${n}`));
    const added = await Promise.all(
      Array.from({ length: 5 }, (_, n) => addRequests(db, n % 2 ? requests : requests.toReversed(), NOW)),
    );
    expect(added.reduce((sum, n) => sum + n, 0)).toBe(50);
  });
});

describe('making requests due', () => {
  it('brings back what was done or failed, with all its attempts and its better priority', async () => {
    await addRequests(db, [request('a', { priority: 2 }), request('b')], NOW);
    await finish('a');
    const [b] = await lease(1);
    await fail(b, 'give-up');
    const runId = '00000000-0000-4000-8000-000000000001';
    expect(await makeDue(db, [request('a', { priority: 3, runId }), request('b', { priority: 1 })], later(5))).toBe(2);
    expect(await stateOf('a')).toMatchObject({ state: 'due', priority: 2, run_id: runId, due_at: later(5) });
    expect(await stateOf('b')).toMatchObject({ state: 'due', priority: 1, attempts: 0 });
  });

  it('leaves a leased request with its holder', async () => {
    await addRequests(db, [request('a')], NOW);
    const [held] = await lease(1);
    expect(await makeDue(db, [request('a')], NOW)).toBe(0);
    expect(await finishLeases(db, [holder(held)], NOW)).toEqual(new Set([held?.id]));
  });
});

describe('leasing', () => {
  it('gives the best priority first, then what has been due longest', async () => {
    await addRequests(db, [request('late', { priority: 5 })], NOW);
    await addRequests(db, [request('early', { priority: 5 })], later(-10));
    await addRequests(db, [request('urgent', { priority: 1 }), request('idle', { priority: 9 })], NOW);
    expect((await lease(3)).map(({ url }) => url)).toEqual(['urgent', 'early', 'late']);
  });

  it('gives a leased request to nobody else', async () => {
    await addRequests(db, [request('a')], NOW);
    expect(await lease(1)).toHaveLength(1);
    expect(await lease(1, later(LEASE_MS - 1))).toEqual([]);
  });

  it('gives nothing that is due later, and nothing of another source', async () => {
    await addRequests(db, [request('a', { source: 'reddit' })], NOW);
    await addRequests(db, [request('b')], later(1));
    expect(await lease(5)).toEqual([]);
    expect(await lease(5, later(1))).toHaveLength(1);
  });

  it('says what the holder needs to know', async () => {
    await addRequests(db, [request('a', { kind: 'page', depth: 3 })], NOW);
    expect(await lease(1)).toEqual([
      {
        id: expect.any(Number),
        url: 'a',
        kind: 'page',
        depth: 3,
        etag: null,
        lastModified: null,
        window: null,
        attempts: 0,
        token: 1,
      },
    ]);
  });

  it('gives parallel leasers disjoint requests, and together all of them', async () => {
    await addRequests(
      db,
      Array.from({ length: 100 }, (_, n) => request(`p${n}`)),
      NOW,
    );
    const batches = await Promise.all(Array.from({ length: 25 }, (_, n) => lease(6, NOW, `owner ${n}`)));
    const ids = batches.flat().map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
    expect(ids.length + (await lease(100)).length).toBe(100);
  });

  it('takes an expired lease again, in the order of its priority', async () => {
    await addRequests(db, [request('a', { priority: 5 })], NOW);
    await lease(1);
    await addRequests(db, [request('urgent', { priority: 1 }), request('idle', { priority: 9 })], NOW);
    expect((await lease(2, later(LEASE_MS))).map(({ url }) => url)).toEqual(['urgent', 'a']);
  });
});

describe('a holder whose lease ran out and was taken by another', () => {
  it('cannot finish', async () => {
    const { old, current } = await takenOver();
    expect(await finishLeases(db, [holder(old)], NOW)).toEqual(new Set());
    expect(await stateOf('a')).toMatchObject({ state: 'leased', lease_token: current.token });
  });

  it('cannot fail', async () => {
    const { old } = await takenOver();
    await fail(old, 'give-up');
    expect(await stateOf('a')).toMatchObject({ state: 'leased', attempts: 0 });
  });

  it('does not keep the other from finishing', async () => {
    const { old, current } = await takenOver();
    expect(await finishLeases(db, [holder(old), holder(current)], NOW)).toEqual(new Set([current.id]));
    expect(await stateOf('a')).toMatchObject({ state: 'done', lease_owner: null, lease_until: null });
  });
});

describe('a lease that ran out and was taken by nobody', () => {
  it('is still good for its holder', async () => {
    await addRequests(db, [request('a')], NOW);
    const [held] = await lease(1);
    expect((await finishLeases(db, [holder(held)], later(2 * LEASE_MS))).size).toBe(1);
  });

  it('becomes due again by housekeeping, which leaves running ones alone', async () => {
    await addRequests(db, [request('a'), request('b')], NOW);
    const [old] = await lease(1);
    await lease(1, later(1));
    expect(await expireLeases(db, later(LEASE_MS))).toBe(1);
    expect(await countRequests(db)).toEqual({ due: 1, leased: 1 });
    expect(await finishLeases(db, [holder(old)], NOW)).toEqual(new Set());
  });
});

describe('renewing leases', () => {
  it('gives the holder more time for what it has, and tells it what it has no more', async () => {
    await addRequests(
      db,
      ['a', 'b', 'c', 'd'].map((url) => request(url)),
      NOW,
    );
    const [kept, finished, lost] = await lease(3);
    await lease(1, NOW, 'another');
    await finishLeases(db, [holder(finished)], NOW);
    await db.query('update frontier set lease_token = lease_token + 1, lease_owner = $2 where id = $1', [
      lost?.id,
      'another',
    ]);
    expect(await renewLeases(db, 'owner', later(1_000))).toEqual([{ ...holder(kept), until: later(1_000 + LEASE_MS) }]);
    const { rows } = await db.query(`select url from frontier where lease_until > $1`, [later(LEASE_MS)]);
    expect(rows).toEqual([{ url: kept?.url }]);
  });

  it('waits for no row that is being finished: the two cannot wait for each other', async () => {
    await addRequests(
      db,
      ['a', 'b'].map((url) => request(url)),
      NOW,
    );
    const held = await lease(2);
    await db.transaction(async (tx) => {
      await finishLeases(tx, [holder(held[0])], NOW);
      const renewed = await renewLeases(db, 'owner', later(1_000));
      const times = new Map(renewed.map(({ id, until }) => [id, until]));
      expect(held.map(({ id }) => times.get(id))).toEqual([later(LEASE_MS), later(1_000 + LEASE_MS)]);
    });
  });
});

describe('a request that failed', () => {
  it('is due again at its time and has lost an attempt, when trying again may help', async () => {
    await addRequests(db, [request('a')], NOW);
    const [held] = await lease(1);
    await fail(held, 'retry', later(5_000));
    expect(await stateOf('a')).toMatchObject({ state: 'due', attempts: 1, last_problem: 'odd', lease_owner: null });
    expect(await lease(1, later(4_999))).toEqual([]);
    expect(await lease(1, later(5_000))).toMatchObject([{ attempts: 1 }]);
  });

  it(`has failed for good after ${MAX_ATTEMPTS} attempts, not before`, async () => {
    await addRequests(db, [request('a')], NOW);
    for (let attempt = 1; attempt <= MAX_ATTEMPTS; attempt += 1) {
      expect(await stateOf('a')).toMatchObject({ state: 'due', attempts: attempt - 1 });
      const [held] = await lease(1);
      await fail(held, 'retry');
    }
    expect(await stateOf('a')).toMatchObject({ state: 'failed', attempts: MAX_ATTEMPTS });
  });

  it('waits without losing an attempt, however often it was throttled', async () => {
    await addRequests(db, [request('a')], NOW);
    for (let turn = 0; turn <= MAX_ATTEMPTS; turn += 1) {
      const [held] = await lease(1);
      await fail(held, 'wait');
    }
    expect(await stateOf('a')).toMatchObject({ state: 'due', attempts: 0 });
  });

  it('may have a problem that holds what no table can (NUL, half a character): it is told without them', async () => {
    await addRequests(db, [request('a')], NOW);
    const [held] = await lease(1);
    if (held === undefined) throw new Error('nothing was leased');
    await failLease(db, { ...holder(held), problem: 'block: \0\ud800', cure: 'wait', dueAt: NOW });
    expect(await stateOf('a')).toMatchObject({ state: 'due', last_problem: 'block: \ufffd\ufffd' });
  });

  it('has failed at once when trying again cannot help', async () => {
    await addRequests(db, [request('a')], NOW);
    const [held] = await lease(1);
    await fail(held, 'give-up');
    expect(await stateOf('a')).toMatchObject({ state: 'failed', attempts: 1 });
    expect(await lease(1, later(LEASE_MS))).toEqual([]);
  });

  it('starts anew with its attempts once it was fetched', async () => {
    await addRequests(db, [request('a')], NOW);
    const [first] = await lease(1);
    await fail(first, 'retry');
    await finish('a');
    expect(await stateOf('a')).toMatchObject({ attempts: 0, last_problem: null, last_fetched_at: NOW });
  });
});

describe('giving leases back', () => {
  it('of one owner leaves the others theirs', async () => {
    await addRequests(db, [request('a'), request('b'), request('c')], NOW);
    await lease(1, NOW, 'one');
    await lease(1, NOW, 'two');
    await releaseLeases(db, 'one');
    expect(await countRequests(db)).toEqual({ due: 2, leased: 1 });
    await giveBackAllLeases(db);
    expect(await countRequests(db)).toEqual({ due: 3 });
  });

  it('gives back nothing that was finished or failed meanwhile', async () => {
    await addRequests(db, [request('a'), request('b')], NOW);
    const [a, b] = await lease(2, NOW, 'one');
    await finishLeases(db, [holder(a)], NOW);
    await fail(b, 'give-up');
    await releaseLeases(db, 'one');
    await giveBackAllLeases(db);
    expect(await countRequests(db)).toEqual({ done: 1, failed: 1 });
  });
});

describe('hosts that must not be asked now', () => {
  it('keep their requests, while those of the same source on other hosts go on', async () => {
    const urls = ['https://a.example/1', 'https://b.example/1', 'https://B.example:8080/2'];
    await addRequests(
      db,
      urls.map((url) => request(url)),
      NOW,
    );
    const paused = { source: 'mixesdb', owner: 'o', count: 9, now: NOW, pausedHosts: ['b.example'] };
    expect((await leaseDue(db, paused)).map(({ url }) => url)).toEqual([urls[0]]);
    expect(await countRequests(db)).toEqual({ due: 2, leased: 1 });
    expect(await lease(9)).toHaveLength(2);
  });

  it('keep those too whose holder vanished', async () => {
    await addRequests(db, [request('https://b.example/1')], NOW);
    await lease(1);
    const paused = { source: 'mixesdb', owner: 'o', count: 9, now: later(LEASE_MS), pausedHosts: ['b.example'] };
    expect(await leaseDue(db, paused)).toEqual([]);
  });
});

describe('counting', () => {
  it('names the sources with due requests, most urgent first', async () => {
    await addRequests(db, [request('a', { priority: 4 }), request('b', { source: 'reddit', priority: 2 })], NOW);
    await addRequests(db, [request('c', { priority: 3 }), request('d', { source: 'applemusic' })], later(1));
    expect(await findDueSources(db, NOW)).toEqual([
      { source: 'reddit', priority: 2 },
      { source: 'mixesdb', priority: 4 },
    ]);
    expect(await findDueSources(db, later(1))).toMatchObject([
      { source: 'reddit' },
      { source: 'mixesdb', priority: 3 },
      { source: 'applemusic' },
    ]);
  });

  it('names no source for what is due at hosts that are closed', async () => {
    const [a, b] = ['https://a.example/1', 'https://b.example/1'];
    await addRequests(db, [request(a), request(b, { priority: 1 }), request(`${b}?`, { source: 'reddit' })], NOW);
    const closed = ['mixesdb', 'reddit'].map((source) => ({ source, host: 'b.example' }));
    expect(await findDueSources(db, NOW, closed)).toEqual([{ source: 'mixesdb', priority: 5 }]);
    expect(await findDueSources(db, NOW, closed.slice(0, 1))).toEqual([
      { source: 'mixesdb', priority: 5 },
      { source: 'reddit', priority: 5 },
    ]);
    expect(await countDueAt(db, closed)).toBe(2);
    expect(await countRequestsBySource(db, closed)).toMatchObject([
      { source: 'mixesdb', waiting: 1, total: 2 },
      { source: 'reddit', waiting: 1, total: 1 },
    ]);
  });

  it('counts by state for one source or all, and what was dealt with by source', async () => {
    await addRequests(db, [request('a'), request('b'), request('c'), request('d', { source: 'reddit' })], NOW);
    await finish('a');
    const [held] = await lease(1);
    await fail(held, 'give-up');
    expect(await countRequests(db, 'mixesdb')).toEqual({ done: 1, failed: 1, due: 1 });
    expect(await countRequests(db)).toEqual({ done: 1, failed: 1, due: 2 });
    expect(await countRequestsBySource(db)).toEqual([
      { source: 'mixesdb', done: 2, failed: 1, waiting: 0, total: 3 },
      { source: 'reddit', done: 0, failed: 0, waiting: 0, total: 1 },
    ]);
  });
});

function request(url: string, said: Partial<FrontierRequest> = {}): FrontierRequest {
  return { source: 'mixesdb', urlKey: url, url, kind: 'page', priority: 5, depth: 0, runId: null, ...said };
}

function lease(count: number, now = NOW, owner = 'owner') {
  return leaseDue(db, { source: 'mixesdb', owner, count, now });
}

function holder(leased: { id: number; token: number } | undefined): { id: number; token: number } {
  if (leased === undefined) throw new Error('nothing was leased');
  return { id: leased.id, token: leased.token };
}

async function fail(
  leased: { id: number; token: number } | undefined,
  cure: 'retry' | 'wait' | 'give-up',
  dueAt = NOW,
) {
  await failLease(db, { ...holder(leased), problem: 'odd', cure, dueAt });
}

/** Leases the best request, which must be this one, and finishes it. */
async function finish(url: string) {
  const [held] = await lease(1);
  expect(held?.url).toBe(url);
  await finishLeases(db, [holder(held)], NOW);
}

async function takenOver() {
  await addRequests(db, [request('a')], NOW);
  const [old] = await lease(1);
  const [current] = await lease(1, later(LEASE_MS), 'another');
  if (old === undefined || current === undefined) throw new Error('nothing was leased');
  return { old, current };
}

async function stateOf(url: string) {
  const { rows } = await db.query('select * from frontier where url = $1', [url]);
  return rows[0];
}
