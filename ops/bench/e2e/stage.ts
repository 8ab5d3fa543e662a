/** Where both sides run: one Postgres and one Redis, brought to the same state before every run. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { escapeIdentifier } from 'pg';
import { MusicDbError } from '../../../src/core/errors.ts';
import { openDatabase } from '../../../src/platform/database.ts';
import { migrate } from '../../../src/platform/migrate.ts';
import { openDataFolder, pidFileOf } from '../../dev-services/data-folder.ts';
import { readIdentity } from '../../dev-services/process.ts';
import { startServices } from '../../dev-services/start-services.ts';
import type { Part } from './measure.ts';

export interface Stage {
  readonly redisUrl: string;
  /** Postgres and Redis. */
  readonly parts: readonly Part[];
  /** "18.4, fsync on, synchronous_commit on" */
  readonly postgres: string;
  /** Makes a fresh database of this side, flushes Redis, checkpoints. Returns its URL. */
  readonly reset: (side: Side) => Promise<string>;
  readonly stop: () => Promise<void>;
}

export type Side = 'peer' | 'ours';

/** @param schema SQL file with the peer's tables; ours come from the migrations. */
export async function openStage(folder: string, schema: string, say: (line: string) => void): Promise<Stage> {
  const services = await startServices({
    dataDir: folder,
    want: { postgres: true, redis: true, elasticsearch: false },
    ports: { postgres: 0, redis: 0 },
    log: say,
  });
  try {
    for (const side of ['peer', 'ours'] as const)
      await administer(services.databaseUrl, `create database ${templateOf(side)}`);
    await migrate(at(services.databaseUrl, templateOf('ours')));
    await administer(at(services.databaseUrl, templateOf('peer')), readFileSync(schema, 'utf8'));
    return {
      redisUrl: services.redisUrl,
      parts: [
        { name: 'Postgres', pid: pidOf(folder, 'postgres') },
        { name: 'Redis', pid: pidOf(folder, 'redis') },
      ],
      postgres: await describePostgres(services.databaseUrl),
      reset: async (side) => {
        await flush(services.redisUrl);
        return freshDatabase(services.databaseUrl, side);
      },
      stop: services.stop,
    };
  } catch (thrown) {
    await services.stop();
    throw thrown;
  }
}

async function freshDatabase(adminUrl: string, side: Side): Promise<string> {
  const name = `bench_${side}`;
  for (const other of ['bench_peer', 'bench_ours']) {
    await administer(adminUrl, `drop database if exists ${escapeIdentifier(other)} with (force)`);
  }
  await administer(adminUrl, `create database ${escapeIdentifier(name)} template ${templateOf(side)}`);
  await administer(adminUrl, 'checkpoint');
  return at(adminUrl, name);
}

async function administer(url: string, sql: string): Promise<void> {
  const db = openDatabase(url, { max: 1, applicationName: 'musicdb-bench' });
  try {
    await db.query(sql);
  } finally {
    await db.release();
  }
}

async function flush(redisUrl: string): Promise<void> {
  const redis = new Redis(redisUrl);
  try {
    await redis.flushall();
  } finally {
    redis.disconnect();
  }
}

async function describePostgres(url: string): Promise<string> {
  const db = openDatabase(url, { max: 1 });
  try {
    const { rows } = await db.query<{ name: string; setting: string }>(
      `select name, setting from pg_settings where name in ('server_version', 'fsync', 'synchronous_commit') order by name desc`,
    );
    const said = new Map(rows.map(({ name, setting }) => [name, setting]));
    return `${said.get('server_version')}, fsync ${said.get('fsync')}, synchronous_commit ${said.get('synchronous_commit')}`;
  } finally {
    await db.release();
  }
}

function pidOf(dataDir: string, server: string): number {
  const identity = readIdentity(pidFileOf(openDataFolder(dataDir), server));
  if (identity === null)
    throw new MusicDbError(`${server} runs, and ${join(dataDir, 'run')} does not say as which process`);
  return identity.pid;
}

function templateOf(side: Side): string {
  return `bench_${side}_template`;
}

function at(url: string, database: string): string {
  return Object.assign(new URL(url), { pathname: `/${database}` }).href;
}
