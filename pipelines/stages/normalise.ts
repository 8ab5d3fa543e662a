/** Second stage: texts folded, dates made partition keys, codes made comparable. It loses nothing: what it cannot read stays as printed in the claim. */
import { normaliseIsrc } from '../../src/core/isrc.ts';
import type { ArtistItem, PostItem, SetlistItem, TrackItem } from '../../src/core/items.ts';
import { boundKey, nameKey } from '../../src/core/names.ts';
import { fold } from '../../src/core/text.ts';
import { type EventDate, parseEventDate, UNKNOWN_DATE } from './event-date.ts';
import type { PipelinedItem } from './validate.ts';

export interface Place {
  readonly name: string;
  readonly normKey: string;
  readonly city: string | null;
  readonly region: string | null;
  readonly country: string | null;
  readonly latitude: number | null;
  readonly longitude: number | null;
}

export interface NormalSetlist {
  readonly kind: 'setlist';
  readonly item: SetlistItem;
  readonly date: EventDate;
  readonly event: { readonly name: string; readonly normKey: string } | null;
  readonly venue: Place | null;
}

export interface NormalTrack {
  readonly kind: 'track';
  readonly item: TrackItem;
  readonly isrcs: readonly string[];
}

export interface NormalArtist {
  readonly kind: 'artist';
  readonly item: ArtistItem;
  readonly mbid: string | null;
}

export interface NormalPost {
  readonly kind: 'post';
  readonly item: PostItem;
  /** ISO 8601 UTC. */
  readonly mentionedAt: string | null;
}

export type NormalItem = NormalSetlist | NormalTrack | NormalArtist | NormalPost;

/** Most texts are this already: printable ASCII, single spaces, none at the ends. */
const PLAIN = /^[\x21-\x7e]+(?: [\x21-\x7e]+)*$/;
/** Control characters, among them the separator that the loader joins lists with. White space is folded, not dropped. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is taken out
const CONTROLS = /[\x00-\x08\x0e-\x1f\x7f]/g;
const MBID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** Normalises a valid item. `observedAt`: when its page was seen. */
export function normalise(item: PipelinedItem, observedAt: Date): NormalItem {
  switch (item.kind) {
    case 'setlist':
      return normaliseSetlist(cleanDeep(item), observedAt);
    case 'track':
      return { kind: 'track', item: cleanDeep(item), isrcs: isrcsOf(item.isrc) };
    case 'artist':
      return { kind: 'artist', item: cleanDeep(item), mbid: mbidOf(item.mbid) };
    case 'post':
      return normalisePost(item);
  }
}

/** Folded text without control characters; null when nothing is left. */
export function clean(text: string): string | null {
  return PLAIN.test(text) ? text : fold(text.toWellFormed().replace(CONTROLS, ''));
}

/** A MusicBrainz id in its one form; null when the text is none. */
export function mbidOf(text: unknown): string | null {
  if (typeof text !== 'string') return null;
  const mbid = text.trim().toLowerCase();
  return MBID.test(mbid) ? mbid : null;
}

/** Every text of a thing cleaned, wherever it sits; texts that vanish become null, and vanish from lists. */
function cleanDeep<T>(thing: T): T {
  return cleanAny(thing) as T;
}

function cleanAny(value: unknown): unknown {
  if (typeof value === 'string') return clean(value);
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(cleanAny).filter((entry) => entry !== null);
  const cleaned: Record<string, unknown> = {};
  for (const name in value) cleaned[name] = cleanAny((value as Record<string, unknown>)[name]);
  return cleaned;
}

function normaliseSetlist(item: SetlistItem, observedAt: Date): NormalSetlist {
  return {
    kind: 'setlist',
    item,
    date: parseEventDate(item.date, observedAt) ?? UNKNOWN_DATE,
    event: item.event === null ? null : { name: item.event, normKey: nameKey(item.event) },
    venue: placeOf(item),
  };
}

/** Venues of one name in two cities are two venues; the key holds the city and the country. */
function placeOf({ venue, city, region, country, extra }: SetlistItem): Place | null {
  if (venue === null) return null;
  const key = [venue, city ?? '', country ?? ''].map(nameKey).join('|');
  const { latitude, longitude } = coordinatesOf(extra);
  return { name: venue, normKey: boundKey(key), city, region, country, latitude, longitude };
}

/** Sources that know where a venue lies say so in `extra`: at least its city's centre. */
function coordinatesOf({ lat, long }: Record<string, unknown>): { latitude: number | null; longitude: number | null } {
  const isPlace = typeof lat === 'number' && typeof long === 'number' && Math.abs(lat) <= 90 && Math.abs(long) <= 180;
  return isPlace ? { latitude: lat, longitude: long } : { latitude: null, longitude: null };
}

function isrcsOf(text: string | null): string[] {
  const isrc = text === null ? null : normaliseIsrc(text).value;
  return isrc === null ? [] : [isrc];
}

/** A post's own words are not kept beyond the raw item (they must be erasable), so only what was read out of them is cleaned. */
function normalisePost(item: PostItem): NormalPost {
  const mentionedAt = item.createdAt === null ? null : new Date(item.createdAt).toISOString();
  return { kind: 'post', item: { ...item, tracks: cleanDeep(item.tracks) }, mentionedAt };
}
