/**
 * Titles of mix pages: `DATE - ARTISTS @ PLACE[, CITY[, COUNTRY]]` or `DATE - ARTISTS - SERIES`, with whole or partial dates, "(Live PA)" behind
 * artists and a broadcast in brackets at the end.
 */
import type { DatePrecision, SetlistItem } from '../../src/core/items.ts';
import { splitArtists } from '../../src/core/names.ts';
import { normKey } from '../../src/core/text.ts';
import { isCountry, isRegion } from './places.ts';

export interface TitleFacts {
  readonly item: Pick<
    SetlistItem,
    'date' | 'datePrecision' | 'artists' | 'event' | 'venue' | 'city' | 'region' | 'country' | 'isLivePa'
  >;
  readonly extra: {
    /** "live": played at a place; "series": a show, podcast or mix series; null when the title says neither. */
    readonly titleKind: 'live' | 'series' | null;
    /** Everything behind the artists, as printed. */
    readonly placeOrSeries: string | null;
    /** "(Essential Mix, 2026-06-27)": where the recording was broadcast. */
    readonly broadcast: string | null;
  };
}

/** What a page's title cannot say by itself: names of its categories, and places known from elsewhere. */
export interface TitleContext {
  readonly categories?: readonly string[];
  /** Names (as `normKey` gives them) known to be events or venues and so no cities. */
  readonly places?: ReadonlySet<string>;
}

/** The wiki allows 255 bytes; what is behind is damage, and must not cost time. */
const LONGEST_TITLE = 400;
/** Of a span ("1999-12-31/2000-01-01") the first day counts. */
const DATE = /^(\d{4}(?:-(?:\d{2}|XX|\?\?)){0,2}|\d{3}X)(?:\s?\/\s?\d{2,4}(?:-\d{2}){0,2})?\s+[-–]\s+(.*)$/is;
/** What ends so is a room or a station, in whatever town. */
const NO_CITY = /\b(?:FM|Radio|TV|Clubs?|Festival|Stage|Room|Arena|Warehouse|Bar|Hotel|Terrace)$/i;
const LIVE_PA = /\s*\((?:Live(?: PA| Set)?)\)/gi;
/** What an artist did, where it is no live act; "A - Live @ Place" says no more than "A @ Place". */
const DJ_SET = /\s*\((?:DJ|Vinyl|Hybrid)[\s-]?Set\)|\s+-\s+Live(?:\sSet)?$/gi;
const BROADCAST =
  /^(.*\S)\s+\(([^()]*(?:\b(?:mix|tv|radio|podcast|show|sessions?|fm|broadcast|stream|episode)\b|\d{4}-\d{2})[^()]*)\)$/is;
const PRESENTS = /\s+(?:pres(?:\.|ents?)?|w\/)\s+/i;

/** Reads a title; parts it does not say are null. */
export function readTitle(title: string, context: TitleContext = {}): TitleFacts {
  const printed = title.slice(0, LONGEST_TITLE);
  const dated = DATE.exec(printed);
  const rest = (dated?.[2] ?? printed).trim();
  const { artists, place, kind } = splitArtistsAndPlace(rest, context, dated !== null);
  const broadcast = place === null ? null : BROADCAST.exec(place);
  const shownPlace = broadcast?.[1] ?? place;
  return {
    item: {
      ...readDate(dated?.[1] ?? null),
      artists: artistNames(artists, context),
      isLivePa: new RegExp(LIVE_PA).test(artists),
      event: kind === 'series' && shownPlace === 'Unknown' ? (broadcast?.[2] ?? null) : shownPlace,
      ...(kind === 'live' && shownPlace !== null ? locate(shownPlace, context) : NOWHERE),
    },
    extra: { titleKind: kind, placeOrSeries: place, broadcast: broadcast?.[2]?.trim() ?? null },
  };
}

/** The event or venue a title begins its place with, as `normKey` gives it; null for series. */
export function placeKeyOf(title: string): string | null {
  const place = /^[^@]* @ ([^,]+)/.exec(title)?.[1];
  return place === undefined ? null : normKey(place);
}

const NOWHERE = { venue: null, city: null, region: null, country: null };

