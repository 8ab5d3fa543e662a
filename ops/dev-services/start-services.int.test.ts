import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { Redis } from 'ioredis';
import { Client } from 'pg';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openDataFolder, pidFileOf } from './data-folder.ts';
import { readIdentity } from './process.ts';
import { isRunning, type ProcessIdentity } from './process-identity.ts';
import { type Services, startServices } from './start-services.ts';

const WANT = { postgres: true, redis: true, elasticsearch: false } as const;

const MAIN = fileURLToPath(new URL('./main.ts', import.meta.url));

let parent: string;
let dataDir: string;
const releases: (() => Promise<unknown>)[] = [];

beforeEach(() => {
  // Closed to every other user, as such folders are: the servers must be able to work in it all the same.
  parent = mkdtempSync(join(tmpdir(), 'musicdb-services-'));
  dataDir = join(parent, 'data');
});
afterEach(async () => {
  for (const release of releases.splice(0).reverse()) await release();
  rmSync(parent, { recursive: true, force: true });
});

const log: string[] = [];

async function start(): Promise<Services<typeof WANT>> {
  const services = await startServices({
    dataDir,
    want: WANT,
    ports: { postgres: 0, redis: 0 },
    log: (line) => log.push(line),
  });
  releases.push(services.stop);
  return services;
}

/** Starts the services from a process of its own, which can be killed. */
async function startElsewhere(): Promise<{ child: ChildProcess; databaseUrl: string; redisUrl: string }> {
  const child = spawn(process.execPath, [MAIN, '--data', dataDir], { stdio: ['ignore', 'pipe', 'ignore'] });
  releases.push(async () => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    child.kill('SIGTERM');
    await once(child, 'exit');
  });
  const urls: string[] = [];
  for await (const line of createInterface({ input: child.stdout })) {
    urls.push(/'(.*)'/.exec(line)?.[1] ?? '');
    if (urls.length === 2) break;
  }
  const [databaseUrl = '', redisUrl = ''] = urls;
  return { child, databaseUrl, redisUrl };
}

function running(server: string): ProcessIdentity | null {
  const identity = readIdentity(pidFileOf(openDataFolder(dataDir), server));
  return identity !== null && isRunning(identity) ? identity : null;
}

async function query(url: string, sql: string): Promise<unknown[]> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    const { rows } = await client.query<Record<string, unknown>>(sql);
    return rows.flatMap((row) => Object.values(row));
  } finally {
    await client.end();
  }
}

async function redisOf<T>(url: string, work: (redis: Redis) => Promise<T>): Promise<T> {
  const redis = new Redis(url);
  redis.on('error', () => undefined); // A refusal is seen in the answers.
  try {
    return await work(redis);
  } finally {
    redis.disconnect();
  }
}

describe('services in a data folder', () => {
  it('listen on loopback only, want a password, and are set up to lose nothing', async () => {
    const { databaseUrl, redisUrl } = await start();
    const [database, fsync, commit, listen] = await query(
      databaseUrl,
      `select current_database() a, current_setting('fsync') b, current_setting('synchronous_commit') c, current_setting('listen_addresses') d`,
    );
    expect([database, fsync, commit, listen]).toEqual(['musicdb', 'on', 'on', '127.0.0.1']);
    await expect(query(databaseUrl.replace(/:[^:@/]+@/, ':wrong@'), 'select 1')).rejects.toThrow(
      /password authentication failed/,
    );
    const settings = await redisOf(redisUrl, (redis) =>
      redis.config('GET', 'maxmemory-policy', 'appendonly', 'bind', 'appendfsync'),
    );
    expect(settings).toEqual(expect.arrayContaining(['noeviction', 'yes', '127.0.0.1', 'everysec']));
    const open = redisUrl.replace(/:[^:@/]+@/, '');
    await expect(redisOf(open, (redis) => redis.get('x'))).rejects.toThrow(/NOAUTH/);
  });

  it('know letters beyond ASCII, as full-text and trigram search need', async () => {
    const { databaseUrl } = await start();
    await query(databaseUrl, 'create extension pg_trgm');
    expect(await query(databaseUrl, `select show_trgm('Âme') <> '{}' a, lower('ÂÖ') b`)).toEqual([true, 'âö']);
  });

  it('are refused to a second start, which names the first', async () => {
    await start();
    await expect(start()).rejects.toThrow(`The data folder ${dataDir} is in use by process ${process.pid}`);
  });

  it('leave no process, no pid file and no lock when stopped, and keep their data for the next start', async () => {
    const first = await start();
    await query(first.databaseUrl, 'create table kept as select 42 as answer');
    await redisOf(first.redisUrl, (redis) => redis.set('kept', 'yes'));
    const servers = [running('postgres'), running('redis')];
    expect(servers).not.toContain(null);
    await Promise.all([first.stop(), first.stop()]);
    expect(servers.map((server) => server !== null && isRunning(server))).toEqual([false, false]);
    expect(readdirSync(dataDir)).not.toContain('lock');
    const second = await start();
    expect(await query(second.databaseUrl, 'select answer from kept')).toEqual([42]);
    expect(await redisOf(second.redisUrl, (redis) => redis.get('kept'))).toBe('yes');
  });

  it('that were started are stopped again when a later one cannot be had', async () => {
    writeFileSync(join(openDataFolder(dataDir).redis, 'appendonlydir'), 'a file where Redis wants a folder');
    await expect(start()).rejects.toThrow(/Redis did not start/);
    expect(running('postgres')).toBeNull();
    expect(readdirSync(dataDir)).not.toContain('lock');
  });
});

