/** Elasticsearch as the official image, where a Docker engine runs. The container is labelled with its data folder, by which it is found again. */
import { execFile, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { asError, TransientError } from '../../src/core/errors.ts';
import type { DataFolder } from './data-folder.ts';
import { ELASTICSEARCH_VERSION } from './elasticsearch-home.ts';
import { isHealthy } from './elasticsearch-server.ts';
import { trackServer } from './live-servers.ts';
import type { Log, StartedServer } from './server.ts';

const run = promisify(execFile);

const IMAGE = `docker.elastic.co/elasticsearch/elasticsearch:${ELASTICSEARCH_VERSION}`;

const READY_WITHIN_MS = 180_000;

/** True when there is a `docker` and its engine answers. */
export async function dockerRuns(env: NodeJS.ProcessEnv = process.env): Promise<boolean> {
  return await docker(['info'], env).then(
    () => true,
    () => false,
  );
}

/** Runs the image on this port of 127.0.0.1. Its data are in a volume of the data folder's own. */
export async function startContainer(
  folder: DataFolder,
  port: number,
  env: NodeJS.ProcessEnv = process.env,
): Promise<StartedServer> {
  const id = await docker(containerArguments(folder, port), env).catch((thrown: unknown) => {
    throw new TransientError(`Docker could not run ${IMAGE}: ${asError(thrown).message}`, { cause: thrown });
  });
  const untrack = trackServer(() =>
    spawn('docker', ['rm', '--force', id], { env, detached: true, stdio: 'ignore' }).unref(),
  );
  const stop = async () => {
    await removeContainer(id, env);
    untrack();
  };
  const url = `http://127.0.0.1:${port}`;
  const deadline = Date.now() + READY_WITHIN_MS;
  while (!(await isHealthy(url))) {
    if (Date.now() > deadline) {
      const log = await docker(['logs', '--tail', '5', id], env).catch(() => '(no log)');
      await stop();
      throw new TransientError(`Elasticsearch in Docker was not ready within ${READY_WITHIN_MS / 1000} s: ${log}`);
    }
    await sleep(500);
  }
  return { url, port, pid: 0, stop };
}

/** Removes the container that a killed start left for this folder. */
export async function removeLeftoverContainer(
  folder: DataFolder,
  log: Log,
  env: NodeJS.ProcessEnv = process.env,
): Promise<void> {
  // No engine, or none that we may use: then it has no container of ours either.
  const ids = await docker(['ps', '--all', '--quiet', '--filter', `label=${labelOf(folder)}`], env).catch(() => '');
  for (const id of ids.split('\n').filter(Boolean)) {
    await removeContainer(id, env);
    log(`Removed the Elasticsearch container ${id}, left over from a start that was killed.`);
  }
}

function containerArguments(folder: DataFolder, port: number): string[] {
  const volume = `musicdb-elasticsearch-${createHash('sha256').update(folder.root).digest('hex').slice(0, 12)}`;
  const environment = [
    'discovery.type=single-node',
    'xpack.security.enabled=false',
    'cluster.routing.allocation.disk.threshold_enabled=false',
    'ES_JAVA_OPTS=-Xms512m -Xmx512m',
  ];
  return [
    ...['run', '--detach', '--label', labelOf(folder), '--publish', `127.0.0.1:${port}:9200`],
    ...['--volume', `${volume}:/usr/share/elasticsearch/data`],
    ...environment.flatMap((setting) => ['--env', setting]),
    IMAGE,
  ];
}

function labelOf(folder: DataFolder): string {
  return `musicdb.data=${folder.root}`;
}

/** Stopped in order first, so that nothing has to be recovered; a container that is gone already is as wanted. */
async function removeContainer(id: string, env: NodeJS.ProcessEnv): Promise<void> {
  await docker(['stop', '--time', '30', id], env).catch(() => '');
  await docker(['rm', '--force', id], env).catch(() => '');
}

async function docker(args: string[], env: NodeJS.ProcessEnv): Promise<string> {
  const { stdout } = await run('docker', args, { env, timeout: 10 * 60_000 });
  return stdout.trim();
}
