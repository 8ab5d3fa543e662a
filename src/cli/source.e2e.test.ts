/** `musicdb source` as a person meets it: facts without any service, state and switch with a database. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openBreaker } from '../repositories/breaker.ts';
import { addRequests } from '../repositories/frontier.ts';
import { jsonOf, runCli, temporaryFolder } from '../testing/cli.ts';
import { startProxyServer } from '../testing/proxy-server.ts';
import { openTestServices, type TestServices } from '../testing/services.ts';

let services: TestServices;
let folder: Awaited<ReturnType<typeof temporaryFolder>>;

beforeAll(async () => {
  services = await openTestServices();
  folder = await temporaryFolder();
});
afterAll(async () => {
  await services.release();
  await folder.release();
});

interface Shown {
  name: string;
  live: { allowed: boolean; missing: { variable: string }[] };
  limits: { minDelayMs: number };
  contracts: Record<string, unknown>;
  atWork: { state: { enabled: boolean; breaker: string }; events: { name: string }[] } | null;
  unknownBecause: string | null;
}

it('show prints the facts without any service, and says that the state is unknown and why', async () => {
  const shown = await runCli(['source', 'show', '1001tracklists', '--data', folder.path]);
  expect(shown).toMatchObject({ status: 0, stderr: expect.stringMatching(/state is unknown: no MusicDB runs on/) });
  expect(shown.stdout).toMatch(/one request in 8 s[\s\S]*live +not yet: MUSICDB_ENABLE_1001TRACKLISTS is not set/);
  const json = jsonOf<Shown>(await runCli(['source', 'show', 'setlistfm', '--data', folder.path, '--json']));
  expect(json).toMatchObject({
    name: 'setlistfm',
    atWork: null,
    live: { missing: [{ variable: 'SETLISTFM_API_KEY' }] },
  });
  expect(json.contracts).toHaveProperty('setlists');
});

it('show says which hosts of a source may be asked, what the others wait for, and how much waits there', async () => {
  const urls = ['https://api.music.apple.com/v1/catalog/us/songs/1', 'https://itunes.apple.com/lookup?id=1&country=us'];
  const requests = urls.map((url) => ({
    source: 'applemusic',
    urlKey: url,
    url,
    kind: 'songs',
    priority: 5,
    depth: 0,
    runId: null,
  }));
  await addRequests(services.db, requests, new Date());
  const { stdout } = await source('show', 'applemusic');
  expect(stdout).toMatch(
    /live +yes, at itunes\.apple\.com\n +live +not yet, at api\.music\.apple\.com: APPLE_MUSIC_KEY_ID is not set/,
  );
  expect(stdout).toMatch(/2 due \(1 now, 1 wait for settings\)/);
  expect(jsonOf(await source('show', 'applemusic', '--json'))).toMatchObject({
    live: { allowed: true, open: ['itunes.apple.com'], closed: ['api.music.apple.com'] },
    atWork: { requests: { due: 2, dueNow: 1, waiting: 1 } },
  });
  await services.db.query('truncate frontier');
});

it('rescrape of a host that waits for settings is refused, naming them; of one that is open it goes out', async () => {
  const proxy = await startProxyServer();
  proxy.status = 502;
  const env = {
    ...settings(),
    PROXY_URLS: `http://${proxy.host}`,
    // An allowed name is not resolved here: nothing of this test leaves the machine.
    MUSICDB_EGRESS_ALLOW: `${proxy.host},itunes.apple.com:443`,
  };
  const closed = await runCli(['rescrape', 'applemusic', '900000011', '--json'], { env });
  expect(closed).toMatchObject({ status: 2 });
  expect(jsonOf(closed)).toMatchObject({
    error: {
      code: 'ACCESS',
      message: expect.stringMatching(/api\.music\.apple\.com.*_KEY_ID.*_TEAM_ID.*_PRIVATE_KEY/),
      hint: expect.stringContaining('itunes.apple.com'),
    },
  });
  const { rows } = await services.db.query('select from frontier');
  expect(rows).toEqual([]);
  expect(await runCli(['rescrape', 'applemusic', 'itunes:900000300'], { env })).toMatchObject({ status: 0 });
  expect(proxy.asked).toEqual(['CONNECT itunes.apple.com:443']);
  const seeds = ['--seed', 'itunes:900000301', '--seed', '900000011'];
  const both = await runCli(['crawl', 'applemusic', ...seeds, '--limit', '1'], { env });
  expect(both).toMatchObject({
    status: 0,
    stderr: expect.stringMatching(/1 of 2 pages to begin with wait: api\.music/),
  });
  expect(both.stdout).toMatch(/1 of them wait for settings/);
  const { unfinished, waitingForSettings } = jsonOf<{ unfinished: object; waitingForSettings: number }>(
    await runCli(['status', '--data', folder.path, '--json'], { env: settings() }),
  );
  expect({ unfinished, waitingForSettings }).toMatchObject({ unfinished: { jobs: 0 }, waitingForSettings: 1 });
  await services.db.query('truncate frontier');
  await proxy.release();
});

it('show and --help list where a crawl may start, and what a source cannot do', async () => {
  const shown = await runCli(['source', 'show', 'watchthedj', '--data', folder.path]);
  expect(shown.stdout).toMatch(/seeds of a crawl\n +channel:<slug> +the sets of a channel[\s\S]*not artist: \(no page/);
  const json = jsonOf<{ seedForms: object[]; unsupportedSeeds: object }>(
    await runCli(['source', 'show', 'reddit', '--data', folder.path, '--json']),
  );
  expect(json.seedForms).toContainEqual(
    expect.objectContaining({ form: 'artist:<name>', example: 'artist:Mara Quill' }),
  );
  const help = await runCli(['crawl', '--help']);
  expect(help.stdout).toMatch(/Seeds:\n +1001tracklists\n[\s\S]*search:Essential Mix 2014[\s\S]*gb:search:low tide/);
});

it('show says that a database does not answer, and ends soon', async () => {
  const env = { DATABASE_URL: 'postgresql://nobody@127.0.0.1:9/none' };
  const json = jsonOf<Shown>(await runCli(['source', 'show', 'reddit', '--json'], { env }));
  expect(json.unknownBecause).toMatch(/the database did not answer \(.*ECONNREFUSED/);
});

it('a source is switched off and on; its breaker, its reason and what happened are shown', async () => {
  const now = new Date();
  const until = new Date(now.getTime() + 86_400_000);
  await openBreaker(services.db, {
    source: 'reddit',
    via: 'live',
    reason: 'the source refused us: captcha',
    until,
    now,
  });
  expect((await source('show', 'reddit')).stdout).toMatch(/breaker +open until 20.*: the source refused us: captcha/);
  expect((await source('disable', 'reddit')).stdout).toMatch(/switched off: nothing is asked of it until/);
  const off = jsonOf<Shown>(await source('show', 'reddit', '--json'));
  expect(off.atWork).toMatchObject({ state: { enabled: false, breaker: 'open' } });
  expect(jsonOf(await source('enable', 'reddit', '--json'))).toMatchObject({ changed: true, breaker: 'closed' });
  expect((await source('enable', 'reddit')).stdout).toMatch(/already/);
  const { stdout } = await source('show', 'reddit');
  expect(stdout).toMatch(
    /switch +on\n +breaker +closed[\s\S]*nothing came in[\s\S]*source\.enabled[\s\S]*breaker\.opened/,
  );
});

it.each([
  [['source', 'show'], /needs the name of a source/],
  [['source', 'poke', 'reddit'], /unknown action "poke"/],
  [['source', 'show', 'soundcloud'], /unknown source "soundcloud"/],
])('%j is refused', async (args, message) => {
  expect(await runCli(args)).toMatchObject({ status: 2, stderr: expect.stringMatching(message) });
});

function settings(): Record<string, string> {
  return { DATABASE_URL: services.databaseUrl, REDIS_URL: services.redisUrl };
}

function source(...args: string[]) {
  return runCli(['source', ...args], { env: settings() });
}
