/**
 * Crawl: leases what is due of one source and lets its spider fetch, archive, parse and land it, for a slice of time. When more is due
 * after that, it asks for its own continuation. A refusal by the source opens its breaker and ends the slice.
 */
import { loadSource } from '../spiders/registry.ts';
import { PermanentError } from '../src/core/errors.ts';
import type { LeasedRequest } from '../src/core/fetching.ts';
import type { Source } from '../src/core/source.ts';
import { admit, giveBackTrial } from '../src/repositories/breaker.ts';
import { releaseLeases } from '../src/repositories/frontier.ts';
import { enqueue, finishJob, holdJob } from '../src/repositories/outbox.ts';
import { readAlarms } from '../src/repositories/page-yields.ts';
import { mayRun, readSourceState } from '../src/repositories/source-states.ts';
import { describeMissing, liveAccess, sandboxedHosts, whyOtherWeb } from './access.ts';
import { limiterOf, rendererOf } from './crawl/asking.ts';
import { fetchAuthorised } from './crawl/authorised.ts';
import { fail } from './crawl/failing.ts';
import { archive, land } from './crawl/keeping.ts';
import { lease } from './crawl/leasing.ts';
import { type Pages, replayerOf } from './crawl/replaying.ts';
import { openSlice, type Slice } from './crawl/slice.ts';
import { isOn } from './crawl/switch.ts';
import { type Attempt, defineJob, type JobCtx, type Outcome } from './job.ts';
import { type CrawlPayload, parseCrawlPayload } from './payloads.ts';
import { CRAWL_QUEUE_NAMES, crawlQueue, PRIORITY } from './queues.ts';

/** A slice: after it the job ends and asks for its continuation, so that a stop or a change of priority takes effect. */
const SLICE_MS = 60_000;

export const crawlJob = defineJob<CrawlPayload>({
  queues: CRAWL_QUEUE_NAMES,
  parsePayload: parseCrawlPayload,
  concurrency: 1,
  // One slice of a source at a time over all processes: its limits are the source's, not ours to multiply.
  globalConcurrency: 1,
  run: crawlSlice,
});

async function crawlSlice(ctx: JobCtx, attempt: Attempt<CrawlPayload>): Promise<Outcome> {
  const { outboxId, payload, signal } = attempt;
  if (outboxId !== null && !(await holdJob(ctx.db, outboxId))) return { skipped: 'done by another attempt' };
  const source = await loadSource(payload.source);
  await assertAccess(ctx, source, payload);
  const slice = openSlice(ctx, source, attempt);
  try {
    if (await mayAsk(slice)) await crawlDue(slice, signal);
    await slice.lander.settled();
  } finally {
    // What came is stored while its leases hold; a fault that kept it from being was thrown already, or another came first.
    await slice.lander.settled().catch(() => undefined);
    await slice.http.release().catch((error: unknown) => ctx.log.warn({ err: error }, 'connections were not closed'));
    if (slice.trial !== 'none' && slice.breaker !== null) await giveBackTrial(ctx.db, slice.breaker, slice.owner);
    await slice.leases.release();
    await releaseLeases(ctx.db, slice.owner);
  }
  await finishSlice(slice, outboxId);
  return { ...slice.lander.totals, failed: slice.failed };
}

/** Reads what holds for the source, and claims the one request of a half-open breaker. */
async function mayAsk(slice: Slice): Promise<boolean> {
  const { ctx, owner, breaker } = slice;
  if (breaker === null) return true;
  const { source, via } = breaker;
  const admission = await ctx.db.transaction((tx) => admit(tx, { ...breaker, owner, now: ctx.clock.now() }));
  if (admission === 'nobody') return false;
  slice.trial = admission === 'one-trial' ? 'to-ask' : 'none';
  slice.streak = (await readSourceState(ctx.db, source, via)).streak;
  for (const [kind, fields] of await readAlarms(ctx.db, source)) slice.alarms.set(kind, fields);
  return true;
}

