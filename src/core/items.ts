/**
 * What parsers read off a page ("raw items"): the fields as the source gave them, null where it does not say, never "".
 * Flags are true or false. Names are the public ones of `musicdb parse`; others script against them.
 */
import type { SourceName } from './source-name.ts';

export type DatePrecision = 'day' | 'month' | 'year' | 'decade';
export type CueGranularity = 'second' | 'minute' | 'unknown';
/** `full`: nothing known; `title`: artist known; `version`: base track known, the played version is not. */
export type IdKind = 'full' | 'title' | 'version';

export interface NameAndMbid {
  name: string;
  /** MusicBrainz artist id. */
  mbid: string | null;
}

export interface MashupPart {
  artist: string | null;
  title: string | null;
  version: string | null;
}

/** One line of a set. */
export interface Row {
  /** 1-based over the whole set's track rows; parts of a mashup have none and sit in `parts`. */
  position: number;
  /** As printed: "01", "w/"; null when nothing is printed. */
  number: string | null;
  /** Heading the row stands under, e.g. "Part 2", "Encore". */
  section: string | null;
  /** Start within the recording, seconds; null when the page does not say. */
  cueSeconds: number | null;
  cueGranularity: CueGranularity;
  /** Null where the page says "ID", "?" or nothing (then `isId` is true). */
  artist: string | null;
  /** Without the version bracket; brackets that belong to the name stay. */
  title: string | null;
  /** Bracket or tail that names a mix, remix, edit, rework, dub, live take, remaster or "Mixed", without its brackets. */
  version: string | null;
  /** What a page notes beside the row: "Acappella", "Live Edit". */
  edit: string | null;
  recordLabel: string | null;
  catalogNumber: string | null;
  isId: boolean;
  idKind: IdKind | null;
  withPrevious: boolean;
  parts: MashupPart[];
  cover: NameAndMbid | null;
  with: NameAndMbid | null;
  tape: boolean;
  /** Number of the encore (1, 2, …) the song was played in. */
  encore: number | null;
  info: string | null;
  durationSeconds: number | null;
  genre: string | null;
  /** Ids and addresses the page gives for the row, by name, e.g. {trackId, trackUrl, mediaItemId}. */
  links: Record<string, string>;
}

export interface SetlistItem {
  kind: 'setlist';
  source: SourceName;
  externalId: string;
  otherIds: string[];
  versionId: string | null;
  url: string | null;
  title: string | null;
  artists: string[];
  /** "2024-11-11", "2024-11", "2024" or "200X". */
  date: string | null;
  datePrecision: DatePrecision | null;
  event: string | null;
  venue: string | null;
  city: string | null;
  region: string | null;
  country: string | null;
  tour: string | null;
  sources: { id: string | null; name: string; role: string | null }[];
  genres: string[];
  media: { service: string; id: string; durationSeconds: number | null }[];
  durationSeconds: number | null;
  isLivePa: boolean;
  tracks: Row[];
  /** Headings in the order they appear. */
  sections: string[];
  notes: string[];
  lastUpdated: string | null;
  /** What only this source says (e.g. artist mbid, venue id, licence, revision), by name. */
  extra: Record<string, unknown>;
}

export interface TrackItem {
  kind: 'track';
  source: SourceName;
  id: string;
  isrc: string | null;
  title: string | null;
  version: string | null;
  /** Display text of all artists. */
  artist: string | null;
  artists: string[];
  featured: string[];
  album: string | null;
  albumId: string | null;
  durationMs: number | null;
  releaseDate: string | null;
  genres: string[];
  trackNumber: number | null;
  discNumber: number | null;
  explicit: boolean | null;
  composer: string | null;
  previewUrl: string | null;
  url: string | null;
  rank: number | null;
  mixed: boolean;
  isId: boolean;
  idKind: IdKind | null;
  extra: Record<string, unknown>;
}

export interface ArtistItem {
  kind: 'artist';
  source: SourceName;
  id: string;
  name: string;
  mbid: string | null;
  sortName: string | null;
  disambiguation: string | null;
  url: string | null;
  extra: Record<string, unknown>;
}

/** A row read out of a post: free text knows a little more and a little less than a set page. */
export type PostRow = Row & { genreTags: string | null; year: number | null; trailing: string | null };