/** "00", "XX" or "??" stands for an unknown month or day; a day that the calendar does not have is no date. */
function readDate(printed: string | null): Pick<SetlistItem, 'date' | 'datePrecision'> {
  if (printed === null) return { date: null, datePrecision: null };
  if (/^\d{3}X$/i.test(printed)) return { date: printed.toUpperCase(), datePrecision: 'decade' };
  const date = printed.replace(/(?:-(?:00|XX|\?\?))+$/i, '');
  const precision: DatePrecision = date.length === 10 ? 'day' : date.length === 7 ? 'month' : 'year';
  const time = Date.parse(`${`${date}-01-01`.slice(0, 10)}T00:00:00Z`);
  const exists = !Number.isNaN(time) && new Date(time).toISOString().startsWith(date);
  return exists ? { date, datePrecision: precision } : { date: null, datePrecision: null };
}

function splitArtistsAndPlace(
  text: string,
  context: TitleContext,
  isDated: boolean,
): { artists: string; place: string | null; kind: 'live' | 'series' | null } {
  const at = outsideBrackets(text, ' @ ');
  if (at >= 0) return { artists: text.slice(0, at), place: text.slice(at + 3).trim() || null, kind: 'live' };
  const dash = isDated ? seriesDash(text, context.categories ?? []) : -1;
  if (dash < 0) return { artists: isDated ? text : '', place: null, kind: null };
  return { artists: text.slice(0, dash), place: text.slice(dash + 3).trim() || null, kind: 'series' };
}

/** The first place of `mark` that no bracket holds: "Essential Mix (Live @ Que Club)" is a show; -1 when there is none. */
function outsideBrackets(text: string, mark: string): number {
  for (let at = text.indexOf(mark); at >= 0; at = text.indexOf(mark, at + 1)) {
    const before = text.slice(0, at);
    if (before.lastIndexOf('(') <= before.lastIndexOf(')')) return at;
  }
  return -1;
}

/** The dash before the series: the last one whose right side begins with a category of the page, else the first. */
function seriesDash(text: string, categories: readonly string[]): number {
  const dashes = [...text.matchAll(/ [-–] /g)].map((match) => match.index);
  const names = categories.map(withoutSuffix).map(normKey).filter(Boolean);
  const known = dashes.findLast((dash) =>
    names.some((name) => `${normKey(text.slice(dash + 3))} `.startsWith(`${name} `)),
  );
  return known ?? dashes[0] ?? -1;
}

function artistNames(text: string, { categories = [] }: TitleContext): string[] {
  const plain = text.replace(LIVE_PA, '').replace(DJ_SET, '').trim();
  const known = categories.map(withoutSuffix);
  const names = plain.split(PRESENTS).flatMap((part) => {
    const { primary, featured } = splitArtists(part, known);
    return [...primary, ...featured];
  });
  return [...new Set(names)].filter((name) => name !== '' && name !== '?');
}

function locate(place: string, context: TitleContext): Pick<SetlistItem, 'venue' | 'city' | 'region' | 'country'> {
  const [, ...parts] = place
    .split(/,\s+/)
    .map((part) => part.trim())
    .filter(Boolean);
  const last = parts.at(-1);
  const country = last !== undefined && isCountry(last) ? (parts.pop() ?? null) : null;
  const region = isRegion(parts.at(-1), country) ? (parts.pop() ?? null) : null;
  // What is left is "CITY" or "VENUE, CITY"; a name known as a place is no city.
  const city = parts.length > 0 && !isPlace(parts.at(-1), context) ? (parts.pop() ?? null) : null;
  return { venue: parts.join(', ') || null, city, region, country };
}

function isPlace(name: string | undefined, { categories = [], places }: TitleContext): boolean {
  if (name === undefined) return false;
  if (NO_CITY.test(name)) return true;
  const key = normKey(name);
  return places?.has(key) === true || categories.some((category) => normKey(withoutSuffix(category)) === key);
}

/** "Autonomic (Show)": what tells two categories of one name apart. */
export function withoutSuffix(category: string): string {
  return category.replace(/\s+\((?:Show|Artist|Venue|Event|Podcast|Label|Record Label|Radio|DJ)\)$/i, '');
}
