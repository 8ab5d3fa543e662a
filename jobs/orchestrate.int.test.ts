import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { loadSource, SOURCE_NAMES } from '../spiders/registry.ts';
import { openBreaker } from '../src/repositories/breaker.ts';
import { addRequests, countRequests, leaseDue } from '../src/repositories/frontier.ts';
import { countOutstanding } from '../src/repositories/outbox.ts';
import { countVerdicts } from '../src/repositories/page-yields.ts';
import { ensureSchedules } from '../src/repositories/schedules.ts';
import { openTestContext, type TestContext } from '../src/testing/job-context.ts';
import { attempt, runJob } from '../src/testing/run-job.ts';
import { openTestServices, type TestServices } from '../src/testing/services.ts';
import { crawlVia } from './access.ts';
import { defaultSchedules, enqueueDueCrawls, orchestrateJob, seedSource } from './orchestrate.ts';

/** MixesDB has a stand-in, setlist.fm a key, the others nothing. */
const SETTINGS = {
  sandboxHosts: { 'www.mixesdb.com': 'http://127.0.0.1:9' },
  credentials: { SETLISTFM_API_KEY: 'a key' },
};

/** Asked for without a key, beside Apple's catalogue, which wants three. */
const LOOK_UP = 'https://itunes.apple.com/lookup?country=us&entity=song&id=900000300';

let services: TestServices;
let test: TestContext;

beforeAll(async () => {
  services = await openTestServices();
});
afterAll(() => services.release());
beforeEach(async () => {
  test = await openTestContext(services, SETTINGS);
});
afterEach(async () => {
  await services.db.query('truncate frontier, outbox, source_states, schedules, page_verdicts');
  await test.release();
});

describe('how a source is reached', () => {
  it('is the sandbox where one stands in for it, else live when its conditions hold, else not at all', async () => {
    const via = async (name: (typeof SOURCE_NAMES)[number]) => crawlVia(test.ctx, await loadSource(name));
    expect(await via('mixesdb')).toBe('sandbox');
    expect(await via('setlistfm')).toBe('live');
    expect(await via('applemusic')).toBe('live');
    expect(await via('1001tracklists')).toBe(null);
  });
});

describe('seeding', () => {
  it('makes the starting pages of a source due, at better priority than what they lead to', async () => {
    const source = await loadSource('mixesdb');
    expect(await seedSource(test.ctx, 'mixesdb')).toBe(source.seeds().length);
    const { rows } = await services.db.query('select distinct source, state, priority, depth from frontier');
    expect(rows).toEqual([{ source: 'mixesdb', state: 'due', priority: 3, depth: 0 }]);
  });

  it('asks a source that can say so for what has changed since the last look, and for all the first time', async () => {
    const source = await loadSource('setlistfm');
    const seeded = async () => {
      await services.db.query('truncate frontier');
      await seedSource(test.ctx, 'setlistfm');
      const { rows } = await services.db.query('select url, cursor, cursor_until from frontier order by url');
      return rows;
    };
    const until = { cursor: 'changes', cursor_until: test.clock.now() };
    const looks = (requests: { url: string }[]) =>
      requests.map(({ url }) => ({ url, ...until })).sort((a, b) => (a.url < b.url ? -1 : 1));
    expect(await seeded()).toEqual(looks(source.seeds()));
    const reached = new Date(test.clock.now().getTime() - 3_600_000);
    await services.db.query(`insert into cursors (source, name, reached_at) values ('setlistfm', 'changes', $1)`, [
      reached,
    ]);
    expect(await seeded()).toEqual(looks(source.changesSince?.(reached) ?? []));
  });

  it('does nothing for a source that may not be asked', async () => {
    expect(await seedSource(test.ctx, '1001tracklists')).toBe(0);
    expect(await countRequests(services.db)).toEqual({});
  });
});

