import type { JobCtx } from '../../../jobs/job.ts';
import { PIPELINE_QUEUES } from '../../../jobs/queues.ts';
import { isPipelined } from '../../../pipelines/registry.ts';
import { loadSource } from '../../../spiders/registry.ts';
import { UsageError } from '../../core/errors.ts';
import type { Source } from '../../core/source.ts';
import { finishRun, startRun } from '../../repositories/runs.ts';
import { readSummary } from '../../repositories/summary.ts';
import { drain } from '../../worker/drain.ts';
import { startWorker } from '../../worker/worker.ts';
import { sourceArgument } from '../arguments.ts';
import { type Imported, isWarcFile, PageImport, type WarcCounts } from '../import-pages.ts';
import { checkInput, listFiles } from '../input.ts';
import { type CommonOptions, counted, printJson, printLine } from '../output.ts';
import { createProgress } from '../progress.ts';
import { withServices } from '../with-services.ts';

interface Options extends CommonOptions {
  readonly url?: string;
  readonly data?: string;
}

interface Summary extends Imported {
  /** Pages that were landed. */
  readonly documents: number;
  readonly unchanged: number;
  readonly quarantined: number;
}

export async function run([sourceName = '', ...names]: string[], options: Options): Promise<number> {
  const source = await loadSource(sourceArgument(sourceName));
  const { files, named, passedOver } = await listFiles(names);
  if (options.url !== undefined && files.length !== 1)
    throw new UsageError(`--url goes with one file, not ${files.length}`, {
      hint: 'Import the files one by one, each with its own address.',
    });
  for (const file of named) if (files.includes(file) && !(await isWarcFile(file))) await checkInput(file);
  return withServices({ role: 'import', data: options.data, mayStart: true }, async (ctx) => {
    const runId = await startRun(
      ctx.db,
      { workflow: 'import', source: source.facts.name, params: { files: files.length } },
      ctx.clock.now(),
    );
    await ctx.search.prepare();
    const imported = await importFiles(ctx, source, { files, url: options.url ?? null, runId });
    const finished = await workOff(ctx);
    await finishRun(
      ctx.db,
      runId,
      {
        state: finished ? 'done' : 'cancelled',
        counts: { ...imported, problems: imported.problems.length, remarks: imported.remarks.length },
        error: null,
      },
      ctx.clock.now(),
    );
    await report(ctx, source, { ...imported, passedOver }, options.json === true);
    return imported.problems.length > 0 || !finished ? 1 : 0;
  });
}

async function importFiles(
  ctx: JobCtx,
  source: Source,
  { files, url, runId }: { files: readonly string[]; url: string | null; runId: string },
): Promise<Summary> {
  const progress = createProgress();
  let at = 0;
  const gauge = (remark: string) => ({ name: 'files', done: at, total: files.length, remark });
  const pages = new PageImport(ctx, source, {
    runId,
    say: progress.say,
    onRead: (done, total) =>
      progress.show([
        gauge(files[at] ?? ''),
        { name: 'MB', done: megabytes(done), total: megabytes(total), remark: '' },
      ]),
  });
  try {
    for (const file of files) {
      if (ctx.signal.aborted) break;
      await pages.take(file, url);
      at += 1;
      progress.show([gauge(file)]);
    }
    await pages.lander.settled();
  } finally {
    progress.end();
  }
  const { pages: documents, unchanged, quarantined } = pages.lander.totals;
  const { files: taken, items, ...rest } = pages.imported;
  return { files: taken, documents, items, unchanged, quarantined, ...rest };
}

function megabytes(bytes: number): number {
  return Math.ceil(bytes / 1e6);
}

/** Works the pipeline's queues in this process, beside any other worker, until everything that came in is loaded or held. */
async function workOff(ctx: JobCtx): Promise<boolean> {
  const worker = await startWorker(ctx, { queues: PIPELINE_QUEUES, concurrency: null });
  const progress = createProgress();
  let most = 0;
  try {
    return await drain(ctx, {
      requestsOf: null,
      onProgress: ({ items, jobs }) => {
        most = Math.max(most, items);
        if (most > 0) progress.show([{ name: 'items', done: most - items, total: most, remark: `${jobs} jobs left` }]);
      },
    });
  } finally {
    progress.end();
    await worker.release();
  }
}

async function report(
  ctx: JobCtx,
  source: Source,
  imported: Summary & { passedOver: number },
  json: boolean,
): Promise<void> {
  const { sources: _, ...catalogue } = await readSummary(ctx.db, []);
  const search = { adapter: ctx.search.adapter, documents: await countSearchDocuments(ctx) };
  if (json) {
    printJson({ source: source.facts.name, ...imported, catalogue, search });
    return;
  }
  const kinds = Object.entries(imported.items).map(
    ([kind, count]) => `${counted(count, kind)}${isPipelined(kind) ? '' : ' (kept)'}`,
  );
  printLine(
    `${counted(imported.files, 'file')} of ${source.facts.title}: ${kinds.join(', ') || 'no items'}; ${imported.unchanged} known already, ${imported.quarantined} newly held in quarantine`,
  );
  if (imported.passedOver > 0)
    printLine(
      `  ${counted(imported.passedOver, 'file')} passed over: pictures, scripts, recordings, parts of saved pages`,
    );
  if (imported.warc !== null) printLine(`  records: ${recordCounts(imported.warc)}`);
  for (const [kind, count] of Object.entries(imported.notReadYet)) printLine(`  not read yet: ${kind} (${count})`);
  if (imported.problems.length > 0) printLine(`  ${counted(imported.problems.length, 'file')} gave nothing usable`);
  if (imported.problems.length > 0 || imported.quarantined > 0)
    printLine(`  \`musicdb quarantine --source ${source.facts.name}\` lists what is held, and why`);
  printLine(
    `catalogue: ${catalogue.setlists} sets, ${catalogue.setlistTracks} set tracks, ${catalogue.tracks} tracks, ${catalogue.artists} artists, ${catalogue.mentions} mentions; ${search.documents} documents in search`,
  );
}

function recordCounts({
  pages,
  revisits,
  broken,
  notOfThisSource,
  noPage,
  noAnswer,
  unchanged,
  other,
}: WarcCounts): string {
  const named: [number, string][] = [
    [pages, 'pages'],
    [revisits, 'pages with the bytes of an earlier one'],
    [unchanged, 'unchanged'],
    [notOfThisSource, 'not of this source'],
    [noPage, 'no pages (pictures, scripts…)'],
    [noAnswer, 'redirects and refusals'],
    [other, 'that only describe'],
    [broken, 'broken'],
  ];
  return named.flatMap(([count, what]) => (count === 0 ? [] : [`${count} ${what}`])).join(', ');
}

/** Documents in all indices of the search, those written just now among them. */
export async function countSearchDocuments({ search }: Pick<JobCtx, 'search'>): Promise<number> {
  await search.refresh();
  const counts = await Promise.all(
    (['tracks', 'artists', 'setlists', 'mentions'] as const).map((index) => search.count(index)),
  );
  return counts.reduce((sum, count) => sum + count, 0);
}
