import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { jsonOf, runCli } from '../../testing/cli.ts';
import { openTestServices, type TestServices } from '../../testing/services.ts';

let services: TestServices;

beforeAll(async () => {
  services = await openTestServices();
});
afterAll(() => services.release());

function inWords(...args: string[]) {
  const env = { DATABASE_URL: services.databaseUrl, REDIS_URL: services.redisUrl };
  return runCli(['politeness', ...args], { env });
}

function politeness(...args: string[]) {
  return inWords(...args, '--json');
}

describe('musicdb politeness', () => {
  it('does not take an empty ledger for proof, and says what enters it', async () => {
    const { status, stdout } = await inWords('verify');
    expect([status, stdout]).toEqual([0, expect.stringMatching(/nothing to prove .*crawls are recorded/)]);
    expect(stdout).not.toContain('nothing was broken');
  });

  it('verify exits 0 when nothing was broken, and 1 with the ledger ids when something was', async () => {
    const clean = await politeness('verify');
    expect([clean.status, jsonOf(clean)]).toEqual([0, { since: null, requests: 0, sources: [], violations: [] }]);
    await services.db.query(
      `insert into request_ledger (id, started_at, via, source, host, credential, kind, method, url, robots, waited_ms, process)
       select n, '2026-11-20T12:00:00Z'::timestamptz + n * interval '1 millisecond', 'live', 'setlistfm', 'api.setlist.fm', 'none', 'page', 'GET', 'https://api.setlist.fm/', 'exempt', 0, 'test'
       from generate_series(1, 2) n`,
    );
    const broken = await politeness('verify', '--source', 'setlistfm', '--since', '2026-11-20');
    expect(broken.status).toBe(1);
    expect(jsonOf(broken)).toMatchObject({
      requests: 2,
      violations: [{ rule: 'delay', ids: [1, 2], source: 'setlistfm' }],
    });
  });

  it('show lists the gates', async () => {
    await services.db.query(
      `insert into request_gates (via, source, host, credential, paused_until, pause_reason) values ('live', 'reddit', 'oauth.reddit.com', 'none', '2099-01-01', 'answered 429')`,
    );
    expect(jsonOf(await politeness('show'))).toMatchObject({
      gates: [{ host: 'oauth.reddit.com', pauseReason: 'answered 429' }],
    });
  });

  it('refuses what it does not know', async () => {
    expect((await politeness('bend')).status).toBe(2);
  });
});
