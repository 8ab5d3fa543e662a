/**
 * Crawl: leases what is due of one source and lets its spider fetch, archive, parse and land it, for a slice of time. When more is due
 * after that, it asks for its own continuation. A refusal by the source opens its breaker and ends the slice.
 */
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import Bottleneck from 'bottleneck';
import { loadSource } from '../spiders/registry.ts';
import type { Renderer } from '../spiders/render-page.ts';
import type { Visit } from '../spiders/run-spider.ts';
import { PermanentError, ThrottledError } from '../src/core/errors.ts';
import type { FetchedPage, LeasedRequest } from '../src/core/fetching.ts';
import type { Source } from '../src/core/source.ts';
import { createEgressGuard } from '../src/platform/egress-guard.ts';
import { assertUsableStatus, createHttpClient, type HttpClient } from '../src/platform/http-client.ts';
import { userAgent } from '../src/platform/user-agent.ts';
import { countFetchesSince, recordFailedFetch } from '../src/repositories/fetches.ts';
import { failLease, leaseDue, releaseLeases } from '../src/repositories/frontier.ts';
import type { LandingPage } from '../src/repositories/landing.ts';
import { enqueue, finishJob, holdJob } from '../src/repositories/outbox.ts';
import { bookRequest, mayRun, openBreaker, readSourceState } from '../src/repositories/source-states.ts';
import { missingConditions, sandboxedHosts } from './access.ts';
import { type Attempt, defineJob, type JobCtx, type Outcome } from './job.ts';
import { Lander } from './lander.ts';
import { type CrawlPayload, parseCrawlPayload } from './payloads.ts';
import { CRAWL_QUEUE_NAMES, crawlQueue, PRIORITY } from './queues.ts';

/** A slice: after it the job ends and asks for its continuation, so that a stop or a change of priority takes effect. */
const SLICE_MS = 60_000;
const DAY_MS = 86_400_000;
/** A source that refused us is left alone this long. */
const REFUSED_MS = DAY_MS;
/** One that answers 401 or 403, this long. */
const FORBIDDEN_MS = 3_600_000;
/** Bounds of the wait that a server may ask for: a shorter one would ask it again at once, a longer one is a mistake of its clock. */
const SHORTEST_WAIT_MS = 1_000;
const LONGEST_WAIT_MS = 30 * DAY_MS;
/** First retry of a page after about this long, doubling with each attempt. */
const RETRY_MS = 5_000;

export const crawlJob = defineJob<CrawlPayload>({
  queues: CRAWL_QUEUE_NAMES,
  parsePayload: parseCrawlPayload,
  concurrency: 1,
  // One slice of a source at a time over all processes: its limits are the source's, not ours to multiply.
  globalConcurrency: 1,
  run: crawlSlice,
});

interface Slice {
  readonly ctx: JobCtx;
  readonly source: Source;
  readonly payload: CrawlPayload;
  readonly owner: string;
  readonly lander: Lander;
  readonly http: HttpClient;
  /** Hosts that may be asked. */
  readonly hosts: readonly string[];
  /** Ends the slice early: a refusal, a throttle, a stop. */
  readonly end: AbortController;
  /** Aborted by that end, and by a stop of the process. */
  readonly stop: AbortSignal;
  leased: number;
  failed: number;
  readonly documents: Map<FetchedPage, LandingPage['document']>;
}

async function crawlSlice(ctx: JobCtx, attempt: Attempt<CrawlPayload>): Promise<Outcome> {
  const { outboxId, payload, signal } = attempt;
  if (outboxId !== null && !(await holdJob(ctx.db, outboxId))) return { skipped: 'done by another attempt' };
  const source = await loadSource(payload.source);
  assertAccess(ctx, source, payload);
  const slice = openSlice(ctx, source, attempt);
  try {
    if (mayRun(await readSourceState(ctx.db, payload.source), ctx.clock.now())) await crawlDue(slice, signal);
    await slice.lander.settled();
  } finally {
    await slice.http.release();
    await releaseLeases(ctx.db, slice.owner);
  }
  await finishSlice(slice, outboxId);
  return { ...slice.lander.totals, failed: slice.failed };
}

function openSlice(ctx: JobCtx, source: Source, { payload, signal }: Attempt<CrawlPayload>): Slice {
  const end = new AbortController();
  const sandboxHosts = payload.via === 'sandbox' ? ctx.config.sandboxHosts : {};
  const allow = [...ctx.config.egressAllow, ...Object.values(sandboxHosts).map((origin) => new URL(origin).host)];
  return {
    ctx,
    source,
    payload,
    owner: randomUUID(),
    lander: new Lander(ctx, payload.runId === null ? PRIORITY.scheduled : PRIORITY.manual),
    http: createHttpClient({
      guard: createEgressGuard(allow),
      clock: ctx.clock,
      userAgent: userAgent(ctx.config.contact),
      sandboxHosts,
    }),
    hosts: payload.via === 'sandbox' ? sandboxedHosts(source.facts, sandboxHosts) : source.facts.hosts,
    end,
    stop: AbortSignal.any([signal, end.signal]),
    leased: 0,
    failed: 0,
    documents: new Map(),
  };
}

