/** Every command of the table: help, JSON, what it needs and what it leaves behind; and the operator's commands against a MusicDB that runs. */
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { type Database, openDatabase } from '../platform/database.ts';
import {
  jsonOf,
  killNow,
  processesOn,
  type RunningCli,
  runCli,
  startCli,
  temporaryFolder,
  until,
} from '../testing/cli.ts';
import { uniqueName } from '../testing/services.ts';
import { deleteIndices } from '../testing/shared-servers.ts';
import { type Runtime, readRuntime } from './runtime-file.ts';

const SETLISTS = fileURLToPath(new URL('../../spiders/setlistfm/fixtures/setlists.json', import.meta.url));
const COMMANDS = [
  ...['up', 'crawl', 'rescrape', 'import', 'parse', 'list', 'source', 'status', 'search', 'jobs', 'dlq', 'quarantine'],
  ...['erase', 'archive', 'migrate', 'config', 'doctor', 'worker', 'orchestrator', 'api'],
];

let folder: Awaited<ReturnType<typeof temporaryFolder>>;

beforeAll(async () => {
  folder = await temporaryFolder();
});
afterAll(() => folder?.release());

describe('help', () => {
  it('lists every command, and what the exit status means', async () => {
    const { status, stdout, stderr } = await runCli(['--help']);
    expect(status).toBe(0);
    expect(stderr).toBe('');
    for (const name of COMMANDS) expect(stdout).toMatch(new RegExp(`^ {2}${name}\\b`, 'm'));
    expect(stdout).toMatch(/0 done, 1 failed, 2 wrong usage/);
  });

  it.each(COMMANDS)('of %s says its options, --json among them', async (name) => {
    const { status, stdout } = await runCli([name, '--help']);
    expect(status).toBe(0);
    expect(stdout).toMatch(new RegExp(`^Usage: musicdb ${name} \\[options\\]`));
    expect(stdout).toContain('--json');
  });

  it('of config names the environment variables', async () => {
    expect((await runCli(['config', '--help'])).stdout).toMatch(/DATABASE_URL[\s\S]*REDIS_URL[\s\S]*SETLISTFM_API_KEY/);
  });

  it('--version is the version of package.json', async () => {
    const { version } = JSON.parse(await readFile(new URL('../../package.json', import.meta.url), 'utf8')) as {
      version: string;
    };
    expect((await runCli(['--version'])).stdout).toBe(`${version}\n`);
  });
});

describe('a command that needs no service', () => {
  it.each<[string[]]>([[['list']], [['config']], [['parse', 'setlistfm', SETLISTS]], [['status']], [['doctor']]])(
    '%j answers in JSON, starts none and makes no data folder',
    async (args) => {
      const data = join(folder.path, 'untouched');
      const result = await runCli([...args, '--json'], { env: { MUSICDB_DATA: data } });
      expect(result.status, result.stderr).toBe(0);
      expect(jsonOf(result)).toBeTypeOf('object');
      expect(result.stderr).toBe('');
      expect(existsSync(data)).toBe(false);
      expect(await processesOn(data)).toEqual([]);
    },
  );

  it('list names each source’s terms, limits, and what is missing before it may run live', async () => {
    const { sources } = jsonOf<{
      sources: { name: string; limits: object; live: { allowed: boolean; missing: object[] } }[];
    }>(await runCli(['list', '--json'], { env: { SETLISTFM_API_KEY: 'of-a-test' } }));
    expect(sources).toHaveLength(6);
    const live = Object.fromEntries(sources.map(({ name, live: { allowed } }) => [name, allowed]));
    expect(live).toMatchObject({ setlistfm: true, '1001tracklists': false, reddit: false });
    const { stdout } = await runCli(['list']);
    expect(stdout).toMatch(/^setlistfm {2}setlist\.fm/m);
    expect(stdout).toMatch(/SETLISTFM_API_KEY is not set/);
  });

  it('config shows what is in force, and no secret', async () => {
    const env = { DATABASE_URL: 'postgresql://me:hidden-word@db:5432/x', SETLISTFM_API_KEY: 'hidden-key' };
    for (const args of [['config'], ['config', '--json']]) {
      const { status, stdout } = await runCli(args, { env });
      expect(status).toBe(0);
      expect(stdout).not.toMatch(/hidden/);
      expect(stdout).toMatch(/SETLISTFM_API_KEY/);
    }
  });
});

