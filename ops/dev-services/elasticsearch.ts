/**
 * A private Elasticsearch for development and tests, in the data folder: the official image where a Docker engine runs, else the unpacked
 * one of elasticsearch-home.ts on the machine's own Java. Loopback only and without a password.
 */
import { asError, ConfigError } from '../../src/core/errors.ts';
import { type DataFolder, logFileOf, openDataFolder, pidFileOf } from './data-folder.ts';
import { dockerRuns, removeLeftoverContainer, startContainer } from './elasticsearch-docker.ts';
import { findElasticsearchHome } from './elasticsearch-home.ts';
import { type ElasticsearchPlace, isHealthy, prepareFolder, serverCommand } from './elasticsearch-server.ts';
import { findJava } from './java.ts';
import { serverUser } from './os-user.ts';
import { freePort, onFreePort } from './ports.ts';
import { type StopOptions, spawnServer, stopLeftover, waitUntilReady } from './process.ts';
import type { Log, ServerOptions, StartedServer } from './server.ts';

const STOP: StopOptions = { signal: 'SIGTERM', timeoutMs: 30_000 };

/** It takes 14 s on two idle cores; a busy machine takes its time. */
const READY_WITHIN_MS = 180_000;

const ADVICE =
  'Install Docker, or Maven and a JDK 21 or later, or set ELASTICSEARCH_URL to an Elasticsearch 9 of your own; without any, MusicDB searches in Postgres.';

/** Brings up Elasticsearch on 9201 or beside it. Throws ConfigError that says what to install when none can be had on this machine. */
export async function startElasticsearch(options: ServerOptions): Promise<StartedServer> {
  const folder = openDataFolder(options.dataDir);
  const preferred = options.preferredPort ?? 9201;
  await recoverElasticsearch(folder, options.log);
  if (await dockerRuns()) return await onFreePort(preferred, (port) => startContainer(folder, port));
  const place = await findPlace(folder, options);
  return await onFreePort(preferred, (port) => startOwn(place, port));
}

/** Stops the server, or removes the container, that an earlier start left in this folder. */
export async function recoverElasticsearch(folder: DataFolder, log: Log): Promise<void> {
  const leftover = await stopLeftover(pidFileOf(folder, 'elasticsearch'), STOP);
  if (leftover !== null) log(`Stopped Elasticsearch (process ${leftover}), left over from a start that was killed.`);
  await removeLeftoverContainer(folder, log);
}

async function findPlace(folder: DataFolder, { onProgress }: ServerOptions): Promise<ElasticsearchPlace> {
  try {
    const user = serverUser('elasticsearch');
    const java = findJava(21, user);
    const home = await findElasticsearchHome({ user, onProgress });
    return { folder, user, java, home };
  } catch (cause) {
    throw new ConfigError(`No Elasticsearch could be had on this machine: ${asError(cause).message} ${ADVICE}`, {
      cause,
    });
  }
}

async function startOwn(place: ElasticsearchPlace, port: number): Promise<StartedServer> {
  const { folder } = place;
  const ports = { http: port, transport: await freePort(port + 100) };
  const server = await spawnServer({
    ...serverCommand(place, prepareFolder(place, ports)),
    logFile: logFileOf(folder, 'elasticsearch'),
    pidFile: pidFileOf(folder, 'elasticsearch'),
    stopBy: STOP,
  });
  const url = `http://127.0.0.1:${port}`;
  try {
    const logFile = logFileOf(folder, 'elasticsearch');
    await waitUntilReady(server, {
      name: 'Elasticsearch',
      logFile,
      timeoutMs: READY_WITHIN_MS,
      probe: () => isHealthy(url),
    });
  } catch (thrown) {
    await server.stop();
    throw thrown;
  }
  return { url, port, pid: server.pid, stop: server.stop };
}
