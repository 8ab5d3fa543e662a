/** Reads any page of 1001tracklists.com, saved or fetched, and pasted text. Which kind it is shows in the content; the address only helps. */
import { JSON_START, readJsonText } from '../../src/core/json-page.ts';
import { readSavedPage } from '../../src/core/mhtml.ts';
import type { ParseResult } from '../../src/core/parse-result.ts';
import type { Page } from '../../src/core/source.ts';
import { kindOfText, notTextReason } from '../../src/core/text.ts';
import { ORIGIN, searchedFor, tracklistId } from './addresses.ts';
import { type Element, parseTree } from './dom.ts';
import { describeFragment } from './fragment.ts';
import { readBytes, startOf, textOf } from './html-bytes.ts';
import { readJsonAnswer } from './json-answers.ts';
import { listingId, readListingRows, thoseThatHold } from './listing.ts';
import { readPastedText } from './pasted-text.ts';
import { block, refusalReason } from './refusals.ts';
import { failed, result } from './results.ts';
import { readPageHead } from './set-head.ts';
import { isCutOff, LONGEST_TEXT, type Reading, readSetPage } from './set-page.ts';

const MAX_BYTES = 50 * 1024 * 1024;
/** Ten times the longest tracklist that a person could select and copy. */
const LONGEST_PASTE = 1_000_000;
const TAG = /<(?:!doctype|html|head|body|div|span|meta)[\s>]/i;

/** Pure: the same page always gives the same result. Never throws, whatever the bytes. */
export function parse(page: Page): ParseResult {
  if (page.body.byteLength > MAX_BYTES)
    return failed('too-large', `${page.body.byteLength} bytes, at most ${MAX_BYTES} are read`);
  const saved = readSavedPage(page.body);
  if (saved !== null) return parse({ ...page, body: saved.body, url: page.url ?? saved.url });
  const bytes = readBytes(page.body);
  if (bytes === null) return failed('not-text', notTextReason(page.body));
  const start = startOf(bytes);
  if (TAG.test(start) && !JSON_START.test(start)) return readHtml(bytes, page);
  const text = textOf(bytes);
  if (JSON_START.test(text)) {
    const json = readJsonText(text);
    return json.ok ? readJsonAnswer(json.value, page.url) : result({ problems: [json.problem] });
  }
  if (TAG.test(text)) return readHtml(bytes, page);
  const refused = refusalReason(text, page.status);
  if (refused !== null) return result({ items: [block(refused, page.url)] });
  const failure = failureOf(page.status);
  if (failure) return failure;
  if (text.trim() === '') return failed('empty', 'the page holds nothing');
  if (text.length > LONGEST_PASTE)
    return failed('too-large', `${text.length} characters of text, at most ${LONGEST_PASTE} are read`);
  const pasted = readPastedText(text, page.url);
  if (pasted) return result({ items: [pasted.item], problems: pasted.problems });
  return failed(
    'unknown-shape',
    `neither HTML, nor JSON, nor a copied tracklist (lines "01", "02:34", "Artist - Title LABEL"), but ${kindOfText(text)}`,
  );
}

function readHtml(bytes: Buffer, page: Page): ParseResult {
  // Rows first: a good page may carry signs of a refusal, and a refusal carries the title and address of the page that was asked.
  if (bytes.includes('tlTab')) {
    const reading = readSetPage(bytes, page.url);
    if (reading) return refusalInstead(reading, bytes, page) ?? result(reading);
  }
  const html = textOf(bytes);
  const tree = html.length > LONGEST_TEXT ? null : parseTree(html);
  if (tree === null) return failed('too-large', 'the page has more, or deeper, elements than any page of this site');
  const head = readPageHead(tree);
  const url = head.url ?? page.url;
  if (html.includes('oItm')) {
    const listing = readListing(tree, html, { url, title: head.title, words: searchedFor(page.url) });
    if (listing) return listing;
  }
  const refused = refusalReason(html, page.status);
  if (refused !== null) return result({ items: [block(refused, url)] });
  return readOther(tree, html, page, url, head);
}

/** A refusal may keep the frame of the list: one without rows is no set, and no change of the layout either. */
function refusalInstead({ items, problems }: Reading, bytes: Buffer, page: Page): ParseResult | null {
  const hasNoRows = items.length === 0 && problems[0]?.code === 'layout-drift';
  const refused = hasNoRows ? refusalReason(textOf(bytes), page.status) : null;
  return refused === null ? null : result({ items: [block(refused, page.url)] });
}

/** A status that says there is no page; null for all others. */
function failureOf(status: number | null): ParseResult | null {
  if (status === 404 || status === 410) return failed('not-found', `the site answers ${status}: there is no such page`);
  return status !== null && status >= 500 ? failed('source-outage', `the site answers ${status}`) : null;
}

/** @param words what was searched for, null for every other list */
function readListing(
  tree: Element,
  html: string,
  { url, title, words }: { url: string | null; title: string | null; words: string | null },
): ParseResult | null {
  const rows = readListingRows(tree);
  const { entries, requests, problems } = words === null ? rows : thoseThatHold(words, rows);
  if (entries.length === 0 && problems.length === 0) return null;
  if (entries.length === 0) return failed('not-read-yet', 'not read yet: a list of something else than sets', '.oItm');
  if (isCutOff(html.slice(0, 4_096), html.slice(-4_096)))
    return failed('truncated', 'the list ends in the middle, without </body> or </html>; fetch or save it again');
  return result({
    items: [{ kind: 'listing', source: '1001tracklists', id: listingId(url, title), entries }],
    requests,
    problems,
  });
}

/** A page without rows and without a refusal: an empty search, a piece of a page, a page of a kind that is not read, or nothing of this site. */
function readOther(
  tree: Element,
  html: string,
  page: Page,
  url: string | null,
  head: ReturnType<typeof readPageHead>,
): ParseResult {
  const failure = failureOf(page.status);
  if (failure) return failure;
  if (isCutOff(html.slice(0, 4_096), html.slice(-4_096)))
    return failed('truncated', 'the page ends in the middle, without </body> or </html>; fetch or save it again');
  const ours = head.url !== null || head.site === '1001Tracklists';
  if (!ours) {
    const piece = describeFragment(tree);
    if (piece !== null)
      return failed('fragment', `a piece of a tracklist page, not a page: ${piece}; save the whole page`);
    return failed('unknown-shape', 'HTML, but no page of 1001tracklists.com: no canonical address of it');
  }
  if (/returns nothing!/.test(html) || /didn't quite hit the mark/.test(html)) {
    return result({
      items: [{ kind: 'listing', source: '1001tracklists', id: listingId(url, head.title), entries: [] }],
    });
  }
  const path = URL.parse(url ?? '', ORIGIN)?.pathname ?? '/';
  if (url !== null && tracklistId(url) !== null) {
    return failed(
      'layout-drift',
      'the address of a set, but no #tlTab and no sign of a refusal: the layout changed',
      '#tlTab',
    );
  }
  if (path === '/' || /^\/(?:search|dj|genre|source)\//.test(path) || /\/tracklists\.html$/.test(path)) {
    return failed('layout-drift', `${path} should list sets, but has no .oItm rows: the layout changed`, '.oItm');
  }
  const kind = /^\/([a-z]+)/.exec(path)?.[1] ?? 'other';
  return failed('not-read-yet', `not read yet: ${kind} page`);
}
