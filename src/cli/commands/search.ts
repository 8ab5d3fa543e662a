/** `musicdb search`: what a person types, found in one of the four indices. */
import { UsageError } from '../../core/errors.ts';
import { SEARCH_INDICES, type SearchIndex } from '../../search/search.ts';
import { numberArgument } from '../arguments.ts';
import { type CommonOptions, printJson, printLine } from '../output.ts';
import { withServices } from '../with-services.ts';

interface Options extends CommonOptions {
  readonly limit?: string;
  readonly offset?: string;
  readonly data?: string;
}

export async function run([indexName = '', ...words]: string[], options: Options): Promise<undefined> {
  const index = indexArgument(indexName);
  const limit = numberArgument(options.limit ?? '20', '--limit', { min: 1, max: 100 });
  const offset = numberArgument(options.offset ?? '0', '--offset', { min: 0, max: 10_000 });
  const answer = await withServices({ role: 'search', data: options.data, mayStart: true }, (ctx) =>
    ctx.search.search(index, { text: words.join(' '), limit, offset }),
  );
  if (options.json) {
    printJson({ index, total: answer.total, hits: answer.hits });
    return;
  }
  printLine(`${answer.total} ${answer.total === 1 ? index.slice(0, -1) : index} found`);
  for (const { id, body } of answer.hits) printLine(`  ${id}  ${describe(body)}`);
}

function indexArgument(text: string): SearchIndex {
  if ((SEARCH_INDICES as readonly string[]).includes(text)) return text as SearchIndex;
  throw new UsageError(`unknown index "${text}"`, { hint: `Known: ${SEARCH_INDICES.join(', ')}.` });
}

function describe(body: Record<string, unknown>): string {
  const name = [body.artist ?? body.artists, body.title ?? body.name]
    .filter((part) => typeof part === 'string' && part !== '')
    .join(' - ');
  const tail = [body.mixName, body.date ?? body.eventDate, body.venue].filter(
    (part) => typeof part === 'string' && part !== '',
  );
  return tail.length === 0 ? name : `${name} (${tail.join(', ')})`;
}
