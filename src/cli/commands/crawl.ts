/** `musicdb crawl`: one source now, at top priority, through the whole pipeline; ends when everything it led to is loaded. */

import { closedHosts, crawlVia, describeMissing, liveAccess, missingAt } from '../../../jobs/access.ts';
import type { JobCtx } from '../../../jobs/job.ts';
import type { CrawlPayload } from '../../../jobs/payloads.ts';
import { crawlQueue, PIPELINE_QUEUES, PRIORITY } from '../../../jobs/queues.ts';
import { loadSource } from '../../../spiders/registry.ts';
import { ConfigError, UsageError } from '../../core/errors.ts';
import { requestsForSeed } from '../../core/seeds.ts';
import type { PageRequest, Source } from '../../core/source.ts';
import { countAnswers } from '../../repositories/fetches.ts';
import { countDueAt, countRequests, makeDue, type SourceHost } from '../../repositories/frontier.ts';
import { enqueue } from '../../repositories/outbox.ts';
import { countNotInArchive, removeReplayPages } from '../../repositories/replay-pages.ts';
import { finishRun, startRun } from '../../repositories/runs.ts';
import { readSourceState, type SourceState } from '../../repositories/source-states.ts';
import { readSummary, type SourceSummary } from '../../repositories/summary.ts';
import { drain } from '../../worker/drain.ts';
import { startWorker } from '../../worker/worker.ts';
import { numberArgument, sourceArgument, timeArgument } from '../arguments.ts';
import { type CommonOptions, note, printJson, printLine } from '../output.ts';
import { createProgress } from '../progress.ts';
import { indexReplay, replayFrom } from '../replay-from.ts';
import { withSandbox } from '../sandbox.ts';
import { withServices } from '../with-services.ts';

export interface CrawlOptions extends CommonOptions {
  readonly seed?: string[];
  readonly limit?: string;
  readonly live?: boolean;
  readonly sandbox?: boolean;
  readonly from?: string;
  readonly at?: string;
  readonly data?: string;
}

export async function run([sourceName = '']: string[], options: CrawlOptions): Promise<number> {
  const source = await loadSource(sourceArgument(sourceName));
  const seeds =
    options.seed === undefined ? source.seeds() : options.seed.flatMap((seed) => requestsForSeed(source, seed));
  const limit =
    options.limit === undefined ? null : numberArgument(options.limit, '--limit', { min: 1, max: 1_000_000 });
  return crawl(source, seeds, limit, options);
}

/** Crawls from `seeds`, waits for everything they led to, prints what came of it, and returns the exit status. */
export async function crawl(
  source: Source,
  seeds: readonly PageRequest[],
  limit: number | null,
  options: CrawlOptions,
): Promise<number> {
  const ways = [options.live, options.sandbox, options.from].filter((way) => way !== undefined && way !== false);
  if (ways.length > 1)
    throw new UsageError('--live, --sandbox and --from exclude each other', {
      hint: 'Say --sandbox for the local stand-in, --live for the real site, --from for an archive.',
    });
  if (options.at !== undefined && options.from === undefined)
    throw new UsageError('--at goes with --from', { hint: 'Only an archive can answer as of a time.' });
  const at = options.at === undefined ? null : timeArgument(options.at, '--at');
  const place = options.from === undefined ? null : await replayFrom(options.from);
  return withServices({ role: 'crawl', data: options.data, mayStart: true }, (found) =>
    withSandbox(found, { wanted: options.sandbox === true }, async (ctx) => {
      const via = place === null ? chooseVia(ctx, source, options) : 'replay';
      if (via === 'live') assertOpen(ctx, source, seeds);
      await ctx.search.prepare();
      const name = source.facts.name;
      const runId = await startRun(
        ctx.db,
        { workflow: place === null ? 'crawl' : 'replay', source: name, params: { via, seeds: seeds.length, limit } },
        ctx.clock.now(),
      );
      const indexed = place === null ? null : await indexReplay(ctx, place, { runId, source, at });
      await ask(ctx, source, seeds, {
        source: name,
        via,
        runId,
        limit,
        ...(place === null ? {} : { from: place.from }),
      });
      const closed = closedHosts(ctx, source, via).map((host) => ({ source: name, host }));
      // What is due of other runs is not a replay's to wait for.
      const finished = await workOff(ctx, source, { allRequests: limit === null && place === null, closed });
      const { sources, ...catalogue } = await readSummary(ctx.db, [name]);
      await finishRun(
        ctx.db,
        runId,
        { state: finished ? 'done' : 'cancelled', counts: { ...sources[name] }, error: null },
        ctx.clock.now(),
      );
      const requests = await countRequests(ctx.db, name);
      const waitingForSettings = await countDueAt(ctx.db, closed);
      const replay = indexed === null ? null : { ...indexed, notInArchive: await countNotInArchive(ctx.db, runId) };
      if (replay !== null && finished) await removeReplayPages(ctx.db, runId);
      const answers = await countAnswers(ctx.db, { source: name, runId });
      if (options.json)
        printJson({
          source: name,
          via,
          ...sources[name],
          answers,
          requests,
          waitingForSettings,
          catalogue,
          ...(replay === null ? {} : { replay }),
        });
      else
        printSummary(source, {
          via,
          answers,
          requests,
          waitingForSettings,
          ofSource: sources[name],
          replay,
          state: await readSourceState(ctx.db, name),
        });
      return finished && (requests.failed ?? 0) === 0 ? 0 : 1;
    }),
  );
}

