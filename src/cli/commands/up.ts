/**
 * `musicdb up` (what `npm start` runs): everything on this machine. Starts or finds the services, brings the database to this version,
 * serves the sandbox, runs worker, orchestrator and API in this process, crawls all sources, says what came of it, serves until stopped.
 * With --once it stops after that. Running it again on the same data folder goes on where it was.
 */

import { allClosedHosts, crawlVia, whyOtherWeb } from '../../../jobs/access.ts';
import type { JobCtx } from '../../../jobs/job.ts';
import { enqueueDueCrawls, seedSource } from '../../../jobs/orchestrate.ts';
import { QUEUE_NAMES } from '../../../jobs/queues.ts';
import { findChromium } from '../../../ops/dev-services/chromium.ts';
import { openDataFolder, secretOf } from '../../../ops/dev-services/data-folder.ts';
import { identifyProcess } from '../../../ops/dev-services/process-identity.ts';
import { startServices } from '../../../ops/dev-services/start-services.ts';
import { startSandbox } from '../../../ops/sandbox/server.ts';
import { loadAllSources, SOURCE_NAMES } from '../../../spiders/registry.ts';
import type { Config } from '../../config/config.ts';
import { ConfigError } from '../../core/errors.ts';
import { countViolations, verifyPoliteness } from '../../fetching/verify-politeness.ts';
import { reconcileSchedules, startOrchestrator } from '../../orchestrator/orchestrator.ts';
import { createLogger } from '../../platform/logger.ts';
import { migrate } from '../../platform/migrate.ts';
import type { Releases } from '../../platform/releases.ts';
import { countRequestsBySource, type SourceHost } from '../../repositories/frontier.ts';
import { readPopularTracks } from '../../repositories/overview.ts';
import { ensurePartitions, refreshPopularTracks } from '../../repositories/partitions.ts';
import { readSummary } from '../../repositories/summary.ts';
import { drain } from '../../worker/drain.ts';
import { createQueues, startWorker } from '../../worker/worker.ts';
import { numberArgument } from '../arguments.ts';
import { whyNotCrawled } from '../not-crawled.ts';
import { openContext } from '../open-context.ts';
import { type CommonOptions, counted, note, printJson, printLine, table } from '../output.ts';
import { createProgress, type Gauge } from '../progress.ts';
import { assertReachable } from '../reachable.ts';
import { type Runtime, readRuntime, removeRuntime, writeRuntime } from '../runtime-file.ts';
import { SANDBOX_WORLD } from '../sandbox.ts';
import { serveApi } from '../serve-api.ts';
import type { Shutdown } from '../shutdown.ts';
import { watchServers } from '../watch-servers.ts';
import { configFor, takeOver, untilStopped } from '../with-services.ts';
import { countSearchDocuments } from './import.ts';

interface Options extends CommonOptions {
  readonly once?: boolean;
  readonly data?: string;
  readonly sandbox?: boolean;
  readonly port?: string;
}

export async function run(_args: string[], options: Options): Promise<number> {
  const started = performance.now();
  const since = new Date();
  const config = configFor(options.data);
  return untilStopped(async (releases, shutdown) => {
    const ctx = await startEverything(config, options, releases, shutdown);
    const finished = await crawlAll(ctx);
    await refreshPopularTracks(ctx.db);
    if (finished) {
      await printSummary(ctx, Math.round((performance.now() - started) / 100) / 10, options.json === true);
      // Beside the one JSON value, whose shape is fixed, they are remarks.
      for (const line of await notCrawledLines(ctx)) (options.json ? note : printLine)(line);
      if (!options.json) printLine(await politenessLine(ctx, since, options));
    }
    if (!options.once && finished) {
      await printServing(ctx, options);
      await shutdown.requested;
    }
    return finished || !options.once ? 0 : 1;
  });
}

