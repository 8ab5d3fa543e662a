/** One setlist of the interface, read into an item: songs of all sets in one row list, each with its set's heading and encore. */
import type { NameAndMbid, Row, SetlistItem } from '../../src/core/items.ts';
import { row, setlist } from '../../src/core/items.ts';
import { asList, asNumber, asRecord, asText, isRecord, type JsonRecord } from '../../src/core/json-page.ts';
import type { Problem } from '../../src/core/source.ts';
import { isoDate, isoTime } from './time.ts';

/** Reads `value`; null, with a problem, when it has no id to be known by. `where` is its JSON path. */
export function readSetlist(value: unknown, where: string, problems: Problem[]): SetlistItem | null {
  const given = asRecord(value);
  const id = text(given.id);
  if (id === null) {
    problems.push({ code: 'bad-value', message: 'a setlist without an id cannot be kept', where: `${where}.id` });
    return null;
  }
  const artist = asRecord(given.artist);
  const name = text(artist.name);
  if (name === null) problems.push(missing('the name of the artist', `${where}.artist.name`));
  const date = readDate(given.eventDate, `${where}.eventDate`, problems);
  const sets = readSets(given.sets, where, problems);
  const tracks = readSongs(sets, name, `${where}.sets.set`, problems);
  const info = text(given.info);
  return setlist('setlistfm', id, {
    versionId: text(given.versionId),
    url: text(given.url),
    artists: name === null ? [] : [name],
    date,
    datePrecision: date === null ? null : 'day',
    ...readPlace(asRecord(given.venue)),
    tour: text(asRecord(given.tour).name),
    tracks,
    sections: sets.flatMap((set) => text(set.name) ?? []),
    notes: info === null ? [] : [info],
    lastUpdated: isoTime(given.lastUpdated),
    extra: {
      ...artistFacts(artist),
      ...placeFacts(asRecord(given.venue)),
      lastFmEventId: asNumber(given.lastFmEventId),
      /** The site's own words for a list that is not whole. */
      incomplete: info !== null && /\bincomplete\b/i.test(info),
      setCount: sets.length,
      sets: sets.map((set) => ({
        name: text(set.name),
        encore: asNumber(set.encore),
        songs: asList(set.song).length,
      })),
    },
  });
}

/** A text that says something, without the space around it; null for everything else. */
export function text(value: unknown): string | null {
  return asText(value)?.trim() ?? null;
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
  if (date === null) {
    problems.push({
      code: 'bad-value',
      message: `expected a date dd-MM-yyyy, found ${JSON.stringify(value) ?? 'nothing'}`,
      where,
    });
  }
  return date;
}

function readSets(sets: unknown, where: string, problems: Problem[]): JsonRecord[] {
  const list = asRecord(sets).set;
  if (!Array.isArray(list))
    problems.push({ code: 'unknown-shape', message: 'expected a list of sets', where: `${where}.sets.set` });
  return asList(list).filter(isRecord);
}

function readSongs(sets: JsonRecord[], artist: string | null, where: string, problems: Problem[]): Row[] {
  const rows: Row[] = [];
  for (const [setIndex, set] of sets.entries()) {
    const heading = { section: text(set.name), encore: asNumber(set.encore) };
    for (const [songIndex, song] of asList(set.song).entries()) {
      if (isRecord(song)) rows.push(row(rows.length + 1, { ...heading, ...readSong(song, artist) }));
      else
        problems.push({
          code: 'bad-value',
          message: 'a song that is no object',
          where: `${where}[${setIndex}].song[${songIndex}]`,
        });
    }
  }
  return rows;
}

/** The artist of every song is the set's; whose song it is says `cover`. Titles stay whole: the site writes versions into `info`. */
function readSong(song: JsonRecord, artist: string | null): Partial<Row> {
  const title = text(song.name);
  return {
    artist,
    title,
    isId: title === null,
    idKind: title !== null ? null : artist === null ? 'full' : 'title',
    parts: medley(title, artist),
    cover: nameAndMbid(song.cover),
    with: nameAndMbid(song.with),
    tape: song.tape === true,
    info: text(song.info),
  };
}

/** "A / B / C" is a medley; a slash without spaces belongs to the name ("AC/DC Bag"). */
function medley(title: string | null, artist: string | null): Row['parts'] {
  const names = title?.split(' / ') ?? [];
  return names.length < 2 ? [] : names.map((name) => ({ artist, title: text(name), version: null }));
}

function nameAndMbid(value: unknown): NameAndMbid | null {
  const given = asRecord(value);
  const name = text(given.name);
  return name === null ? null : { name, mbid: text(given.mbid) };
}

function missing(what: string, where: string): Problem {
  return { code: 'bad-value', message: `${what} is missing`, where };
}
