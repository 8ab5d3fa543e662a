/**
 * The Crawlee harness: drives one source's spider over requests leased from the frontier. It fetches, archives, parses and hands on;
 * it knows no queue and no database. Crawlee keeps no request storage of its own here (its storage holds every page in memory),
 * and retries nothing: the frontier owns retries, because only it survives the process.
 */
import { BasicCrawler, Configuration, type IRequestList, LogLevel, log, Request } from '@crawlee/basic';
import { asError, RefusedAnswer } from '../src/core/errors.ts';
import type { FetchedPage, LeasedRequest } from '../src/core/fetching.ts';
import type { ParseResult, Problem } from '../src/core/parse-result.ts';
import type { Source } from '../src/core/source.ts';

const HOUR_MS = 3_600_000;
const NOT_MODIFIED = 304;

/** One page fetched, archived and parsed. */
export interface Visit {
  readonly request: LeasedRequest;
  readonly page: FetchedPage;
  readonly result: ParseResult;
}

export interface SpiderRun {
  readonly source: Source;
  /** Pages in flight at most. */
  readonly concurrency: number;
  /** Leases up to `count` requests; an empty answer means that nothing is due now. */
  readonly lease: (count: number) => Promise<LeasedRequest[]>;
  /** True when no visit that was handed on still waits to be stored: only then can an empty lease mean the end. */
  readonly settled: () => Promise<void>;
  /** @throws RefusedAnswer for an answer that is no page: it is archived, and fails with its fault. */
  readonly fetch: (request: LeasedRequest) => Promise<FetchedPage>;
  /** Renders a page in a browser; called for requests whose source says `needsBrowser`. */
  readonly render: (request: LeasedRequest) => Promise<FetchedPage>;
  /** Keeps the bytes; nothing that was read in them is handed on before that is done. */
  readonly archive: (page: FetchedPage) => Promise<void>;
  readonly onVisit: (visit: Visit) => Promise<void>;
  /** @param page the archived answer that was no page; null when none came. */
  readonly onFailure: (request: LeasedRequest, error: Error, page: FetchedPage | null) => Promise<void>;
  /** When aborted, nothing new is leased and what is in flight is finished. */
  readonly signal: AbortSignal;
}

/** Runs until nothing is due or the signal is aborted; resolves when everything in flight has been handed on. */
export async function runSpider(run: SpiderRun): Promise<void> {
  log.setLevel(LogLevel.OFF);
  const requests = new LeasedRequests(run);
  const crawler = new BasicCrawler(
    {
      requestList: requests,
      requestHandler: ({ request }) => visit(run, requests, request.userData.leased as LeasedRequest),
      minConcurrency: run.concurrency,
      maxConcurrency: run.concurrency,
      maxRequestRetries: 0,
      requestHandlerTimeoutSecs: 300,
      useSessionPool: false,
      retryOnBlocked: false,
      statisticsOptions: { logIntervalSecs: 3_600, persistenceOptions: { enable: false } },
      autoscaledPoolOptions: {
        maybeRunIntervalSecs: 0.05,
        loggingIntervalSecs: null,
        systemStatusOptions: {
          maxMemoryOverloadedRatio: 1,
          maxEventLoopOverloadedRatio: 1,
          maxCpuOverloadedRatio: 1,
          maxClientOverloadedRatio: 1,
        },
      },
    },
    // Crawlee asks `ps` for its memory at this interval, a process each time; nothing here depends on the answer.
    new Configuration({ persistStorage: false, availableMemoryRatio: 0.9, systemInfoIntervalMillis: HOUR_MS }),
  );
  await crawler.run();
  if (requests.fault !== null) throw requests.fault;
}

/** A page that does not come is its source's fault; one that cannot be kept is ours, ends the run, and is punished in nobody. */
async function visit(run: SpiderRun, requests: LeasedRequests, request: LeasedRequest): Promise<void> {
  try {
    const page = await fetched(run, request);
    if (page === null) return;
    const archived = run.archive(page);
    // Reading takes the time in which the archive writes. Nothing that was read goes further before the bytes are safe.
    archived.catch(() => undefined);
    const result = read(run, page);
    await archived;
    await run.onVisit({ request, page, result });
  } catch (fault) {
    requests.end(asError(fault));
  }
}

