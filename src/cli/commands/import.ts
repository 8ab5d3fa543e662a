/**
 * `musicdb import`: saved pages, API answers and pasted text through the whole pipeline. All files are looked at before the first is
 * taken, so that a wrong name loads nothing; a page that cannot be used is archived, held in quarantine and named; the others go on.
 */
import { stat } from 'node:fs/promises';
import type { JobCtx } from '../../../jobs/job.ts';
import { Lander } from '../../../jobs/lander.ts';
import { PIPELINE_QUEUES, PRIORITY } from '../../../jobs/queues.ts';
import { isPipelined } from '../../../pipelines/registry.ts';
import { loadSource } from '../../../spiders/registry.ts';
import { UsageError } from '../../core/errors.ts';
import type { ParseResult, Source } from '../../core/source.ts';
import type { Ctx } from '../../platform/context.ts';
import { finishRun, startRun } from '../../repositories/runs.ts';
import { readSummary } from '../../repositories/summary.ts';
import { drain } from '../../worker/drain.ts';
import { startWorker } from '../../worker/worker.ts';
import { sourceArgument } from '../arguments.ts';
import { checkInput, listFiles, readInput } from '../input.ts';
import { type CommonOptions, note, printJson, printLine } from '../output.ts';
import { createProgress } from '../progress.ts';
import { withServices } from '../with-services.ts';

interface Options extends CommonOptions {
  readonly url?: string;
  readonly data?: string;
}

interface FileProblem {
  readonly file: string;
  readonly code: string;
  readonly message: string;
}

interface Imported {
  files: number;
  documents: number;
  items: Record<string, number>;
  unchanged: number;
  quarantined: number;
  /** Files of kinds no parser reads yet, by kind. */
  notReadYet: Record<string, number>;
  /** Files that gave nothing usable. */
  problems: FileProblem[];
}

export async function run([sourceName = '', ...names]: string[], options: Options): Promise<number> {
  const source = await loadSource(sourceArgument(sourceName));
  const files = await listFiles(names);
  if (options.url !== undefined && files.length !== 1)
    throw new UsageError(`--url goes with one file, not ${files.length}`);
  for (const file of files) await checkInput(file);
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
        counts: { ...imported, problems: imported.problems.length },
        error: null,
      },
      ctx.clock.now(),
    );
    await report(ctx, source, imported, options.json === true);
    return imported.problems.length > 0 || !finished ? 1 : 0;
  });
}

async function importFiles(
  ctx: JobCtx,
  source: Source,
  { files, url, runId }: { files: readonly string[]; url: string | null; runId: string },
): Promise<Imported> {
  const lander = new Lander(ctx, PRIORITY.manual);
  const imported: Imported = {
    files: files.length,
    documents: 0,
    items: {},
    unchanged: 0,
    quarantined: 0,
    notReadYet: {},
    problems: [],
  };
  const progress = createProgress();
  for (const [index, file] of files.entries()) {
    if (ctx.signal.aborted) break;
    const result = await importFile(ctx, source, lander, { file, url, runId });
    countResult(imported, file, result);
    progress.show([{ name: 'files', done: index + 1, total: files.length, remark: file }]);
  }
  await lander.settled();
  progress.end();
  const { pages, unchanged, quarantined } = lander.totals;
  return { ...imported, documents: pages, unchanged, quarantined };
}

async function importFile(
  ctx: Ctx,
  source: Source,
  lander: Lander,
  { file, url, runId }: { file: string; url: string | null; runId: string },
): Promise<ParseResult> {
  const body = await readInput(file);
  const fetchedAt = file === '-' ? ctx.clock.now() : (await stat(file)).mtime;
  const stored = await ctx.archive.put(body);
  const result = source.parse({ body, url, status: null, contentType: null, fetchedAt: fetchedAt.toISOString() });
  await lander.add({
    source: source.facts.name,
    via: 'import',
    url,
    finalUrl: url,
    kind: null,
    status: null,
    headers: null,
    redirects: [],
    remoteAddress: null,
    durationMs: null,
    fetchedAt,
    runId,
    document: { ...stored, contentEncoding: null },
    items: result.items,
    problems: result.problems,
    // What a saved page links to is not fetched: importing asks nothing of the network.
    requests: [],
    lease: null,
  });
  return result;
}

function countResult(imported: Imported, file: string, { items, problems }: ParseResult): void {
  for (const { kind } of items) imported.items[kind] = (imported.items[kind] ?? 0) + 1;
  if (items.length > 0) return;
  const unread = problems.find(({ code }) => code === 'not-read-yet');
  if (unread !== undefined) {
    const kind = unread.message.replace(/^not read yet: /, '');
    imported.notReadYet[kind] = (imported.notReadYet[kind] ?? 0) + 1;
    note(`${file}: ${unread.message}`);
    return;
  }
  const [first] = problems;
  if (first === undefined) return;
  imported.problems.push({ file, code: first.code, message: first.message });
  note(`${file}: ${first.code}: ${first.message}${first.where === null ? '' : ` (at ${first.where})`}`);
}

/** Works the pipeline's queues in this process, beside any other worker, until everything that came in is loaded or held. */
async function workOff(ctx: JobCtx): Promise<boolean> {
  const worker = await startWorker(ctx, { queues: PIPELINE_QUEUES, concurrency: null });
  const progress = createProgress();
  let most = 1;
  try {
    return await drain(ctx, {
      requestsOf: null,
      onProgress: ({ items, jobs }) => {
        most = Math.max(most, items);
        progress.show([{ name: 'items', done: most - items, total: most, remark: `${jobs} jobs left` }]);
      },
    });
  } finally {
    progress.end();
    await worker.release();
  }
}

async function report(ctx: JobCtx, source: Source, imported: Imported, json: boolean): Promise<void> {
  const { sources: _, ...catalogue } = await readSummary(ctx.db, []);
  const search = { adapter: ctx.search.adapter, documents: await countSearchDocuments(ctx) };
  if (json) {
    printJson({ source: source.facts.name, ...imported, catalogue, search });
    return;
  }
  const kinds = Object.entries(imported.items).map(
    ([kind, count]) => `${count} ${kind}${isPipelined(kind) ? '' : ' (kept)'}`,
  );
  printLine(
    `${imported.files} files of ${source.facts.title}: ${kinds.join(', ') || 'no items'}; ${imported.unchanged} known already, ${imported.quarantined} held in quarantine`,
  );
  for (const [kind, count] of Object.entries(imported.notReadYet)) printLine(`  not read yet: ${kind} (${count})`);
  if (imported.problems.length > 0)
    printLine(
      `  ${imported.problems.length} files gave nothing usable; \`musicdb quarantine --source ${source.facts.name}\` says why`,
    );
  printLine(
    `catalogue: ${catalogue.setlists} sets, ${catalogue.setlistTracks} set tracks, ${catalogue.tracks} tracks, ${catalogue.artists} artists, ${catalogue.mentions} mentions; ${search.documents} documents in search`,
  );
}

/** Documents in all indices of the search. */
export async function countSearchDocuments({ search }: Pick<JobCtx, 'search'>): Promise<number> {
  const counts = await Promise.all(
    (['tracks', 'artists', 'setlists', 'mentions'] as const).map((index) => search.count(index)),
  );
  return counts.reduce((sum, count) => sum + count, 0);
}
