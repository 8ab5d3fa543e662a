/** `musicdb parse`: one page in, what its source's parser reads out of it. Needs no service. */
import { loadSource } from '../../../spiders/registry.ts';
import { numberArgument, sourceArgument } from '../arguments.ts';
import { readInput } from '../input.ts';
import { type CommonOptions, note, printJson } from '../output.ts';

interface Options extends CommonOptions {
  readonly url?: string;
  readonly status?: string;
  readonly contentType?: string;
}

export async function run(
  [sourceName = '', file = '']: string[],
  { url, status, contentType, json }: Options,
): Promise<undefined> {
  const source = await loadSource(sourceArgument(sourceName));
  const body = await readInput(file);
  const result = source.parse({
    body,
    url: url ?? null,
    status: status === undefined ? null : numberArgument(status, '--status', { min: 100, max: 599 }),
    contentType: contentType ?? null,
    fetchedAt: null,
  });
  if (json) printJson(result);
  else process.stdout.write(`${JSON.stringify(result, null, 2)}\n`);
  for (const { code, message, where } of json ? [] : result.problems)
    note(`${code}: ${message}${where === null ? '' : ` (at ${where})`}`);
}