describe.each<[string[]]>([[['jobs']], [['dlq', 'list']], [['worker']], [['orchestrator']], [['api']], [['migrate']]])(
  '%j where nothing runs',
  (args) => {
    it('says what to set or start, with exit 2', async () => {
      const data = join(folder.path, 'untouched');
      const result = await runCli([...args, '--data', data, '--json']);
      expect(result.status).toBe(2);
      expect(jsonOf(result)).toMatchObject({
        error: {
          code: 'CONFIG',
          message: expect.stringMatching(/DATABASE_URL/),
          hint: expect.stringMatching(/musicdb up/),
        },
      });
      expect(existsSync(data)).toBe(false);
    });
  },
);

describe('a service that does not answer', () => {
  it('is named after some tries, with the variable to check', async () => {
    const env = { DATABASE_URL: 'postgresql://me:word@127.0.0.1:9/x', REDIS_URL: 'redis://127.0.0.1:9' };
    const result = await runCli(['jobs', '--json'], { env });
    expect(result.status).toBe(1);
    expect(jsonOf(result)).toMatchObject({
      error: {
        code: 'UNREACHABLE',
        message: expect.stringContaining('Postgres'),
        hint: expect.stringContaining('DATABASE_URL'),
      },
    });
    expect(result.stderr).not.toMatch(/^ {4}at /m);
  });
});

