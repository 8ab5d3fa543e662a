/** First stage: is this an item the catalogue can use at all? It refuses what is malformed or impossible, and changes nothing. */
import type { ArtistItem, PostItem, SetlistItem, TrackItem } from '../../src/core/items.ts';
import type { RawItem, Refusal, StageOutcome } from '../pipeline.ts';
import { anyObject, type Fault, firstFault, flag, listOf, oneOf, optional, type Shape, text, whole } from './checks.ts';
import { parseEventDate } from './event-date.ts';

/** An item of a kind that has a pipeline. */
export type PipelinedItem = SetlistItem | TrackItem | ArtistItem | PostItem;

const LONGEST_ID = 500;
const LONGEST_NAME = 1000;
const LONGEST_URL = 4000;
const LONGEST_BODY = 200_000;
const MOST_ROWS = 5000;
const MOST_PARTS = 50;
const MOST_ENTRIES = 1000;
/** A week: the longest streams. */
const LONGEST_RECORDING_SECONDS = 604_800;
const LONGEST_TRACK_MS = 86_400_000;

const name = optional(text(LONGEST_NAME));
const url = optional(text(LONGEST_URL));
const names = listOf(text(LONGEST_NAME), MOST_ENTRIES);
const seconds = optional(whole(0, LONGEST_RECORDING_SECONDS));
const objects = listOf(anyObject, MOST_ENTRIES);
const count = optional(whole(0, 1_000_000));

const SETLIST: Shape = {
  externalId: text(LONGEST_ID),
  versionId: optional(text(LONGEST_ID)),
  url,
  title: name,
  artists: names,
  date: optional(text(10)),
  event: name,
  venue: name,
  city: name,
  region: name,
  country: name,
  tour: name,
  sources: objects,
  genres: names,
  media: objects,
  durationSeconds: seconds,
  isLivePa: flag,
  tracks: listOf(anyObject, MOST_ROWS),
  sections: names,
  notes: listOf(text(LONGEST_BODY), MOST_ENTRIES),
  extra: anyObject,
};
const ROW: Shape = {
  number: optional(text(100)),
  section: name,
  cueSeconds: seconds,
  cueGranularity: oneOf('second', 'minute', 'unknown'),
  artist: name,
  title: name,
  version: name,
  edit: name,
  recordLabel: name,
  catalogNumber: name,
  isId: flag,
  idKind: optional(oneOf('full', 'title', 'version')),
  withPrevious: flag,
  parts: listOf(anyObject, MOST_PARTS),
  tape: flag,
  links: anyObject,
};
const PART: Shape = { artist: name, title: name, version: name };
const TRACK: Shape = {
  id: text(LONGEST_ID),
  isrc: optional(text(100)),
  title: name,
  version: name,
  artist: name,
  artists: names,
  featured: names,
  album: name,
  durationMs: optional(whole(1, LONGEST_TRACK_MS)),
  releaseDate: optional(text(40)),
  genres: names,
  trackNumber: count,
  discNumber: count,
  url,
  mixed: flag,
  isId: flag,
  extra: anyObject,
};
const ARTIST: Shape = {
  id: text(LONGEST_ID),
  name: text(LONGEST_NAME),
  mbid: name,
  sortName: name,
  disambiguation: name,
  url,
};
const POST: Shape = {
  id: text(LONGEST_ID),
  thing: oneOf('t1', 't3'),
  createdAt: optional(text(40)),
  title: optional(text(LONGEST_BODY)),
  body: optional(text(LONGEST_BODY)),
  permalink: url,
  status: text(40),
  purge: flag,
  tracks: listOf(anyObject, MOST_ROWS),
  extra: anyObject,
};

/** Passes a usable item on as it is, or says why it cannot be used. */
export function validate(raw: RawItem): StageOutcome<PipelinedItem> {
  const item = raw.body;
  switch (item.kind) {
    case 'setlist':
      return outcome(item, firstFault(item, SETLIST) ?? rowsFault(item.tracks) ?? setlistFault(item, raw.observedAt));
    case 'track':
      return outcome(item, firstFault(item, TRACK) ?? trackFault(item));
    case 'artist':
      return outcome(item, firstFault(item, ARTIST));
    case 'post':
      return outcome(item, firstFault(item, POST) ?? rowsFault(item.tracks) ?? postFault(item));
    default:
      return refuse('no-pipeline', `items of kind "${item.kind}" have no pipeline: they are kept as they are`, 'kind');
  }
}

function outcome<T extends PipelinedItem>(item: T, fault: (Fault & { reason?: string }) | null): StageOutcome<T> {
  return fault === null ? { ok: true, value: item } : refuse(fault.reason ?? 'bad-value', fault.message, fault.where);
}

function refuse(reason: string, message: string, where: string | null): { ok: false; refusal: Refusal } {
  return { ok: false, refusal: { reason, message, where } };
}

function rowsFault(rows: SetlistItem['tracks']): (Fault & { reason?: string }) | null {
  for (const [index, row] of rows.entries()) {
    const path = `tracks[${index}].`;
    if (row.position !== index + 1) {
      const message = `${path}position is ${row.position}, expected ${index + 1}: positions count a set's rows from 1 without gaps`;
      return { where: `${path}position`, message, reason: 'bad-position' };
    }
    const fault = firstFault(row, ROW, path) ?? partsFault(row.parts, path);
    if (fault) return fault;
  }
  return null;
}

function partsFault(parts: readonly unknown[], path: string): Fault | null {
  for (const [index, part] of parts.entries()) {
    const fault = firstFault(part, PART, `${path}parts[${index}].`);
    if (fault) return fault;
  }
  return null;
}

function setlistFault(item: SetlistItem, observedAt: Date): (Fault & { reason: string }) | null {
  if (parseEventDate(item.date, observedAt) === null) {
    const message = `date is "${item.date}", expected a possible day, month, year or decade: "2024-11-11", "2024-11", "2024", "200X" or null`;
    return { where: 'date', message, reason: 'impossible-date' };
  }
  if (item.title === null && item.artists.length === 0 && item.tracks.length === 0) {
    return {
      where: 'title',
      message: 'the set has no title, no artist and no row: nothing to store',
      reason: 'empty-item',
    };
  }
  return null;
}

function trackFault(item: TrackItem): (Fault & { reason: string }) | null {
  if (item.isId || item.title === null || (item.artist === null && item.artists.length === 0)) {
    const message = `track ${item.id} has ${item.title === null ? 'no title' : 'no known artist'}: an unknown track has no entity`;
    return { where: item.title === null ? 'title' : 'artist', message, reason: 'unknown-track' };
  }
  return null;
}

function postFault(item: PostItem): (Fault & { reason: string }) | null {
  if (item.createdAt !== null && Number.isNaN(Date.parse(item.createdAt))) {
    const message = `createdAt is "${item.createdAt}", expected ISO 8601 UTC or null`;
    return { where: 'createdAt', message, reason: 'impossible-date' };
  }
  return null;
}