async function startEverything(
  config: Config,
  options: Options,
  releases: Releases,
  shutdown: Shutdown,
): Promise<JobCtx> {
  const announce = announcer(config, releases);
  const { databaseUrl, redisUrl } = await servicesFor(config, releases, announce, shutdown);
  announce({ phase: 'bringing the database to this version' });
  const { applied } = await migrate(databaseUrl);
  if (applied.length > 0) note(`database: ${applied.length} migrations applied`);
  const chromiumPath =
    config.chromiumPath ??
    (await findChromium().then(
      ({ path }) => path,
      () => null,
    ));
  const sandboxHosts = await sandboxFor(config, options, releases);
  announce({
    phase: 'starting',
    databaseUrl,
    redisUrl,
    elasticsearchUrl: config.elasticsearchUrl,
    sandboxHosts,
    chromiumPath,
  });
  const ctx = openContext(
    { ...config, databaseUrl, redisUrl, sandboxHosts, chromiumPath },
    { role: 'up', releases, signal: shutdown.signal },
  );
  await assertReachable(ctx);
  // On services that are not ours others may be at work.
  if (config.databaseUrl === null && config.redisUrl === null) await takeOver(ctx);
  await ensurePartitions(ctx.db, ctx.clock.now());
  await ctx.search.prepare();
  await assertOneWeb(ctx);
  await startRoles(ctx, options, releases, announce);
  return ctx;
}

/** @throws ConfigError where pages of the sandbox and of real sites would come into one database. */
async function assertOneWeb(ctx: JobCtx): Promise<void> {
  for (const source of await loadAllSources()) {
    const via = crawlVia(ctx, source);
    const otherWeb = via === null ? null : await whyOtherWeb(ctx, source, via);
    if (otherWeb !== null) throw otherWeb;
  }
}

async function startRoles(ctx: JobCtx, options: Options, releases: Releases, announce: Announce): Promise<void> {
  const queueOf = createQueues(ctx, releases);
  const port =
    options.port === undefined ? ctx.config.apiPort : numberArgument(options.port, '--port', { min: 0, max: 65_535 });
  // Without a configured token the data folder keeps one: the admin pages are never open.
  const token = ctx.config.apiToken ?? secretOf(openDataFolder(ctx.config.dataDir), 'api-token');
  const api = releases.add('api', await serveApi(ctx, { port, mayMove: options.port === undefined, queueOf, token }));
  releases.add(
    'worker',
    await startWorker(ctx, {
      queues: QUEUE_NAMES,
      concurrency: null,
      onRedisLost: () => reconcileSchedules(ctx, queueOf),
    }),
  );
  releases.add('orchestrator', await startOrchestrator(ctx, queueOf));
  announce({ phase: 'running', ready: true, api: { url: api.url, token } });
}

type Announce = (change: Partial<Runtime>) => void;

/** Keeps runtime.json: written from the first moment the folder is ours, removed when everything else has stopped. */
function announcer(config: Config, releases: Releases): Announce {
  const self = identifyProcess(process.pid);
  if (self === null) throw new ConfigError(`cannot read the start time of process ${process.pid}`);
  let runtime: Runtime = {
    process: self,
    startedAt: new Date().toISOString(),
    phase: 'starting',
    ready: false,
    databaseUrl: null,
    redisUrl: null,
    elasticsearchUrl: null,
    sandboxHosts: {},
    chromiumPath: null,
    api: null,
  };
  let isFirst = true;
  return (change) => {
    runtime = { ...runtime, ...change };
    if (isFirst) releases.defer('runtime file', async () => removeRuntime(config.dataDir));
    isFirst = false;
    writeRuntime(config.dataDir, runtime);
  };
}

async function servicesFor(
  config: Config,
  releases: Releases,
  announce: Announce,
  shutdown: Shutdown,
): Promise<{ databaseUrl: string; redisUrl: string }> {
  const log = createLogger(config.logLevel, { role: 'services' });
  const wanted = {
    postgres: config.databaseUrl === null,
    redis: config.redisUrl === null,
    elasticsearch: false,
  } as const;
  const services = await startServices({
    dataDir: config.dataDir,
    want: wanted,
    log: (line) => log.debug(line),
    onProgress: ({ service, state, detail }) => {
      announce({ phase: `${service} ${state}` });
      if (state !== 'stopped') note(`${service}: ${state}${detail === '' ? '' : ` (${detail})`}`);
    },
  });
  releases.defer('services', () => services.stop());
  releases.add('watch', watchServers(config.dataDir, shutdown));
  const databaseUrl = config.databaseUrl ?? services.databaseUrl;
  const redisUrl = config.redisUrl ?? services.redisUrl;
  if (databaseUrl === null || redisUrl === null) throw new ConfigError('services could not be started');
  return { databaseUrl, redisUrl };
}

