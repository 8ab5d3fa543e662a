/**
 * Answers of Reddit's interface: listings (with or without envelope), discussions, `morechildren`, `/api/info`, errors,
 * recorded sessions (cassettes) that hold several of them, and the bare records of archives.
 */
import type { ErrorItem } from '../../src/core/items.ts';
import {
  asList,
  asNumber,
  asRecord,
  asText,
  isRecord,
  type JsonRecord,
  readJsonPage,
  readJsonText,
} from '../../src/core/json-page.ts';
import type { ParseResult, Problem } from '../../src/core/parse-result.ts';
import { boundProblems } from '../../src/core/problems.ts';
import type { Page } from '../../src/core/source.ts';
import { fold } from '../../src/core/text.ts';
import { recordedAnswers } from './cassette.ts';
import { bareThings, readLines } from './dump.ts';
import { ledAway } from './led-away.ts';
import { absentPost, type Unescape } from './post.ts';
import { isFullname, pageAfter, queryOf } from './spider.ts';
import { childrenOf, type Reading, walkThings } from './things.ts';
import { endsWindow } from './window.ts';

/** One answer: a page of its own, or an interaction of a cassette. */
interface Answer {
  value: unknown;
  text: string;
  url: string | null;
}

/** The characters that Reddit never sends bare in an escaped answer. */
const ESCAPED: Record<string, string> = { amp: '&', lt: '<', gt: '>', quot: '"', '#39': "'", '#x27': "'" };
const ENTITY = /&(amp|lt|gt|quot|#39|#x27);/g;
/** Evidence that an answer is not escaped, where its address does not say. */
const NOT_ESCAPED = /[<>]|\\u003[ce]|&(?!(?:amp|lt|gt|quot|#39|#x27);)/i;
const REFUSAL = /blocked by network security|whoa there, pardner/i;

export function parse(page: Page): ParseResult {
  const reading: Reading = { items: [], requests: [], problems: [] };
  const away = ledAway(page.url);
  if (away === null) readPage(page, reading);
  else if ('kind' in away) reading.items.push(away);
  else reading.problems.push(away);
  return { source: 'reddit', ...reading, problems: boundProblems(reading.problems) };
}

function readPage({ body, url }: Page, reading: Reading): void {
  const json = readJsonPage(body);
  const lines = json.ok ? null : readLines(json.text, reading.problems);
  if (json.ok) readAnswer({ value: json.value, text: json.text, url }, reading);
  else if (lines !== null) readAnswer({ value: lines, text: json.text, url }, reading);
  else if (REFUSAL.test(json.text)) reading.items.push({ kind: 'block', source: 'reddit', reason: 'ip-limited', url });
  else reading.problems.push(isPasted(json) ? PASTED : unquoted(json.problem));
}

const PASTED: Problem = {
  code: 'unknown-shape',
  message:
    "expected JSON as Reddit's interface gives it: pasted text names no post by which a deletion could be followed; save the address with .json behind it",
  where: null,
};

function isPasted({ ok, text }: ReturnType<typeof readJsonPage>): boolean {
  return !ok && text.trim() !== '' && !/^\s*(?:[{<]|\[\s*["{[])/.test(text);
}

function readAnswer(answer: Answer, reading: Reading): void {
  const record = asRecord(answer.value);
  const bare = bareThings(answer.value);
  if (bare !== null) walk(answer, bare, '$', reading);
  else if (Array.isArray(answer.value)) readArray(answer, answer.value, reading);
  else if (record.kind === 'Listing') readListing(answer, record, reading);
  else if (isKind(record)) walk(answer, [record], '$', reading);
  else if (isRecord(record.json)) readCall(answer, record.json, reading);
  else if (Array.isArray(record.interactions)) readCassette(record.interactions, reading);
  else if (isError(record)) reading.items.push(errorItem(record));
  else if ('access_token' in record) reading.problems.push(notReadYet('access token', null));
  else reading.problems.push(unknownShape('expected a Listing, an array of things, json.data.things or an error'));
}

function readArray(answer: Answer, list: unknown[], reading: Reading): void {
  const every = (test: (entry: JsonRecord) => boolean): boolean =>
    list.length > 0 && list.every((entry) => test(asRecord(entry)));
  if (every(({ kind }) => kind === 'Listing')) readDiscussion(answer, list, reading);
  // Tools also save the bare children of a listing.
  else if (list.some((entry) => isThing(asRecord(entry)))) walk(answer, list, '$', reading);
  else if (every((entry) => 'searchString' in entry)) reading.problems.push(notReadYet('PlaylistBot sample', null));
  else reading.problems.push(unknownShape('an array, but not of things or Listings'));
}

/** A post and its comments: an array of two Listings. */
function readDiscussion(answer: Answer, listings: unknown[], reading: Reading): void {
  const post = asText(asRecord(asRecord(childrenOf(listings[0])[0]).data).name);
  for (const [index, listing] of listings.entries()) {
    walk(answer, childrenOf(listing), `$[${index}].data.children`, reading, post);
  }
}

function isThing({ kind }: JsonRecord): boolean {
  return kind === 't1' || kind === 't3' || kind === 'more';
}

/** Also of things that are not read: a subreddit, an account. */
function isKind({ kind }: JsonRecord): boolean {
  return kind === 'more' || (typeof kind === 'string' && /^t\d$/.test(kind));
}

function readListing(answer: Answer, listing: JsonRecord, reading: Reading): void {
  walk(answer, childrenOf(listing), '$.data.children', reading);
  addAbsent(answer, listing, reading);
  const after = asText(asRecord(listing.data).after);
  if (after !== null) followAfter(answer.url, after, reading);
}

function followAfter(url: string | null, after: string, reading: Reading): void {
  const posts = reading.items.filter((item) => item.kind === 'post');
  if (url !== null && endsWindow(url, posts)) return;
  const next = url === null ? null : pageAfter(url, after);
  if (next !== null) reading.requests.push(next);
  else
    reading.problems.push({
      code: 'no-url',
      message: `a next page exists (after=${after.slice(0, 40)}), but this page's address is no listing of Reddit`,
      where: '$.data.after',
    });
}

/** /api/info leaves out what is gone: the ids asked for and not answered are the finding. */
function addAbsent({ url }: Answer, listing: JsonRecord, reading: Reading): void {
  const asked = url !== null && /\/api\/info\b/.test(url) ? (queryOf(url).get('id') ?? '').split(',') : [];
  const noted = asList(listing._requestedIds).flatMap((id) => asText(id) ?? []);
  const present = new Set(reading.items.map((item) => (item.kind === 'post' ? item.id : '')));
  for (const id of new Set([...asked, ...noted])) {
    if (isFullname(id) && !present.has(id)) reading.items.push(absentPost(id));
  }
}

/** Answer to a call with `api_type=json`: `morechildren` brings things, others bring none. */
function readCall(answer: Answer, json: JsonRecord, reading: Reading): void {
  for (const error of asList(json.errors)) {
    const [code, message] = asList(error).map(asText);
    reading.items.push({
      kind: 'error',
      source: 'reddit',
      status: null,
      code: code ?? null,
      message: message ?? null,
      extra: {},
    });
  }
  const things = asRecord(json.data).things;
  if (Array.isArray(things)) walk(answer, things, '$.json.data.things', reading);
  else if (reading.items.length === 0) reading.problems.push(notReadYet('answer of a call without things', '$.json'));
}

function readCassette(interactions: unknown[], reading: Reading): void {
  for (const { where, url, body, what } of recordedAnswers(interactions)) {
    const json = body === null ? null : readJsonText(body);
    if (!json) reading.problems.push(notReadYet(what, where));
    else if (json.ok) readInteraction({ value: json.value, text: json.text, url }, where, reading);
    else reading.problems.push({ ...unquoted(json.problem), where });
  }
}

/** Read for itself: `/api/info` compares what it asked with what it got; and a cassette in a cassette is none. */
function readInteraction(answer: Answer, where: string, reading: Reading): void {
  if ('interactions' in asRecord(answer.value)) {
    reading.problems.push({ ...unknownShape('a cassette within a cassette'), where });
    return;
  }
  const own: Reading = { items: [], requests: [], problems: [] };
  readAnswer(answer, own);
  for (const item of own.items) reading.items.push(item);
  for (const request of own.requests) reading.requests.push(request);
  for (const problem of own.problems) {
    reading.problems.push({ ...problem, where: `${where} ${problem.where ?? ''}`.trim() });
  }
}

function walk(
  { text, url }: Answer,
  things: readonly unknown[],
  where: string,
  reading: Reading,
  post: string | null = null,
): void {
  const asked = queryOf(url);
  const linkId = post ?? asked.get('link_id') ?? linkOf(url);
  const unescapeText = asked.get('raw_json') === '1' || NOT_ESCAPED.test(text) ? same : unescapeOnce;
  walkThings(things, where, { unescapeText, linkId }, reading);
}

function linkOf(url: string | null): string | null {
  const id = /\/comments\/(\w+)/.exec(url ?? '')?.[1];
  return id === undefined ? null : `t3_${id}`;
}

const same: Unescape = (text) => text;
const unescapeOnce: Unescape = (text) => text.replace(ENTITY, (entity, name: string) => ESCAPED[name] ?? entity);

/** {message, error: 403, reason?}; newer ones give words alone: {message, reason, explanation}; the token call {error: "invalid_grant"}. */
function isError(record: JsonRecord): boolean {
  return typeof record.error === 'string' || isErrorInWords(record);
}

function isErrorInWords(record: JsonRecord): boolean {
  return asText(record.message) !== null && (asNumber(record.error) !== null || asText(record.reason) !== null);
}

function errorItem(record: JsonRecord): ErrorItem {
  const { error, message, reason } = record;
  return {
    kind: 'error',
    source: 'reddit',
    status: asNumber(error),
    code: asText(reason) ?? (typeof error === 'string' ? asText(error) : null),
    message: fold(asText(message)),
    extra: {},
  };
}

/** The words of a fault outlive the page: they must quote nothing of it. */
function unquoted(problem: Problem): Problem {
  return {
    ...problem,
    message: problem.message.replace(
      /^(broken JSON: ).*?(?:at position (\d+).*)?$/s,
      (_all, head, at) => `${head}${at === undefined ? 'it cannot be read' : `at position ${at}`}`,
    ),
  };
}

function notReadYet(kind: string, where: string | null): Problem {
  return { code: 'not-read-yet', message: `not read yet: ${kind}`, where };
}

function unknownShape(message: string): Problem {
  return { code: 'unknown-shape', message, where: '$' };
}
