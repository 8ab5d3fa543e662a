/** What schema.org records say of a video, whether a page carries them as JSON-LD or as microdata: the video, its chapters, its tracks, where and when. */
import { clockToSeconds, isoDurationToSeconds } from '../../src/core/cue.ts';
import { asRecord, asText, isRecord, type JsonRecord, shown } from '../../src/core/json-page.ts';
import type { Problem } from '../../src/core/parse-result.ts';
import { fold } from '../../src/core/text.ts';
import { setSlug } from './addresses.ts';
import { parseDom, rawText } from './dom.ts';

/** A chapter or track as structured data names it. */
export interface Chapter {
  readonly text: string;
  readonly startSeconds: number | null;
}

export interface Video {
  readonly title: string | null;
  readonly description: string | null;
  readonly url: string | null;
  /** Who plays, where the data says so in a field of its own. */
  readonly artists: string[];
  readonly venue: string | null;
  readonly city: string | null;
  readonly region: string | null;
  readonly country: string | null;
  /** When it was recorded, as given. */
  readonly recordedAt: string | null;
  readonly uploadedAt: string | null;
  readonly durationSeconds: number | null;
  /** Addresses of the recording: players, files. */
  readonly recordings: string[];
  readonly genres: string[];
  readonly chapters: Chapter[];
  /** Which of the sources had a video at all. */
  readonly foundIn: string[];
}

export const NO_VIDEO: Video = {
  title: null,
  description: null,
  url: null,
  artists: [],
  venue: null,
  city: null,
  region: null,
  country: null,
  recordedAt: null,
  uploadedAt: null,
  durationSeconds: null,
  recordings: [],
  genres: [],
  chapters: [],
  foundIn: [],
};

/** More records than any page for people has; the others are not looked at. */
const MOST_NODES = 200_000;

export interface Place {
  /** Where on the page the records stand, e.g. `JSON-LD`; for messages and `foundIn`. */
  readonly where: string;
  /** Slug of the set the page is about: of several videos it is the one with this address. */
  readonly slug: string | null;
}

/** The video in a value; one with nothing but tracks, or nothing at all, when there is none. */
export function readStructured(value: unknown, { where, slug }: Place, problems: Problem[]): Video {
  const nodes = flatten(value, where, problems);
  const videos = nodes.filter((node) => hasType(node, 'VideoObject'));
  const video = videos.find((one) => slug !== null && slug === slugOf(one)) ?? videos[0] ?? {};
  const [event, ...others] = nodes.filter((node) => typesOf(node).some((type) => type.endsWith('Event')));
  // Of several events none is surely the one that was filmed.
  const filmed = [asRecord(video.recordedAt), others.length === 0 ? asRecord(event) : {}];
  const clips = listOf(video.hasPart).filter(isChapter);
  return {
    ...NO_VIDEO,
    title: text(video.name) ?? text(video.headline),
    description: decoded(asText(video.description)),
    url: text(video.url) ?? text(video['@id']),
    artists: playersOf([video, ...filmed]),
    ...placeOf([
      ...filmed.map(({ location }) => location),
      video.contentLocation,
      video.locationCreated,
      video.recordedAt,
    ]),
    recordedAt:
      first(filmed.map(({ startDate }) => text(startDate))) ?? text(video.recordedAt) ?? text(video.dateCreated),
    uploadedAt: text(video.uploadDate) ?? text(video.datePublished),
    durationSeconds: seconds(video.duration),
    recordings: [video.embedUrl, video.contentUrl].flatMap((address) => text(address) ?? []),
    genres: names(video.genre),
    chapters: clips.length > 0 ? chaptersOf(clips, where, problems) : tracksIn(nodes),
    foundIn: videos.length === 0 ? [] : [`${where} VideoObject`],
  };
}

/** A duration as ISO 8601 ("PT1H2M"), as a clock shows it, or as seconds. */
function seconds(value: unknown): number | null {
  const said = text(value) ?? '';
  if (/^\d{1,6}(?:\.\d+)?$/.test(said)) return Math.floor(Number(said));
  return isoDurationToSeconds(said) ?? clockToSeconds(said);
}

/** Every record of a value, however nested; the outer ones first. */
function flatten(value: unknown, where: string, problems: Problem[]): JsonRecord[] {
  const found: JsonRecord[] = [];
  const waiting: unknown[] = [value];
  for (let at = 0; at < waiting.length && at < MOST_NODES; at++) {
    const next = waiting[at];
    if (typeof next !== 'object' || next === null) continue;
    if (isRecord(next)) found.push(next);
    for (const inner of Object.values(next)) if (typeof inner === 'object') waiting.push(inner);
  }
  if (waiting.length > MOST_NODES)
    problems.push({ code: 'too-large', message: `more than ${MOST_NODES} records; the others are not read`, where });
  return found;
}

