/** Lists of sets: home page, search results, pages of an artist, a festival or a genre, and the pieces that scrolling loads. */
import type { ListingItem } from '../../src/core/items.ts';
import { nameKey } from '../../src/core/names.ts';
import type { PageRequest, Problem } from '../../src/core/parse-result.ts';
import { absolute, dateInAddress, tracklistId } from './addresses.ts';
import { attribute, type Element, findAll, findFirst, hasClass, textOf } from './dom.ts';
import { dateOf } from './set-head.ts';

type ListingEntry = ListingItem['entries'][number];

export interface ListingRows {
  readonly entries: ListingEntry[];
  readonly requests: PageRequest[];
  readonly problems: Problem[];
}

/** Reads every `.oItm` row; a row that leads to no set is said in `problems`. */
export function readListingRows(root: Element): ListingRows {
  const entries: ListingEntry[] = [];
  const requests: PageRequest[] = [];
  const problems: Problem[] = [];
  for (const row of findAll(root, (element) => hasClass(element, 'oItm'), false)) {
    const link = titleLink(row);
    const url = link === null ? null : absolute(link.attributes.href ?? '');
    const externalId = url === null ? null : tracklistId(url);
    if (url === null || externalId === null) {
      const where = `.oItm[data-id="${row.attributes['data-id'] ?? ''}"]`;
      problems.push({
        code: 'bad-value',
        message: `a list row leads to "${link?.attributes.href ?? ''}", expected a tracklist`,
        where,
      });
      continue;
    }
    entries.push(entry(row, externalId, url, textOf(link), entries.length + 1));
    requests.push({ url, kind: 'tracklist' });
  }
  return { entries, requests, problems };
}

/**
 * Of a search only the rows that were meant: the site shows thirty for anything, the last of them with little of what was asked for, and each page
 * of a set is a request that it counts. The others stay in the list, and are told.
 */
export function thoseThatHold(words: string, { entries, requests, problems }: ListingRows): ListingRows {
  // The address of a recording finds the set that names it, whose title says nothing of it.
  if (/^https?:\/\//i.test(words)) return { entries, requests, problems };
  const wanted = nameKey(words).split(' ');
  const isMeant = (entry: ListingEntry | undefined) => {
    const said = nameKey(`${entry?.title ?? ''} ${entry?.date ?? ''}`).split(' ');
    return wanted.every((word) => said.includes(word));
  };
  const followed = requests.filter((_, index) => isMeant(entries[index]));
  if (followed.length === requests.length) return { entries, requests, problems };
  const message = `${requests.length - followed.length} of ${requests.length} rows do not hold all of "${words}": not followed`;
  return { entries, requests: followed, problems: [...problems, { code: 'not-followed', message, where: '.oItm' }] };
}

/** What the list is of: "search Time Warp 2024", "home", or its path. Two looks at the same list have the same id. */
export function listingId(url: string | null, title: string | null): string {
  const query = /search result for "(.*)"/s.exec(title ?? '')?.[1];
  if (query !== undefined) return `search ${query}`;
  const path = url === null ? null : (URL.parse(url)?.pathname ?? null);
  return path === null ? 'unknown' : path === '/' ? 'home' : path;
}

function titleLink(row: Element): Element | null {
  const title = findFirst(row, (element) => hasClass(element, 'bTitle'));
  return title && findFirst(title, ({ name }) => name === 'a');
}

function entry(row: Element, externalId: string, url: string, title: string | null, position: number): ListingEntry {
  const cells = readCells(row);
  const [, identified, total] = /^(\d+|all)\s*\/\s*(\d+)$/i.exec(cells.get('ided tracks / total tracks') ?? '') ?? [];
  const playTime = cells.get('play time') ?? null;
  return {
    externalId,
    title,
    url,
    date: dateOf(cells.get('tracklist date') ?? dateInAddress(url)).date,
    identified: identified === undefined ? null : Number(identified.toLowerCase() === 'all' ? total : identified),
    total: total === undefined ? null : Number(total),
    playTimeSeconds: playTime === null ? null : playTimeSeconds(playTime),
    playTime,
    genres: (cells.get('musicstyle(s)') ?? '').split(/,\s*/).filter((genre) => genre !== ''),
    position,
  };
}

/** Cells are told by their tool tip alone. */
function readCells(row: Element): Map<string, string> {
  const cells = new Map<string, string>();
  for (const cell of findAll(row, ({ attributes }) => attributes.title !== undefined, false)) {
    const text = textOf(cell);
    if (text !== null) cells.set(attribute(cell, 'title')?.toLowerCase() ?? '', text);
  }
  return cells;
}

/** "1h 28m" (2026), "1h02m" (2022), "37m", "2h". */
function playTimeSeconds(text: string): number | null {
  const [matched, hours, minutes] = /^(?:(\d{1,3})h)?\s*(?:(\d{1,3})m)?$/.exec(text.trim()) ?? [];
  return matched === undefined || matched === '' ? null : Number(hours ?? 0) * 3600 + Number(minutes ?? 0) * 60;
}
