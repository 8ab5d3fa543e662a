import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { source as mixesdb } from '../../spiders/mixesdb/index.ts';
import { source as setlistfm } from '../../spiders/setlistfm/index.ts';
import type { RequestWindow } from '../core/source.ts';
import { ORIGIN, openPoliteSite, type PoliteSite, text } from '../testing/polite-site.ts';
import { openTestServices, type TestServices } from '../testing/services.ts';
import { type Verification, verifyPoliteness } from './verify-politeness.ts';

const START = Date.parse('2026-11-20T12:00:00Z');
const RULES = 'User-agent: *\nCrawl-delay: 7\nDisallow: /private';

let services: TestServices;
let site: PoliteSite;
let digest: Buffer;

beforeAll(async () => {
  services = await openTestServices();
});
afterAll(() => services.release());
beforeEach(async () => {
  site = await openPoliteSite(services, mixesdb.facts);
  ({ digest } = await site.archive.put(Buffer.from(RULES)));
  await services.db.query(
    `insert into documents (digest, size_bytes, stored_bytes, created_at) values ($1, 1, 1, $2)`,
    [digest, new Date(START)],
  );
  await look({ at: -1_000 });
});
afterEach(async () => {
  await site.forgetRedis();
  await site.release();
  await services.db.query('truncate request_ledger, request_gates, robots_files, documents cascade');
});

describe('a ledger in which nothing was broken', () => {
  it('is one of a polite run of several processes, with redirects, waits and a robots.txt', async () => {
    site.answers['/robots.txt'] = text(200, 'User-agent: *\nCrawl-delay: 200\nDisallow: /private');
    site.answers['/3'] = text(302, '', { location: '/there' });
    site.answers['/5'] = text(503, '', { 'retry-after': '2' });
    site.answers['/7'] = text(429, '', { 'retry-after': new Date(Date.now() + 6_000).toUTCString() });
    const verification = await run({ minDelayMs: 30_000, windows: [] });
    expect(verification.violations).toEqual([]);
    expect(verification.sources).toMatchObject([{ source: 'mixesdb', via: 'sandbox', redirects: 1, unsettled: 0 }]);
    expect(verification.requests).toBe(site.asked.length);
  });

  it('is one of a run that used up its quota', async () => {
    const windows = [{ requests: 5, perMs: 1_500_000, host: null }];
    expect((await run({ minDelayMs: 1_000, windows })).violations).toEqual([]);
  });

  it('is an empty one', async () => {
    expect(await verify()).toEqual({ since: null, requests: 0, sources: [], violations: [] });
  });

  it('has what a browser asks for right after its page, and other hosts beside each other', async () => {
    await entry({ at: 0 });
    await entry({ at: 1, kind: 'resource' });
    await entry({ at: 2, kind: 'robots', robots: 'exempt', host: 'elsewhere.example' });
    expect((await verify()).violations).toEqual([]);
  });

  it('counts what was sent by a process that was killed', async () => {
    await entry({ at: 0, settled: null });
    expect((await verify()).sources).toMatchObject([{ requests: 1, unsettled: 1, violations: 0 }]);
  });
});

