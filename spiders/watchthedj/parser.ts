/**
 * Reads pages of watchthedj.com. None has been seen, so this reads what pages about videos commonly carry, and says what it could not find;
 * a first real page will tell what to rely on.
 */

import { readTrackLine } from '../../src/core/free-text-lines.ts';
import type { ListingItem } from '../../src/core/items.ts';
import { JSON_START, readJsonText } from '../../src/core/json-page.ts';
import type { PageRequest, ParseResult, Problem } from '../../src/core/parse-result.ts';
import { boundProblems } from '../../src/core/problems.ts';
import type { Page } from '../../src/core/source.ts';
import { decodeText, fold, kindOfText, notTextReason } from '../../src/core/text.ts';
import { channelSlug, setSlug, siteUrl } from './addresses.ts';
import { firstValue, type ParentNode, parseDom, select, textOf } from './dom.ts';
import { playersOf } from './players.ts';
import { askForRendering, NO_RENDERING } from './rendering.ts';
import { findTracklist, rowsOfChapters, rowsOfText } from './rows.ts';
import { buildSet } from './set.ts';
import { requestForLink } from './spider.ts';
import { NO_VIDEO, readStructured, type Video } from './structured.ts';
import { readVideo } from './video.ts';

const MAX_BYTES = 50 * 1024 * 1024;
/** Copied text is shorter than any of this. */
const LONGEST_PASTED = 1_000_000;
/** Times as MixesDB writes them, "[02] Artist - Title": such a text was copied there. */
const MINUTES = /^\s*\[\d{2,3}\]\s/m;

/** Pure: the same page always gives the same result. Never throws, whatever the bytes. */
export function parse(page: Page): ParseResult {
  if (page.body.byteLength > MAX_BYTES)
    return failed('too-large', `${page.body.byteLength} bytes, at most ${MAX_BYTES} are read`);
  const { text, valid } = decodeText(page.body);
  if (text.trim() === '') return failed('empty', 'the page holds nothing');
  if (!valid || text.includes('\0')) return failed('not-text', notTextReason(page.body));
  if (JSON_START.test(text)) return readJson(text);
  if (/<(?:!doctype|html|head|body|div|meta|script)[\s>]/i.test(text)) return readHtml(text, page);
  if (text.length > LONGEST_PASTED)
    return failed('too-large', `text of ${text.length} characters, at most ${LONGEST_PASTED} are read`);
  return readPasted(text, page.url);
}

function readHtml(html: string, page: Page): ParseResult {
  const tree = parseDom(html);
  if (tree === null) return failed('too-large', 'the page has more, or deeper, elements than a page for people has');
  const problems: Problem[] = [];
  const own = firstValue(tree, [
    ['link[rel="canonical"]', 'href'],
    ['meta[property="og:url"]', 'content'],
  ]);
  const fault = findFault(html, own ?? page.url, page.status);
  if (fault) return fault;
  const said = [own, page.url].flatMap((address) => address ?? []);
  const video = readVideo(tree, said.map(setSlug).find((slug) => slug !== null) ?? null, problems);
  const addresses = [own, video.url, page.url].flatMap((address) =>
    address !== null && siteUrl(address) !== null ? [address] : [],
  );
  const url = addresses.find((address) => setSlug(address) !== null) ?? addresses[0] ?? null;
  const refused = refusal(tree, video, page.status);
  if (refused !== null) return result({ items: [{ kind: 'block', source: 'watchthedj', reason: refused, url }] });
  return readPage(tree, page, url === null ? null : readable(url), video, problems);
}

/** Reasons to read nothing of a page. */
function findFault(html: string, address: string | null, status: number | null): ParseResult | null {
  if (isForeign(address)) return failed('unknown-shape', `a page of another site: its address is ${address}`);
  if (isCutOff(html))
    return failed('truncated', 'the page ends in the middle, without </body> or </html>; fetch or save it again');
  if (status === 404 || status === 410) return failed('not-found', `the site answers ${status}: there is no such page`);
  return null;
}

function readPage(tree: ParentNode, page: Page, url: string | null, video: Video, problems: Problem[]): ParseResult {
  const list = findTracklist(tree, video);
  const isSet = url !== null && setSlug(url) !== null;
  const hasVideo = video.foundIn.length > 0;
  const hasRows = list.rows.length > 0;
  const listed = isSet || (hasVideo && hasRows) ? null : readListing(tree, url, problems);
  if (listed) return listed;
  // Without tracks a page may be the half that its scripts complete. What there is of it is kept: a browser may not be at hand.
  const rendering = !hasRows && (isSet || !hasVideo) ? askForRendering(tree, page, url) : NO_RENDERING;
  const said = [...problems, ...rendering.problems];
  if (!hasVideo && !hasRows && (rendering.problems.length > 0 || !isSet)) {
    const message = 'HTML without a video: no JSON-LD or microdata VideoObject, no og:video, no /djvideos/ address';
    const unknown = rendering.problems.length > 0 ? [] : [{ code: 'unknown-shape', message, where: null }];
    return result({ requests: rendering.requests, problems: [...said, ...unknown] });
  }
  const built = buildSet({
    video,
    title: titleOf(tree, video),
    url,
    rows: list.rows,
    rowsFrom: list.where,
    sources: channelsOf(tree),
    players: playersOf(tree, video),
  });
  // An address alone makes no set: without video, recording and tracks there is nothing to keep, only something to report.
  const holdsNothing = !hasVideo && built.item.media.length === 0 && !hasRows;
  return result({
    items: holdsNothing ? [] : [built.item],
    requests: rendering.requests,
    problems: [...said, ...built.problems],
  });
}

