/** A set out of somebody's dump: title, address and lines are all there is, no revision and no categories. */
import { createHash } from 'node:crypto';
import { type SetlistItem, setlist } from '../../src/core/items.ts';
import { LICENCE } from './mix-page.ts';
import { keyOfTitle, keyOfUrl } from './spider.ts';
import { placeKeyOf, readTitle } from './title.ts';
import type { Tracklist } from './tracklist.ts';

export interface DumpedMix extends Omit<Tracklist, 'problems'> {
  readonly title: string | null;
  readonly url: string | null;
  /** Places that titles of the same dump begin with. */
  readonly places: ReadonlySet<string>;
  readonly fetchedAt: string | null;
  /** The lines as given: what a set without title and address is known by. */
  readonly text: string;
  readonly extraFacts?: Record<string, unknown>;
}

export function dumpedMix(mix: DumpedMix): SetlistItem {
  const title = mix.title === null ? null : readTitle(mix.title, { places: mix.places });
  const key = (mix.url === null ? null : keyOfUrl(mix.url)) ?? (mix.title === null ? null : keyOfTitle(mix.title));
  return setlist('mixesdb', key ?? textId(mix.text), {
    url: mix.url,
    title: mix.title,
    ...title?.item,
    tracks: mix.rows,
    sections: mix.sections,
    notes: mix.notes,
    extra: {
      ...title?.extra,
      ...mix.extra,
      ...mix.extraFacts,
      pageKey: key,
      retrievedAt: mix.fetchedAt,
      licence: LICENCE,
      hasTracklist: mix.rows.length > 0,
    },
  });
}

/** What the titles of a dump begin their places with: such a name is no city in another title. */
export function knownPlaces(titles: readonly string[]): Set<string> {
  return new Set(titles.flatMap((title) => placeKeyOf(title) ?? []));
}

function textId(text: string): string {
  return `text-${createHash('sha256').update(text).digest('hex').slice(0, 20)}`;
}