/** Nothing once the source is switched off; of a half-open breaker one request, and no other before its answer. */
async function leaseWithin(slice: Slice, count: number): Promise<LeasedRequest[]> {
  if (!(await isOn(slice))) return [];
  if (slice.trial === 'none') return lease(slice, count);
  if (slice.trial === 'asked') return [];
  const leased = await lease(slice, 1);
  if (leased.length > 0) slice.trial = 'asked';
  return leased;
}

async function crawlDue(slice: Slice, stop: AbortSignal): Promise<void> {
  const { ctx, source } = slice;
  // Loaded when a crawl runs: workers of the other queues, and every start, do without Crawlee.
  const { runSpider } = await import('../spiders/run-spider.ts');
  const isPolite = slice.gate !== null;
  const concurrency = isPolite ? source.facts.limits.maxConcurrency : ctx.config.crawlConcurrency;
  const pages = slice.payload.via === 'replay' ? await replayerOf(slice) : askedPages(slice, isPolite);
  try {
    await runSpider({
      source,
      concurrency,
      lease: (count) => leaseWithin(slice, count),
      settled: () => slice.lander.settled(),
      fetch: pages.fetch,
      render: pages.render,
      archive: (page) => archive(slice, page),
      onVisit: (visit) => land(slice, visit),
      onFailure: (request, error, page) => fail(slice, request, { error, page }),
      signal: AbortSignal.any([stop, slice.end.signal, AbortSignal.timeout(SLICE_MS)]),
    });
  } finally {
    await pages.release();
  }
}

/** Pages from their source: over HTTP, or in a browser. */
function askedPages(slice: Slice, isPolite: boolean): Pages {
  const inTurn = limiterOf(slice.source, isPolite);
  const renderer = rendererOf(slice);
  return {
    fetch: (request) => inTurn(() => fetchAuthorised(slice, request)),
    render: (request) => inTurn(() => renderer.render(request)),
    release: () => renderer.release(),
  };
}

/**
 * @throws PermanentError naming every condition that is missing: a source is never asked before those of one of its hosts hold.
 * @throws ConfigError where site and sandbox would be mixed.
 */
async function assertAccess(ctx: JobCtx, source: Source, { via }: CrawlPayload): Promise<void> {
  if (via === 'replay') return;
  const otherWeb = await whyOtherWeb(ctx, source, via);
  if (otherWeb !== null) throw otherWeb;
  if (via === 'sandbox') {
    if (sandboxedHosts(source.facts, ctx.config.sandboxHosts).length > 0) return;
    throw new PermanentError(`no sandbox stands in for ${source.facts.title}`, {
      code: 'NO_SANDBOX',
      hint: 'Start one (`musicdb up`), or crawl with --live.',
    });
  }
  const { open, missing } = liveAccess(source.facts, ctx.config.credentials);
  if (open.length === 0) {
    throw new PermanentError(`${source.facts.title} may not be crawled live yet: ${describeMissing(missing)}`, {
      code: 'ACCESS',
    });
  }
}

/** The slice's end and the enqueue of its continuation are one. */
async function finishSlice({ ctx, payload, leased, breaker }: Slice, outboxId: number | null): Promise<void> {
  const now = ctx.clock.now();
  const limit = payload.limit === null ? null : payload.limit - leased;
  await ctx.db.transaction(async (tx) => {
    // Two attempts may have run at once (Redis was lost): one continuation is enough.
    if (outboxId !== null && !(await holdJob(tx, outboxId))) return;
    const mayGoOn =
      (limit === null || limit > 0) &&
      leased > 0 &&
      (breaker === null || mayRun(await readSourceState(tx, breaker.source, breaker.via), now));
    if (mayGoOn) {
      const priority = payload.runId === null ? PRIORITY.scheduled : PRIORITY.manual;
      await enqueue(
        tx,
        [{ queue: crawlQueue(payload.source), name: 'crawl', payload: { ...payload, limit }, priority }],
        now,
      );
    }
    if (outboxId !== null) await finishJob(tx, outboxId);
  });
}
