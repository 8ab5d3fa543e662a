/** `kill -9` at any moment, a flushed Redis, a second start, a wish to stop: the same rows as an undisturbed run, none twice, no process left. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openDatabase } from '../platform/database.ts';
import { type Digests, meaningOf, runningDatabaseOf, withDatabaseOf } from '../testing/catalogue.ts';
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
import { writeSetlistPages } from '../testing/made-pages.ts';
import { readRuntime, runtimePath } from './runtime-file.ts';

/** So many that being in the middle of them lasts, however fast the machine, however busy the test. */
const PAGES = 250;

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
const dataNamed = (name: string) => join(folder.path, name);

beforeAll(async () => {
  folder = await temporaryFolder();
});
afterAll(() => folder?.release());

/** What came in so far, and what of it is loaded. */
interface Progress {
  readonly items: number;
  readonly loaded: number;
}

/** Waits until the command's own database says that it is in the middle of the work. */
async function reached(cli: RunningCli, data: string, isThere: (progress: Progress) => boolean): Promise<void> {
  const url = await until('its Postgres to listen', () => runningDatabaseOf(data));
  const db = openDatabase(url, { max: 1, applicationName: 'musicdb-e2e' });
  const look = async (): Promise<Progress | null> => {
    if (cli.child.exitCode !== null) throw new Error(`it was over before its database said so: ${cli.stderr()}`);
    const { rows } = await db
      .query<Progress>(
        `select count(*)::int as items, count(*) filter (where state = 'loaded')::int as loaded from raw_items`,
      )
      // Not listening yet, or without tables.
      .catch(() => ({ rows: [] }));
    return rows[0] !== undefined && isThere(rows[0]) ? rows[0] : null;
  };
  await until('the middle of the work', look).finally(() => db.release());
}

/** Some of it is loaded, and most of it is not. */
function midway({ loaded }: Progress): boolean {
  return loaded > 20;
}

function pidOf(data: string, server: 'postgres' | 'redis'): number {
  return (JSON.parse(readFileSync(join(data, 'run', `${server}.json`), 'utf8')) as { pid: number }).pid;
}

describe('an import', () => {
  let pages: string;
  let undisturbed: Digests;
  const importInto = (data: string) => ['import', 'setlistfm', pages, '--data', data, '--json'];

  beforeAll(async () => {
    pages = dataNamed('pages');
    await writeSetlistPages(pages, PAGES);
    const data = dataNamed('undisturbed');
    expect((await runCli(importInto(data))).status).toBe(0);
    undisturbed = await withDatabaseOf(data, meaningOf);
    expect(undisturbed.setlists?.rows).toBe(PAGES * 10);
  });

  it.each<[string, (progress: Progress) => boolean]>([
    ['its database is new', () => true],
    ['its first pages land', ({ items }) => items > 0],
    ['its first items load', ({ loaded }) => loaded > 0],
    ['half of it is loaded', ({ loaded }) => loaded > PAGES * 5],
  ])('killed when %s, then run again, ends with the same rows', async (moment, isThere) => {
    const data = dataNamed(`import-${moment.replaceAll(' ', '-')}`);
    const cli = startCli(importInto(data));
    await reached(cli, data, isThere);
    killNow(cli.pid);
    // It had not finished, and its servers are still there, nobody's.
    expect((await cli.ended).stdout).toBe('');
    const again = await runCli(importInto(data));
    expect(again.status, again.stderr).toBe(0);
    expect(jsonOf(again)).toMatchObject({ files: PAGES, problems: [] });
    expect(await withDatabaseOf(data, meaningOf)).toEqual(undisturbed);
    expect(await processesOn(data)).toEqual([]);
  });

  it.each(['postgres', 'redis'] as const)(
    'whose %s is killed says so and ends; run again it ends with the same rows',
    async (server) => {
      const data = dataNamed(`import-without-${server}`);
      const cli = startCli(importInto(data));
      await reached(cli, data, midway);
      killNow(pidOf(data, server));
      const ended = await cli.ended;
      expect(ended.status).toBe(1);
      expect(jsonOf(ended)).toMatchObject({
        error: {
          code: 'SERVER_GONE',
          message: expect.stringContaining(server),
          hint: expect.stringContaining(`${server}.log`),
        },
      });
      expect((await runCli(importInto(data))).status).toBe(0);
      expect(await withDatabaseOf(data, meaningOf)).toEqual(undisturbed);
      expect(await processesOn(data)).toEqual([]);
    },
  );

  it('asked to stop gives back what it holds, exits 1 and leaves no process; run again it ends with the same rows', async () => {
    const data = dataNamed('import-stopped');
    const cli = startCli(importInto(data));
    await reached(cli, data, midway);
    cli.child.kill('SIGTERM');
    const ended = await cli.ended;
    expect(ended.status).toBe(1);
    expect(ended.stderr).toContain('SIGTERM: stopping');
    expect(await processesOn(data)).toEqual([]);
    expect((await runCli(importInto(data))).status).toBe(0);
    expect(await withDatabaseOf(data, meaningOf)).toEqual(undisturbed);
  });

  it('beside another on the same folder is told who has it', async () => {
    const data = dataNamed('import-twice');
    const first = startCli(importInto(data));
    await reached(first, data, midway);
    const second = await runCli(importInto(data));
    expect(second.status).toBe(2);
    expect(jsonOf(second)).toMatchObject({
      error: { code: 'DATA_FOLDER_IN_USE', message: expect.stringContaining(String(first.pid)) },
    });
    expect((await first.ended).status).toBe(0);
    expect(await withDatabaseOf(data, meaningOf)).toEqual(undisturbed);
  });
});

