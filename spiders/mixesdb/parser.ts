/** Pages of MixesDB, told apart by their content: REST answers, wikitext with or without its page, text and CSV dumps, challenges. */
import type { ErrorItem, Item, ListingItem } from '../../src/core/items.ts';
import {
  asList,
  asNumber,
  asRecord,
  asText,
  isRecord,
  type JsonRecord,
  readJsonPage,
} from '../../src/core/json-page.ts';
import type { Page, PageRequest, ParseResult, Problem } from '../../src/core/source.ts';
import { fold } from '../../src/core/text.ts';
import { isBareList, readBareLists } from './bare-lists.ts';
import { isCsvDump, readCsvDump } from './csv.ts';
import { type MixPage, readMixPage } from './mix-page.ts';
import { articleUrl, keyOfTitle, keyOfUrl, pageRequest } from './spider.ts';
import { isTextDump, readTextDump } from './text-dump.ts';
import { readTitle } from './title.ts';
import { redirectOf } from './wikitext.ts';

interface Reading {
  items?: Item[];
  requests?: PageRequest[];
  problems?: Problem[];
}

/** Pages that are not about a mix. */
const NAMESPACE = /^(Category|File|Image|Help|User|Talk|[A-Za-z]+ talk|Template|MediaWiki|MixesDB|Special|Module)\s*:/i;
/** The wiki allows 255 bytes. */
const LONGEST_TITLE = 300;
const CHALLENGE = /challenges\.cloudflare\.com|cf-turnstile|cf_chl_|challenge-platform|<title>\s*Just a moment/i;

/** Reads any page. Pure, and never throws. */
export function parse(page: Page): ParseResult {
  const json = readJsonPage(page.body);
  const reading = json.ok ? readAnswer(json.value, page) : readText(json.text, json.problem, page);
  return { source: 'mixesdb', items: [], requests: [], problems: [], ...reading };
}

