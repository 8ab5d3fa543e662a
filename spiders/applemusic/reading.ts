/** What the readers of an answer share: where they put what they found, and the small fields that every resource has. */
import type { Item } from '../../src/core/items.ts';
import { asText } from '../../src/core/json-page.ts';
import type { PageRequest, Problem } from '../../src/core/parse-result.ts';
import { isBeyondChart, nextPage } from './spider.ts';

export interface Reading {
  /** Address of the page, null when unknown. */
  readonly url: string | null;
  readonly items: Item[];
  readonly requests: PageRequest[];
  readonly problems: Problem[];
}

/** Shops fill in such days where they know none. */
const PLACEHOLDER_DATE = /^(?:1900-01-01|1899-12-31|0)/;
/** Longer texts are no addresses of theirs. */
const LONGEST_PATH = 2_000;
const DATE = /^\d{4}(?:-(?:0[1-9]|1[0-2])(?:-(?:0[1-9]|[12]\d|3[01]))?)?(?=$|[T ])/;

/** Adds items one by one: a call takes fewer arguments than a list may have entries. */
export function addAll(found: readonly Item[], { items }: Pick<Reading, 'items'>): void {
  for (const item of found) items.push(item);
}

/** Adds problems one by one, for the same reason. */
export function noteAll(found: readonly Problem[], problems: Problem[]): void {
  for (const problem of found) problems.push(problem);
}

/** "YYYY-MM-DD", "YYYY-MM" or "YYYY" (of a time stamp its day); a placeholder or broken date is null and a problem. */
export function dateOf(value: unknown, where: string, problems: Problem[]): string | null {
  const text = asText(value);
  if (text === null) return null;
  const date = DATE.exec(text)?.[0];
  if (date !== undefined && !PLACEHOLDER_DATE.test(date)) return date;
  const message = date === undefined ? `"${text.slice(0, 40)}" is no date` : `${date} is a placeholder, not a date`;
  problems.push({ code: 'bad-value', message, where });
  return null;
}

/** Follows `next`, where there is one; charts end before their 200th place, whatever they name as next. */
export function follow(next: unknown, where: string, { url, requests, problems }: Reading): void {
  const text = asText(next);
  if (text === null) return;
  const request = text.length > LONGEST_PATH ? null : nextPage(text, url);
  if (request !== null && isBeyondChart(request)) return;
  if (request) requests.push(request);
  else problems.push({ code: 'bad-value', message: `"${text.slice(0, 80)}" is no path of the catalogue`, where });
}

/** Says when a list is shorter than it was announced; regions lack tracks, and numbers keep their gaps. */
export function noteMissing(id: string, got: number, announced: number | null, { problems }: Reading): void {
  if (announced === null || got >= announced) return;
  const message = `album ${id}: ${got} of ${announced} tracks are here and no next page is named`;
  problems.push({ code: 'missing-tracks', message, where: null });
}

/** "/album/slug/id310730204?i=…" and "/album/slug/1727813560?i=…": the album's number. */
export function albumIdOf(url: string | null): string | null {
  return /\/album\/(?:[^/?#]*\/)?(?:id)?(\d+)(?:[/?#]|$)/.exec(url ?? '')?.[1] ?? null;
}