export interface PostItem {
  kind: 'post';
  source: SourceName;
  /** Fullname, e.g. "t3_3ybh3d". */
  id: string;
  thing: 't1' | 't3';
  subreddit: string | null;
  author: string | null;
  /** ISO 8601 UTC. */
  createdAt: string | null;
  title: string | null;
  body: string | null;
  score: number | null;
  url: string | null;
  permalink: string | null;
  parentId: string | null;
  /** The last two are ours: not seen at its source for too long, and erased because a person said so. */
  status:
    | 'live'
    | 'deleted-by-author'
    | 'removed-by-moderator'
    | 'account-gone'
    | 'absent'
    | 'unconfirmed'
    | 'erased-by-request';
  /** Whether the content must be erased from everything we hold. */
  purge: boolean;
  tracks: PostRow[];
  extra: Record<string, unknown>;
}

export interface AlbumItem {
  kind: 'album' | 'playlist';
  source: SourceName;
  id: string;
  title: string | null;
  artist: string | null;
  trackCount: number | null;
  recordLabel: string | null;
  releaseDate: string | null;
  tracks: TrackItem[];
  extra: Record<string, unknown>;
}

export interface ChartItem {
  kind: 'chart';
  source: SourceName;
  id: string;
  name: string | null;
  type: string | null;
  entries: { rank: number; id: string }[];
}

export interface MediaItem {
  kind: 'media';
  source: SourceName;
  id: string;
  links: { service: string; id: string; [field: string]: string | number | null }[];
}

export interface ListingItem {
  kind: 'listing';
  source: SourceName;
  id: string;
  entries: {
    externalId: string;
    title: string | null;
    url: string | null;
    date: string | null;
    identified: number | null;
    total: number | null;
    playTimeSeconds: number | null;
    [field: string]: unknown;
  }[];
}

/** A page by which the source refuses us. Nothing of it reaches the catalogue. */
export interface BlockItem {
  kind: 'block';
  source: SourceName;
  /** "captcha" | "ip-limited" | "turnstile-interstitial" | "js-forwarding-interstitial" | "login" | … */
  reason: string;
  url: string | null;
}

/** An interface's error answer. */
export interface ErrorItem {
  kind: 'error';
  source: SourceName;
  status: number | null;
  code: string | null;
  message: string | null;
  extra: Record<string, unknown>;
}

export type Item =
  | SetlistItem
  | TrackItem
  | ArtistItem
  | PostItem
  | AlbumItem
  | ChartItem
  | MediaItem
  | ListingItem
  | BlockItem
  | ErrorItem;
export type ItemKind = Item['kind'];

/** A row with every field present; callers name what the page said. */
export function row(position: number, said: Partial<Row> = {}): Row {
  return {
    position,
    number: null,
    section: null,
    cueSeconds: null,
    cueGranularity: 'unknown',
    artist: null,
    title: null,
    version: null,
    edit: null,
    recordLabel: null,
    catalogNumber: null,
    isId: false,
    idKind: null,
    withPrevious: false,
    parts: [],
    cover: null,
    with: null,
    tape: false,
    encore: null,
    info: null,
    durationSeconds: null,
    genre: null,
    links: {},
    ...said,
  };
}

/** A set with every field present; callers name what the page said. */
export function setlist(source: SourceName, externalId: string, said: Partial<SetlistItem> = {}): SetlistItem {
  return {
    kind: 'setlist',
    source,
    externalId,
    otherIds: [],
    versionId: null,
    url: null,
    title: null,
    artists: [],
    date: null,
    datePrecision: null,
    event: null,
    venue: null,
    city: null,
    region: null,
    country: null,
    tour: null,
    sources: [],
    genres: [],
    media: [],
    durationSeconds: null,
    isLivePa: false,
    tracks: [],
    sections: [],
    notes: [],
    lastUpdated: null,
    extra: {},
    ...said,
  };
}

/** A track with every field present; callers name what the page said. */
export function track(source: SourceName, id: string, said: Partial<TrackItem> = {}): TrackItem {
  return {
    kind: 'track',
    source,
    id,
    isrc: null,
    title: null,
    version: null,
    artist: null,
    artists: [],
    featured: [],
    album: null,
    albumId: null,
    durationMs: null,
    releaseDate: null,
    genres: [],
    trackNumber: null,
    discNumber: null,
    explicit: null,
    composer: null,
    previewUrl: null,
    url: null,
    rank: null,
    mixed: false,
    isId: false,
    idKind: null,
    extra: {},
    ...said,
  };
}

/** The key of an item within its source and kind: what makes a second reading the same item. */
export function externalIdOf(item: Item): string {
  switch (item.kind) {
    case 'setlist':
      return item.externalId;
    case 'block':
      return item.url ?? item.reason;
    case 'error':
      return `${item.status ?? ''} ${item.code ?? ''}`.trim() || 'unknown';
    default:
      return item.id;
  }
}
