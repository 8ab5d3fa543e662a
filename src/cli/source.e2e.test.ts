/** `musicdb source` as a person meets it: facts without any service, state and switch with a database. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openBreaker } from '../repositories/breaker.ts';
import { jsonOf, runCli, temporaryFolder } from '../testing/cli.ts';
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

it('show says that a database does not answer, and ends soon', async () => {
  const env = { DATABASE_URL: 'postgresql://nobody@127.0.0.1:9/none' };
  const json = jsonOf<Shown>(await runCli(['source', 'show', 'reddit', '--json'], { env }));
  expect(json.unknownBecause).toMatch(/the database did not answer \(.*ECONNREFUSED/);
});

it('a source is switched off and on; its breaker, its reason and what happened are shown', async () => {
  const now = new Date();
  const until = new Date(now.getTime() + 86_400_000);
  await openBreaker(services.db, { source: 'reddit', reason: 'the source refused us: captcha', until, now });
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

function source(...args: string[]) {
  const env = { DATABASE_URL: services.databaseUrl, REDIS_URL: services.redisUrl };
  return runCli(['source', ...args], { env });
}
