/**
 * `musicdb import`: saved pages, API answers and pasted text through the whole pipeline. All files are looked at before the first is
 * taken, so that a wrong name loads nothing; a page that cannot be used is archived, held in quarantine and named; the others go on.
 */
import { stat } from 'node:fs/promises';
import { basename } from 'node:path';
import type { JobCtx } from '../../../jobs/job.ts';
import { Lander } from '../../../jobs/lander.ts';
import { PIPELINE_QUEUES, PRIORITY } from '../../../jobs/queues.ts';
import { isPipelined } from '../../../pipelines/registry.ts';
import { loadSource } from '../../../spiders/registry.ts';
import { UsageError } from '../../core/errors.ts';
import type { ParseResult, Problem, Source } from '../../core/source.ts';
import type { Ctx } from '../../platform/context.ts';
import { finishRun, startRun } from '../../repositories/runs.ts';
import { readSummary } from '../../repositories/summary.ts';
import { drain } from '../../worker/drain.ts';
import { startWorker } from '../../worker/worker.ts';
import { sourceArgument } from '../arguments.ts';
import { checkInput, listFiles, readInput } from '../input.ts';
import { type CommonOptions, counted, describeProblem, printJson, printLine } from '../output.ts';
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
  /** Files and parts of files of kinds no parser reads yet, by kind. */
  notReadYet: Record<string, number>;
  /** Files that gave nothing usable. */
  problems: FileProblem[];
  /** What was odd about files that did give something. */
  remarks: FileProblem[];
}

/** Says by its message which kind it is of. */
const NOT_READ = /^not read yet: /;
/** Remarks on links to further pages, which an import does not follow. */
const OF_FURTHER_PAGES = new Set(['next-page-unknown', 'no-url']);
/** Problems of pages that are whole and hold nothing for the catalogue: no error, but never silence. */
const KIND_OF_UNREAD: Readonly<Record<string, string>> = { fragment: 'row-fragment' };

export async function run([sourceName = '', ...names]: string[], options: Options): Promise<number> {
  const source = await loadSource(sourceArgument(sourceName));
  const files = await listFiles(names);
  if (options.url !== undefined && files.length !== 1)
    throw new UsageError(`--url goes with one file, not ${files.length}`, {
      hint: 'Import the files one by one, each with its own address.',
    });
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
        counts: { ...imported, problems: imported.problems.length, remarks: imported.remarks.length },
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
    remarks: [],
  };
  const progress = createProgress();
  for (const [index, file] of files.entries()) {
    if (ctx.signal.aborted) break;
    const result = await importFile(ctx, source, lander, { file, url, runId });
    countResult(imported, file, result, progress.say);
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
    contentType: null,
    exchange: null,
    remoteAddress: null,
    durationMs: null,
    fetchedAt,
    runId,
    document: { ...stored, contentEncoding: null },
    items: result.items,
    // A saved page has no address to be known by; its name is what the person knows it by.
    problems: file === '-' ? result.problems : result.problems.map((problem) => inFile(file, problem)),
    // What a saved page links to is not fetched: importing asks nothing of the network.
    requests: [],
    lease: null,
  });
  return result;
}

function inFile(file: string, problem: Problem): Problem {
  return { ...problem, message: `${basename(file)}: ${problem.message}` };
}

function countResult(
  imported: Imported,
  file: string,
  { items, ...said }: ParseResult,
  say: (line: string) => void,
): void {
  const problems = said.problems.filter(({ code }) => !OF_FURTHER_PAGES.has(code));
  for (const { kind } of items) imported.items[kind] = (imported.items[kind] ?? 0) + 1;
  const unread = problems.filter((problem) => unreadKind(problem) !== null);
  for (const kind of unread.map(unreadKind))
    if (kind !== null) imported.notReadYet[kind] = (imported.notReadYet[kind] ?? 0) + 1;
  const faults: Problem[] = problems.filter((problem) => unreadKind(problem) === null);
  if (items.length + problems.length === 0)
    faults.push({ code: 'no-items', message: 'nothing is listed on it', where: null });
  const gaveNothing = items.length === 0 && unread.length === 0 && problems.length > 0;
  const list = gaveNothing ? imported.problems : imported.remarks;
  // One line a file is enough to find it again by; the others of a file that gave nothing follow from the first.
  for (const { code, message } of gaveNothing ? faults.slice(0, 1) : faults) list.push({ file, code, message });
  for (const problem of [...unread, ...faults]) say(describeProblem(file, problem));
}

/** The kind of what a problem says is not read, null for other problems. */
function unreadKind({ code, message }: Problem): string | null {
  return code === 'not-read-yet' ? message.replace(NOT_READ, '') : (KIND_OF_UNREAD[code] ?? null);
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

async function report(ctx: JobCtx, source: Source, imported: Imported, json: boolean): Promise<void> {
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
  for (const [kind, count] of Object.entries(imported.notReadYet)) printLine(`  not read yet: ${kind} (${count})`);
  if (imported.problems.length > 0) printLine(`  ${counted(imported.problems.length, 'file')} gave nothing usable`);
  if (imported.problems.length > 0 || imported.quarantined > 0)
    printLine(`  \`musicdb quarantine --source ${source.facts.name}\` lists what is held, and why`);
  printLine(
    `catalogue: ${catalogue.setlists} sets, ${catalogue.setlistTracks} set tracks, ${catalogue.tracks} tracks, ${catalogue.artists} artists, ${catalogue.mentions} mentions; ${search.documents} documents in search`,
  );
}

/** Documents in all indices of the search, those written just now among them. */
export async function countSearchDocuments({ search }: Pick<JobCtx, 'search'>): Promise<number> {
  await search.refresh();
  const counts = await Promise.all(
    (['tracks', 'artists', 'setlists', 'mentions'] as const).map((index) => search.count(index)),
  );
  return counts.reduce((sum, count) => sum + count, 0);
}