async function fetched(run: SpiderRun, request: LeasedRequest): Promise<FetchedPage | null> {
  try {
    return await (run.source.needsBrowser(request) ? run.render(request) : run.fetch(request));
  } catch (thrown) {
    if (thrown instanceof RefusedAnswer) {
      await run.archive(thrown.page);
      await run.onFailure(request, thrown.fault, thrown.page);
    } else await run.onFailure(request, asError(thrown), null);
    return null;
  }
}

/** What the page says. One that came without a body says nothing, and one whose bytes cannot be undone says only that. */
function read({ source }: SpiderRun, page: FetchedPage): ParseResult {
  if (page.status === NOT_MODIFIED || page.bodyFault !== null) return nothing(source, problemsOf(page));
  try {
    return source.parse({
      body: page.body,
      url: page.finalUrl,
      status: page.status,
      contentType: page.headers['content-type'] ?? null,
      fetchedAt: page.fetchedAt.toISOString(),
    });
  } catch (thrown) {
    // No parser may throw. One that does has met a page it was not written for: the page is kept, and held.
    return nothing(source, [{ code: 'parser-fault', message: asError(thrown).message, where: null }]);
  }
}

function nothing({ facts }: Source, problems: Problem[]): ParseResult {
  return { source: facts.name, items: [], requests: [], problems };
}

function problemsOf({ bodyFault }: FetchedPage): Problem[] {
  if (bodyFault === null) return [];
  const { code, message } = bodyFault;
  return [{ code: code.toLowerCase().replaceAll('_', '-'), message, where: null }];
}

/** The frontier as Crawlee sees it: an endless list that leases ahead a little and ends when nothing is due and nothing is in flight. */
class LeasedRequests implements IRequestList {
  readonly inProgress = new Set<string>();
  /** A fault of our own (of the frontier, the archive, the database): ends the run, and is thrown from it. */
  fault: Error | null = null;
  readonly #run: SpiderRun;
  #buffer: LeasedRequest[] = [];
  #handled = 0;
  #finished = false;
  #filling: Promise<void> | null = null;

  constructor(run: SpiderRun) {
    this.#run = run;
  }

  /** Nothing more is leased or handed out; what is in flight is finished. The first fault counts. */
  end(fault: Error): void {
    this.fault ??= fault;
    this.#buffer = [];
    this.#finished = true;
  }

  length(): number {
    return this.#handled + this.inProgress.size + this.#buffer.length;
  }

  handledCount(): number {
    return this.#handled;
  }

  async isEmpty(): Promise<boolean> {
    await this.#fill();
    return this.#buffer.length === 0;
  }

  async isFinished(): Promise<boolean> {
    return this.#finished && this.inProgress.size === 0 && this.#buffer.length === 0;
  }

  async fetchNextRequest(): Promise<Request | null> {
    await this.#fill();
    const leased = this.#buffer.shift();
    if (leased === undefined) return null;
    const uniqueKey = `${leased.id}-${leased.token}`;
    this.inProgress.add(uniqueKey);
    return new Request({ url: leased.url, uniqueKey, userData: { leased }, skipNavigation: true });
  }

  async markRequestHandled(request: Request): Promise<void> {
    this.inProgress.delete(request.uniqueKey);
    this.#handled += 1;
  }

  async reclaimRequest(request: Request): Promise<void> {
    await this.markRequestHandled(request);
  }

  async persistState(): Promise<void> {
    // The frontier in Postgres is the state.
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Request> {
    for (let next = await this.fetchNextRequest(); next !== null; next = await this.fetchNextRequest()) yield next;
  }

  #fill(): Promise<void> {
    // What was leased ahead is not asked for any more; whoever leased it gives it back.
    if (this.#run.signal.aborted) this.#buffer = [];
    if (this.#buffer.length > 0 || this.#finished) return Promise.resolve();
    this.#filling ??= this.#leaseMore().finally(() => {
      this.#filling = null;
    });
    return this.#filling;
  }

  async #leaseMore(): Promise<void> {
    try {
      if (this.#run.signal.aborted) {
        this.#finished = true;
        return;
      }
      const busy = this.inProgress.size > 0;
      this.#buffer = await this.#run.lease(this.#run.concurrency);
      if (this.#buffer.length > 0 || busy) return;
      await this.#run.settled();
      this.#buffer = await this.#run.lease(this.#run.concurrency);
      this.#finished = this.#buffer.length === 0;
    } catch (error) {
      this.end(asError(error));
    }
  }
}