async function crawlDue(slice: Slice, stop: AbortSignal): Promise<void> {
  const { ctx, source, payload } = slice;
  // Loaded when a crawl runs: workers of the other queues, and every start, do without Crawlee.
  const { runSpider } = await import('../spiders/run-spider.ts');
  const concurrency = payload.via === 'sandbox' ? ctx.config.crawlConcurrency : source.facts.limits.maxConcurrency;
  const inTurn = payload.via === 'sandbox' ? atOnce : createLimiter(source, concurrency);
  const renderer = rendererOf(slice);
  try {
    await runSpider({
      source,
      concurrency,
      lease: (count) => lease(slice, count),
      settled: () => slice.lander.settled(),
      fetch: (request) => inTurn(() => politely(slice, () => fetchPage(slice, request))),
      render: (request) => inTurn(() => politely(slice, async () => (await renderer.open()).render(request.url))),
      archive: (page) => archive(slice, page),
      onVisit: (visit) => land(slice, visit),
      onFailure: (request, error) => fail(slice, request, error),
      signal: AbortSignal.any([stop, slice.end.signal, AbortSignal.timeout(SLICE_MS)]),
    });
  } finally {
    await renderer.release();
  }
}

type InTurn = <T>(work: () => Promise<T>) => Promise<T>;

/** The sandbox is nobody's server: the harness's own bound on pages in flight is enough. */
const atOnce: InTurn = (work) => work();

function createLimiter(source: Source, maxConcurrent: number): InTurn {
  const limiter = new Bottleneck({ maxConcurrent, minTime: source.facts.limits.minDelayMs });
  return (work) => limiter.schedule(work);
}

/** The browser and all that drives it are loaded with the first page that needs them. */
function rendererOf({ ctx, http, hosts }: Slice): { open(): Promise<Renderer>; release(): Promise<void> } {
  let opened: Promise<Renderer> | null = null;
  const open = async () => {
    const { createRenderer } = await import('../spiders/render-page.ts');
    return createRenderer({
      chromiumPath: ctx.config.chromiumPath,
      fetchResource: (url) => http.fetch({ url, headers: {}, allowedHosts: hosts }),
    });
  };
  return {
    open: () => {
      opened ??= open();
      return opened;
    },
    release: async () => {
      await (await opened)?.release();
    },
  };
}

/** @throws PermanentError naming every condition that is missing: a source is never asked before they all hold. */
function assertAccess(ctx: JobCtx, source: Source, { via }: CrawlPayload): void {
  if (via === 'sandbox') {
    if (sandboxedHosts(source.facts, ctx.config.sandboxHosts).length > 0) return;
    throw new PermanentError(`no sandbox stands in for ${source.facts.title}`, {
      code: 'NO_SANDBOX',
      hint: 'Start one (`musicdb up`), or crawl with --live.',
    });
  }
  const missing = missingConditions(source.facts, ctx.config.credentials);
  if (missing.length > 0) {
    throw new PermanentError(
      `${source.facts.title} may not be crawled live yet: ${missing.map(({ variable, why }) => `${variable} is not set (${why})`).join('; ')}`,
      { code: 'ACCESS' },
    );
  }
}

async function lease(slice: Slice, count: number): Promise<LeasedRequest[]> {
  const { ctx, payload, source } = slice;
  const { perDay } = source.facts.limits;
  const now = ctx.clock.now();
  const wanted = Math.min(count, payload.limit === null ? count : payload.limit - slice.leased);
  const quota =
    payload.via === 'live' && perDay !== null
      ? perDay - (await countFetchesSince(ctx.db, payload.source, new Date(now.getTime() - DAY_MS)))
      : wanted;
  if (Math.min(wanted, quota) <= 0) return [];
  const leased = await leaseDue(ctx.db, {
    source: payload.source,
    owner: slice.owner,
    count: Math.min(wanted, quota),
    now,
  });
  slice.leased += leased.length;
  return leased;
}

/** Live requests of a source keep their distance over all processes: each books its start in Postgres. */
async function politely<T>(slice: Slice, work: () => Promise<T>): Promise<T> {
  if (slice.payload.via === 'live') {
    const waitMs = await bookRequest(
      slice.ctx.db,
      slice.payload.source,
      slice.source.facts.limits.minDelayMs,
      slice.ctx.clock.now(),
    );
    // A stop or a refusal while it waits ends the wait, and nothing more is asked.
    if (waitMs > 0) await sleep(waitMs, undefined, { signal: slice.stop });
  }
  return work();
}

async function fetchPage({ ctx, source, http, hosts }: Slice, request: LeasedRequest): Promise<FetchedPage> {
  const headers = source.headers(request, ctx.config.credentials);
  const page = await http.fetch({ url: request.url, headers, allowedHosts: hosts });
  assertUsableStatus(page, ctx.clock);
  return page;
}

async function archive(slice: Slice, page: FetchedPage): Promise<void> {
  const stored = await slice.ctx.archive.put(page.rawBody);
  slice.documents.set(page, { ...stored, contentEncoding: page.contentEncoding });
}

