import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { source } from '../../spiders/mixesdb/index.ts';
import { HOST, ORIGIN, openPoliteSite, type PoliteSite, text } from '../testing/polite-site.ts';
import { openTestServices, type TestServices } from '../testing/services.ts';

/** In the sandbox a thousandth of it: 60 ms. */
const DELAY_MS = 60_000;
const limits = { minDelayMs: DELAY_MS, maxConcurrency: 1, perDay: null, windows: [] };

let services: TestServices;
let site: PoliteSite;

beforeAll(async () => {
  services = await openTestServices();
});
afterAll(() => services.release());
beforeEach(async () => {
  site = await openPoliteSite(services, { ...source.facts, limits });
  site.answers['/robots.txt'] = text(200, 'User-agent: *\nDisallow: /private');
});
afterEach(async () => {
  await site.forgetRedis();
  await site.release();
  await services.db.query('truncate request_ledger, request_gates, robots_files, documents, workflow_events cascade');
});

describe('requests through the gate', () => {
  it('of several processes keep one distance, and each is in the ledger', async () => {
    const processes = [site.process(), site.process()];
    await Promise.all(Array.from({ length: 8 }, (_, n) => processes[n % 2]?.ask(`/page/${n}`)));
    const entries = await ledger();
    expect(entries.filter(({ kind }) => kind === 'page')).toHaveLength(8);
    const starts = entries.map((entry) => Number(entry.started_at));
    expect(Math.min(...starts.slice(1).map((start, n) => start - (starts[n] ?? 0)))).toBeGreaterThanOrEqual(60);
    expect(site.asked).toHaveLength(entries.length);
  });

  it('are written before they are sent, and settled when they end', async () => {
    site.answers['/page'] = text(404, 'no such page');
    await site.process().ask('/page');
    expect(await ledger()).toMatchObject([
      { kind: 'robots', url: `${ORIGIN}/robots.txt`, robots: 'exempt', status: 200 },
      { kind: 'page', url: `${ORIGIN}/page`, robots: 'rules', robots_rule: null, status: 404, via: 'sandbox' },
    ]);
  });

  it('that never end stay in the ledger as they were sent', async () => {
    site.answers['/page'] = (response) => {
      response.destroy();
    };
    await expect(site.process().ask('/page')).rejects.toThrow();
    expect((await ledger()).at(-1)).toMatchObject({ status: null, settled_at: expect.any(Date) });
  });

  it('that lead on pass it again at every hop', async () => {
    site.answers['/a'] = text(302, '', { location: '/b' });
    expect(await site.process().ask('/a')).toBe(200);
    expect((await ledger()).slice(1)).toMatchObject([
      { kind: 'page', url: `${ORIGIN}/a`, asked_url: null, status: 302 },
      { kind: 'redirect', url: `${ORIGIN}/b`, asked_url: `${ORIGIN}/a`, status: 200 },
    ]);
  });

  it('that lead to what robots.txt forbids end there', async () => {
    site.answers['/a'] = text(302, '', { location: '/private' });
    await expect(site.process().ask('/a')).rejects.toMatchObject({ code: 'ROBOTS' });
    expect(site.asked.map(({ path }) => path)).toEqual(['/robots.txt', '/a']);
  });

  it('further apart than half a minute are not waited for', async () => {
    const facts = { limits: { ...limits, minDelayMs: 60_000_000 } };
    const { ask } = site.process({ facts });
    // The robots.txt took the turn.
    await expect(ask('/page')).rejects.toMatchObject({ name: 'HeldError', until: expect.any(Date) });
    expect(site.asked).toHaveLength(1);
  });

  it('end their wait when the slice ends', async () => {
    const stop = new AbortController();
    const asking = site
      .process({ signal: stop.signal, facts: { limits: { ...limits, minDelayMs: 20_000_000 } } })
      .ask('/page');
    setTimeout(() => stop.abort(), 100);
    await expect(asking).rejects.toMatchObject({ name: 'AbortError' });
  });
});

describe('robots.txt', () => {
  it('forbids what it forbids, naming the rule', async () => {
    await expect(site.process().ask('/private/a')).rejects.toThrow(/Disallow: \/private/);
    expect(site.asked.map(({ path }) => path)).toEqual(['/robots.txt']);
  });

  it('asks for a delay, and gets it', async () => {
    site.answers['/robots.txt'] = text(200, 'User-agent: musicdb\nCrawl-delay: 200');
    const { ask } = site.process();
    await ask('/a');
    await ask('/b');
    const starts = (await ledger()).map((entry) => Number(entry.started_at));
    expect(starts.slice(1).map((start, n) => start - (starts[n] ?? 0) >= 200)).toEqual([true, true]);
  });

  it('is not obeyed on the one path that its operator has agreed to, once the switch says so', async () => {
    const agreement = { variable: 'THE_SWITCH', path: '/private', why: '' };
    const facts = { robots: { policy: 'obey' as const, why: '', agreement } };
    await expect(site.process({ facts }).ask('/private')).rejects.toMatchObject({ code: 'ROBOTS' });
    const agreed = site.process({ facts, credentials: { THE_SWITCH: 'true' } });
    expect(await agreed.ask('/private')).toBe(200);
    await expect(agreed.ask('/private/a')).rejects.toMatchObject({ code: 'ROBOTS' });
    expect((await ledger()).at(-1)).toMatchObject({ robots: 'exempt', robots_rule: 'THE_SWITCH' });
  });

  it('of an interface with terms of its own is not asked for', async () => {
    await site.process({ facts: { robots: { policy: 'api', why: '' } } }).ask('/private');
    expect(await ledger()).toMatchObject([{ kind: 'page', robots: 'exempt' }]);
  });
});

