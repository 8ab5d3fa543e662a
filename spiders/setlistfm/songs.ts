/** The sets of a setlist and their songs: `sets.set[]` of `{name?, encore?, song[]}`, always lists in the interface 1.0. */
import { type NameAndMbid, type Row, row } from '../../src/core/items.ts';
import { asRecord, isRecord, type JsonRecord, shown } from '../../src/core/json-page.ts';
import type { Problem } from '../../src/core/parse-result.ts';
import { text } from './values.ts';

export interface SongSet {
  readonly name: string | null;
  /** 1 for the first encore; null for the main sets, of which a festival may have several. */
  readonly encore: number | null;
  readonly songs: readonly unknown[];
}

/** The sets in order; null, with a problem, when they are not the lists that the interface 1.0 gives. */
export function readSets(sets: unknown, where: string, problems: Problem[]): SongSet[] | null {
  const list = asRecord(sets).set;
  if (!Array.isArray(list)) return refused(`expected a list of sets, found ${shown(list)}`, `${where}.set`, problems);
  const read: SongSet[] = [];
  for (const [index, entry] of list.entries()) {
    const at = `${where}.set[${index}]`;
    const set = readSet(entry, at, problems);
    if (set === null) return null;
    read.push(set);
  }
  return read;
}

function readSet(entry: unknown, where: string, problems: Problem[]): SongSet | null {
  if (!isRecord(entry)) return refused(`expected a set, found ${shown(entry)}`, where, problems);
  const songs = entry.song ?? [];
  // One object where a list belongs is how the interface 0.1 wrote a single song.
  if (!Array.isArray(songs))
    return refused(`expected a list of songs, found ${shown(songs)}`, `${where}.song`, problems);
  return { name: text(entry.name), encore: readEncore(entry.encore, `${where}.encore`, problems), songs };
}

function readEncore(value: unknown, where: string, problems: Problem[]): number | null {
  if (typeof value === 'number' && Number.isInteger(value) && value >= 1) return value;
  if (value !== undefined && value !== null)
    problems.push({ code: 'bad-value', message: `expected the number of an encore, found ${shown(value)}`, where });
  return null;
}

/** One row per song, counted over all sets. */
export function readSongs(sets: readonly SongSet[], artist: string | null, where: string, problems: Problem[]): Row[] {
  const rows: Row[] = [];
  for (const [setIndex, { name, encore, songs }] of sets.entries()) {
    for (const [songIndex, song] of songs.entries()) {
      const at = `${where}[${setIndex}].song[${songIndex}]`;
      if (isRecord(song))
        rows.push(row(rows.length + 1, { section: name, encore, ...readSong(song, artist, at, problems) }));
      else problems.push({ code: 'bad-value', message: `expected a song, found ${shown(song)}`, where: at });
    }
  }
  return rows;
}

/** The artist of every song is the set's; whose song it is says `cover`. Titles stay whole: the site writes versions into `info`. */
function readSong(song: JsonRecord, artist: string | null, where: string, problems: Problem[]): Partial<Row> {
  const title = text(song.name);
  // An empty name is an unknown song; anything else that is no text is lost.
  if (title === null && song.name !== undefined && song.name !== null && typeof song.name !== 'string')
    problems.push({
      code: 'bad-value',
      message: `expected a title, found ${shown(song.name)}`,
      where: `${where}.name`,
    });
  return {
    artist,
    title,
    isId: title === null,
    idKind: title !== null ? null : artist === null ? 'full' : 'title',
    parts: medley(title, artist),
    cover: nameAndMbid(song.cover, `${where}.cover`, problems),
    with: nameAndMbid(song.with, `${where}.with`, problems),
    tape: song.tape === true,
    info: text(song.info),
  };
}

/** "A / B / C" is a medley; a slash without spaces belongs to the name ("AC/DC Bag"). */
function medley(title: string | null, artist: string | null): Row['parts'] {
  const names = title?.split(' / ').flatMap((name) => text(name) ?? []) ?? [];
  return names.length < 2 ? [] : names.map((name) => ({ artist, title: name, version: null }));
}

/** A single artist; the interface never gives a list of them. */
function nameAndMbid(value: unknown, where: string, problems: Problem[]): NameAndMbid | null {
  if (value === undefined || value === null) return null;
  const given = asRecord(value);
  const name = text(given.name);
  if (name !== null) return { name, mbid: text(given.mbid) };
  const found = isRecord(value) ? 'none' : shown(value);
  problems.push({ code: 'bad-value', message: `expected an artist with a name, found ${found}`, where });
  return null;
}

function refused(message: string, where: string, problems: Problem[]): null {
  problems.push({ code: 'unknown-shape', message: `${message}: the setlist is not kept`, where });
  return null;
}