describe('against a MusicDB that runs', () => {
  let data: string;
  let up: RunningCli;
  let runtime: Runtime;
  let db: Database;
  const musicdb = (...args: string[]) => runCli([...args, '--data', data]);
  const json = async <T>(...args: string[]) => jsonOf<T>(await musicdb(...args, '--json'));

  beforeAll(async () => {
    data = join(folder.path, 'running');
    up = startCli(['up', '--no-sandbox', '--port', '0', '--data', data]);
    // Started before there is anything to use: it waits for it.
    await until('up to begin', () => readRuntime(data));
    const early = await musicdb('import', 'setlistfm', SETLISTS, '--json');
    expect(early.status, early.stderr).toBe(0);
    expect(early.stderr).toMatch(/is starting on .*: waiting for it/);
    runtime = await until('up to be ready', () => readRuntime(data));
    db = openDatabase(runtime.databaseUrl ?? '', { max: 2 });
  });
  afterAll(async () => {
    await db?.release();
    up?.child.kill('SIGTERM');
    await up?.ended;
  });

  it('jobs counts the jobs of every queue, done ones of the import among them', async () => {
    const { queues } = await json<{ queues: { queue: string; completed: number; failed: number }[] }>('jobs');
    expect(queues).toHaveLength(11);
    for (const name of ['transform', 'load', 'index'])
      expect(queues.find(({ queue }) => queue === name)).toMatchObject({
        completed: expect.any(Number),
        failed: 0,
        outstanding: 0,
      });
    expect((await musicdb('jobs')).stdout).toMatch(/^queue +outstanding +prioritized[\s\S]*^crawl-setlistfm +0/m);
  });

  it('a job that cannot succeed becomes a dead letter that can be listed, shown and replayed once', async () => {
    expect(await json('dlq', 'list')).toEqual({ deadLetters: [] });
    expect((await musicdb('dlq', 'list')).stdout).toBe('no dead letters\n');
    await db.query(
      `insert into outbox (queue, name, payload, priority, available_at) values ('transform', 'transform', '{"rawItemIds": "nonsense"}', 1, now())`,
    );
    const dead = await until('the dead letter', async () => {
      const { deadLetters } = await json<{ deadLetters: { id: number; queue: string }[] }>('dlq', 'list');
      return deadLetters[0];
    });
    expect(dead).toMatchObject({
      queue: 'transform',
      payload: { rawItemIds: 'nonsense' },
      error: expect.stringMatching(/rawItemIds/),
    });
    expect((await musicdb('dlq', 'list')).stdout).toMatch(/^id +queue +failed at[\s\S]*transform/);
    expect(await json('dlq', 'show', String(dead.id))).toMatchObject(dead);
    expect(await json('dlq', 'replay', String(dead.id))).toEqual({ replayed: dead.id });
    const twice = await musicdb('dlq', 'replay', String(dead.id), '--json');
    expect(twice.status).toBe(1);
    expect(jsonOf(twice)).toMatchObject({ error: { code: 'REPLAYED' } });
    // It fails again, as a new case; the old one is shown only on request.
    const again = await until('the second dead letter', async () => {
      const { deadLetters } = await json<{ deadLetters: { id: number }[] }>('dlq', 'list');
      return deadLetters.find(({ id }) => id !== dead.id);
    });
    const { deadLetters: all } = await json<{ deadLetters: { id: number }[] }>('dlq', 'list', '--all');
    expect(all.map(({ id }) => id).sort()).toEqual([dead.id, again.id].sort());
  });

  it('a dead letter that is not there is an answer with exit 1', async () => {
    const result = await musicdb('dlq', 'show', '4711', '--json');
    expect(result.status).toBe(1);
    expect(jsonOf(result)).toMatchObject({ error: { code: 'NOT_FOUND', hint: expect.stringContaining('dlq list') } });
  });

  it('quarantine says when nothing is held, and what is', async () => {
    expect((await musicdb('quarantine', '--source', 'reddit')).stdout).toBe('nothing is held in quarantine\n');
    expect((await runCli(['import', 'reddit', '-', '--data', data], { stdin: 'no JSON' })).status).toBe(1);
    expect(await json('quarantine', '--source', 'reddit')).toMatchObject({
      quarantine: [{ source: 'reddit', reason: 'unknown-shape' }],
    });
    expect(await json('quarantine', '--source', 'mixesdb')).toEqual({ quarantine: [] });
  });

  it('doctor finds everything in order, and what is not where it is not', async () => {
    const { ok, checks } = await json<{ ok: boolean; checks: { name: string; ok: boolean; detail: string }[] }>(
      'doctor',
    );
    expect(ok).toBe(true);
    expect(checks.map(({ name }) => name)).toEqual([
      'node',
      'data folder',
      'running',
      'postgres',
      'redis',
      'search',
      'chromium',
    ]);
    expect(checks.find(({ name }) => name === 'running')?.detail).toContain(String(up.pid));
    const broken = await runCli(['doctor', '--data', join(folder.path, 'untouched'), '--json'], {
      env: { REDIS_URL: 'redis://127.0.0.1:9' },
    });
    expect(broken.status).toBe(1);
    expect(jsonOf<{ checks: object[] }>(broken).checks).toContainEqual(
      expect.objectContaining({ name: 'redis', ok: false }),
    );
  });

  it('migrate has nothing to do twice', async () => {
    const { applied, already } = await json<{ applied: string[]; already: string[] }>('migrate');
    expect(applied).toEqual([]);
    expect(already.length).toBeGreaterThan(0);
  });

  it('crawl refuses a source whose conditions do not hold, and names them', async () => {
    const result = await musicdb('crawl', 'reddit', '--live', '--json');
    expect(result.status).toBe(2);
    expect(jsonOf(result)).toMatchObject({
      error: { code: 'ACCESS', message: expect.stringContaining('REDDIT_CLIENT_ID') },
    });
  });

  it('crawl --sandbox is refused where the one that runs serves none: its workers would take the job', async () => {
    const result = await musicdb('crawl', 'setlistfm', '--sandbox', '--json');
    expect(result.status).toBe(2);
    expect(jsonOf(result)).toMatchObject({
      error: { code: 'NO_SANDBOX', hint: expect.stringContaining('--no-sandbox') },
    });
  });

  it.each<[string, string[]]>([
    ['worker', ['worker', '--queues', 'load,index']],
    ['orchestrator', ['orchestrator']],
    ['api', ['api', '--port', '0']],
  ])('%s runs as a role of its own beside it, says when it is ready, and stops when asked', async (_role, args) => {
    const role = startCli([...args, '--data', data, '--json']);
    const ready = await until('the role to be ready', () => {
      if (role.child.exitCode !== null) throw new Error(`${args[0]} ended: ${role.stderr()}`);
      return role.stdout().includes('\n') ? (JSON.parse(role.stdout()) as { ready: boolean; url?: string }) : null;
    });
    expect(ready.ready).toBe(true);
    if (ready.url !== undefined) expect((await fetch(`${ready.url}/health`)).status).toBe(200);
    role.child.kill('SIGTERM');
    expect((await role.ended).status).toBe(0);
    expect(readRuntime(data)?.process.pid).toBe(up.pid);
  });
});

