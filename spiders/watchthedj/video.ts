/** What structured data says of a video: JSON-LD `VideoObject`, the same as microdata, and Open Graph; in this order of trust. */
import { isoDurationToSeconds } from '../../src/core/cue.ts';
import { asList, asRecord, asText, isRecord, type JsonRecord } from '../../src/core/json-page.ts';
import type { Problem } from '../../src/core/source.ts';
import { fold } from '../../src/core/text.ts';
import { firstValue, type ParentNode, rawText, select } from './dom.ts';

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

const EMPTY: Video = {
  title: null,
  description: null,
  url: null,
  artists: [],
  venue: null,
  recordedAt: null,
  uploadedAt: null,
  durationSeconds: null,
  recordings: [],
  genres: [],
  chapters: [],
  foundIn: [],
};

/** Reads all three sources; a field comes from the first that has it. */
export function readVideo(page: ParentNode, problems: Problem[]): Video {
  const jsonLd = select(page, 'script[type="application/ld+json" i]').flatMap((script, i) =>
    readScript(rawText(script), i, problems),
  );
  return [videoOfJsonLd(jsonLd), videoOfMicrodata(page), videoOfOpenGraph(page)].reduce(merge, EMPTY);
}

/** The video in a JSON-LD value; one without any field when there is none. */
export function videoOfJsonLd(value: unknown): Video {
  const nodes = flatten(value);
  const video = nodes.find((node) => hasType(node, 'VideoObject'));
  const lists = nodes.filter((node) => hasType(node, 'MusicPlaylist') || hasType(node, 'ItemList'));
  if (!video) return { ...EMPTY, chapters: lists.flatMap(tracksOf) };
  const clips = asList(video.hasPart)
    .map(asRecord)
    .filter((part) => hasType(part, 'Clip'));
  const place = [video.recordedAt, video.contentLocation, video.locationCreated].map(asRecord);
  return {
    title: text(video.name) ?? text(video.headline),
    description: asText(video.description),
    url: text(video.url) ?? text(video['@id']),
    artists: ['actor', 'performer', 'byArtist', 'musicBy'].flatMap((key) => names(video[key])),
    venue:
      place.map((one) => text(asRecord(one.location).name) ?? text(one.name)).find((name) => name !== null) ?? null,
    recordedAt: place.map((one) => text(one.startDate)).find((date) => date !== null) ?? text(video.dateCreated),
    uploadedAt: text(video.uploadDate) ?? text(video.datePublished),
    durationSeconds: seconds(text(video.duration)),
    recordings: [video.embedUrl, video.contentUrl].map(text).filter((address) => address !== null),
    genres: names(video.genre),
    chapters: clips.length > 0 ? clips.flatMap(chapterOf) : [...tracksOf(video), ...lists.flatMap(tracksOf)],
    foundIn: ['JSON-LD VideoObject'],
  };
}

function videoOfMicrodata(page: ParentNode): Video {
  const tracks = select(page, '[itemprop~="track"], [itemprop~="tracks"], [itemtype$="/MusicRecording"]').flatMap(
    (track) => {
      const name = firstValue(track, [
        ['[itemprop="name"]', 'content'],
        ['[itemprop="name"]', null],
      ]);
      const artist = firstValue(track, [
        ['[itemprop="byArtist"]', 'content'],
        ['[itemprop="byArtist"]', null],
      ]);
      return name === null ? [] : [{ text: withArtist(name, artist), startSeconds: null }];
    },
  );
  const [video] = select(page, '[itemtype$="/VideoObject"]');
  if (!video) return { ...EMPTY, chapters: tracks };
  const said = (property: string): string | null =>
    firstValue(
      video,
      ['content', 'datetime', 'href', 'src', null].map((attribute) => [`[itemprop="${property}"]`, attribute] as const),
    );
  return {
    ...EMPTY,
    title: said('name'),
    description: said('description'),
    url: said('url'),
    uploadedAt: said('uploadDate'),
    durationSeconds: seconds(said('duration')),
    recordings: [said('embedUrl'), said('contentUrl')].filter((address) => address !== null),
    genres: [said('genre')].filter((genre) => genre !== null),
    chapters: tracks,
    foundIn: ['microdata VideoObject'],
  };
}

