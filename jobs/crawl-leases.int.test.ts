/** Leases of a crawl: a request that waits, however long and for what, stays with its crawler; one that was lost is not asked for. */
import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { loadSource } from '../spiders/registry.ts';
import { credentialOf } from '../src/fetching/politeness.ts';
import type { Database } from '../src/platform/database.ts';
import { switchSource } from '../src/repositories/breaker.ts';
import { addRequests, expireLeases, LEASE_MS, leaseDue } from '../src/repositories/frontier.ts';
import { openTestContext, type TestContext } from '../src/testing/job-context.ts';
import { runJob } from '../src/testing/run-job.ts';
import { openTestServices, type TestServices } from '../src/testing/services.ts';
import { HeldLeases } from './crawl/held-leases.ts';
import { crawlJob } from './crawl.ts';

const PAGE = 'https://api.setlist.fm/rest/1.0/artist/a/setlists';

let services: TestServices;
let test: TestContext;
let server: Server;
/** Requests that the stand-in holds, in order. */
let asked: ServerResponse[];

beforeAll(async () => {
  services = await openTestServices();
  server = createServer((_, response) => asked.push(response));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
});
afterAll(async () => {
  await new Promise((resolve) => server.close(resolve));
  await services.release();
});
beforeEach(async () => {
  test = await openTestContext(services, {
    sandboxHosts: { 'api.setlist.fm': `http://127.0.0.1:${(server.address() as AddressInfo).port}` },
    credentials: { SETLISTFM_API_KEY: 'a key' },
    crawlConcurrency: 1,
  });
  asked = [];
  const request = {
    source: 'setlistfm',
    url: PAGE,
    urlKey: PAGE,
    kind: 'setlists',
    priority: 5,
    depth: 0,
    runId: null,
  };
  await addRequests(services.db, [request], test.clock.now());
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
});
afterEach(async () => {
  vi.useRealTimers();
  await services.db.query(
    'truncate frontier, outbox, source_states, fetches, documents, request_ledger, request_gates cascade',
  );
  await test.release();
});

describe('a request whose answer is long in coming', () => {
  it('stays with its crawler beyond the time of a lease, and is asked for once', async () => {
    const crawled = crawl();
    await eventually(() => expect(asked).toHaveLength(1));
    for (let waited = 0; waited < 3; waited += 1) {
      test.clock.advance(LEASE_MS * 0.75);
      await renewal();
      expect(await expireLeases(services.db, test.clock.now())).toBe(0);
      expect(
        await leaseDue(services.db, { source: 'setlistfm', owner: 'another', count: 9, now: test.clock.now() }),
      ).toEqual([]);
    }
    asked[0]?.writeHead(404).end();
    expect(await crawled).toMatchObject({ pages: 1, failed: 0 });
    expect(asked).toHaveLength(1);
  });

  it('is taken by another when its crawler is gone, no later than a lease lasts', async () => {
    const crawled = crawl();
    await eventually(() => expect(asked).toHaveLength(1));
    test.clock.advance(LEASE_MS * 0.75);
    await renewal();
    test.clock.advance(LEASE_MS);
    expect(
      await leaseDue(services.db, { source: 'setlistfm', owner: 'another', count: 9, now: test.clock.now() }),
    ).toHaveLength(1);
    asked[0]?.writeHead(404).end();
    expect(await crawled).toMatchObject({ pages: 0 });
  });
});

describe('a request that waits for its turn', () => {
  it('is not asked for when its lease was lost meanwhile, and is left to whoever has it', async () => {
    Object.assign(test.ctx.config, { sandboxPoliteness: 'on' });
    await turnsAreTaken(2_000);
    const crawled = crawl();
    await eventually(async () => expect(await states()).toEqual(['leased']));
    await services.db.query(`update frontier set lease_token = lease_token + 1, lease_owner = 'another'`);
    await renewalIsMade();
    test.clock.advance(2_000);
    expect(await crawled).toMatchObject({ pages: 0, failed: 0 });
    expect(asked).toEqual([]);
    expect((await services.db.query('select lease_owner, attempts from frontier')).rows).toEqual([
      { lease_owner: 'another', attempts: 0 },
    ]);
    expect((await services.db.query('select 1 from request_ledger')).rows).toEqual([]);
  });

  it('is not asked for when its source was switched off meanwhile: it stays due, with no attempt lost', async () => {
    Object.assign(test.ctx.config, { sandboxPoliteness: 'on' });
    await turnsAreTaken(2_000);
    const crawled = crawl();
    await eventually(async () => expect(await states()).toEqual(['leased']));
    await switchOff(services.db, 'setlistfm', test.clock.now());
    test.clock.advance(2_000);
    expect(await crawled).toMatchObject({ pages: 0, failed: 0 });
    expect(asked).toEqual([]);
    expect((await services.db.query('select state, attempts from frontier')).rows).toEqual([
      { state: 'due', attempts: 0 },
    ]);
  });
});

describe('what a holder knows of its leases', () => {
  it('ends with their time: one who slept through it sends nothing', () => {
    const leases = new HeldLeases(test.ctx, 'owner');
    leases.add([{ id: 1, token: 1 }], test.clock.now());
    expect(() => leases.assertHeld({ id: 1, token: 1 })).not.toThrow();
    test.clock.advance(LEASE_MS);
    expect(() => leases.assertHeld({ id: 1, token: 1 })).toThrow(expect.objectContaining({ code: 'LEASE_LOST' }));
  });
});

function switchOff(db: Database, source: string, now: Date): Promise<boolean> {
  return db.transaction((tx) => switchSource(tx, { source, enabled: false, actor: 'test', now }));
}

/** The machine may be busy with others' tests. */
function eventually(check: () => unknown): Promise<unknown> {
  return vi.waitFor(check, { timeout: 20_000 });
}

function crawl() {
  return runJob(test.ctx, crawlJob, 'crawl-setlistfm', {
    source: 'setlistfm',
    via: 'sandbox',
    runId: null,
    limit: null,
  });
}

/** The time of a renewal has come; resolves when it was made. */
async function renewal(): Promise<void> {
  const before = await leaseUntil();
  await vi.advanceTimersByTimeAsync(LEASE_MS / 4);
  await eventually(async () => expect(await leaseUntil()).not.toEqual(before));
}

async function renewalIsMade(): Promise<void> {
  const renew = vi.spyOn(HeldLeases.prototype, 'renew');
  await eventually(() => {
    vi.advanceTimersByTime(LEASE_MS / 4);
    expect(renew).toHaveResolved();
  });
  renew.mockRestore();
}

async function states(): Promise<string[]> {
  return (await services.db.query<{ state: string }>('select state from frontier')).rows.map(({ state }) => state);
}

async function leaseUntil(): Promise<unknown> {
  return (await services.db.query('select lease_until from frontier')).rows[0]?.lease_until;
}

/** The next turn at the source comes after so many milliseconds. */
async function turnsAreTaken(delayMs: number): Promise<void> {
  const credential = credentialOf((await loadSource('setlistfm')).facts, test.ctx.config.credentials, null);
  await services.db.query(
    `insert into request_gates (via, source, host, credential, last_request_at, delay_ms) values ('sandbox', 'setlistfm', 'api.setlist.fm', $1, $2, $3)`,
    [credential, test.clock.now(), delayMs],
  );
}
