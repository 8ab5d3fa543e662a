/**
 * A private Postgres 18 in the data folder: loopback only, a password of its own, durable (fsync and synchronous_commit stay on).
 *
 * Started by root it runs as the OS user `postgres`, which often cannot enter the folder's parents (`/root`, a `mktemp -d`). Linux lets a
 * process stay in a folder that it was put into, so the server knows its data as `/proc/self/cwd`, and nobody's permissions are changed.
 */
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { Client, escapeIdentifier } from 'pg';
import { type DataFolder, logFileOf, openDataFolder, pidFileOf, secretOf } from './data-folder.ts';
import { serverUser } from './os-user.ts';
import { onFreePort } from './ports.ts';
import { findPostgresBinaries } from './postgres-binaries.ts';
import { initialiseCluster, POSTGRES_ROLE, type PostgresPlace, pathForServer } from './postgres-cluster.ts';
import {
  type RunningServer,
  type StopOptions,
  spawnServer,
  stopLeftover,
  stopProcess,
  waitUntilReady,
} from './process.ts';
import { describeProcess, identifyProcess } from './process-identity.ts';
import type { Log, ServerOptions, StartedServer } from './server.ts';

/** Fast shutdown: open transactions are rolled back, everything committed is on disk. */
const STOP: StopOptions = { signal: 'SIGINT', timeoutMs: 20_000 };

const DATABASE = 'musicdb';

/** For a small machine that is shared with a crawler: a quarter of a GB of cache, few checkpoints, small WAL; never at the cost of a commit. */
const SETTINGS = {
  listen_addresses: '127.0.0.1',
  unix_socket_directories: '',
  fsync: 'on',
  synchronous_commit: 'on',
  shared_buffers: '256MB',
  max_wal_size: '2GB',
  wal_compression: 'on', // pglz: the npm package's build has no lz4, neither here nor for large values.
  max_connections: '200',
  jit: 'off',
  timezone: 'UTC',
  log_timezone: 'UTC',
};

/** Brings up the data folder's Postgres, made on first use, and its database `musicdb`. A server that a killed parent left is stopped first. */
export async function startPostgres({ dataDir, preferredPort = 5433, log }: ServerOptions): Promise<StartedServer> {
  const folder = openDataFolder(dataDir);
  const user = serverUser('postgres');
  const place: PostgresPlace = { folder, user, binaries: findPostgresBinaries(user, log) };
  await recoverPostgres(folder, log);
  await initialiseCluster(place, log);
  const password = secretOf(folder, 'postgres');
  return onFreePort(preferredPort, async (port) => {
    const server = await spawnPostgres(place, port);
    try {
      await waitForPostgres(server, folder, urlOf(port, password, 'postgres'));
      await ensureDatabase(urlOf(port, password, 'postgres'));
    } catch (thrown) {
      await server.stop();
      throw thrown;
    }
    return { url: urlOf(port, password, DATABASE), port, pid: server.pid, stop: server.stop };
  });
}

/** Stops the server that an earlier start left in this folder, and removes a `postmaster.pid` whose process is gone or is a stranger. */
export async function recoverPostgres(folder: DataFolder, log: Log): Promise<void> {
  const leftover = await stopLeftover(pidFileOf(folder, 'postgres'), STOP);
  if (leftover !== null) log(`Stopped Postgres (process ${leftover}), left over from a start that was killed.`);
  const postmasterPid = join(folder.postgres, 'postmaster.pid');
  if (!existsSync(postmasterPid)) return;
  const pid = Number.parseInt(readFileSync(postmasterPid, 'utf8'), 10);
  const identity = Number.isInteger(pid) && isPostgresOf(folder, pid) ? identifyProcess(pid) : null;
  if (identity !== null) await stopProcess(identity, STOP);
  // Left in place it makes Postgres refuse to start whenever the number belongs to any process by now. The folder's lock is ours.
  rmSync(postmasterPid, { force: true });
}

function isPostgresOf(folder: DataFolder, pid: number): boolean {
  const found = describeProcess(pid);
  if (found === null || !found.command.includes('postgres')) return false;
  return found.cwd === folder.postgres || found.command.includes(folder.postgres);
}

function spawnPostgres({ folder, user, binaries }: PostgresPlace, port: number): Promise<RunningServer> {
  const settings = Object.entries({ ...SETTINGS, port: String(port) }).flatMap(([name, value]) => [
    '-c',
    `${name}=${value}`,
  ]);
  return spawnServer({
    command: binaries.postgres,
    args: ['-D', pathForServer(folder.postgres, user), ...settings],
    cwd: folder.postgres,
    env: { PATH: process.env.PATH },
    logFile: logFileOf(folder, 'postgres'),
    pidFile: pidFileOf(folder, 'postgres'),
    stopBy: STOP,
    ...user,
  });
}

async function waitForPostgres(server: RunningServer, folder: DataFolder, url: string): Promise<void> {
  await waitUntilReady(server, {
    name: 'Postgres',
    logFile: logFileOf(folder, 'postgres'),
    timeoutMs: 60_000,
    probe: () => answers(url),
  });
}

/** False while it does not listen yet or replays its log; a refused password is no matter of waiting and is thrown. */
async function answers(url: string): Promise<boolean> {
  const client = new Client({ connectionString: url, connectionTimeoutMillis: 2_000 });
  try {
    await client.connect();
    return true;
  } catch (thrown) {
    if (thrown instanceof Error && 'code' in thrown && thrown.code === '28P01') throw thrown;
    return false;
  } finally {
    await client.end().catch(() => undefined); // It may never have been connected.
  }
}

async function ensureDatabase(adminUrl: string): Promise<void> {
  const client = new Client({ connectionString: adminUrl });
  await client.connect();
  try {
    const { rowCount } = await client.query('select from pg_database where datname = $1', [DATABASE]);
    if (rowCount === 0) await client.query(`create database ${escapeIdentifier(DATABASE)}`);
  } finally {
    await client.end();
  }
}

function urlOf(port: number, password: string, database: string): string {
  return `postgresql://${POSTGRES_ROLE}:${password}@127.0.0.1:${port}/${database}`;
}
