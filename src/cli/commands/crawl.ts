/** `musicdb crawl`: one source now, at top priority, through the whole pipeline; ends when everything it led to is loaded. */
import { closedHosts } from '../../../jobs/access.ts';
import type { JobCtx } from '../../../jobs/job.ts';
import { crawlQueue, PIPELINE_QUEUES, PRIORITY } from '../../../jobs/queues.ts';
import { loadSource } from '../../../spiders/registry.ts';
import type { PageRequest } from '../../core/parse-result.ts';
import { requestsForSeed } from '../../core/seeds.ts';
import type { Source } from '../../core/source.ts';
import { countDueAt, countFailedOf, countRequests, makeDue, type SourceHost } from '../../repositories/frontier.ts';
import { enqueue } from '../../repositories/outbox.ts';
import { countNotInArchive, removeReplayPages } from '../../repositories/replay-pages.ts';
import { finishRun, startRun } from '../../repositories/runs.ts';
import { drain } from '../../worker/drain.ts';
import { startWorker } from '../../worker/worker.ts';
import { numberArgument, sourceArgument } from '../arguments.ts';
import { type CrawlReport, printReport, readReport } from '../crawl-report.ts';
import { assertLive, enterBy, readWay, type Way, type WayOptions } from '../crawl-way.ts';
import { whyHeld } from '../not-crawled.ts';
import type { CommonOptions } from '../output.ts';
import { createProgress, type Gauge } from '../progress.ts';
import { indexReplay } from '../replay-from.ts';
import { withSandbox } from '../sandbox.ts';
import { configFor, withServices } from '../with-services.ts';

export interface CrawlOptions extends CommonOptions, WayOptions {
  readonly seed?: string[];
  readonly limit?: string;
  readonly data?: string;
}

/** What is crawled, from where on, and how far. */
interface Errand {
  readonly source: Source;
  readonly seeds: readonly PageRequest[];
  /** Pages at most; null for all that the seeds lead to. */
  readonly limit: number | null;
}

/** A crawl that has begun. */
interface Run extends Errand {
  readonly via: NonNullable<Way['via']>;
  readonly runId: string;
  readonly replay: Way['replay'];
  readonly indexed: { readonly pages: number; readonly unusable: number } | null;
}

export async function run([sourceName = '']: string[], options: CrawlOptions): Promise<number> {
  const source = await loadSource(sourceArgument(sourceName));
  const seeds =
    options.seed === undefined ? source.seeds() : options.seed.flatMap((seed) => requestsForSeed(source, seed));
  const limit =
    options.limit === undefined ? null : numberArgument(options.limit, '--limit', { min: 1, max: 1_000_000 });
  return crawl({ source, seeds, limit }, options);
}

/**
 * Crawls from `seeds`, waits for everything they led to, prints what came of it, and returns the exit status.
 * @throws ConfigError, before anything is asked or noted, when the source may not be asked now.
 */
export async function crawl(errand: Errand, options: CrawlOptions): Promise<number> {
  const way = await readWay(options);
  // Known without any service: so none is started for it.
  if (way.via === 'live') assertLive(configFor(options.data), errand.source, errand.seeds);
  return withServices({ role: 'crawl', data: options.data, mayStart: true }, (found) =>
    withSandbox(found, { wanted: way.via === 'sandbox' }, async (ctx) => {
      const via = await enterBy(ctx, errand.source, { via: way.via, seeds: errand.seeds });
      const begun = await begin(ctx, { ...errand, via, replay: way.replay });
      const finished = await workOff(ctx, begun);
      const report = await finish(ctx, begun, finished);
      printReport(errand.source, report, options.json === true);
      // What failed in earlier runs is told, and is not this one's failure.
      const failed = await countFailedOf(ctx.db, begun.runId);
      return finished && report.stopped === null && failed === 0 ? 0 : 1;
    }),
  );
}

