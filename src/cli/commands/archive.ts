/** `musicdb archive`: what was received, taken out as WARC, proved to be whole, and freed of what nothing refers to. */
import { stat } from 'node:fs/promises';
import { UsageError } from '../../core/errors.ts';
import { collectGarbage, GC_GRACE_MS, verifyArchive } from '../../fetching/archive-upkeep.ts';
import { exportWarc } from '../../fetching/warc-export.ts';
import { openWarcWriter } from '../../platform/warc-writer.ts';
import { numberArgument, sourceArgument, timeArgument } from '../arguments.ts';
import { type CommonOptions, counted, note, printJson, printLine } from '../output.ts';
import { createProgress } from '../progress.ts';
import { withServices } from '../with-services.ts';

interface Options extends CommonOptions {
  readonly dryRun?: boolean;
  readonly olderThan?: string;
  readonly warc?: string;
  readonly source?: string;
  readonly since?: string;
  readonly data?: string;
}

const HOUR_MS = 3_600_000;

const ACTIONS: Readonly<Record<string, (options: Options) => Promise<number>>> = {
  export: runExport,
  verify: runVerify,
  gc: runGc,
};

export async function run([action = '']: string[], options: Options): Promise<number> {
  const known = Object.hasOwn(ACTIONS, action) ? ACTIONS[action] : undefined;
  if (known === undefined)
    throw new UsageError(`unknown action "${action}"`, { hint: `Known: ${Object.keys(ACTIONS).join(', ')}.` });
  return known(options);
}

async function runExport({ warc: file, source, since, data, json }: Options): Promise<number> {
  if (file === undefined)
    throw new UsageError('archive export needs the name of the file to write', { hint: 'Say --warc pages.warc.gz.' });
  const chosen = source === undefined ? null : sourceArgument(source);
  const from = since === undefined ? null : timeArgument(since, '--since');
  return withServices({ role: 'archive', data, mayStart: true }, async (ctx) => {
    const writer = await openWarcWriter(file);
    const progress = createProgress();
    const onProgress = (done: number, total: number) =>
      progress.show([{ name: 'fetches', done, total, remark: `${(writer.bytes / 1e6).toFixed(1)} MB` }]);
    try {
      const { signal } = ctx;
      const exported = await exportWarc(ctx, { writer, source: chosen, since: from, signal, onProgress });
      await writer.finish();
      progress.end();
      const { size } = await stat(file);
      if (json) printJson({ file, bytes: size, ...exported });
      else reportExport(file, size, exported);
      return exported.problems.length > 0 ? 1 : 0;
    } finally {
      await writer.abandon();
    }
  });
}

function reportExport(file: string, bytes: number, exported: Awaited<ReturnType<typeof exportWarc>>): void {
  const { records, fetches, withoutAnswer, erased, problems } = exported;
  const types = Object.entries(records).map(([type, count]) => `${count} ${type}`);
  printLine(
    `${file}: ${counted(fetches, 'fetch').replace(/fetchs$/, 'fetches')} in ${bytes} bytes; ${types.join(', ')}`,
  );
  if (withoutAnswer > 0) printLine(`  ${withoutAnswer} had no answer to write`);
  if (erased > 0) printLine(`  ${erased} were erased, as their source demands`);
  for (const { code, message } of problems) note(`${code}: ${message}`);
}

async function runVerify({ data, json }: Options): Promise<number> {
  return withServices({ role: 'archive', data, mayStart: true }, async (ctx) => {
    const progress = createProgress();
    const { documents, damaged } = await verifyArchive(ctx, (done, total) =>
      progress.show([{ name: 'documents', done, total, remark: '' }]),
    ).finally(() => progress.end());
    if (json) printJson({ documents, damaged });
    else
      printLine(
        `${counted(documents, 'document')} read: ${damaged.length === 0 ? 'all whole' : `${damaged.length} damaged`}`,
      );
    if (!json) for (const { code, message } of damaged) printLine(`  ${code}: ${message}`);
    return damaged.length > 0 ? 1 : 0;
  });
}

async function runGc({ dryRun = false, olderThan, data, json }: Options): Promise<number> {
  const hours = numberArgument(olderThan ?? String(GC_GRACE_MS / HOUR_MS), '--older-than', { min: 2, max: 87_600 });
  return withServices({ role: 'archive', data, mayStart: true }, async (ctx) => {
    const before = new Date(ctx.clock.now().getTime() - hours * HOUR_MS);
    const collected = await collectGarbage(ctx, { before, isDryRun: dryRun });
    const { documents, files, bytes, unfinished } = collected;
    if (json) printJson({ dryRun, olderThanHours: hours, ...collected });
    else
      printLine(
        `${dryRun ? 'would delete' : 'deleted'} ${counted(files, 'file')} (${bytes} bytes) that nothing refers to, ${counted(documents, 'row')} of documents among them${unfinished > 0 ? `; ${unfinished} left by writers that died` : ''}`,
      );
    return 0;
  });
}
