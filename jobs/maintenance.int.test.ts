import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { setlist } from '../src/core/items.ts';
import { addRequests, LEASE_MS, leaseDue } from '../src/repositories/frontier.ts';
import { countOutstanding, enqueue } from '../src/repositories/outbox.ts';
import { openTestContext, type TestContext } from '../src/testing/job-context.ts';
import { landItems } from '../src/testing/land-items.ts';
import { attempt, runJob } from '../src/testing/run-job.ts';
import { openTestServices, type TestServices } from '../src/testing/services.ts';
import { maintenanceJob, requeueMissing } from './maintenance.ts';

const FIVE_MINUTES = 5 * 60_000;

let services: TestServices;
let test: TestContext;

beforeAll(async () => {
  services = await openTestServices();
});
afterAll(() => services.release());
beforeEach(async () => {
  await services.db.query('truncate raw_items, documents, outbox, quarantine, frontier, search_outbox cascade');
  await test?.release();
  test = await openTestContext(services);
});
afterAll(() => test.release());

describe('housekeeping', () => {
  it('gives expired leases back, and ends its row', async () => {
    const now = test.clock.now();
    const about = { source: 'mixesdb', kind: 'page', priority: 5, depth: 0, runId: null };
    await addRequests(services.db, [{ ...about, url: 'a', urlKey: 'a' }], now);
    await leaseDue(services.db, { source: 'mixesdb', owner: 'gone', count: 1, now });
    const tick = { scheduleId: 'housekeeping' };
    expect(await attempt(test.ctx, maintenanceJob, null, tick)).toEqual({ leasesExpired: 0, requeued: 0 });
    test.clock.advance(LEASE_MS);
    expect(await runJob(test.ctx, maintenanceJob, 'maintenance', tick)).toEqual({ leasesExpired: 1, requeued: 0 });
    expect(await countOutstanding(services.db)).toEqual({});
  });

  it('makes the partitions of years to come', async () => {
    test.clock.advance(366 * 86_400_000);
    await attempt(test.ctx, maintenanceJob, null, { scheduleId: 'housekeeping' });
    const { rows } = await services.db.query(`select to_regclass('setlists_2029') is not null as made`);
    expect(rows).toEqual([{ made: true }]);
  });
});

describe('the read models', () => {
  it('are refreshed on a schedule of their own, and by nothing else', async () => {
    const spied: string[] = [];
    const db = {
      ...test.ctx.db,
      query: (statement: never, values: never) => {
        spied.push(String(statement));
        return test.ctx.db.query(statement, values);
      },
    } as typeof test.ctx.db;
    const refreshed = () => spied.splice(0).some((text) => text.includes('refresh materialized view'));
    await attempt({ ...test.ctx, db }, maintenanceJob, null, { scheduleId: 'housekeeping' });
    expect(refreshed()).toBe(false);
    await attempt({ ...test.ctx, db }, maintenanceJob, null, { scheduleId: 'read-models' });
    expect(refreshed()).toBe(true);
  });
});

describe('items that a stage never finished', () => {
  it('are asked for again after five minutes, by what they wait for, when no job asks for them', async () => {
    const ids = await land(['a', 'b', 'c']);
    await services.db.query(`update raw_items set state = 'transformed' where external_id = 'b'`);
    expect(await requeueMissing(test.ctx)).toBe(0);
    test.clock.advance(FIVE_MINUTES);
    expect(await requeueMissing(test.ctx)).toBe(0);
    test.clock.advance(1);
    expect(await requeueMissing(test.ctx)).toBe(3);
    expect(await jobs()).toEqual([
      { queue: 'load', payload: { rawItemIds: [ids[1]] }, priority: 100 },
      { queue: 'transform', payload: { rawItemIds: [ids[0], ids[2]] }, priority: 100 },
    ]);
    expect(await requeueMissing(test.ctx)).toBe(0);
  });

  it('are left to the job that asks for them already', async () => {
    const [a, b] = await land(['a', 'b']);
    test.clock.advance(FIVE_MINUTES + 1);
    await ask('transform', { rawItemIds: [a] });
    // Crawls and others carry no ids.
    await ask('crawl-reddit', { source: 'reddit' });
    expect(await requeueMissing(test.ctx)).toBe(1);
    expect((await jobs()).map(({ payload }) => payload)).toContainEqual({ rawItemIds: [b] });
  });

  it('go in jobs of fifty', async () => {
    await land(Array.from({ length: 120 }, (_, n) => `s${n}`));
    test.clock.advance(FIVE_MINUTES + 1);
    expect(await requeueMissing(test.ctx)).toBe(120);
    expect((await jobs()).map(({ payload }) => payload.rawItemIds?.length)).toEqual([50, 50, 20]);
  });

  it('are not those that ended', async () => {
    await land(['loaded', 'quarantined', 'dead', 'kept']);
    await services.db.query('update raw_items set state = external_id');
    test.clock.advance(FIVE_MINUTES + 1);
    expect(await requeueMissing(test.ctx)).toBe(0);
  });
});

describe('changes that wait for the search', () => {
  it('get their job when none is outstanding, one', async () => {
    await services.db.query(`insert into search_outbox values ('track', gen_random_uuid(), $1)`, [test.clock.now()]);
    await requeueMissing(test.ctx);
    await requeueMissing(test.ctx);
    expect(await jobs()).toEqual([{ queue: 'index', payload: {}, priority: 100 }]);
  });

  it('that are none get no job', async () => {
    await requeueMissing(test.ctx);
    expect(await jobs()).toEqual([]);
  });
});

function land(ids: string[]): Promise<number[]> {
  return landItems(
    services.db,
    ids.map((id) => setlist('mixesdb', id, { title: id })),
    test.clock.now(),
  );
}

async function ask(queue: string, payload: object): Promise<void> {
  await enqueue(services.db, [{ queue, name: queue, payload: { ...payload }, priority: 10 }], test.clock.now());
}

async function jobs() {
  const { rows } = await services.db.query<{ queue: string; payload: { rawItemIds?: number[] }; priority: number }>(
    'select queue, payload, priority from outbox order by queue, id',
  );
  return rows;
}