describe('ops/dev-services/main.ts', () => {
  it('serves until SIGTERM, then stops all it started', async () => {
    const { child, databaseUrl } = await startElsewhere();
    expect(await query(databaseUrl, 'select 1 as one')).toEqual([1]);
    const servers = [running('postgres'), running('redis')];
    child.kill('SIGTERM');
    const [status] = await once(child, 'exit');
    expect(status).toBe(0);
    expect(servers.map((server) => server !== null && isRunning(server))).toEqual([false, false]);
  });

  it('says in one line which words it does not know', async () => {
    const child = spawn(process.execPath, [MAIN, '--with', 'mysql'], { stdio: ['ignore', 'ignore', 'pipe'] });
    const [[status], said] = await Promise.all([once(child, 'exit'), text(child.stderr)]);
    expect([status, said]).toEqual([2, '--with mysql: expected elasticsearch.\n']);
  });
});

describe('after kill -9', () => {
  it('of the parent the next start stops what it left, by pid, and has every committed row', async () => {
    const { child, databaseUrl, redisUrl } = await startElsewhere();
    await expect(start()).rejects.toThrow(`in use by process ${child.pid}`);
    await query(databaseUrl, 'create table kept as select 42 as answer');
    await redisOf(redisUrl, (redis) => redis.set('kept', 'yes'));
    const orphans = [running('postgres'), running('redis')];
    child.kill('SIGKILL');
    await once(child, 'exit');
    expect(orphans.map((orphan) => orphan !== null && isRunning(orphan))).toEqual([true, true]);
    const next = await start();
    expect(orphans.map((orphan) => orphan !== null && isRunning(orphan))).toEqual([false, false]);
    expect(await query(next.databaseUrl, 'select answer from kept')).toEqual([42]);
    expect(await redisOf(next.redisUrl, (redis) => redis.get('kept'))).toBe('yes');
    expect(log.join('\n')).toMatch(/Stopped Postgres \(process \d+\), left over/);
  });

  it('of parent and servers alike the next start recovers too', async () => {
    const { child, databaseUrl } = await startElsewhere();
    await query(databaseUrl, 'create table kept as select 42 as answer');
    const servers = [running('postgres'), running('redis')];
    for (const server of servers) if (server !== null) process.kill(server.pid, 'SIGKILL');
    child.kill('SIGKILL');
    await once(child, 'exit');
    const next = await start();
    expect(await query(next.databaseUrl, 'select answer from kept')).toEqual([42]);
  });

  it('a postmaster.pid whose number is a stranger’s by now does not stop the start', async () => {
    const first = await start();
    await first.stop();
    const file = join(openDataFolder(dataDir).postgres, 'postmaster.pid');
    writeFileSync(file, `${process.pid}\n${dataDir}/postgres\n`);
    const next = await start();
    expect(await query(next.databaseUrl, 'select 1 as one')).toEqual([1]);
    expect(Number.parseInt(readFileSync(file, 'utf8'), 10)).not.toBe(process.pid);
  });
});