async function sandboxFor(
  config: Config,
  options: Options,
  releases: Releases,
): Promise<Readonly<Record<string, string>>> {
  if (options.sandbox === false || Object.keys(config.sandboxHosts).length > 0) return config.sandboxHosts;
  const sandbox = await startSandbox(SANDBOX_WORLD);
  releases.defer('sandbox', () => sandbox.close());
  note(
    `sandbox: ${Object.keys(sandbox.hosts).length} stand-in hosts on this machine (invented data; nothing is asked of the real sites)`,
  );
  return sandbox.hosts;
}

/** Seeds every source that may run, and waits until everything that led to is loaded and searchable. */
async function crawlAll(ctx: JobCtx): Promise<boolean> {
  for (const name of SOURCE_NAMES) await seedSource(ctx, name);
  await enqueueDueCrawls(ctx);
  const progress = createProgress();
  const closed = await allClosedHosts(ctx);
  // Items that waited at once: how many there will be in all, nobody knows before the last page is read.
  let most = 0;
  try {
    return await drain(ctx, {
      requestsOf: 'all',
      closed,
      onProgress: async ({ items, searchChanges }) => {
        const gauges = await readGauges(ctx, closed);
        most = Math.max(most, items);
        const remark = searchChanges > 0 ? `${searchChanges} search changes waiting` : '';
        progress.show([...gauges, { name: 'loading', done: most - items, total: most, remark }]);
      },
    });
  } finally {
    progress.end();
  }
}

async function readGauges(ctx: JobCtx, closed: readonly SourceHost[]): Promise<Gauge[]> {
  const sources = await countRequestsBySource(ctx.db, closed);
  return sources.map(({ source, done, total, failed, waiting }) => ({
    name: source,
    done,
    total: total - waiting,
    remark: [failed > 0 ? `${failed} failed` : '', waiting > 0 ? `${waiting} wait for settings` : '']
      .filter((part) => part !== '')
      .join(', '),
  }));
}

async function printSummary(ctx: JobCtx, seconds: number, json: boolean): Promise<void> {
  const summary = await readSummary(ctx.db, SOURCE_NAMES);
  const search = { adapter: ctx.search.adapter, documents: await countSearchDocuments(ctx) };
  if (json) {
    printJson({ ...summary, search, seconds });
    return;
  }
  const rows = Object.entries(summary.sources).map(([name, { documents, items, quarantined }]) => [
    name,
    documents,
    items,
    quarantined,
  ]);
  printLine();
  printLine(table(['source', 'documents', 'items', 'quarantined'], rows));
  printLine();
  printLine(
    `${summary.setlists} sets with ${summary.setlistTracks} rows · ${summary.tracks} tracks · ${summary.artists} artists · ${summary.mentions} mentions`,
  );
  printLine(`${search.documents} documents in search (${search.adapter}) · ${seconds} s`);
}

/** Sources that were left alone: no failure, but a person who misses their data should not have to look for the cause. */
async function notCrawledLines(ctx: JobCtx): Promise<string[]> {
  const reasons = await Promise.all((await loadAllSources()).map((source) => whyNotCrawled(ctx, source)));
  return reasons.flatMap((reason) => (reason === null ? [] : [`not crawled: ${reason.message}. ${reason.hint}`]));
}

/** What the verifier finds of the requests of this start. */
async function politenessLine({ db, archive }: JobCtx, since: Date, options: Options): Promise<string> {
  const facts = (await loadAllSources()).map((source) => source.facts);
  const verification = await verifyPoliteness({ db, archive, facts, since, source: null });
  const violations = counted(countViolations(verification), 'violation');
  return `${counted(verification.requests, 'request')} in the ledger, ${violations} of politeness (npx musicdb politeness verify${dataArgument(options)})`;
}

function dataArgument({ data }: Options): string {
  return data === undefined ? '' : ` --data ${data}`;
}

async function printServing({ config, db }: JobCtx, options: Options): Promise<void> {
  const api = readRuntime(config.dataDir)?.api;
  if (options.json || !api) return;
  const [played] = await readPopularTracks(db, 1);
  // What a shell would read into a title is left out of it.
  const words = played?.title.replace(/["$`\\!]/g, '') ?? '…';
  const data = dataArgument(options);
  printLine();
  printLine(`dashboard    ${api.url}/`);
  printLine(`queues       ${api.url}/admin/queues   (log in with the token of \`npx musicdb status --json${data}\`)`);
  printLine(`API          ${api.url}/api/v1/search?index=tracks&q=…   (${api.url}/openapi.json)`);
  printLine(`try          npx musicdb search tracks "${words}"${data}`);
  printLine('Ctrl-C stops everything that was started.');
}