describe('a violation is found, with the ids of its entries:', () => {
  it('a delay of the source', async () => {
    await entry({ at: 0, robots: 'exempt', kind: 'robots' });
    await entry({ at: 4_999, robots: 'exempt', kind: 'robots' });
    expect(await broken()).toEqual(['delay 1,2']);
  });

  it('a crawl-delay of robots.txt', async () => {
    await entry({ at: 0 });
    await entry({ at: 6_999 });
    await entry({ at: 13_999 });
    expect(await broken()).toEqual(['crawl-delay 1,2']);
  });

  it('a rule of robots.txt', async () => {
    await entry({ at: 0, path: '/private/a' });
    expect(await broken()).toEqual(['robots 1']);
  });

  it.each([
    ['no look at robots.txt before it', { at: -2_000 }],
    ['a look that had expired', { at: 25 * 3_600_000 }],
    ['an open site that is not', { at: 0, robots: 'open' as const, digest: null }],
    ['no regard for robots.txt', { at: 0, robots: 'exempt' as const, digest: null }],
    ['another robots.txt', { at: 0, digest: Buffer.alloc(32) }],
  ])('a permission that was none: %s', async (_, about) => {
    await entry(about);
    expect(await broken()).toEqual(['robots 1']);
  });

  it.each([
    ['it could not be had', { state: 'closed', status: 503 }],
    ['it could not be had, and was taken for open', { state: 'open', status: 503 }],
    ['it asked us to wait, and was taken for open', { state: 'open', status: 429 }],
  ])('a request while robots.txt closed the site: %s', async (_, about) => {
    await look({ at: -500, digest: null, ...about });
    await entry({ at: 2_000, robots: 'open', digest: null });
    expect(await broken()).toEqual(['robots 1']);
  });

  it('a robots.txt that is not in the archive any more', async () => {
    const lost = Buffer.alloc(32, 7);
    await services.db.query(
      `insert into documents (digest, size_bytes, stored_bytes, created_at) values ($1, 1, 1, $2)`,
      [lost, new Date(START)],
    );
    await look({ at: -500, digest: lost });
    await entry({ at: 2_000, digest: lost });
    expect(await broken()).toEqual(['robots 1']);
  });

  it.each([
    ['seconds', '60', 59_000, ['retry-after 1,2']],
    ['seconds, over', '60', 61_000, []],
    ['a date', new Date(START + 60_000).toUTCString(), 59_000, ['retry-after 1,2']],
    ['a date, over', new Date(START + 60_000).toUTCString(), 61_000, []],
    ['neither', 'soon', 59_000, []],
  ])('a wait that was asked for in %s', async (_, retryAfter, at, expected) => {
    await entry({ at: 0, status: 429, retryAfter, settled: 1_000 });
    await entry({ at });
    expect(await broken()).toEqual(expected);
  });

  it('a wait that another source was asked for, days before', async () => {
    await entry({
      at: -20 * 86_400_000,
      status: 503,
      retryAfter: String(25 * 86_400),
      source: 'watchthedj',
      settled: -20 * 86_400_000,
    });
    await entry({ at: 0 });
    expect(await broken({ since: new Date(START) })).toEqual(['retry-after 1,2']);
  });

  it('a quota of a day', async () => {
    const said = { source: 'setlistfm', host: 'api.setlist.fm', robots: 'exempt' as const, digest: null };
    await services.db.query(
      `insert into request_ledger (id, started_at, via, source, host, credential, kind, method, url, robots, waited_ms, process)
       select n + 1, $1::timestamptz + n * interval '1 minute', 'live', 'setlistfm', 'api.setlist.fm', 'none', 'page', 'GET', 'https://api.setlist.fm/', 'exempt', 0, 'test'
       from generate_series(0, 1440) n`,
      [new Date(START)],
    );
    expect(await broken()).toEqual([]);
    await entry({ ...said, at: 1_439 * 60_000 + 30_000 });
    expect(await broken()).toEqual(['quota 1,1442', 'quota 2,1441']);
  });

  it('in the sandbox, by a thousandth of all times', async () => {
    await look({ at: -1_000, via: 'sandbox' });
    await entry({ at: 0, via: 'sandbox' });
    await entry({ at: 7, via: 'sandbox' });
    await entry({ at: 13, via: 'sandbox' });
    expect(await broken()).toEqual(['crawl-delay 2,3']);
  });

  it('an agreement that was not made with this site', async () => {
    const agreement = { variable: 'SOME_SWITCH', path: '/w/api.php', why: '' };
    const facts = [{ ...mixesdb.facts, robots: { ...mixesdb.facts.robots, agreement } }];
    await entry({ at: 0, robots: 'exempt', rule: 'SOME_SWITCH', path: '/w/api.php?action=query' });
    expect(await broken({ facts })).toEqual([]);
    await entry({ at: 60_000, robots: 'exempt', rule: 'SOME_SWITCH', path: '/private' });
    await entry({ at: 120_000, robots: 'exempt', path: '/w/api.php' });
    expect(await broken({ facts })).toEqual(['robots 2', 'robots 3']);
  });

  it('and not where it is older than asked for', async () => {
    await entry({ at: 0 });
    await entry({ at: 1 });
    await entry({ at: 60_000 });
    expect(await broken({ since: new Date(START + 30_000) })).toEqual([]);
    expect(await broken({ source: 'reddit' })).toEqual([]);
  });
});

