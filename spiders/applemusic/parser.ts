/** Answers of the Apple Music catalogue, of the iTunes look-up and search, and of Apple's chart feeds, told apart by their shape. */
import { asList, asRecord, isRecord, type JsonRecord, readJsonPage } from '../../src/core/json-page.ts';
import type { ParseResult } from '../../src/core/parse-result.ts';
import { boundProblems } from '../../src/core/problems.ts';
import type { Page } from '../../src/core/source.ts';
import { readResults } from './charts.ts';
import { readMixTable } from './dj-mix.ts';
import { catalogueError, itunesError, plainError } from './errors.ts';
import { readFeed } from './feeds.ts';
import { readItunes } from './itunes.ts';
import { addAll, follow, type Reading } from './reading.ts';
import { readResources } from './resources.ts';

export function parse(page: Page): ParseResult {
  const reading: Reading = { url: page.url, items: [], requests: [], problems: [] };
  const json = readJsonPage(page.body);
  if (json.ok) readAnswer(asRecord(json.value), page, reading);
  else {
    const error = plainError(json.text, page);
    if (error) reading.items.push(error);
    else reading.problems.push(json.problem);
  }
  const { items, requests, problems } = reading;
  return { source: 'applemusic', items, requests, problems: boundProblems(problems) };
}

function readAnswer(answer: JsonRecord, page: Page, reading: Reading): void {
  const { errors, data, results, feed } = answer;
  // A call for many ids answers with what there is and, beside it, with errors.
  const failed = asList(errors);
  addAll(
    failed.map((error) => catalogueError(error, page.status)),
    reading,
  );
  if (isCatalogue(data)) {
    readResources(data, '$.data', reading);
    if (data.length > 0) follow(answer.next, '$.next', reading);
  } else if (Array.isArray(results) && 'resultCount' in answer) readItunes(results, reading);
  else if (isRecord(results)) readResults(results, reading);
  else if (isRecord(feed) && ['results', 'entry', 'title'].some((name) => name in feed)) readFeed(feed, reading);
  else if ('album_id' in answer && asList(answer.tracks).length > 0) readMixTable(answer, reading);
  else if ('errorMessage' in answer) reading.items.push(itunesError(answer, page.status));
  else if (failed.length === 0) readNothing(page, reading);
}

/** An answer of no known shape: an error by its status, or one that this parser does not know. */
function readNothing(page: Page, { items, problems }: Reading): void {
  const error = plainError('', page);
  if (error) items.push(error);
  else {
    const message = 'expected data[], results, feed or errors[] as the catalogue, iTunes or a chart feed gives them';
    problems.push({ code: 'unknown-shape', message, where: '$' });
  }
}

/** Every resource has a type; other interfaces wrap their answers in `data` too. */
function isCatalogue(data: unknown): data is unknown[] {
  return Array.isArray(data) && (data.length === 0 || data.some((entry) => typeof asRecord(entry).type === 'string'));
}
