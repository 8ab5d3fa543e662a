/** `musicdb archive`: what was received, taken out as WARC. */
import { stat } from 'node:fs/promises';
import { UsageError } from '../../core/errors.ts';
import { exportWarc } from '../../fetching/warc-export.ts';
import { openWarcWriter } from '../../platform/warc-writer.ts';
import { sourceArgument, timeArgument } from '../arguments.ts';
import { type CommonOptions, counted, note, printJson, printLine } from '../output.ts';
import { createProgress } from '../progress.ts';
import { withServices } from '../with-services.ts';

interface Options extends CommonOptions {
  readonly warc?: string;
  readonly source?: string;
  readonly since?: string;
  readonly data?: string;
}

const ACTIONS: Readonly<Record<string, (options: Options) => Promise<number>>> = { export: runExport };

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
