/** Paging: lists say page, itemsPerPage and total; the next page exists while page x itemsPerPage < total. */
import { asRecord, type JsonRecord, shown } from '../../src/core/json-page.ts';
import type { PageRequest, Problem } from '../../src/core/parse-result.ts';
import { API, apiPath, kindOf, normaliseUrl, setlistsOf } from './spider.ts';
import { text } from './values.ts';

/** A list of 20,000 setlists is longer than any; a page number beyond it is a mistake, and would be followed for days. */
const LAST_PAGE = 1_000;
const PAGING = ['page', 'itemsPerPage', 'total'] as const;

/** The request for the page after `list`, or a problem when there is one but its address cannot be told; neither at the end. */
export function nextPage(
  list: JsonRecord,
  entries: unknown[],
  url: string | null,
): { request?: PageRequest; problem?: Problem } {
  // Part of a list that a person saved says nothing of pages.
  if (PAGING.every((member) => list[member] === undefined)) return {};
  const wrong = PAGING.find((member) => !isCount(list[member]));
  if (wrong !== undefined)
    return { problem: problem('bad-value', `expected a number from 0, found ${shown(list[wrong])}`, `$.${wrong}`) };
  const [page = 0, perPage = 0, total = 0] = PAGING.map((member) => Number(list[member]));
  // A page without rows ends the list whatever the total says: totals drift while we read.
  if (page < 1 || page * perPage >= total || entries.length === 0) return {};
  if (page >= LAST_PAGE)
    return { problem: problem('too-large', `page ${page} of a list is followed no further: ${total} rows`, '$.page') };
  const path = (url === null ? null : apiPath(url)) ?? pathByContent(entries);
  const kind = path === null ? null : kindOf(path);
  if (path !== null && kind !== null) return { request: { url: withPage(path, page + 1), kind } };
  const message = `page ${page} holds ${entries.length} of ${total} rows and the address it came from is not known; give it with --url`;
  return { problem: problem('next-page-unknown', message, '$.page') };
}

/** A saved page without its address: a list of one venue or of one artist is taken for that venue's or artist's own list. */
function pathByContent(entries: unknown[]): string | null {
  const [list] = [
    ...setlistsOf('artist', common(entries, 'artist', 'mbid')),
    ...setlistsOf('venue', common(entries, 'venue', 'id')),
  ];
  return list === undefined ? null : apiPath(list.url);
}

function common(entries: unknown[], member: string, key: string): string | null {
  const ids = new Set(entries.map((entry) => text(asRecord(asRecord(entry)[member])[key])));
  const [only = null] = ids;
  return ids.size === 1 && entries.length > 1 ? only : null;
}

function withPage(path: string, page: number): string {
  const url = new URL(`${API}/${path}`);
  url.searchParams.set('p', String(page));
  return normaliseUrl(url.href);
}

function isCount(value: unknown): boolean {
  return typeof value === 'number' && Number.isInteger(value) && value >= 0;
}

function problem(code: string, message: string, where: string): Problem {
  return { code, message, where };
}