function videoOfOpenGraph(page: ParentNode): Video {
  const said = (name: string): string | null =>
    firstValue(page, [
      [`meta[property="${name}"]`, 'content'],
      [`meta[name="${name}"]`, 'content'],
    ]);
  const all = (name: string): string[] =>
    select(page, `meta[property="${name}"]`).flatMap((meta) => fold(meta.attribs.content) ?? []);
  const recordings = ['og:video:secure_url', 'og:video:url', 'og:video', 'twitter:player']
    .map(said)
    .filter((address) => address !== null);
  const length = said('og:video:duration') ?? said('video:duration');
  const isVideo = recordings.length > 0 || (said('og:type')?.startsWith('video') ?? false);
  return {
    ...EMPTY,
    title: said('og:title'),
    description: said('og:description'),
    url: said('og:url'),
    uploadedAt: said('video:release_date') ?? said('article:published_time'),
    durationSeconds: length !== null && /^\d{1,6}$/.test(length) ? Number(length) : null,
    recordings,
    genres: all('video:tag'),
    foundIn: isVideo ? ['Open Graph video'] : [],
  };
}

function merge(first: Video, second: Video): Video {
  const list = <T>(one: readonly T[], other: readonly T[]): T[] => [...(one.length > 0 ? one : other)];
  return {
    title: first.title ?? second.title,
    description: first.description ?? second.description,
    url: first.url ?? second.url,
    artists: list(first.artists, second.artists),
    venue: first.venue ?? second.venue,
    recordedAt: first.recordedAt ?? second.recordedAt,
    uploadedAt: first.uploadedAt ?? second.uploadedAt,
    durationSeconds: first.durationSeconds ?? second.durationSeconds,
    recordings: [...first.recordings, ...second.recordings],
    genres: list(first.genres, second.genres),
    chapters: list(first.chapters, second.chapters),
    foundIn: [...first.foundIn, ...second.foundIn],
  };
}

function readScript(script: string, index: number, problems: Problem[]): unknown[] {
  try {
    return [JSON.parse(script)];
  } catch (error) {
    const why = error instanceof Error ? error.message.slice(0, 100) : String(error);
    problems.push({
      code: 'bad-value',
      message: `structured data is broken JSON: ${why}`,
      where: `script[type="application/ld+json"] #${index + 1}`,
    });
    return [];
  }
}

/** Every object of a JSON-LD value that stands for itself: in lists, in `@graph`, and videos and lists that other things refer to. */
function flatten(value: unknown): JsonRecord[] {
  const found: JsonRecord[] = [];
  const waiting: unknown[] = [value];
  for (let at = 0; at < waiting.length; at++) {
    const next = waiting[at];
    if (Array.isArray(next)) for (const entry of next) waiting.push(entry);
    if (!isRecord(next)) continue;
    found.push(next);
    for (const key of ['@graph', 'video', 'mainEntity', 'subjectOf', 'workFeatured']) {
      if (next[key] !== undefined) waiting.push(next[key]);
    }
  }
  return found;
}

function hasType(node: JsonRecord, type: string): boolean {
  return [node['@type']]
    .flat()
    .some((one) => typeof one === 'string' && one.replace(/^https?:\/\/schema\.org\//, '') === type);
}

function chapterOf(clip: JsonRecord): Chapter[] {
  const name = text(clip.name);
  const start =
    typeof clip.startOffset === 'number' ? clip.startOffset : Number.parseFloat(text(clip.startOffset) ?? '');
  return name === null
    ? []
    : [{ text: name, startSeconds: Number.isFinite(start) && start >= 0 ? Math.floor(start) : null }];
}

function tracksOf(node: JsonRecord): Chapter[] {
  const listed = [node.track, node.tracks, node.itemListElement].flatMap((value) =>
    isRecord(value) && value.itemListElement !== undefined ? asList(value.itemListElement) : [value].flat(),
  );
  return listed.flatMap((entry) => {
    const record = asRecord(entry);
    const track = isRecord(record.item) ? record.item : record;
    const name = text(track.name);
    if (name === null || !(hasType(track, 'MusicRecording') || track.byArtist !== undefined)) return [];
    return [{ text: withArtist(name, names(track.byArtist).join(' & ') || null), startSeconds: null }];
  });
}

function withArtist(name: string, artist: string | null): string {
  return artist === null || name.includes(' - ') ? name : `${artist} - ${name}`;
}

/** Names of a value that may be a text, a thing with a name, or a list of both. */
function names(value: unknown): string[] {
  return [value].flat().flatMap((one) => text(one) ?? text(asRecord(one).name) ?? []);
}

function text(value: unknown): string | null {
  return fold(asText(value));
}

function seconds(duration: string | null): number | null {
  return duration === null ? null : isoDurationToSeconds(duration);
}
