import { createHash } from 'node:crypto';
import { cp, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ConfigError, PermanentError, TransientError } from '../core/errors.ts';
import { type EmptyDatabase, emptyDatabase } from '../testing/empty-database.ts';
import { type Database, openDatabase } from './database.ts';
import { migrate } from './migrate.ts';

const FIRST = '20260101000000_first';
const SECOND = '20260201000000_second';

let database: EmptyDatabase;
let db: Database;
let folder: string;

beforeEach(async () => {
  database = await emptyDatabase();
  db = openDatabase(database.url, { max: 2 });
  folder = await mkdtemp(join(tmpdir(), 'musicdb-migrations-'));
  await writeMigration(FIRST, 'create table one (id int); insert into one values (1);');
});
afterEach(async () => {
  await db.release();
  await database.release();
  await rm(folder, { recursive: true });
});

describe('migrate', () => {
  it('applies what is missing, oldest first, and keeps what it did', async () => {
    await writeMigration(SECOND, 'alter table one add column name text;');
    expect(await migrate(database.url, folder)).toEqual({ applied: [FIRST, SECOND], already: [] });
    expect(await history()).toMatchObject([
      { migration_name: FIRST, checksum: sha256('create table one (id int); insert into one values (1);'), logs: null },
      { migration_name: SECOND, applied_steps_count: 1, rolled_back_at: null },
    ]);
  });

  it('does nothing the second time', async () => {
    await migrate(database.url, folder);
    const before = await history();
    expect(await migrate(database.url, folder)).toEqual({ applied: [], already: [FIRST] });
    expect(await history()).toEqual(before);
  });

  it('applies only the new one to a database that has the others', async () => {
    await migrate(database.url, folder);
    await writeMigration(SECOND, 'create table two (id int);');
    expect(await migrate(database.url, folder)).toEqual({ applied: [SECOND], already: [FIRST] });
  });

  it('is applied once when several processes start at the same time', async () => {
    const results = await Promise.all(Array.from({ length: 5 }, () => migrate(database.url, folder)));
    expect(results.filter(({ applied }) => applied.length === 1)).toHaveLength(1);
    expect(await history()).toHaveLength(1);
  });

  it('makes the whole real database', async () => {
    expect((await migrate(database.url)).applied).toContain('20261120000000_init');
  });
});

describe('migrate refuses, and changes nothing', () => {
  it('when an applied migration was changed, naming it, both checksums and the way out', async () => {
    await migrate(database.url, folder);
    await writeMigration(FIRST, 'create table one (id bigint);');
    await writeMigration(SECOND, 'create table two (id int);');
    const error = await faultOf(migrate(database.url, folder));
    expect(error).toBeInstanceOf(ConfigError);
    expect(error).toMatchObject({ code: 'MIGRATION_CHANGED', hint: expect.stringContaining('new migration') });
    expect(error.message).toContain(FIRST);
    expect(error.message).toContain(sha256('create table one (id bigint);'));
    expect(await history()).toHaveLength(1);
  });

  it('when the database has a migration that the folder does not', async () => {
    await writeMigration(SECOND, 'create table two (id int);');
    await migrate(database.url, folder);
    await rm(join(folder, SECOND), { recursive: true });
    const error = await faultOf(migrate(database.url, folder));
    expect(error).toBeInstanceOf(ConfigError);
    expect(error).toMatchObject({ code: 'MIGRATION_MISSING', message: expect.stringContaining(SECOND) });
  });

  it('when a migration failed before, until it is marked as rolled back', async () => {
    await writeMigration(SECOND, 'create table two (id int); select nonsense;');
    await faultOf(migrate(database.url, folder));
    await writeMigration(SECOND, 'create table two (id int);');
    const error = await faultOf(migrate(database.url, folder));
    expect(error).toMatchObject({ code: 'MIGRATION_FAILED_BEFORE', message: expect.stringContaining('nonsense') });
    await db.query(/update .*/.exec(error.hint ?? '')?.[0] ?? '');
    expect(await migrate(database.url, folder)).toEqual({ applied: [SECOND], already: [FIRST] });
  });

  it('a folder without migration.sql, and a folder that is not there', async () => {
    await mkdir(join(folder, SECOND));
    expect(await faultOf(migrate(database.url, folder))).toBeInstanceOf(ConfigError);
    expect((await faultOf(migrate(database.url, join(folder, 'absent')))).message).toContain('absent');
    expect(await tables()).toEqual([]);
  });
});

describe('a migration that fails', () => {
  it('leaves nothing of itself but a row with the error as its log', async () => {
    await writeMigration(SECOND, 'create table two (id int); insert into two values (1); select nonsense;');
    const error = await faultOf(migrate(database.url, folder));
    expect(error).toBeInstanceOf(PermanentError);
    expect(error.message).toContain(SECOND);
    expect(await tables()).toEqual(['_prisma_migrations', 'one']);
    expect((await history())[1]).toMatchObject({
      migration_name: SECOND,
      finished_at: null,
      applied_steps_count: 0,
      logs: expect.stringContaining('nonsense'),
    });
  });

  it('leaves no row when the connection was lost: the next run starts it again', async () => {
    await writeMigration(SECOND, 'create table two (id int); select pg_terminate_backend(pg_backend_pid());');
    expect(await faultOf(migrate(database.url, folder))).toBeInstanceOf(TransientError);
    await writeMigration(SECOND, 'create table two (id int);');
    expect(await migrate(database.url, folder)).toEqual({ applied: [SECOND], already: [FIRST] });
  });
});

it('a server that cannot be reached is named, without its password', async () => {
  const error = await faultOf(migrate('postgres://me:secret-word@127.0.0.1:9/nothing', folder));
  expect(error).toMatchObject({
    code: 'DATABASE_UNREACHABLE',
    message: expect.stringContaining('127.0.0.1:9/nothing'),
  });
  expect(`${error.message} ${error.hint}`).not.toContain('secret-word');
});

it('the copy of the project that is installed elsewhere gives the same checksums', async () => {
  await cp(new URL('../../prisma/migrations', import.meta.url).pathname, folder, { recursive: true });
  await rm(join(folder, FIRST), { recursive: true });
  await migrate(database.url);
  expect((await migrate(database.url, folder)).applied).toEqual([]);
});

async function writeMigration(name: string, sql: string): Promise<void> {
  await mkdir(join(folder, name), { recursive: true });
  await writeFile(join(folder, name, 'migration.sql'), sql);
}

async function history(): Promise<Record<string, unknown>[]> {
  return (await db.query('select * from _prisma_migrations order by started_at')).rows;
}

async function tables(): Promise<string[]> {
  const { rows } = await db.query<{ tablename: string }>(
    `select tablename::text from pg_tables where schemaname = 'public' order by 1`,
  );
  return rows.map((row) => row.tablename);
}

async function faultOf(work: Promise<unknown>): Promise<Error & { code?: string; hint?: string | null }> {
  return work.then(
    () => Promise.reject(new Error('expected a fault')),
    (error: Error) => error,
  );
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