describe('up --once', () => {
  let undisturbed: Digests;
  const upOn = (data: string) => ['up', '--once', '--data', data, '--port', '0', '--json'];

  beforeAll(async () => {
    const data = dataNamed('up');
    const ended = await runCli(upOn(data));
    expect(ended.status, ended.stderr).toBe(0);
    undisturbed = await withDatabaseOf(data, meaningOf);
  });

  it('killed in the middle of the crawl leaves its servers; the next start takes over and ends with the same rows', async () => {
    const data = dataNamed('up-killed');
    const cli = startCli(upOn(data));
    await reached(cli, data, midway);
    killNow(cli.pid);
    expect((await cli.ended).stdout).toBe('');
    const orphans = (await processesOn(data)).map(({ command }) => command).join('\n');
    expect(orphans).toMatch(/postgres/);
    expect(orphans).toMatch(/redis/);
    expect(readRuntime(data)).toBeNull();
    const again = await runCli(upOn(data));
    expect(again.status, again.stderr).toBe(0);
    expect(await withDatabaseOf(data, meaningOf)).toEqual(undisturbed);
    expect(await processesOn(data)).toEqual([]);
  });

  it('whose Redis is flushed in the middle ends with the same rows', async () => {
    const data = dataNamed('up-flushed');
    const cli = startCli(upOn(data));
    await reached(cli, data, midway);
    const redis = new Redis(readRuntime(data)?.redisUrl ?? '');
    expect(await redis.flushall()).toBe('OK');
    redis.disconnect();
    const ended = await cli.ended;
    expect(ended.status, ended.stderr).toBe(0);
    expect(await withDatabaseOf(data, meaningOf)).toEqual(undisturbed);
  });

  it('asked to stop in the middle exits 1, leaves no process and no runtime file', async () => {
    const data = dataNamed('up-stopped');
    const cli = startCli(upOn(data));
    await reached(cli, data, midway);
    cli.child.kill('SIGINT');
    const ended = await cli.ended;
    expect(ended.status).toBe(1);
    expect(ended.stdout).toBe('');
    expect(await processesOn(data)).toEqual([]);
    expect(() => readFileSync(runtimePath(data))).toThrow(/ENOENT/);
  });
});