/** Twelve pages asked for by two processes at once, through the real gate. */
async function run(limits: { minDelayMs: number; windows: RequestWindow[] }): Promise<Verification> {
  await services.db.query('truncate robots_files');
  const facts = { ...mixesdb.facts, limits: { ...mixesdb.facts.limits, ...limits } };
  const processes = [site.process({ facts }), site.process({ facts })];
  await Promise.all(Array.from({ length: 12 }, (_, n) => processes[n % 2]?.ask(`/${n}`)));
  return verify({ facts: [facts] });
}

interface Entry {
  readonly at: number;
  readonly via?: string;
  readonly source?: string;
  readonly host?: string;
  readonly kind?: string;
  readonly path?: string;
  readonly robots?: 'rules' | 'open' | 'exempt';
  readonly digest?: Buffer | null;
  readonly rule?: string;
  readonly settled?: number | null;
  readonly status?: number;
  readonly retryAfter?: string;
}

/** Writes an entry by hand, as a gate that is broken would; its id is the number of entries so far. */
async function entry(about: Entry): Promise<void> {
  const {
    at,
    via = 'live',
    source = 'mixesdb',
    host = 'www.mixesdb.com',
    kind = 'page',
    path = '/a',
    robots = 'rules',
  } = about;
  const settled = about.settled === undefined ? at : about.settled;
  await services.db.query(
    `insert into request_ledger (id, started_at, via, source, host, credential, kind, method, url, robots, robots_digest, waited_ms, process, settled_at, status, retry_after, robots_rule)
     values ((select count(*) + 1 from request_ledger), $1, $2, $3, $4, 'none', $5, 'GET', $6, $7, $8, 0, 'test', $9, $10, $11, $12)`,
    [
      ...[new Date(START + at), via, source, host, kind, `https://${host}${path}`, robots],
      about.digest === undefined && robots === 'rules' ? digest : (about.digest ?? null),
      ...[settled === null ? null : new Date(START + settled), about.status ?? 200, about.retryAfter ?? null],
      about.rule ?? null,
    ],
  );
}

async function look(about: {
  at: number;
  via?: string;
  state?: string;
  status?: number;
  digest?: Buffer | null;
}): Promise<void> {
  const checkedAt = START + about.at;
  await services.db.query(
    `insert into robots_files (via, origin, checked_at, state, status, document_digest, expires_at, usable_until) values ($1, $2, $3, $4, $5, $6, $7, null)`,
    [
      ...[about.via ?? 'live', ORIGIN, new Date(checkedAt), about.state ?? 'rules', about.status ?? 200],
      ...[about.digest === undefined ? digest : about.digest, new Date(checkedAt + 86_400_000)],
    ],
  );
}

function verify(options: Partial<Parameters<typeof verifyPoliteness>[0]> = {}): Promise<Verification> {
  const facts = [mixesdb.facts, setlistfm.facts];
  return verifyPoliteness({ db: services.db, archive: site.archive, facts, since: null, source: null, ...options });
}

async function broken(options: Parameters<typeof verify>[0] = {}): Promise<string[]> {
  return (await verify(options)).violations.map(({ rule, ids }) => `${rule} ${ids.join(',')}`);
}
