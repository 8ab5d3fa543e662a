/** One setlist of the interface, read into an item: songs of all sets in one row list, each with its set's heading and encore. */
import type { SetlistItem } from '../../src/core/items.ts';
import { setlist } from '../../src/core/items.ts';
import { asNumber, asRecord, isRecord, type JsonRecord, shown, wrongTypes } from '../../src/core/json-page.ts';
import type { Problem } from '../../src/core/parse-result.ts';
import { readSets, readSongs, type SongSet } from './songs.ts';
import { isoDate, isoTime, text } from './values.ts';

const FIELDS = { versionId: 'text', artist: 'object', venue: 'object', tour: 'object', info: 'text' } as const;
const ARTIST_FIELDS = { mbid: 'text', name: 'text', sortName: 'text', disambiguation: 'text' } as const;
const VENUE_FIELDS = { id: 'text', name: 'text', city: 'object' } as const;
const CITY_FIELDS = { id: 'text', name: 'text', state: 'text', coords: 'object', country: 'object' } as const;

/** Reads `value`; null, with a problem, when it cannot be kept. `where` is its JSON path. */
export function readSetlist(value: unknown, where: string, problems: Problem[]): SetlistItem | null {
  const given = asRecord(value);
  const id = text(given.id);
  if (id === null) return refused('a setlist without an id cannot be kept', `${where}.id`, problems);
  // The interface's own document shows the list of sets without the object that its answers put around it.
  const isBare = given.sets === undefined && Array.isArray(given.set);
  const setsAt = isBare ? where : `${where}.sets`;
  const sets = readSets(isBare ? given : given.sets, setsAt, problems);
  // A set read without its songs would take away those that were known before.
  if (sets === null) return null;
  noteWrongTypes(given, where, problems);
  const artist = asRecord(given.artist);
  const name = text(artist.name);
  if (name === null) problems.push(missing('the name of the artist', `${where}.artist.name`));
  const url = text(given.url);
  if (url === null) problems.push(missing('the address that every use of a setlist must link to', `${where}.url`));
  const date = readDate(given.eventDate, `${where}.eventDate`, problems);
  const info = text(given.info);
  return setlist('setlistfm', id, {
    versionId: text(given.versionId),
    url,
    artists: name === null ? [] : [name],
    date,
    datePrecision: date === null ? null : 'day',
    ...readPlace(asRecord(given.venue)),
    tour: text(asRecord(given.tour).name),
    tracks: readSongs(sets, name, `${setsAt}.set`, problems),
    sections: sets.flatMap((set) => set.name ?? []),
    notes: info === null ? [] : [info],
    lastUpdated: readTime(given.lastUpdated, `${where}.lastUpdated`, problems),
    extra: {
      ...artistFacts(artist),
      ...placeFacts(asRecord(given.venue)),
      lastFmEventId: asNumber(given.lastFmEventId),
      /** The site's own words for a list that is not whole. */
      incomplete: info !== null && /\bincomplete\b/i.test(info),
      ...setFacts(sets),
    },
  });
}

function noteWrongTypes(given: JsonRecord, where: string, problems: Problem[]): void {
  const venue = asRecord(given.venue);
  problems.push(
    ...wrongTypes(given, FIELDS, where),
    ...wrongTypes(asRecord(given.artist), ARTIST_FIELDS, `${where}.artist`),
    ...wrongTypes(venue, VENUE_FIELDS, `${where}.venue`),
    ...wrongTypes(asRecord(venue.city), CITY_FIELDS, `${where}.venue.city`),
  );
}

function setFacts(sets: readonly SongSet[]): JsonRecord {
  return {
    setCount: sets.length,
    sets: sets.map(({ name, encore, songs }) => ({ name, encore, songs: songs.filter(isRecord).length })),
  };
}

/** What the interface says of an artist beside the name; for `extra`. */
function artistFacts(artist: JsonRecord): JsonRecord {
  return {
    artistMbid: text(artist.mbid),
    artistSortName: text(artist.sortName),
    artistDisambiguation: text(artist.disambiguation),
    artistTmid: asNumber(artist.tmid),
    artistUrl: text(artist.url),
  };
}

function readPlace(venue: JsonRecord): Pick<SetlistItem, 'venue' | 'city' | 'region' | 'country'> {
  const city = asRecord(venue.city);
  return {
    venue: text(venue.name),
    city: text(city.name),
    region: text(city.state),
    country: text(asRecord(city.country).name),
  };
}

function placeFacts(venue: JsonRecord): JsonRecord {
  const city = asRecord(venue.city);
  const coordinates = asRecord(city.coords);
  return {
    venueId: text(venue.id),
    venueUrl: text(venue.url),
    geoId: text(city.id),
    stateCode: text(city.stateCode),
    countryCode: text(asRecord(city.country).code),
    lat: asNumber(coordinates.lat),
    long: asNumber(coordinates.long),
  };
}

function readDate(value: unknown, where: string, problems: Problem[]): string | null {
  const date = isoDate(value);
  if (date === null)
    problems.push({ code: 'bad-value', message: `expected a date dd-MM-yyyy, found ${shown(value)}`, where });
  return date;
}

function readTime(value: unknown, where: string, problems: Problem[]): string | null {
  const time = isoTime(value);
  if (time === null && value !== undefined && value !== null)
    problems.push({ code: 'bad-value', message: `expected a time as ISO 8601, found ${shown(value)}`, where });
  return time;
}

function refused(message: string, where: string, problems: Problem[]): null {
  problems.push({ code: 'bad-value', message, where });
  return null;
}

function missing(what: string, where: string): Problem {
  return { code: 'bad-value', message: `${what} is missing`, where };
}