/** Makes the pages due and asks for the crawl, at once. */
async function ask(ctx: JobCtx, source: Source, seeds: readonly PageRequest[], payload: CrawlPayload): Promise<void> {
  const name = source.facts.name;
  const now = ctx.clock.now();
  const requests = seeds.map(({ url, kind }) => ({
    source: name,
    urlKey: source.normaliseUrl(url),
    url,
    kind,
    priority: PRIORITY.manual,
    depth: 0,
    runId: payload.runId,
  }));
  const job = { queue: crawlQueue(name), name: 'crawl', payload: { ...payload }, priority: PRIORITY.manual };
  await ctx.db.transaction(async (tx) => {
    // A person who asks wants the page, and not to hear that it has not changed.
    await makeDue(tx, requests, now, { whole: true });
    await enqueue(tx, [job], now);
  });
}

interface Told {
  readonly via: string;
  /** Of this run. */
  readonly answers: Readonly<Record<string, number>>;
  /** Of the source, all runs. */
  readonly requests: Readonly<Record<string, number>>;
  /** Of those that are due. */
  readonly waitingForSettings: number;
  readonly ofSource: SourceSummary | undefined;
  readonly state: SourceState;
  readonly replay: { readonly pages: number; readonly unusable: number; readonly notInArchive: number } | null;
}

/** What this run was answered first: the totals would hide that one page of a rescrape was not there. */
function printSummary({ facts }: Source, told: Told): void {
  const { via, answers, requests, waitingForSettings, ofSource, replay, state } = told;
  printLine(`${facts.title} (${via}): ${inWords(answers) || `nothing was asked${heldBy(facts.name, state)}`}`);
  if (replay !== null)
    printLine(
      `  ${replay.pages} pages in the archive, ${replay.unusable} records unusable, ${replay.notInArchive} pages asked for that it does not hold`,
    );
  printLine(
    `  in all ${ofSource?.documents ?? 0} documents, ${ofSource?.items ?? 0} items, ${ofSource?.quarantined ?? 0} in quarantine; requests: ${inWords(requests)}`,
  );
  if (waitingForSettings > 0)
    printLine(`  ${waitingForSettings} of them wait for settings: \`musicdb source show ${facts.name}\``);
}

function heldBy(name: string, { enabled, breaker, breakerReason }: SourceState): string {
  if (!enabled) return `: it is switched off; \`musicdb source enable ${name}\``;
  return breaker === 'open' ? `: its breaker is open (${breakerReason ?? 'no reason given'})` : '';
}

function inWords(counts: Readonly<Record<string, number>>): string {
  return Object.entries(counts)
    .map(([state, count]) => `${count} ${state}`)
    .join(', ');
}

function chooseVia(ctx: JobCtx, source: Source, { live, sandbox }: CrawlOptions): 'live' | 'sandbox' {
  const via = live ? 'live' : sandbox ? 'sandbox' : crawlVia(ctx, source);
  const { open, missing } = liveAccess(source.facts, ctx.config.credentials);
  if (via === 'sandbox' || (via === 'live' && open.length > 0)) return via;
  throw new ConfigError(`${source.facts.title} may not be crawled live yet: ${describeMissing(missing)}`, {
    code: 'ACCESS',
    hint: 'Set what is missing, or crawl the local stand-in with --sandbox.',
  });
}

/**
 * Of a source whose hosts are not all open: pages of the closed ones are known from now on, and asked for when they are open.
 * @throws ConfigError naming what is missing where there is no other page to begin with.
 */
function assertOpen(ctx: JobCtx, { facts }: Source, seeds: readonly PageRequest[]): void {
  const { open, closed, missing } = liveAccess(facts, ctx.config.credentials);
  const waiting = seeds.map(({ url }) => new URL(url).hostname).filter((host) => closed.includes(host));
  if (waiting.length === 0) return;
  const hosts = [...new Set(waiting)];
  const why = describeMissing(missingAt(hosts, missing));
  if (waiting.length < seeds.length) {
    note(`${waiting.length} of ${seeds.length} pages to begin with wait: ${hosts.join(', ')} is not asked yet: ${why}`);
    return;
  }
  throw new ConfigError(`${facts.title} may not be asked at ${hosts.join(', ')} yet: ${why}`, {
    code: 'ACCESS',
    hint: `Set what is missing, or begin at ${open.join(', ')}: ops/runbooks/seeds.md says how.`,
  });
}

async function workOff(
  ctx: JobCtx,
  source: Source,
  { allRequests, closed }: { allRequests: boolean; closed: readonly SourceHost[] },
): Promise<boolean> {
  const worker = await startWorker(ctx, {
    queues: [crawlQueue(source.facts.name), ...PIPELINE_QUEUES],
    concurrency: null,
  });
  const progress = createProgress();
  try {
    return await drain(ctx, {
      requestsOf: allRequests ? source.facts.name : null,
      crawlJobsOf: source.facts.name,
      closed,
      onProgress: async ({ items, jobs }) => {
        const { done = 0, due = 0, leased = 0, failed = 0 } = await countRequests(ctx.db, source.facts.name);
        const waiting = closed.length === 0 ? 0 : await countDueAt(ctx.db, closed);
        progress.show([
          {
            name: source.facts.name,
            done,
            total: done + due + leased - waiting,
            remark: `${items} items to load, ${jobs} jobs${failed > 0 ? `, ${failed} failed` : ''}${waiting > 0 ? `, ${waiting} wait for settings` : ''}`,
          },
        ]);
      },
    });
  } finally {
    progress.end();
    await worker.release();
  }
}