describe('what a source counts our requests by', () => {
  const countedBy = async (hosts?: readonly string[]) => {
    const condition = { variable: 'THE_KEY', why: '', ...(hosts === undefined ? {} : { hosts }) };
    const facts = { credential: 'THE_KEY', conditions: [condition], robots: { policy: 'api' as const, why: '' } };
    await site.process({ facts, credentials: { THE_KEY: 'a key' } }).ask('/page');
    return (await ledger()).at(-1)?.credential;
  };

  it('is its key, as a digest', async () => {
    expect(await countedBy()).toMatch(/^[0-9a-f]{16}$/);
    expect(await countedBy([HOST])).toMatch(/^[0-9a-f]{16}$/);
  });

  it('is our address at a host that wants no key, also when one is set', async () => {
    expect(await countedBy(['elsewhere.example'])).toBe('none');
  });
});

describe('a host that asks us to wait', () => {
  it.each([
    ['in seconds', () => '60'],
    ['until a date', () => new Date(Date.now() + 61_000).toUTCString()],
  ])('%s is asked by nobody until then', async (_, retryAfter) => {
    site.answers['/busy'] = text(429, '', { 'retry-after': retryAfter() });
    const [first, second] = [site.process(), site.process()];
    await first.ask('/busy');
    const held = await second.ask('/page').catch((error: Error) => error);
    expect(held).toMatchObject({ name: 'HeldError' });
    const waitMs = Number((held as { until?: Date }).until) - Date.now();
    expect(waitMs > 58_000 && waitMs <= 61_000).toBe(true);
    expect((await second.gate.room()).count).toBe(0);
  });

  it('shortly is waited for', async () => {
    site.answers['/busy'] = text(503, '', { 'retry-after': '1' });
    const { ask } = site.process();
    await ask('/busy');
    await ask('/page');
    const [busy, page] = (await ledger()).slice(1);
    expect(Number(page?.started_at) - Number(busy?.settled_at)).toBeGreaterThanOrEqual(1_000);
  });

  it('by its own count is left alone until the count begins anew', async () => {
    const headers = { 'x-ratelimit-remaining': '4', 'x-ratelimit-used': '96', 'x-ratelimit-reset': '300' };
    site.answers['/page'] = text(200, '', headers);
    const { ask } = site.process();
    await ask('/page');
    await expect(ask('/page')).rejects.toThrow(/nearly used up/);
  });

  it('by its own count with something left is asked so that it lasts', async () => {
    site.answers['/page'] = text(200, '', { 'x-ratelimit-remaining': '1000', 'x-ratelimit-reset': '300' });
    await site.process().ask('/page');
    expect(await rows('select delay_ms from request_gates')).toEqual([{ delay_ms: 300 }]);
  });
});

describe('a quota', () => {
  const window = { requests: 4, perMs: 600_000_000, host: null };
  const facts = {
    limits: { ...limits, minDelayMs: 1_000, windows: [window] },
    robots: { policy: 'api' as const, why: '' },
  };

  it('is not overspent by processes that ask at once, and is not an error but a wait', async () => {
    const processes = [site.process({ facts }), site.process({ facts }), site.process({ facts })];
    const outcomes = await Promise.all(
      Array.from({ length: 9 }, (_, n) => processes[n % 3]?.ask(`/${n}`).catch((error: Error) => error)),
    );
    expect(outcomes.filter((outcome) => outcome === 200)).toHaveLength(4);
    expect(outcomes.filter((outcome) => outcome !== 200)).toEqual(
      Array.from({ length: 5 }, () => expect.objectContaining({ name: 'HeldError', code: 'QUOTA' })),
    );
    expect(await rows('select quota_reason from request_gates')).toEqual([
      { quota_reason: '4 requests in 600 s are used up' },
    ]);
  });

  it('that is used up is written down once, however many ask while it lasts', async () => {
    const { ask } = site.process({ facts });
    for (const path of ['/a', '/b', '/c', '/d']) await ask(path);
    await expect(ask('/e')).rejects.toMatchObject({ code: 'QUOTA' });
    const written = await rows('select xmin from request_gates');
    for (const path of ['/e', '/f']) await expect(ask(path)).rejects.toMatchObject({ code: 'QUOTA' });
    expect(await rows('select xmin from request_gates')).toEqual(written);
  });

  it('is not forgotten by Redis, nor by a process that starts anew', async () => {
    const { ask, gate } = site.process({ facts });
    await ask('/a');
    await ask('/b');
    await ask('/c');
    expect((await gate.room()).count).toBe(1);
    await site.forgetRedis();
    const anew = site.process({ facts });
    expect((await anew.gate.room()).count).toBe(1);
    await anew.ask('/d');
    await site.forgetRedis();
    await expect(anew.ask('/e')).rejects.toMatchObject({ code: 'QUOTA' });
    expect((await anew.gate.room()).count).toBe(0);
  });
});

describe('the ledger', () => {
  it('refuses to be changed', async () => {
    await site.process().ask('/page');
    for (const change of [
      'delete from request_ledger',
      `update request_ledger set status = 200`,
      `update request_ledger set url = 'x'`,
    ])
      await expect(services.db.query(change)).rejects.toThrow(/append-only/);
  });
});

async function ledger() {
  return rows('select * from request_ledger order by started_at, id');
}

async function rows(statement: string): Promise<Record<string, unknown>[]> {
  return (await services.db.query(statement)).rows;
}
