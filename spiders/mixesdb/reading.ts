/** What reading a page gives, and short ways to say it. */
import type { Item, ListingItem } from '../../src/core/items.ts';
import type { PageRequest, Problem } from '../../src/core/parse-result.ts';
import { articleUrl } from './spider.ts';
import { readTitle } from './title.ts';

export interface Reading {
  items?: Item[];
  requests?: PageRequest[];
  problems?: Problem[];
}

/** A mix in a list of mixes. */
export function listed({ key, title }: { key: string; title: string }): ListingItem['entries'][number] {
  const { date } = readTitle(title).item;
  return { externalId: key, title, url: articleUrl(key), date, identified: null, total: null, playTimeSeconds: null };
}

export function refused(message: string): Reading {
  return problem('unknown-shape', message);
}

export function notReadYet(kind: string): Reading {
  return problem('not-read-yet', `not read yet: ${kind}`);
}

export function problem(code: string, message: string, where: string | null = null): Reading {
  return { problems: [{ code, message, where }] };
}