async function begin(ctx: JobCtx, known: Omit<Run, 'runId' | 'indexed'>): Promise<Run> {
  const { source, seeds, limit, via, replay } = known;
  await ctx.search.prepare();
  const params = { via, seeds: seeds.length, limit };
  const workflow = replay === null ? 'crawl' : 'replay';
  const runId = await startRun(ctx.db, { workflow, source: source.facts.name, params }, ctx.clock.now());
  const indexed = replay === null ? null : await indexReplay(ctx, replay.place, { runId, source, at: replay.at });
  const begun = { ...known, runId, indexed };
  await ask(ctx, begun);
  return begun;
}

/** Puts the seeds before everything else, and asks for their crawl. */
async function ask(ctx: JobCtx, { source, seeds, limit, via, runId, replay }: Run): Promise<void> {
  const { name } = source.facts;
  const about = { source: name, priority: PRIORITY.manual, depth: 0, runId };
  const requests = seeds.map(({ url, kind }) => ({ ...about, url, kind, urlKey: source.normaliseUrl(url) }));
  const job = {
    queue: crawlQueue(name),
    name: 'crawl',
    payload: { source: name, via, runId, limit, ...(replay === null ? {} : { from: replay.place.from }) },
    priority: PRIORITY.manual,
  };
  const now = ctx.clock.now();
  await ctx.db.transaction(async (tx) => {
    // A person who asks wants the page, and not to hear that it has not changed.
    await makeDue(tx, requests, now, { whole: true });
    await enqueue(tx, [job], now);
  });
}

async function finish(ctx: JobCtx, run: Run, finished: boolean): Promise<CrawlReport> {
  const { source, via, runId, indexed } = run;
  const replay = indexed === null ? null : { ...indexed, notInArchive: await countNotInArchive(ctx.db, runId) };
  const stopped = via === 'replay' ? null : await whyHeld(ctx, source, via);
  const waitingForSettings = await countDueAt(ctx.db, closedOf(ctx, run));
  const report = await readReport(ctx.db, { source, runId, via, replay, stopped, waitingForSettings });
  const counts = { ...report.summary.sources[source.facts.name] };
  await finishRun(ctx.db, runId, { state: finished ? 'done' : 'cancelled', counts, error: null }, ctx.clock.now());
  if (replay !== null && finished) await removeReplayPages(ctx.db, runId);
  return report;
}

/** True when everything is done, false when the process was asked to stop first. */
async function workOff(ctx: JobCtx, run: Run): Promise<boolean> {
  const { source, via, limit } = run;
  const { name } = source.facts;
  const closed = closedOf(ctx, run);
  const worker = await startWorker(ctx, { queues: [crawlQueue(name), ...PIPELINE_QUEUES], concurrency: null });
  const progress = createProgress();
  try {
    return await drain(ctx, {
      // What is due of other runs is not a replay's to wait for.
      requestsOf: limit === null && via !== 'replay' ? name : null,
      crawlJobsOf: name,
      closed,
      onProgress: async (waiting) => progress.show([await gauge(ctx, name, { ...waiting, closed })]),
    });
  } finally {
    progress.end();
    await worker.release();
  }
}

/** Hosts whose requests wait for settings, however long this crawl waits for them. */
function closedOf(ctx: JobCtx, { source, via }: Run): SourceHost[] {
  return closedHosts(ctx, source, via).map((host) => ({ source: source.facts.name, host }));
}

async function gauge(
  ctx: JobCtx,
  name: string,
  { items, jobs, closed }: { items: number; jobs: number; closed: readonly SourceHost[] },
): Promise<Gauge> {
  const { done = 0, due = 0, leased = 0, failed = 0 } = await countRequests(ctx.db, name);
  const waiting = closed.length === 0 ? 0 : await countDueAt(ctx.db, closed);
  const remarks = [
    `${items} items to load, ${jobs} jobs`,
    ...(failed > 0 ? [`${failed} failed`] : []),
    ...(waiting > 0 ? [`${waiting} wait for settings`] : []),
  ];
  return { name, done, total: done + due + leased - waiting, remark: remarks.join(', ') };
}
