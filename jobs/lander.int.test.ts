import { createHash } from 'node:crypto';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { setlist } from '../src/core/items.ts';
import type { LandingPage } from '../src/repositories/landing-page.ts';
import { openTestContext, type TestContext } from '../src/testing/job-context.ts';
import { openTestServices, type TestServices } from '../src/testing/services.ts';
import { Lander } from './lander.ts';

let services: TestServices;
let test: TestContext;
let transactions: number;
let lander: Lander;

beforeAll(async () => {
  services = await openTestServices();
});
afterAll(() => services.release());
beforeEach(async () => {
  test = await openTestContext(services);
  transactions = 0;
  const { db, clock } = test.ctx;
  const transaction: typeof db.transaction = (work) => {
    transactions += 1;
    return db.transaction(work);
  };
  lander = new Lander({ db: { ...db, transaction }, clock }, 7);
});
afterEach(async () => {
  await services.db.query('truncate raw_items, documents, fetches, outbox, quarantine cascade');
  await test.release();
});

describe('landing pages', () => {
  it('goes in batches of fifty, and what landed goes on at the priority that was asked for', async () => {
    for (let n = 0; n < 120; n += 1) await lander.add(page(n));
    await lander.settled();
    expect(lander.totals).toEqual({ pages: 120, items: 120, unchanged: 0, newRequests: 0, quarantined: 0 });
    expect(transactions).toBe(3);
    const { rows } = await services.db.query(
      `select queue, priority, jsonb_array_length(payload->'rawItemIds') as items from outbox order by id`,
    );
    expect(rows).toEqual([50, 50, 20].map((items) => ({ queue: 'transform', priority: 7, items })));
  });

  it('puts pages that come one after the other into one batch', async () => {
    await lander.add(page(1));
    await lander.add(page(2));
    await lander.settled();
    expect(transactions).toBe(1);
  });

  it('asks for a transform of fifty items at most, however many a page has', async () => {
    const items = Array.from({ length: 130 }, (_, n) => setlist('mixesdb', `s${n}`, { title: 'x' }));
    await lander.add({ ...page(1), items });
    await lander.settled();
    const { rows } = await services.db.query(
      `select jsonb_array_length(payload->'rawItemIds') as items from outbox order by id`,
    );
    expect(rows.map((row) => row.items)).toEqual([50, 50, 30]);
  });

  it('asks for nothing when nothing changed', async () => {
    await lander.add(page(1));
    await lander.settled();
    await services.db.query('truncate outbox');
    await lander.add(page(1));
    await lander.settled();
    expect(lander.totals).toMatchObject({ pages: 2, items: 2, unchanged: 1 });
    expect((await services.db.query('select 1 from outbox')).rows).toEqual([]);
  });

  it('is settled at once when nothing was added', async () => {
    await lander.settled();
    expect(transactions).toBe(0);
  });

  it('makes whoever adds wait while too many pages wait', async () => {
    for (let n = 0; n < 200; n += 1) await lander.add(page(n));
    expect(lander.totals.pages).toBe(200);
  });

  it('holds a page that the database refuses, alone, and lands its company', async () => {
    await lander.add(page(1));
    await lander.add({ ...page(2), durationMs: 1e12 });
    await lander.add(page(3));
    await lander.settled();
    expect(lander.totals).toMatchObject({ pages: 3, items: 2, quarantined: 1 });
    const { rows } = await services.db.query('select reason, message from quarantine');
    expect(rows).toEqual([{ reason: 'bad-value', message: expect.stringMatching(/the database refuses .* integer/) }]);
  });

  it('tells of a fault whoever waits or adds more, and takes nothing after it', async () => {
    await lander.add({ ...page(1), status: 1_000_000 });
    await expect(lander.settled()).rejects.toThrow(/smallint/);
    await expect(lander.add(page(2))).rejects.toThrow(/smallint/);
    await expect(lander.settled()).rejects.toThrow(/smallint/);
    expect((await services.db.query('select 1 from raw_items')).rows).toEqual([]);
  });
});

function page(n: number): LandingPage {
  const digest = createHash('sha256').update(`${n}`).digest();
  return {
    source: 'mixesdb',
    via: 'import',
    url: null,
    finalUrl: null,
    kind: null,
    status: null,
    contentType: null,
    exchange: null,
    remoteAddress: null,
    durationMs: null,
    fetchedAt: test.clock.now(),
    runId: null,
    document: { digest, sizeBytes: 1, storedBytes: 1, contentEncoding: null, storeAgain: async () => undefined },
    items: [setlist('mixesdb', `s${n}`, { title: `set ${n}` })],
    judgement: { verdict: 'ok', reason: null },
    measures: null,
    problems: [],
    requests: [],
    lease: null,
  };
}