function readAnswer(value: unknown, page: Page): Reading {
  if (!isRecord(value)) return refused('expected an object of the REST interface');
  if (typeof value.source === 'string' && typeof value.title === 'string') return readRestPage(value, page);
  if (Array.isArray(value.pages) && value.pages.every(isSearchHit)) return readSearch(value.pages);
  if ('httpCode' in value || 'errorKey' in value) return { items: [restError(value)] };
  if (isRecord(value.error) && 'code' in value.error) return { items: [actionError(value.error)] };
  if (isRecord(value.query) && Array.isArray(value.query.pages)) return readActionPages(value.query.pages, page);
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

function readWikiPage(page: MixPage): Reading {
  const namespace = NAMESPACE.exec(page.title)?.[1];
  if (namespace !== undefined) return notReadYet(`${namespace.toLowerCase()} page`);
  if (page.title === '' || page.title.length > LONGEST_TITLE) return refused('a wiki page without a usable title');
  const target = redirectOf(page.wikitext);
  if (target !== null) return { requests: [pageRequest(keyOfTitle(target))] };
  const { item, problems } = readMixPage(page);
  if (item.date === null && item.tracks.length === 0 && item.extra.tracklistState === null) {
    return refused(`"${page.title.slice(0, 100)}" is no mix page: no date in its title, no tracklist, no state of one`);
  }
  return { items: [item], problems };
}

/** The Action API's answer holds pages in the same wikitext; it is asked only where a person switched that on. */
function readActionPages(pages: unknown[], page: Page): Reading {
  const readings = pages.map((entry, index) => {
    const given = asRecord(entry);
    const revision = asRecord(asList(given.revisions)[0]);
    const wikitext = asText(asRecord(asRecord(revision.slots).main).content) ?? asText(revision.content);
    const title = fold(asText(given.title));
    if (wikitext === null || title === null) {
      return { problems: [{ code: 'bad-value', message: 'a page without text', where: `$.query.pages[${index}]` }] };
    }
    return readWikiPage({
      key: keyOfTitle(title),
      title,
      wikitext,
      pageId: asNumber(given.pageid),
      revisionId: asNumber(revision.revid),
      revisedAt: asText(revision.timestamp),
      fetchedAt: page.fetchedAt,
    });
  });
  return merged(readings);
}

/** What a search found: mix pages (a date in front) become requests, everything is listed. */
function readSearch(pages: unknown[]): Reading {
  const hits = pages
    .map((page) => asRecord(page))
    .map(({ key, title }) => ({ key: String(key), title: fold(asText(title)) ?? '' }));
  if (hits.length === 0) return {};
  const entries: ListingItem['entries'] = hits.map(({ key, title }) => ({
    externalId: key,
    title,
    url: articleUrl(key),
    date: readTitle(title).item.date,
    identified: null,
    total: null,
    playTimeSeconds: null,
  }));
  const mixes = hits.filter((_, index) => entries[index]?.date !== null);
  return {
    items: [{ kind: 'listing', source: 'mixesdb', id: 'search', entries }],
    requests: mixes.map(({ key }) => pageRequest(key)),
  };
}

function isSearchHit(value: unknown): boolean {
  return isRecord(value) && typeof value.key === 'string' && typeof value.title === 'string';
}

function restError(value: JsonRecord): ErrorItem {
  const message = asText(value.message) ?? asText(asRecord(value.messageTranslations).en);
  return error(asNumber(value.httpCode), asText(value.errorKey) ?? asText(value.httpReason), message);
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
  if (/^\s*<(?:!doctype|html|head|\?xml)/i.test(start)) return readHtml(start, page);
  if (isTextDump(body)) return readTextDump(body, page.fetchedAt);
  if (isCsvDump(body)) return readCsvDump(body, page.fetchedAt);
  if (/\[\[\s*Category\s*:|^==\s*(?:File details|(?:Notes & )?Tracklist)\s*==/im.test(body))
    return readSavedWikitext(body, page);
  if (isBareList(body)) return readBareLists(body, page.fetchedAt);
  return { problems: [problem] };
}

/** A refusal counts as ours when its address or text names the wiki, or when it names nobody ("Just a moment..."). */
function readHtml(start: string, page: Page): Reading {
  const isOurs = /mixesdb/i.test(page.url ?? '') || /mixesdb/i.test(start);
  const block = (reason: string): Reading => ({ items: [{ kind: 'block', source: 'mixesdb', reason, url: page.url }] });
  if (CHALLENGE.test(start) && (isOurs || /<title>\s*Just a moment/i.test(start)))
    return block('turnstile-interstitial');
  if (!isOurs) return refused('HTML that is no page of the wiki');
  if (/id="firstHeading"|name="generator" content="MediaWiki/i.test(start)) return notReadYet('rendered page');
  return /captcha/i.test(start) ? block('captcha') : refused('HTML that is no page of the wiki');
}

/** Wikitext of a whole page, saved without the answer around it: the title is in the address, or in the name of the page's image. */
function readSavedWikitext(wikitext: string, page: Page): Reading {
  const key = page.url === null ? null : keyOfUrl(page.url);
  const image = /\[\[\s*(?:File|Image)\s*:\s*([^\]|\n]+?)\.(?:jpe?g|png|gif|webp)\s*[\]|]/i.exec(wikitext)?.[1];
  const title = fold(key?.replace(/_/g, ' ') ?? image);
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

function merged(readings: readonly Reading[]): Reading {
  return {
    items: readings.flatMap((reading) => reading.items ?? []),
    requests: readings.flatMap((reading) => reading.requests ?? []),
    problems: readings.flatMap((reading) => reading.problems ?? []),
  };
}

function refused(message: string): Reading {
  return { problems: [{ code: 'unknown-shape', message, where: null }] };
}

function notReadYet(kind: string): Reading {
  return { problems: [{ code: 'not-read-yet', message: `not read yet: ${kind}`, where: null }] };
}
