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
  for (const { id, body } of answer.hits) printLine(`  ${id}  ${describe(index, body)}`);
}

function indexArgument(text: string): SearchIndex {
  if ((SEARCH_INDICES as readonly string[]).includes(text)) return text as SearchIndex;
  throw new UsageError(`unknown index "${text}"`, { hint: `Known: ${SEARCH_INDICES.join(', ')}.` });
}

/** "Artist - Title (mix, date, venue, city, source)"; the title of a set often says some of it already. */
function describe(index: SearchIndex, body: Record<string, unknown>): string {
  const title = textOf(body.title ?? body.name);
  const isSaid = (part: string) => index === 'setlists' && title?.toLowerCase().includes(part.toLowerCase()) === true;
  const artist = textOf(body.artist);
  const name = [artist !== null && isSaid(artist) ? null : artist, title].filter((part) => part !== null).join(' - ');
  const date = dateText(textOf(body.date), textOf(body.datePrecision));
  const tail = [textOf(body.mixName), date, textOf(body.venue), textOf(body.city)]
    .filter((part) => part !== null && !isSaid(part))
    .concat(textOf(body.source) ?? []);
  return tail.length === 0 ? name : `${name} (${tail.join(', ')})`;
}

/** As much of a date as is known: "2024-11-11", "2024-11", "2024", "200X". */
function dateText(date: string | null, precision: string | null): string | null {
  if (date === null || precision === 'unknown') return null;
  if (precision === 'month') return date.slice(0, 7);
  if (precision === 'year') return date.slice(0, 4);
  return precision === 'decade' ? `${date.slice(0, 3)}X` : date;
}

function textOf(value: unknown): string | null {
  return typeof value === 'string' && value !== '' ? value : null;
}
