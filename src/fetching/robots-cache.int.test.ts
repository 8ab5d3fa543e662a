import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { source } from '../../spiders/mixesdb/index.ts';
import { TestClock } from '../testing/job-context.ts';
import { ORIGIN, openPoliteSite, type PoliteSite, text } from '../testing/polite-site.ts';
import { openTestServices, type TestServices } from '../testing/services.ts';
import { createRobotsCache } from './robots-cache.ts';

const HOUR_MS = 3_600_000;
const RULES = 'User-agent: *\nDisallow: /private';

let services: TestServices;
let site: PoliteSite;
let clock: TestClock;

beforeAll(async () => {
  services = await openTestServices();
});
afterAll(() => services.release());
beforeEach(async () => {
  site = await openPoliteSite(services, source.facts);
  clock = new TestClock('2026-11-20T12:00:00Z');
  serve(200, RULES);
});
afterEach(async () => {
  await site.release();
  await services.db.query('truncate robots_files, documents, workflow_events cascade');
});

describe('a robots.txt', () => {
  it('is asked for once, and not again after a restart', async () => {
    await look();
    expect(await look()).toMatchObject({ state: 'rules' });
    expect(site.asked.map(({ path }) => path)).toEqual(['/robots.txt']);
  });

  it('is archived as it came, under the digest that the ledger names', async () => {
    const file = await look();
    expect(file.state === 'rules' && (await site.archive.get(file.digest)).toString()).toBe(RULES);
    expect(site.asked[0]?.headers['accept-encoding']).toBe('identity');
  });

  it.each([
    [{}, 24],
    [{ 'cache-control': 'public, max-age=7200' }, 2],
    [{ 'cache-control': 'max-age=0' }, 1],
    [{ 'cache-control': 'max-age=99999999' }, 24],
  ])('with %j is used for %i hours', async (headers, hours) => {
    serve(200, RULES, headers);
    await look();
    clock.advance(hours * HOUR_MS - 1);
    await look();
    expect(site.asked).toHaveLength(1);
    clock.advance(1);
    await look();
    expect(site.asked).toHaveLength(2);
  });

  it('that changes is an event, one that stays is none', async () => {
    await lookDaily(RULES, RULES, 'User-agent: *\nDisallow: /');
    expect(await rows('select source, name, detail from workflow_events')).toMatchObject([
      {
        source: 'mixesdb',
        name: 'robots.changed',
        detail: { origin: ORIGIN, from: expect.any(String), to: expect.any(String) },
      },
    ]);
  });
});

describe('a site', () => {
  it.each([404, 401, 403, 410])('that answers %i has none: open', async (status) => {
    serve(status, 'x');
    expect(await look()).toEqual({ state: 'open' });
  });

  it.each([
    ['answers 500', text(500, '')],
    ['answers 503', text(503, '')],
    ['asks us to wait', text(429, '')],
    ['answers what cannot be decoded', text(200, 'no gzip', { 'content-encoding': 'gzip' })],
    ['leads in circles', text(302, '', { location: '/robots.txt' })],
    ['leads away', text(302, '', { location: 'http://127.0.0.1:1/robots.txt' })],
    ['does not answer', (response: { destroy(): void }) => response.destroy()],
  ])('that %s is closed, and asked again in five minutes', async (_, answer) => {
    site.answers['/robots.txt'] = answer as (typeof site.answers)[string];
    const refusal = await look().catch((error: Error) => error);
    expect(refusal).toMatchObject({
      name: 'HeldError',
      code: 'ROBOTS_CLOSED',
      until: new Date(clock.now().getTime() + 300_000),
    });
    serve(200, RULES);
    clock.advance(300_000);
    expect(await look()).toMatchObject({ state: 'rules' });
  });

  it('that answers after a redirect has said what it has to say', async () => {
    site.answers['/robots.txt'] = text(301, '', { location: '/robots2.txt' });
    site.answers['/robots2.txt'] = text(200, RULES);
    expect(await look()).toMatchObject({ state: 'rules' });
  });

  it('whose file cannot be had is held to the last good one for a day after its expiry, then closed', async () => {
    await look();
    serve(500, '');
    clock.advance(24 * HOUR_MS);
    expect(await look()).toMatchObject({ state: 'rules' });
    clock.advance(24 * HOUR_MS - 1);
    expect(await look()).toMatchObject({ state: 'rules' });
    clock.advance(1);
    await expect(look()).rejects.toMatchObject({ code: 'ROBOTS_CLOSED' });
  });
});

/** As a process that has just started would. */
function look() {
  const { http } = site.process();
  const cache = createRobotsCache({
    db: services.db,
    archive: site.archive,
    clock,
    via: 'sandbox',
    source: 'mixesdb',
    fetch: (url) => http.fetch({ url, headers: { 'accept-encoding': 'identity' }, allowedHosts: ['www.mixesdb.com'] }),
  });
  return cache.of(ORIGIN);
}

async function lookDaily(...files: string[]): Promise<void> {
  for (const file of files) {
    serve(200, file);
    await look();
    clock.advance(24 * HOUR_MS);
  }
}

function serve(status: number, body: string, headers: Record<string, string> = {}): void {
  site.answers['/robots.txt'] = text(status, body, headers);
}

async function rows(statement: string): Promise<Record<string, unknown>[]> {
  return (await services.db.query(statement)).rows;
}