function typesOf(node: JsonRecord): string[] {
  return listOf(node['@type']).flatMap((one) =>
    typeof one === 'string' ? [one.replace(/^https?:\/\/(?:www\.)?schema\.org\//, '')] : [],
  );
}

function hasType(node: JsonRecord, type: string): boolean {
  return typesOf(node).includes(type);
}

/** A part of a video that has a start is a chapter, also where its type is left out. */
function isChapter(part: unknown): boolean {
  const record = asRecord(part);
  return hasType(record, 'Clip') || (typesOf(record).length === 0 && record.startOffset !== undefined);
}

function slugOf(video: JsonRecord): string | null {
  const page = isRecord(video.mainEntityOfPage) ? video.mainEntityOfPage['@id'] : video.mainEntityOfPage;
  return first([video.url, video['@id'], page].map((address) => setSlug(text(address) ?? '')));
}

/** Who is named as playing, each once: the first kind of field that names anybody. */
function playersOf(nodes: readonly JsonRecord[]): string[] {
  const fields = nodes.flatMap((node) =>
    ['actor', 'performer', 'performers', 'byArtist', 'musicBy'].map((key) => node[key]),
  );
  return [...new Set(fields.map(names).find((found) => found.length > 0) ?? [])];
}

function placeOf(values: readonly unknown[]): Pick<Video, 'venue' | 'city' | 'region' | 'country'> {
  const places = values.flatMap(listOf).flatMap((value) => {
    const place = asRecord(value);
    const address = isRecord(place.address) ? place.address : place;
    const venue = hasType(place, 'PostalAddress') || hasType(place, 'Event') ? null : (text(value) ?? text(place.name));
    const [city, region] = [text(address.addressLocality), text(address.addressRegion)];
    const country = text(address.addressCountry) ?? text(asRecord(address.addressCountry).name);
    return venue === null && city === null && country === null ? [] : [{ venue, city, region, country }];
  });
  return places[0] ?? { venue: null, city: null, region: null, country: null };
}

function chaptersOf(clips: readonly unknown[], where: string, problems: Problem[]): Chapter[] {
  return clips.flatMap((part, index) => {
    const clip = asRecord(part);
    const name = text(clip.name);
    const startSeconds = seconds(clip.startOffset) ?? seconds(/[?&#]t=(\d+)s?(?:&|$)/.exec(text(clip.url) ?? '')?.[1]);
    if (name !== null) return [{ text: name, startSeconds }];
    const message = `expected a chapter's name, found ${shown(clip.name)}`;
    problems.push({ code: 'bad-value', message, where: `${where} VideoObject.hasPart[${index}]` });
    return [];
  });
}

/** Tracks that records call theirs; else the recordings of music that lists hold; else those that stand alone. */
function tracksIn(nodes: readonly JsonRecord[]): Chapter[] {
  const own = nodes.flatMap(({ track, tracks }) => [track, tracks].flatMap(entriesOf));
  if (own.length > 0) return own.flatMap((entry) => trackOf(entry, true));
  const lists = nodes.filter((node) => hasType(node, 'MusicPlaylist') || hasType(node, 'ItemList'));
  const listed = lists.flatMap((list) => {
    const isNamed = /\btrack\s?-?list|\btracks\b|\bset\s?-?list/i.test(text(list.name) ?? '');
    return entriesOf(list.itemListElement).flatMap((entry) => trackOf(entry, isNamed));
  });
  if (listed.length > 0) return listed;
  return nodes.filter((node) => hasType(node, 'MusicRecording')).flatMap((node) => trackOf(node, false));
}

/** Entries of a list, also of one that is a record of its own. */
function entriesOf(value: unknown): unknown[] {
  return listOf(value).flatMap((entry) => {
    const inner = asRecord(entry).itemListElement;
    return inner === undefined ? [entry] : listOf(inner);
  });
}

/** `isNamed`: the field says that these are tracks; elsewhere only what is a recording of music is one. */
function trackOf(entry: unknown, isNamed: boolean): Chapter[] {
  const record = asRecord(entry);
  const track = isRecord(record.item) ? record.item : record;
  const name = text(track.name) ?? (isNamed ? text(entry) : null);
  const isTrack = isNamed || hasType(track, 'MusicRecording') || track.byArtist !== undefined;
  if (name === null || !isTrack) return [];
  const artist = names(track.byArtist).join(' & ');
  const whole = artist === '' || name.includes(' - ') ? name : `${artist} - ${name}`;
  return [{ text: whole, startSeconds: seconds(record.startOffset ?? track.startOffset) }];
}

/** Names of a value that may be a text, a thing with a name, or a list of both. */
function names(value: unknown): string[] {
  return listOf(value).flatMap((one) => text(one) ?? text(asRecord(one).name) ?? []);
}

function listOf(value: unknown): unknown[] {
  return Array.isArray(value) ? value : value === undefined || value === null ? [] : [value];
}

function first<T>(values: readonly (T | null)[]): T | null {
  return values.find((value) => value !== null) ?? null;
}

function text(value: unknown): string | null {
  return fold(decoded(asText(value)));
}

const ENTITY = /&(?:#\d{1,7}|#x[\da-f]{1,6}|[a-z]{2,8});/i;

/** Templates escape texts for HTML also where a script stands, which has no entities: "Ada &amp; Bo". */
function decoded(value: string | null): string | null {
  const tree = value !== null && ENTITY.test(value) ? parseDom(value) : null;
  return tree === null ? value : rawText(tree);
}