async function land(slice: Slice, { request, page, result }: Visit): Promise<void> {
  const document = slice.documents.get(page);
  if (document === undefined) throw new Error(`${page.url} was parsed before it was archived`);
  slice.documents.delete(page);
  const refusal = refusalOf(page, result);
  const comesAgain = refusal !== null || result.problems.some(({ code }) => code === 'truncated');
  await slice.lander.add({
    source: slice.payload.source,
    via: slice.payload.via,
    url: page.url,
    finalUrl: page.finalUrl,
    kind: request.kind,
    status: page.status,
    headers: page.headers,
    redirects: page.redirects,
    remoteAddress: page.remoteAddress,
    durationMs: page.durationMs,
    fetchedAt: page.fetchedAt,
    runId: slice.payload.runId,
    document,
    items: result.items,
    problems: result.problems,
    requests: result.requests.map(({ url, kind }) => ({
      source: slice.payload.source,
      urlKey: slice.source.normaliseUrl(url),
      url,
      kind,
      priority: slice.payload.runId === null ? 5 : 2,
      depth: request.depth + 1,
      runId: slice.payload.runId,
    })),
    // A page that was not given, or not whole, is kept as evidence and asked for again.
    lease: comesAgain ? null : { id: request.id, token: request.token },
  });
  if (refusal !== null) await refuse(slice, refusal.reason, refusal.forMs);
  if (comesAgain) {
    const dueAt = new Date(slice.ctx.clock.now().getTime() + (refusal?.forMs ?? RETRY_MS * 2 ** request.attempts));
    const problem = refusal?.reason ?? 'the page is truncated';
    await failLease(slice.ctx.db, {
      id: request.id,
      token: request.token,
      problem,
      cure: refusal?.cure ?? 'retry',
      dueAt,
    });
  }
}

interface Refusal {
  readonly reason: string;
  /** How long the source is left alone, milliseconds. */
  readonly forMs: number;
  readonly cure: 'wait' | 'retry';
}

/** Whether a page is no page but a refusal: a block page of the source's own, or a status that says we may not. */
function refusalOf({ status }: FetchedPage, { items }: Visit['result']): Refusal | null {
  const block = items.find((item) => item.kind === 'block');
  if (block?.kind === 'block')
    return { reason: `the source refused us: ${block.reason}`, forMs: REFUSED_MS, cure: 'wait' };
  // It may be this page alone (a private one): it costs an attempt, so that it cannot stop the source for ever.
  if (status === 401 || status === 403)
    return { reason: `the source refused us: HTTP ${status}`, forMs: FORBIDDEN_MS, cure: 'retry' };
  return null;
}

async function fail(slice: Slice, { id, token, attempts, url, kind }: LeasedRequest, error: Error): Promise<void> {
  const now = slice.ctx.clock.now().getTime();
  if (error.name === 'AbortError' && slice.stop.aborted) {
    await failLease(slice.ctx.db, {
      id,
      token,
      problem: 'stopped before it was asked',
      cure: 'wait',
      dueAt: new Date(now),
    });
    return;
  }
  slice.failed += 1;
  await recordFailedFetch(slice.ctx.db, {
    ...slice.payload,
    url,
    kind,
    problem: error.message,
    fetchedAt: new Date(now),
  });
  if (error instanceof ThrottledError) {
    const waitMs = Math.min(Math.max(error.retryAfterMs, SHORTEST_WAIT_MS), LONGEST_WAIT_MS);
    await failLease(slice.ctx.db, { id, token, problem: error.message, cure: 'wait', dueAt: new Date(now + waitMs) });
    await refuse(slice, error.message, waitMs);
    return;
  }
  const cure = error instanceof PermanentError ? 'give-up' : 'retry';
  slice.ctx.log.warn({ source: slice.payload.source, url, err: error, cure }, 'page failed');
  await failLease(slice.ctx.db, {
    id,
    token,
    problem: error.message.slice(0, 1_000),
    cure,
    dueAt: new Date(now + RETRY_MS * 2 ** attempts * (0.5 + Math.random())),
  });
}

async function refuse(slice: Slice, reason: string, forMs: number): Promise<void> {
  slice.end.abort();
  slice.ctx.log.warn({ source: slice.payload.source, reason, forMs }, 'breaker opened');
  await openBreaker(slice.ctx.db, slice.payload.source, reason, new Date(slice.ctx.clock.now().getTime() + forMs));
}

/** The slice's end and the enqueue of its continuation are one. */
async function finishSlice({ ctx, payload, leased }: Slice, outboxId: number | null): Promise<void> {
  const now = ctx.clock.now();
  const limit = payload.limit === null ? null : payload.limit - leased;
  await ctx.db.transaction(async (tx) => {
    // Two attempts may have run at once (Redis was lost): one continuation is enough.
    if (outboxId !== null && !(await holdJob(tx, outboxId))) return;
    const mayGoOn =
      (limit === null || limit > 0) && leased > 0 && mayRun(await readSourceState(tx, payload.source), now);
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
