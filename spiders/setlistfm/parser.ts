/** Answers of the setlist.fm REST interface 1.0, told apart by their content; the address only helps to find the next page. */
import type { ArtistItem, Item, ListingItem } from '../../src/core/items.ts';
import { asNumber, asRecord, isRecord, type JsonRecord, readJsonPage } from '../../src/core/json-page.ts';
import type { PageRequest, ParseResult, Problem } from '../../src/core/parse-result.ts';
import { boundProblems } from '../../src/core/problems.ts';
import type { Page } from '../../src/core/source.ts';
import { readError, readPlainError } from './error.ts';
import { nextPage } from './next-page.ts';
import { readSetlist } from './setlist.ts';
import { apiPath, setlistsOf } from './spider.ts';
import { text } from './values.ts';

/** What a set listing says and a place does not. */
const NO_ENTRY = { title: null, url: null, date: null, identified: null, total: null, playTimeSeconds: null };

interface Reading {
  items?: Item[];
  requests?: PageRequest[];
  problems?: Problem[];
}

/** Member that holds the entries of a list, and how they are read. */
const LISTS: Readonly<Record<string, (entries: unknown[], page: Page) => Reading>> = {
  setlist: (entries) => readSetlists(entries, (index) => `$.setlist[${index}]`),
  artist: readArtists,
  venue: (entries, page) => readPlaces('venues', entries, page),
  cities: (entries, page) => readPlaces('cities', entries, page),
  country: (entries, page) => readPlaces('countries', entries, page),
};

/** Reads any answer of the interface. Pure, and never throws. */
export function parse(page: Page): ParseResult {
  const json = readJsonPage(page.body);
  const reading = json.ok ? readAnswer(json.value, page) : readForeign(json.text, json.problem, page);
  const { items = [], requests = [], problems = [] } = reading;
  return { source: 'setlistfm', items, requests, problems: boundProblems(problems) };
}

function readAnswer(value: unknown, page: Page): Reading {
  const answer = asRecord(value);
  const error = readError(answer, page) ?? readPlainError('', page);
  if (error) return { items: [error] };
  if (!isRecord(value)) return refused('expected an object of the REST interface 1.0');
  if (isVersion01(value)) return refused('the shape of REST 0.1 (ended 2017, "@" names); ask the interface 1.0');
  for (const [member, read] of Object.entries(LISTS)) {
    const entries = value[member];
    if (Array.isArray(entries)) return withNextPage(read(entries, page), value, entries, page.url);
  }
  return readSingle(value, page);
}

function withNextPage(reading: Reading, list: JsonRecord, entries: unknown[], url: string | null): Reading {
  const { request, problem } = nextPage(list, entries, url);
  return {
    ...reading,
    requests: request ? [request] : [],
    problems: [...(reading.problems ?? []), ...(problem ? [problem] : [])],
  };
}

/** One thing by its id; an artist, a venue and a user lead to the lists of their setlists. */
function readSingle(value: JsonRecord, page: Page): Reading {
  if ('eventDate' in value || 'versionId' in value) return readSetlists([value], () => '$');
  if ('mbid' in value && 'name' in value) return leading(readArtists([value]), setlistsOf('artist', text(value.mbid)));
  if ('userId' in value) return readUser(value);
  if ('coords' in value || 'stateCode' in value || ('id' in value && isRecord(value.country)))
    return readPlaces('city', [value], page);
  if ('id' in value && 'name' in value && ('city' in value || 'url' in value))
    return leading(readPlaces('venue', [value], page), setlistsOf('venue', text(value.id)));
  const members = Object.keys(value).slice(0, 8).join(', ').slice(0, 200);
  const single = Object.keys(LISTS).find((member) => isRecord(value[member]));
  if (single !== undefined) return refused(`"${single}" is a single object where the interface 1.0 has a list`);
  return refused(`no answer of the interface has these members: ${members || '(none)'}`);
}

/** What could not be read leads nowhere. */
function leading({ items = [], problems = [] }: Reading, requests: PageRequest[]): Reading {
  return { items, problems, requests: items.length === 0 ? [] : requests };
}

/** Who the user is stays there: a profile is a person's own, and only leads to setlists. */
function readUser(value: JsonRecord): Reading {
  const id = text(value.userId);
  if (id === null) return { problems: [unusable('a user without id', '$.userId')] };
  const entry = { ...NO_ENTRY, externalId: id, url: text(value.url) };
  const items: Item[] = [{ kind: 'listing', source: 'setlistfm', id: `user/${id}`, entries: [entry] }];
  return { items, requests: setlistsOf('user', id) };
}