describe('crawl where nothing runs', () => {
  const crawl = (...args: string[]) => runCli([...args, '--data', join(folder.path, 'crawl'), '--json']);

  it('brings its own services and stand-in sites, crawls one source, and finds everything known the next time', async () => {
    const first = jsonOf<{ documents: number; items: number; requests: Record<string, number> }>(
      await crawl('crawl', 'setlistfm', '--sandbox'),
    );
    expect(first).toMatchObject({ source: 'setlistfm', via: 'sandbox', quarantined: 0 });
    expect(first.items).toBeGreaterThan(0);
    expect(first.requests).toEqual({ done: first.documents });
    const again = jsonOf<{ catalogue: object }>(await crawl('crawl', 'setlistfm', '--sandbox'));
    expect(again).toMatchObject({
      documents: first.documents,
      items: first.items,
      catalogue: (first as { catalogue?: object }).catalogue,
    });
  });

  it('--limit takes as many pages and no more', async () => {
    const { requests } = jsonOf<{ requests: Record<string, number> }>(
      await crawl('crawl', 'mixesdb', '--sandbox', '--limit', '2'),
    );
    expect(requests.done).toBe(2);
  });

  it('rescrape asks for one page again', async () => {
    const url = 'https://www.1001tracklists.com/tracklist/aaaaaaa/nobody.html';
    const result = await crawl('rescrape', '1001tracklists', url, '--sandbox');
    expect(jsonOf(result)).toMatchObject({ source: '1001tracklists', via: 'sandbox', answers: { 'not-found': 1 } });
  });

  it('up does not miss a source that is switched off: it is a line of the summary', async () => {
    const at = ['--data', join(folder.path, 'crawl')];
    await runCli(['source', 'disable', 'reddit', ...at]);
    const { status, stdout } = await runCli(['up', '--once', '--port', '0', ...at]);
    expect([status, stdout]).toEqual([
      0,
      expect.stringMatching(/not crawled: Reddit is switched off.*source enable reddit/),
    ]);
  });

  it('leaves no process', async () => {
    expect(await processesOn(join(folder.path, 'crawl'))).toEqual([]);
  });
});

describe('with Elasticsearch', () => {
  const { elasticsearchUrl, elasticsearchMissing } = inject('servers');
  const prefix = uniqueName();

  afterAll(async () => {
    if (elasticsearchUrl !== null) await deleteIndices(elasticsearchUrl, `${prefix}*`);
  });

  it('what is imported is found there, by the same command', async (context) => {
    if (elasticsearchUrl === null) return context.skip(elasticsearchMissing ?? 'no Elasticsearch');
    const env = { ELASTICSEARCH_URL: elasticsearchUrl, MUSICDB_SEARCH_PREFIX: prefix };
    const data = join(folder.path, 'elasticsearch');
    const imported = await runCli(['import', 'setlistfm', SETLISTS, '--data', data, '--json'], { env });
    expect(imported.status, imported.stderr).toBe(0);
    const { search, catalogue } = jsonOf<{ search: { documents: number }; catalogue: Record<string, number> }>(
      imported,
    );
    const { tracks = 0, artists = 0, setlists = 0, mentions = 0 } = catalogue;
    expect(search).toEqual({ adapter: 'elasticsearch', documents: tracks + artists + setlists + mentions });
    const answer = await fetch(`${elasticsearchUrl}/${prefix}-setlists/_count`);
    expect(await answer.json()).toMatchObject({ count: setlists });
    const { hits } = jsonOf<{ hits: { body: Record<string, unknown> }[] }>(
      await runCli(['search', 'setlists', 'harbour hall', '--data', data, '--json'], { env }),
    );
    expect(hits[0]?.body).toMatchObject({ venue: expect.stringContaining('Harbour Hall') });
  });
});

describe('a Node that is too old', () => {
  const oldNode = findOldNode();

  it.skipIf(oldNode === null)(
    `hands over to the one that npm brought${oldNode === null ? ' (no Node older than 22.18 is on PATH)' : ''}`,
    async () => {
      const node = oldNode ?? '';
      const result = await runCli(['parse', 'setlistfm', '-', '--json'], { node, stdin: await readFile(SETLISTS) });
      expect(result.status, result.stderr).toBe(0);
      expect(jsonOf<{ items: object[] }>(result).items.length).toBeGreaterThan(0);
      expect((await runCli(['parse', 'discogs', SETLISTS], { node })).status).toBe(2);
    },
  );

  it.skipIf(oldNode === null)('that is killed takes the other with it, and its servers', async () => {
    const data = join(folder.path, 'handed-over');
    const cli = startCli(['up', '--no-sandbox', '--port', '0', '--data', data], { node: oldNode ?? '' });
    await until('up to be ready', () => (readRuntime(data)?.ready ? true : null));
    killNow(cli.pid);
    await until('everything to end', async () => ((await processesOn(data)).length === 0 ? true : null));
    expect(readRuntime(data)).toBeNull();
  });
});

function findOldNode(): string | null {
  const found = (process.env.PATH ?? '')
    .split(delimiter)
    .map((path) => join(path, 'node'))
    .filter(existsSync);
  const isOld = (node: string) => {
    const [major = 0, minor = 0] = execFileSync(node, ['-p', 'process.versions.node'], { encoding: 'utf8' })
      .split('.')
      .map(Number);
    return major < 22 || (major === 22 && minor < 18);
  };
  return found.find(isOld) ?? null;
}
