/** A private Redis in the data folder: loopback only, password of its own, append-only file, never evicting (a queue must not lose a job). */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { type DataFolder, logFileOf, openDataFolder, pidFileOf, secretOf } from './data-folder.ts';
import { onFreePort } from './ports.ts';
import { type RunningServer, type StopOptions, spawnServer, stopLeftover, waitUntilReady } from './process.ts';
import { findRedisServer } from './redis-binary.ts';
import type { Log, ServerOptions, StartedServer } from './server.ts';

/** On SIGTERM Redis writes what is in memory and ends. */
const STOP: StopOptions = { signal: 'SIGTERM', timeoutMs: 20_000 };

/** Brings up the data folder's Redis on 6380 or beside it. A server that a killed parent left is stopped first. */
export async function startRedis({ dataDir, preferredPort = 6380, log }: ServerOptions): Promise<StartedServer> {
  const folder = openDataFolder(dataDir);
  const program = await findRedisServer(log);
  await recoverRedis(folder, log);
  const password = secretOf(folder, 'redis');
  return onFreePort(preferredPort, async (port) => {
    const server = await spawnRedis(program, folder, { port, password });
    try {
      await waitForRedis(server, folder, { port, password });
    } catch (thrown) {
      await server.stop();
      throw thrown;
    }
    return { url: `redis://:${password}@127.0.0.1:${port}`, port, pid: server.pid, stop: server.stop };
  });
}

/** Stops the server that an earlier start left in this folder. */
export async function recoverRedis(folder: DataFolder, log: Log): Promise<void> {
  const leftover = await stopLeftover(pidFileOf(folder, 'redis'), STOP);
  if (leftover !== null) log(`Stopped Redis (process ${leftover}), left over from a start that was killed.`);
}

/** The password goes by file and not by argument, where every user of the machine could read it. */
function spawnRedis(
  program: string,
  folder: DataFolder,
  { port, password }: { port: number; password: string },
): Promise<RunningServer> {
  const config = [
    'bind 127.0.0.1',
    `port ${port}`,
    'protected-mode yes',
    `requirepass ${password}`,
    'daemonize no',
    'dir ./',
    'appendonly yes',
    'appendfsync everysec',
    'aof-load-truncated yes', // A half-written last command after a crash is dropped, not a reason to refuse.
    'maxmemory-policy noeviction',
    '',
  ];
  const configFile = join(folder.run, 'redis.conf');
  writeFileSync(configFile, config.join('\n'), { mode: 0o600 });
  return spawnServer({
    command: program,
    args: [configFile],
    cwd: folder.redis,
    logFile: logFileOf(folder, 'redis'),
    pidFile: pidFileOf(folder, 'redis'),
    stopBy: STOP,
  });
}

async function waitForRedis(
  server: RunningServer,
  folder: DataFolder,
  address: { port: number; password: string },
): Promise<void> {
  const client = new Redis({
    host: '127.0.0.1',
    ...address,
    lazyConnect: true,
    retryStrategy: null,
    maxRetriesPerRequest: 0,
  });
  // Refused connections are expected until it listens; the probe sees them as rejections.
  client.on('error', () => undefined);
  try {
    await waitUntilReady(server, {
      name: 'Redis',
      logFile: logFileOf(folder, 'redis'),
      timeoutMs: 60_000,
      probe: () => answers(client),
    });
  } finally {
    client.disconnect();
  }
}

async function answers(client: Redis): Promise<boolean> {
  try {
    if (client.status !== 'ready') await client.connect();
    return (await client.ping()) === 'PONG';
  } catch {
    return false; // Not listening yet, or still loading its file.
  }
}