function readSetlists(entries: unknown[], where: (index: number) => string): Reading {
  const problems: Problem[] = [];
  const items = entries.flatMap((entry, index) => readSetlist(entry, where(index), problems) ?? []);
  return { items, problems };
}

function readArtists(entries: unknown[]): Reading {
  const items: Item[] = [];
  const problems: Problem[] = [];
  for (const [index, entry] of entries.entries()) {
    const item = artist(asRecord(entry));
    if (item) items.push(item);
    else problems.push(unusable('an artist without MusicBrainz id or name', `$.artist[${index}]`));
  }
  return { items, problems };
}

function artist(given: JsonRecord): ArtistItem | null {
  const id = text(given.mbid);
  const name = text(given.name);
  if (id === null || name === null) return null;
  return {
    kind: 'artist',
    source: 'setlistfm',
    id,
    name,
    mbid: id,
    sortName: text(given.sortName),
    disambiguation: text(given.disambiguation),
    url: text(given.url),
    // A Ticketmaster id; several artists may share one.
    extra: { tmid: asNumber(given.tmid) },
  };
}

/** Venues, cities and countries are no items of their own, so they are listed; each page of a list is known by its address. */
function readPlaces(kind: string, entries: unknown[], page: Page): Reading {
  const listed: ListingItem['entries'] = [];
  const problems: Problem[] = [];
  for (const [index, entry] of entries.entries()) {
    const given = asRecord(entry);
    const key = text(given.id) ?? text(given.code);
    if (key === null) problems.push(unusable('a place without id or code', `$[${index}]`));
    else listed.push(place(given, key));
  }
  const id = (page.url === null ? null : apiPath(page.url)) ?? kind;
  return { items: listed.length > 0 ? [{ kind: 'listing', source: 'setlistfm', id, entries: listed }] : [], problems };
}

function place(given: JsonRecord, externalId: string): ListingItem['entries'][number] {
  const city = isRecord(given.city) ? given.city : given;
  const coordinates = asRecord(city.coords);
  const country = asRecord(city.country);
  return {
    ...NO_ENTRY,
    externalId,
    title: text(given.name),
    url: text(given.url),
    city: city === given ? null : text(city.name),
    geoId: city === given ? null : text(city.id),
    region: text(city.state),
    stateCode: text(city.stateCode),
    country: text(country.name),
    countryCode: text(country.code),
    lat: asNumber(coordinates.lat),
    long: asNumber(coordinates.long),
  };
}

/** What is no JSON: the website's challenge, XML, a recorded conversation, or nothing of theirs. */
function readForeign(body: string, problem: Problem, page: Page): Reading {
  const start = body.slice(0, 100_000);
  if (/awsWafCookieDomainList|AwsWafIntegration|\.awswaf\.com|gokuProps/i.test(start)) {
    return { items: [{ kind: 'block', source: 'setlistfm', reason: 'js-forwarding-interstitial', url: page.url }] };
  }
  const error = readPlainError(start, page);
  if (error) return { items: [error] };
  if (/^\s*(?:<\?xml|<(?:setlists?|artists?|venues?|city|cities|country|countries|user|error)\b)/i.test(start)) {
    return refused('XML: ask with the header "Accept: application/json"');
  }
  if (/^interactions:\s/m.test(start) && /^- request:/m.test(start)) return notReadYet('cassette');
  return { problems: [problem] };
}

/** BadgerFish JSON: attributes as "@" names, on the answer, on the one object in it or on the first of a list. */
function isVersion01(value: JsonRecord): boolean {
  const inner = Object.values(value).map((member) => (Array.isArray(member) ? member[0] : member));
  const objects = [value, ...inner.filter(isRecord)];
  return objects.some((object) => Object.keys(object).some((name) => name.startsWith('@')));
}

function refused(message: string): Reading {
  return { problems: [{ code: 'unknown-shape', message, where: null }] };
}

function notReadYet(kind: string): Reading {
  return { problems: [{ code: 'not-read-yet', message: `not read yet: ${kind}`, where: null }] };
}

function unusable(what: string, where: string): Problem {
  return { code: 'bad-value', message: `${what} cannot be kept`, where };
}
