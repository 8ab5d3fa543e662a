/** Paging: lists say page, itemsPerPage and total; the next page exists while page x itemsPerPage < total. */
import { asNumber, asRecord, type JsonRecord } from '../../src/core/json-page.ts';
import type { PageRequest, Problem } from '../../src/core/source.ts';
import { text } from './setlist.ts';
import { API, apiPath, kindOf } from './spider.ts';

/** The request for the page after `list`, or a problem when there is one but its address cannot be told; neither at the end. */
export function nextPage(
  list: JsonRecord,
  entries: unknown[],
  url: string | null,
): { request?: PageRequest; problem?: Problem } {
  const page = asNumber(list.page);
  const perPage = asNumber(list.itemsPerPage);
  const total = asNumber(list.total);
  // A page without rows ends the list whatever the total says: totals drift while we read.
  if (page === null || perPage === null || total === null || page * perPage >= total || entries.length === 0) return {};
  const path = (url === null ? null : apiPath(url)) ?? pathByContent(entries);
  const kind = path === null ? null : kindOf(path);
  if (path === null || kind === null) {
    return {
      problem: {
        code: 'next-page-unknown',
        message: `page ${page} holds ${entries.length} of ${total} rows and the address it came from is not known; give it with --url`,
        where: '$.page',
      },
    };
  }
  return { request: { url: withPage(path, page + 1), kind } };
}

/** A saved page without its address: a list of one venue or of one artist is taken for that venue's or artist's own list. */
function pathByContent(entries: unknown[]): string | null {
  const venue = common(entries, 'venue', 'id');
  const artist = common(entries, 'artist', 'mbid');
  if (artist !== null) return `artist/${artist}/setlists`;
  return venue === null ? null : `venue/${venue}/setlists`;
}

function common(entries: unknown[], member: string, key: string): string | null {
  const ids = new Set(entries.map((entry) => text(asRecord(asRecord(entry)[member])[key])));
  const [only = null] = ids;
  return ids.size === 1 && entries.length > 1 ? only : null;
}

function withPage(path: string, page: number): string {
  const url = new URL(`${API}/${path}`);
  url.searchParams.set('p', String(page));
  url.searchParams.sort();
  return url.href;
}