describe('looking for due work', () => {
  it('asks for one crawl of each source that has some, the most urgent first', async () => {
    await due('mixesdb', 5);
    await due('setlistfm', 1);
    await due('1001tracklists', 1);
    expect(await enqueueDueCrawls(test.ctx)).toEqual(['setlistfm', 'mixesdb']);
    const { rows } = await services.db.query('select queue, name, payload, priority from outbox order by queue');
    expect(rows).toEqual([
      {
        queue: 'crawl-mixesdb',
        name: 'crawl',
        payload: { source: 'mixesdb', via: 'sandbox', runId: null, limit: null },
        priority: 10,
      },
      {
        queue: 'crawl-setlistfm',
        name: 'crawl',
        payload: { source: 'setlistfm', via: 'live', runId: null, limit: null },
        priority: 10,
      },
    ]);
  });

  it('asks for none of a source for what is due at hosts that are closed', async () => {
    await seedSource(test.ctx, 'applemusic');
    await services.db.query(`delete from frontier where host <> 'api.music.apple.com'`);
    expect(await enqueueDueCrawls(test.ctx)).toEqual([]);
    await addRequests(services.db, [{ ...request('applemusic', 5), url: LOOK_UP }], test.clock.now());
    expect(await enqueueDueCrawls(test.ctx)).toEqual(['applemusic']);
  });

  it('asks nothing of a real site whose pages here are of the sandbox, nor the other way round', async () => {
    await due('mixesdb', 5);
    await due('setlistfm', 5);
    await countVerdicts(services.db, [
      { source: 'mixesdb', via: 'live', verdict: 'ok' },
      { source: 'setlistfm', via: 'sandbox', verdict: 'ok' },
    ]);
    expect(await enqueueDueCrawls(test.ctx)).toEqual([]);
    await services.db.query(`update page_verdicts set via = 'import'`);
    expect(await enqueueDueCrawls(test.ctx)).toEqual(['mixesdb', 'setlistfm']);
  });

  it('asks for what waited as soon as its host is open', async () => {
    const seeded = await seedSource(test.ctx, 'applemusic');
    await services.db.query(`delete from frontier where host <> 'api.music.apple.com'`);
    const credentials = { APPLE_MUSIC_KEY_ID: 'a', APPLE_MUSIC_TEAM_ID: 'b', APPLE_MUSIC_PRIVATE_KEY: 'c' };
    const ctx = { ...test.ctx, config: { ...test.ctx.config, credentials } };
    expect(seeded).toBe((await loadSource('applemusic')).seeds().length);
    expect(await enqueueDueCrawls(ctx)).toEqual(['applemusic']);
  });

  it('asks once, however many orchestrators look', async () => {
    await due('mixesdb', 5);
    const asked = await Promise.all(Array.from({ length: 6 }, () => enqueueDueCrawls(test.ctx)));
    expect(asked.flat()).toEqual(['mixesdb']);
    expect(await countOutstanding(services.db)).toEqual({ 'crawl-mixesdb': 1 });
  });

  it('asks for nothing that is leased, done or due later', async () => {
    await due('mixesdb', 5);
    await leaseDue(services.db, { source: 'mixesdb', owner: 'o', count: 1, now: test.clock.now() });
    await addRequests(services.db, [request('mixesdb', 1)], new Date(test.clock.now().getTime() + 1));
    expect(await enqueueDueCrawls(test.ctx)).toEqual([]);
    test.clock.advance(1);
    expect(await enqueueDueCrawls(test.ctx)).toEqual(['mixesdb']);
  });

  it('leaves a source alone that is switched off, or refused us', async () => {
    await due('mixesdb', 5);
    await services.db.query(`insert into source_states (source, via, enabled) values ('mixesdb', 'sandbox', false)`);
    expect(await enqueueDueCrawls(test.ctx)).toEqual([]);
    await services.db.query('update source_states set enabled = true');
    const now = test.clock.now();
    const until = new Date(now.getTime() + 1_000);
    await openBreaker(services.db, { source: 'mixesdb', via: 'sandbox', reason: 'captcha', until, now });
    expect(await enqueueDueCrawls(test.ctx)).toEqual([]);
    test.clock.advance(1_000);
    expect(await enqueueDueCrawls(test.ctx)).toEqual(['mixesdb']);
  });
});

describe('a tick', () => {
  it('of a source seeds it and asks for its crawl', async () => {
    await ensureSchedules(services.db, await defaultSchedules());
    const tick = { scheduleId: 'seed-mixesdb', source: 'mixesdb' };
    expect(await attempt(test.ctx, orchestrateJob, null, tick)).toEqual({
      seeded: (await loadSource('mixesdb')).seeds().length,
      enqueued: ['mixesdb'],
    });
    const { rows } = await services.db.query(`select last_enqueued_at from schedules where id = 'seed-mixesdb'`);
    expect(rows).toEqual([{ last_enqueued_at: test.clock.now() }]);
  });

  it('of the look for due work seeds nothing, and ends its row', async () => {
    await ensureSchedules(services.db, await defaultSchedules());
    await due('mixesdb', 5);
    const outcome = await runJob(test.ctx, orchestrateJob, 'orchestrate', { scheduleId: 'enqueue-due' });
    expect(outcome).toEqual({ seeded: 0, enqueued: ['mixesdb'] });
    expect(await countOutstanding(services.db)).toEqual({ 'crawl-mixesdb': 1 });
  });

  it('of a schedule that is gone is refused for good', async () => {
    await expect(attempt(test.ctx, orchestrateJob, null, { scheduleId: 'gone' })).rejects.toThrow(
      /schedule "gone" does not exist/,
    );
  });

  it('of a schedule that names an unknown source is refused for good, with the names that are known', async () => {
    const [schedule] = await defaultSchedules();
    if (schedule === undefined) throw new Error('there are no schedules');
    await ensureSchedules(services.db, [{ ...schedule, id: 'odd', payload: { scheduleId: 'odd', source: 'napster' } }]);
    await expect(attempt(test.ctx, orchestrateJob, null, { scheduleId: 'odd' })).rejects.toThrow(
      /"odd" names the source "napster".*mixesdb/,
    );
  });
});

describe('the schedules of a new installation', () => {
  it('seed every source, look for due work, and keep house', async () => {
    const schedules = await defaultSchedules();
    expect(schedules.map(({ id }) => id)).toEqual([
      ...SOURCE_NAMES.map((name) => `seed-${name}`),
      'enqueue-due',
      'housekeeping',
      'read-models',
      'follow-deletions',
      'retention',
    ]);
    for (const { id, payload, priority, enabled, everyMs } of schedules) {
      expect(payload.scheduleId).toBe(id);
      expect(priority).toBeGreaterThan(0);
      expect(enabled).toBe(true);
      expect(everyMs).toBeGreaterThanOrEqual(1_000);
    }
  });

  it('do not replace what an operator set', async () => {
    await ensureSchedules(services.db, await defaultSchedules());
    await services.db.query(`update schedules set enabled = false, every_ms = 5000 where id = 'housekeeping'`);
    await ensureSchedules(services.db, await defaultSchedules());
    const { rows } = await services.db.query(`select enabled, every_ms from schedules where id = 'housekeeping'`);
    expect(rows).toEqual([{ enabled: false, every_ms: 5_000 }]);
  });
});

let made = 0;
function request(source: string, priority: number) {
  made += 1;
  return { source, urlKey: `u${made}`, url: `u${made}`, kind: 'page', priority, depth: 0, runId: null };
}

async function due(source: string, priority: number): Promise<void> {
  await addRequests(services.db, [request(source, priority)], test.clock.now());
}
