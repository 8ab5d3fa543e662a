/** A crawl that may not be: refused before it begins, in one way whatever forbids it; and one that is stopped on its way. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { parsePlan } from '../../ops/sandbox/faults/plan.ts';
import { type Sandbox, startSandbox } from '../../ops/sandbox/server.ts';
import { loadSource } from '../../spiders/registry.ts';
import { openBreaker, switchSource } from '../repositories/breaker.ts';
import { addRequests } from '../repositories/frontier.ts';
import { countVerdicts } from '../repositories/page-yields.ts';
import { jsonOf, runCli, settingsOf, temporaryFolder } from '../testing/cli.ts';
import { openTestServices, type TestServices } from '../testing/services.ts';

interface Refused {
  readonly error: { readonly code: string; readonly message: string; readonly hint: string };
}

let services: TestServices;
let sandbox: Sandbox;
let folder: Awaited<ReturnType<typeof temporaryFolder>>;

beforeAll(async () => {
  services = await openTestServices();
  folder = await temporaryFolder();
  const faults = parsePlan([{ kind: 'captcha', source: '1001tracklists', path: '^/tracklist/', times: null }]);
  sandbox = await startSandbox({ seed: 3, sets: 6, faults });
});
afterEach(async () => {
  await services.db.query('truncate source_states, frontier, runs cascade');
});
afterAll(async () => {
  await sandbox.close();
  await services.release();
  await folder.release();
});

it('missing conditions refuse a live crawl before any service is started', async () => {
  const data = join(folder.path, 'never');
  const refused = await runCli(['crawl', 'reddit', '--live', '--data', data, '--json']);
  expect(refused).toMatchObject({ status: 2, stderr: '' });
  expect(jsonOf<Refused>(refused).error).toMatchObject({
    code: 'ACCESS',
    message: expect.stringContaining('REDDIT_CLIENT_ID is not set'),
    hint: expect.stringContaining('--sandbox'),
  });
  expect(existsSync(data)).toBe(false);
});

it.each(['crawl', 'rescrape'])(
  '%s of a source that is switched off is refused, and asks for nothing',
  async (command) => {
    await switchOff('reddit');
    const seed = command === 'crawl' ? [] : ['t3_3ybh3d'];
    const refused = await musicdb(command, 'reddit', ...seed, '--json');
    expect([refused.status, jsonOf<Refused>(refused).error]).toMatchObject([
      2,
      { code: 'SOURCE_OFF', hint: expect.stringContaining('musicdb source enable reddit') },
    ]);
    expect(await nothingBegun()).toBe(true);
  },
);

it.each([
  ['for a day', new Date(Date.now() + 86_400_000), /open until 20.*: captcha/, /^Wait/],
  ['without an end', null, /open until a person closes it: captcha/, /^Look at the reason/],
])('a breaker that is open %s refuses a crawl with its reason', async (_, until, message, hint) => {
  await openBreaker(services.db, { source: 'mixesdb', via: 'sandbox', reason: 'captcha', until, now: new Date() });
  const refused = await musicdb('crawl', 'mixesdb', '--json');
  expect(refused.status).toBe(2);
  expect(jsonOf<Refused>(refused).error).toMatchObject({
    code: 'BREAKER_OPEN',
    message: expect.stringMatching(message),
    hint: expect.stringMatching(hint),
  });
  expect(await nothingBegun()).toBe(true);
});

it('pages of the real site and of the sandbox do not come into one database', async () => {
  await countVerdicts(services.db, [{ source: 'mixesdb', via: 'live', verdict: 'ok' }]);
  const [crawled, started] = [await musicdb('crawl', 'mixesdb', '--json'), await musicdb('up', '--once', '--json')];
  await services.db.query('truncate page_verdicts');
  expect([crawled.status, started.status]).toEqual([2, 2]);
  for (const refused of [crawled, started])
    expect(jsonOf<Refused>(refused).error).toMatchObject({
      code: 'OTHER_WEB',
      message: 'this database holds pages of MixesDB from the real site; the sandbox is not crawled into it',
      hint: expect.stringContaining('--data'),
    });
  expect(await nothingBegun()).toBe(true);
});

it('a breaker whose time has come lets the one request try', async () => {
  const now = new Date(Date.now() - 86_400_000);
  await openBreaker(services.db, {
    source: 'mixesdb',
    via: 'sandbox',
    reason: 'captcha',
    until: new Date(now.getTime() + 1),
    now,
  });
  const tried = await musicdb('crawl', 'mixesdb', '--limit', '1', '--json');
  expect(tried.status, tried.stderr).toBe(0);
  expect(jsonOf(tried)).toMatchObject({ requests: { done: 1 }, stopped: null });
});

it('a crawl whose source refuses it on the way has failed, and says what was done and why not the rest', async () => {
  const stopped = await musicdb('crawl', '1001tracklists', '--json');
  expect(stopped.status).toBe(1);
  expect(jsonOf(stopped)).toMatchObject({ answers: { ok: 1, block: 1 }, stopped: { code: 'BREAKER_OPEN' } });
});

it('what failed in an earlier crawl is told, and does not fail the next', async () => {
  const [first] = (await loadSource('mixesdb')).seeds();
  const failed = { source: 'mixesdb', urlKey: 'earlier', url: 'https://www.mixesdb.com/w/Earlier', kind: 'page' };
  await addRequests(services.db, [{ ...failed, priority: 9, depth: 1, runId: null }], new Date());
  await services.db.query(`update frontier set state = 'failed'`);
  const crawled = await musicdb('crawl', 'mixesdb', '--seed', first?.url ?? '', '--limit', '1', '--json');
  expect(crawled.status, crawled.stderr).toBe(0);
  expect(jsonOf(crawled)).toMatchObject({ requests: { failed: 1, done: 1 } });
});

function musicdb(...args: string[]) {
  return runCli(args, { env: settingsOf(services, join(folder.path, 'data'), sandbox.hosts) });
}

async function switchOff(source: string): Promise<void> {
  await services.db.transaction((tx) => switchSource(tx, { source, enabled: false, actor: 'test', now: new Date() }));
}

async function nothingBegun(): Promise<boolean> {
  const { rows } = await services.db.query('select 1 from frontier union all select 1 from runs');
  return rows.length === 0;
}
