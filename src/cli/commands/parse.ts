/**
 * `musicdb parse`: one page in, what its source's parser reads out of it. Needs no service. What cannot be a page of the source is a
 * failure (exit 1); a page that says no, or whose kind is not read yet, is an answer.
 */
import { loadSource } from '../../../spiders/registry.ts';
import { MusicDbError } from '../../core/errors.ts';
import type { ParseResult, Problem } from '../../core/parse-result.ts';
import type { Source } from '../../core/source.ts';
import { numberArgument, sourceArgument } from '../arguments.ts';
import { MAX_INPUT_BYTES, readInput } from '../input.ts';
import { type CommonOptions, describeProblem, note, printJson } from '../output.ts';

interface Options extends CommonOptions {
  readonly url?: string;
  readonly status?: string;
  readonly contentType?: string;
}

/** Problems of the bytes, not of what the page tells. */
const BAD_INPUT = new Set(['empty', 'not-text', 'truncated', 'too-large', 'unknown-shape', 'parser-fault']);

export async function run([sourceName = '', file = '']: string[], options: Options): Promise<number> {
  const source = await loadSource(sourceArgument(sourceName));
  const result = await parseFile(source, file, options);
  const fault = result.items.length > 0 ? undefined : result.problems.find(({ code }) => BAD_INPUT.has(code));
  if (options.json) printJson(fault === undefined ? result : { ...result, error: errorOf(source, file, fault) });
  else {
    process.stdout.write(`${JSON.stringify(result, null, 2)}\n`);
    for (const problem of result.problems) note(describeProblem(file, problem));
  }
  return fault === undefined ? 0 : 1;
}

async function parseFile(source: Source, file: string, { url, status, contentType }: Options): Promise<ParseResult> {
  const page = {
    url: url ?? null,
    status: status === undefined ? null : numberArgument(status, '--status', { min: 100, max: 599 }),
    contentType: contentType ?? null,
    fetchedAt: null,
  };
  try {
    return source.parse({ ...page, body: await readInput(file) });
  } catch (error) {
    if (!(error instanceof MusicDbError) || error.code !== 'TOO_LARGE') throw error;
    // Known from its size alone: not read into memory, and told like every other problem of a page.
    const problem = {
      code: 'too-large',
      message: `more than the ${MAX_INPUT_BYTES} bytes that are read of a page`,
      where: null,
    };
    return { source: source.facts.name, items: [], requests: [], problems: [problem] };
  }
}

/** The failure in the form that every command has. */
function errorOf(source: Source, file: string, problem: Problem): { code: string; message: string; hint: string } {
  return {
    code: problem.code.toUpperCase().replaceAll('-', '_'),
    message: describeProblem(file, problem),
    hint: `Expected a whole page or answer of ${source.facts.title} (${source.facts.pageKinds.join(', ')}).`,
  };
}