/** A full address without the mark of a second, rendered request. */
function readable(address: string): string {
  const url = siteUrl(address);
  if (url === null) return address;
  url.hash = '';
  return url.href;
}

function isForeign(address: string | null): boolean {
  return address !== null && /^https?:\/\//i.test(address) && siteUrl(address) === null;
}

const REFUSED: Readonly<Record<number, string>> = { 401: 'login', 403: 'forbidden', 429: 'rate-limited' };

/** Why the site refuses us: common challenge pages, else the status; null when it does not. A page with a video is no refusal. */
function refusal(tree: ParentNode, video: Video, status: number | null): string | null {
  if (video.foundIn.length > 0) return null;
  if (
    select(tree, '#turnstile-container, .cf-turnstile, #challenge-form, script[src*="/cdn-cgi/challenge-platform/"]')
      .length > 0
  ) {
    return 'turnstile-interstitial';
  }
  if (select(tree, '.g-recaptcha, .h-captcha, form [name*="captcha" i]').length > 0) return 'captcha';
  return status === null ? null : (REFUSED[status] ?? null);
}

/** A whole document ends as it began; pieces of a page never began. */
function isCutOff(html: string): boolean {
  return /<html[\s>]/i.test(html.slice(0, 4_000)) && !/<\/(?:html|body)\s*>/i.test(html.slice(-4_000));
}

/** A channel or the home page: a list of sets, each of which is a page to fetch. */
function readListing(tree: ParentNode, url: string | null, problems: Problem[]): ParseResult | null {
  const entries = new Map<string, ListingItem['entries'][number]>();
  const requests = new Map<string, PageRequest>();
  for (const link of select(tree, 'a[href]')) {
    const request = requestForLink(link.attribs.href ?? '');
    if (request === null || (request.kind === 'home' && !request.url.includes('?'))) continue;
    requests.set(request.url, request);
    const externalId = setSlug(request.url);
    if (externalId === null) continue;
    const title = textOf(link) ?? entries.get(externalId)?.title ?? null;
    entries.set(externalId, {
      externalId,
      title,
      url: request.url,
      date: null,
      identified: null,
      total: null,
      playTimeSeconds: null,
    });
  }
  if (entries.size === 0) return null;
  const id = url === null ? 'unknown' : (channelSlug(url) ?? siteUrl(url)?.pathname ?? 'unknown');
  const item: ListingItem = { kind: 'listing', source: 'watchthedj', id, entries: [...entries.values()] };
  return result({ items: [item], requests: [...requests.values()], problems });
}

function titleOf(tree: ParentNode, video: Video): string | null {
  const title =
    video.title ??
    firstValue(tree, [
      ['h1', null],
      ['title', null],
    ]);
  return fold(title?.replace(/\s*[|–—-]\s*(?:watch\s*the\s*dj)\b.*$/i, ''));
}

function channelsOf(tree: ParentNode) {
  const channels = new Map<string, { id: string; name: string; role: string }>();
  for (const link of select(tree, 'a[href*="/channels/"]')) {
    const id = channelSlug(link.attribs.href ?? '');
    const name = textOf(link);
    if (id !== null && name !== null && !channels.has(id)) channels.set(id, { id, name, role: 'Channel' });
  }
  return [...channels.values()];
}

/** JSON that a person took out of a page: a JSON-LD `VideoObject`, alone or in a list or graph. */
function readJson(text: string): ParseResult {
  const json = readJsonText(text);
  if (!json.ok) return result({ problems: [json.problem] });
  const problems: Problem[] = [];
  const video = readStructured(json.value, { where: 'JSON-LD', slug: null }, problems);
  if (video.foundIn.length === 0) return failed('unknown-shape', 'JSON without a JSON-LD VideoObject', '$');
  const chapters = rowsOfChapters(video.chapters);
  const rows = chapters.length > 0 ? chapters : rowsOfText(video.description ?? '');
  const built = buildSet({
    video,
    title: video.title,
    url: video.url !== null && siteUrl(video.url) !== null ? readable(video.url) : null,
    rows,
    rowsFrom: rows.length > 0 ? 'JSON-LD' : null,
    sources: [],
    players: [],
  });
  return result({ items: [built.item], problems: [...problems, ...built.problems] });
}

/** Whether a line begins as one of a list does, with a time or a number. */
function isMarked(line: string): boolean {
  const read = readTrackLine(line);
  return read !== null && (read.clock !== null || typeof read.said.number === 'string');
}

/** Text copied from a page: a title line, then lines "time Artist - Title". */
function readPasted(text: string, url: string | null): ParseResult {
  const rows = MINUTES.test(text) ? [] : rowsOfText(text);
  if (rows.length === 0)
    return failed(
      'unknown-shape',
      `neither HTML, nor JSON, nor a tracklist (lines "0:13 Artist - Title"), but ${kindOfText(text)}`,
    );
  const [first = null] = text.split(/\r\n?|\n/).flatMap((line) => fold(line) ?? []);
  // A list may begin at once, or under a word that only calls it one.
  const title = first === null || /^\W*track\s?-?list\W*$/i.test(first) || isMarked(first) ? null : first;
  const built = buildSet({
    video: NO_VIDEO,
    title,
    url,
    rows,
    rowsFrom: 'pasted text',
    sources: [],
    players: [],
  });
  return result({ items: [built.item], problems: built.problems });
}

function result({ items = [], requests = [], problems = [] }: Partial<ParseResult>): ParseResult {
  return { source: 'watchthedj', items, requests, problems: boundProblems(problems) };
}

function failed(code: string, message: string, where: string | null = null): ParseResult {
  return result({ problems: [{ code, message, where }] });
}
