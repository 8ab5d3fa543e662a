/** Pages of MixesDB, told apart by their content: REST answers, wikitext with or without its page, text and CSV dumps, challenges. */
import type { ErrorItem } from '../../src/core/items.ts';
import {
  asList,
  asNumber,
  asRecord,
  asText,
  isRecord,
  type JsonRecord,
  readJsonPage,
} from '../../src/core/json-page.ts';
import { readSavedPage } from '../../src/core/mhtml.ts';
import type { ParseResult, Problem } from '../../src/core/parse-result.ts';
import type { Page } from '../../src/core/source.ts';
import { fold, kindOfText } from '../../src/core/text.ts';
import { readActionAnswer } from './action-api.ts';
import { isBareList, readBareLists } from './bare-lists.ts';
import { isCsvDump, readCsvDump } from './csv.ts';
import { readHtml } from './html-page.ts';
import { listed, type Reading, refused } from './reading.ts';
import { keyOfTitle, keyOfUrl, pageRequest, rawPageRequest } from './spider.ts';
import { isTextDump, readTextDump } from './text-dump.ts';
import { isTooLong, readWikiPage, tooLong } from './wiki-page.ts';

/** Reads any page. Pure, and never throws. */
export function parse(page: Page): ParseResult {
  const saved = readSavedPage(page.body);
  if (saved !== null) return parse({ ...page, body: saved.body, url: page.url ?? saved.url });
  const json = readJsonPage(page.body);
  const reading = json.ok ? readAnswer(json.value, page) : readText(json.text, json.problem, page);
  const result = { source: 'mixesdb' as const, items: [], requests: [], problems: [], ...reading };
  const isSilent = result.items.length + result.requests.length + result.problems.length === 0;
  return isSilent
    ? { ...result, ...refused('nothing in it can be read as a track, a mix or a list of mixes') }
    : result;
}

function readAnswer(value: unknown, page: Page): Reading {
  if (!isRecord(value)) return refused('expected an object of the REST interface');
  if (typeof value.source === 'string' && typeof value.title === 'string') return readRestPage(value, page);
  if (Array.isArray(value.pages) && value.pages.every(isSearchHit)) return readSearch(value.pages, page);
  if ('httpCode' in value || 'errorKey' in value) return readRestError(value, page);
  if (isRecord(value.error) && 'code' in value.error) return { items: [actionError(value.error)] };
  if (isRecord(value.query)) return readActionAnswer(value, page);
  if (Array.isArray(value.cells)) return readNotebook(value.cells, page);
  const members = Object.keys(value).slice(0, 8).join(', ').slice(0, 200);
  return refused(`no answer of the wiki has these members: ${members || '(none)'}`);
}

function readRestPage(value: JsonRecord, page: Page): Reading {
  const title = fold(asText(value.title)) ?? '';
  const latest = asRecord(value.latest);
  const model = asText(value.content_model);
  if (model !== null && model !== 'wikitext') return refused(`a page of ${model}, expected wikitext`);
  return readWikiPage({
    key: fold(asText(value.key)) ?? keyOfTitle(title),
    title,
    wikitext: String(value.source),
    pageId: asNumber(value.id),
    revisionId: asNumber(latest.id),
    revisedAt: asText(latest.timestamp),
    fetchedAt: page.fetchedAt,
  });
}

/** What a search found: mix pages (a date in front) become requests, everything is listed. */
function readSearch(pages: unknown[], { url }: Page): Reading {
  const query = url !== null && URL.canParse(url) ? new URL(url).searchParams.get('q') : null;
  const hits = pages
    .map((page) => asRecord(page))
    .map(({ key, title }) => ({ key: String(key), title: fold(asText(title)) ?? '' }));
  const entries = hits.map(listed);
  const mixes = hits.filter((_, index) => entries[index]?.date !== null);
  return {
    items: [{ kind: 'listing', source: 'mixesdb', id: query ? `search ${query}` : 'search', entries }],
    requests: mixes.map(({ key }) => pageRequest(key)),
  };
}

function isSearchHit(value: unknown): boolean {
  return isRecord(value) && typeof value.key === 'string' && typeof value.title === 'string';
}

/** An unknown key that holds a "/" may be known in its other spelling; that one is asked once. */
function readRestError(value: JsonRecord, page: Page): Reading {
  const message = asText(value.message) ?? asText(asRecord(value.messageTranslations).en);
  const status = asNumber(value.httpCode) ?? page.status;
  const items = [error(status, asText(value.errorKey) ?? asText(value.httpReason), message)];
  if (status !== 404 || page.url === null) return { items };
  const other = rawPageRequest(page.url);
  if (other) return { items, requests: [other] };
  return { items, problems: [{ code: 'unresolved', message: `the wiki knows no page at ${page.url}`, where: null }] };
}

function actionError(value: JsonRecord): ErrorItem {
  return error(null, asText(value.code), asText(value.info));
}

function error(status: number | null, code: string | null, message: string | null): ErrorItem {
  return { kind: 'error', source: 'mixesdb', status, code, message, extra: {} };
}

/** A notebook's printed output holds the text dump. */
function readNotebook(cells: unknown[], page: Page): Reading {
  const outputs = cells.flatMap((cell) => asList(asRecord(cell).outputs)).map((output) => asRecord(output).text);
  const text = outputs.map((lines) => (Array.isArray(lines) ? lines.join('') : (asText(lines) ?? ''))).join('\n');
  return isTextDump(text) ? readTextDump(text, page.fetchedAt) : refused('a notebook that printed no tracklists');
}

function readText(body: string, problem: Problem, page: Page): Reading {
  if (problem.code !== 'unknown-shape' && problem.code !== 'truncated') return { problems: [problem] };
  // A wikitext line "[00] Artist - Title" opens like JSON does, so the JSON reader's word on it does not count; on broken answers it does.
  if (/^\s*(?:\{\s*"|\[\s*[{"])/.test(body)) return { problems: [problem] };
  const start = body.slice(0, 100_000);
  if (/^\s*<(?:!doctype|html|head|\?xml)/i.test(start)) return readHtml(body, start, page);
  if (isTextDump(body)) return readTextDump(body, page.fetchedAt);
  if (isCsvDump(body)) return readCsvDump(body, page.fetchedAt);
  if (/\[\[\s*Category\s*:|^==\s*(?:File details|(?:Notes & )?Tracklist)\s*==/im.test(body))
    return readSavedWikitext(body, page);
  if (isTooLong(body)) return tooLong(body);
  if (isBareList(body)) return readBareLists(body, page.fetchedAt);
  return refused(
    `neither an answer of the wiki, nor wikitext, nor a list as it writes them ("[02] Artist - Title", "# Artist - Title"), but ${kindOfText(body)}`,
  );
}

/** Wikitext of a whole page, saved without the answer around it: the title is in the address, or in the name of the page's image. */
function readSavedWikitext(wikitext: string, page: Page): Reading {
  const key = page.url === null ? null : keyOfUrl(page.url);
  const image = /\[\[\s*(?:File|Image)\s*:\s*([^\]|\n]{1,300}?)\.(?:jpe?g|png|gif|webp)\s*[\]|]/i.exec(wikitext)?.[1];
  const title = fold(key?.replace(/_/g, ' ') ?? image);
  if (isTooLong(wikitext)) return tooLong(wikitext);
  if (title === null) return readBareLists(wikitext, page.fetchedAt);
  return readWikiPage({
    key: keyOfTitle(title),
    title,
    wikitext,
    pageId: null,
    revisionId: null,
    revisedAt: null,
    fetchedAt: page.fetchedAt,
  });
}
