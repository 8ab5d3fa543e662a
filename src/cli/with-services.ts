/**
 * How a command finds its services: the addresses an operator set; else the MusicDB that runs on the data folder; else, where the
 * command may, services of its own on that folder for as long as it runs.
 */

import { setTimeout as sleep } from 'node:timers/promises';
import type { JobCtx } from '../../jobs/job.ts';
import { QUEUE_NAMES } from '../../jobs/queues.ts';
import { startServices } from '../../ops/dev-services/start-services.ts';
import { type Config, readConfig } from '../config/config.ts';
import { PermanentError } from '../core/errors.ts';
import { createLogger } from '../platform/logger.ts';
import { migrate } from '../platform/migrate.ts';
import { Releases } from '../platform/releases.ts';
import { giveBackAllLeases } from '../repositories/frontier.ts';
import { takeBackDispatched } from '../repositories/outbox.ts';
import { createQueues } from '../worker/worker.ts';
import { openContext } from './open-context.ts';
import { note } from './output.ts';
import { assertReachable } from './reachable.ts';
import { type Runtime, readRuntime } from './runtime-file.ts';
import { listenForShutdown, type Shutdown } from './shutdown.ts';
import { watchServers } from './watch-servers.ts';

/** Time between two looks at a MusicDB that is starting, milliseconds. */
const LOOK_EVERY_MS = 250;

export interface ServiceOptions {
  readonly role: string;
  /** Value of --data. */
  readonly data: string | undefined;
  /** Start services where none are found. */
  readonly mayStart: boolean;
}

/** Configuration with --data taken in. */
export function configFor(data: string | undefined): Config {
  const config = readConfig();
  return data === undefined ? config : { ...config, dataDir: data };
}

/** Runs `work` with a ctx on whatever services there are, and closes everything it opened. */
export async function withServices<T>(
  { role, data, mayStart }: ServiceOptions,
  work: (ctx: JobCtx) => Promise<T>,
): Promise<T> {
  const config = configFor(data);
  return untilStopped(async (releases, shutdown) => {
    const found = await findServices(config, mayStart, releases, shutdown);
    const ctx = openContext(found.config, { role, releases, signal: shutdown.signal });
    await assertReachable(ctx);
    if (found.owned) await takeOver(ctx);
    return work(ctx);
  });
}

/** Runs `work`, which may be asked to stop, and closes all it opened. @throws first of all the fault that asked for the stop. */
export async function untilStopped<T>(work: (releases: Releases, shutdown: Shutdown) => Promise<T>): Promise<T> {
  const releases = new Releases();
  const shutdown = listenForShutdown();
  const [done] = await Promise.allSettled([work(releases, shutdown)]);
  const fault = shutdown.fault();
  const [closed] = await Promise.allSettled([releases.releaseAll()]);
  shutdown.done();
  if (fault !== null) throw fault;
  if (done.status === 'rejected') throw done.reason;
  // What could not be closed matters only where all else went well.
  if (closed.status === 'rejected') throw closed.reason;
  return done.value;
}

/** Addresses of a running MusicDB laid over a configuration that names none. */
export function withRuntime(config: Config, runtime: Runtime): Config {
  return {
    ...config,
    databaseUrl: runtime.databaseUrl,
    redisUrl: runtime.redisUrl,
    elasticsearchUrl: runtime.elasticsearchUrl,
    sandboxHosts: runtime.sandboxHosts,
    chromiumPath: config.chromiumPath ?? runtime.chromiumPath,
  };
}

/** Only one process works on services of our own: what an earlier one held when it died is free again, at once. */
export async function takeOver(ctx: JobCtx): Promise<void> {
  await dropDeadJobs(ctx);
  await takeBackDispatched(ctx.db);
  await giveBackAllLeases(ctx.db);
}

/** Jobs that Redis still counts as running have no worker any more, and would hold up their queues until their locks expire. */
async function dropDeadJobs(ctx: JobCtx): Promise<void> {
  const releases = new Releases();
  const queueOf = createQueues(ctx, releases);
  try {
    const running = await Promise.all(QUEUE_NAMES.map((name) => queueOf(name).getActiveCount()));
    // Redis is transport: every job is a row in Postgres, and is handed over again.
    if (running.some((count) => count > 0)) await ctx.redis.client.flushdb();
  } finally {
    await releases.releaseAll();
  }
}

async function findServices(
  config: Config,
  mayStart: boolean,
  releases: Releases,
  shutdown: Shutdown,
): Promise<{ config: Config; owned: boolean }> {
  if (config.databaseUrl !== null && config.redisUrl !== null) return { config, owned: false };
  const runtime = await readyRuntime(config.dataDir, shutdown.signal);
  if (runtime !== null) return { config: withRuntime(config, runtime), owned: false };
  if (!mayStart) return { config, owned: false };
  note(`no MusicDB runs on ${config.dataDir}: starting its services for this command`);
  const log = createLogger(config.logLevel, { role: 'services' });
  const services = await startServices({
    dataDir: config.dataDir,
    want: { postgres: true, redis: true, elasticsearch: false },
    log: (line) => log.debug(line),
  });
  releases.defer('services', () => services.stop());
  releases.add('watch', watchServers(config.dataDir, shutdown));
  await migrate(services.databaseUrl);
  return { config: { ...config, databaseUrl: services.databaseUrl, redisUrl: services.redisUrl }, owned: true };
}

/** The MusicDB that runs on the folder, as soon as it can be used; null when none does. One that is just starting is waited for. */
async function readyRuntime(dataDir: string, signal: AbortSignal): Promise<Runtime | null> {
  let runtime = readRuntime(dataDir);
  if (runtime !== null && !runtime.ready)
    note(`MusicDB (pid ${runtime.process.pid}) is starting on ${dataDir}: waiting for it`);
  while (runtime !== null && !runtime.ready) {
    if (signal.aborted)
      throw new PermanentError(`stopped before the MusicDB on ${dataDir} was ready`, { code: 'STOPPED' });
    await sleep(LOOK_EVERY_MS);
    runtime = readRuntime(dataDir);
  }
  return runtime;
}
