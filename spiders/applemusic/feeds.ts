/** The two chart feeds that Apple publishes beside the catalogue (`feed`): no keys, no ISRCs. */
import { type AlbumItem, type ChartItem, type TrackItem, track } from '../../src/core/items.ts';
import { asList, asNumber, asRecord, asText, isRecord, type JsonRecord } from '../../src/core/json-page.ts';
import { isDjMix } from './dj-mix.ts';
import { albumIdOf, dateOf, type Reading } from './reading.ts';
import { readArtists, readSongName } from './song-name.ts';

const READ = ['songs', 'music-videos', 'albums', 'playlists'] as const;
type FeedType = (typeof READ)[number];

const OLD_KINDS: readonly (readonly [RegExp, FeedType])[] = [
  [/^(?:track|song)$/i, 'songs'],
  [/^album$/i, 'albums'],
  [/^music video$/i, 'music-videos'],
  [/^playlist$/i, 'playlists'],
];

/** What both feeds say of one place in a chart. */
interface FeedEntry {
  id: string | null;
  trackCount: number | null;
  name: string | null;
  artist: string | null;
  album: string | null;
  url: string | null;
  previewUrl: string | null;
  releaseDate: unknown;
  genres: string[];
  explicit: boolean | null;
}

/** The newer feed has plain fields in `results`, the older one wraps each in `label` and has `entry`. */
export function readFeed(feed: JsonRecord, reading: Reading): void {
  const isNew = Array.isArray(feed.results);
  // The older feed gives a chart of one place as an object.
  const list = isNew ? asList(feed.results) : Array.isArray(feed.entry) ? feed.entry : [feed.entry].filter(isRecord);
  const kinds = new Set(list.map((entry) => (isNew ? asText(asRecord(entry).kind) : oldKind(asRecord(entry)))));
  const type = kinds.size === 1 ? ([...kinds][0] ?? null) : null;
  const chart: ChartItem = {
    kind: 'chart',
    source: 'applemusic',
    id: asText(feed.id) ?? label(feed.id) ?? reading.url ?? 'feed',
    name: asText(feed.title) ?? label(feed.title),
    type,
    entries: [],
  };
  reading.items.push(chart);
  if (list.length > 0 && !isRead(type)) {
    reading.problems.push({
      code: 'not-read-yet',
      message: `not read yet: feed of ${type ?? 'mixed kinds'}`,
      where: '$.feed',
    });
  }
  for (const [index, raw] of list.entries()) {
    const entry = isNew ? newEntry(asRecord(raw)) : oldEntry(asRecord(raw));
    const where = `$.feed.${isNew ? 'results' : 'entry'}[${index}]`;
    if (entry.id === null) reading.problems.push({ code: 'bad-value', message: 'a chart entry without id', where });
    else addEntry(entry.id, entry, index + 1, where, chart, reading);
  }
}

function isRead(type: string | null): type is FeedType {
  return type !== null && (READ as readonly string[]).includes(type);
}

function addEntry(id: string, entry: FeedEntry, rank: number, where: string, chart: ChartItem, reading: Reading): void {
  chart.entries.push({ rank, id });
  if (!isRead(chart.type)) return;
  const releaseDate = dateOf(entry.releaseDate, `${where} release date`, reading.problems);
  if (chart.type === 'albums' || chart.type === 'playlists')
    reading.items.push(collectionOf(id, chart.type, { ...entry, releaseDate }));
  else reading.items.push(trackOf(id, chart.type, { ...entry, releaseDate, rank }));
}

type Dated = FeedEntry & { releaseDate: string | null };

function collectionOf(id: string, type: 'albums' | 'playlists', entry: Dated): AlbumItem {
  return {
    kind: type === 'albums' ? 'album' : 'playlist',
    source: 'applemusic',
    id,
    title: entry.name,
    artist: entry.artist,
    trackCount: entry.trackCount,
    recordLabel: null,
    releaseDate: entry.releaseDate,
    tracks: [],
    extra: { url: entry.url, genres: entry.genres, isDjMix: isDjMix(entry.name, []) },
  };
}

function trackOf(id: string, type: FeedType, entry: Dated & { rank: number }): TrackItem {
  const { album, url, previewUrl, genres, explicit, releaseDate, rank } = entry;
  const { artist, title, version, featured, mixed, isId, idKind } = readSongName(entry.name, entry.artist);
  const mediaType = type === 'songs' ? 'audio' : 'video';
  return track('applemusic', id, {
    title,
    version,
    artist,
    artists: readArtists(artist, 0),
    featured,
    mixed,
    isId,
    idKind,
    album,
    albumId: albumIdOf(url),
    url,
    previewUrl,
    genres,
    explicit,
    releaseDate,
    rank,
    extra: { mediaType, displayName: entry.name, displayArtist: entry.artist },
  });
}

function newEntry(entry: JsonRecord): FeedEntry {
  const advisory = asText(entry.contentAdvisoryRating);
  return {
    id: asText(entry.id),
    trackCount: null,
    name: asText(entry.name),
    artist: asText(entry.artistName),
    album: null,
    url: asText(entry.url),
    previewUrl: null,
    releaseDate: entry.releaseDate,
    genres: asList(entry.genres).flatMap((genre) => asText(asRecord(genre).name) ?? []),
    // Apple's own spelling has been "Explict" for years.
    explicit: advisory === null ? null : /^explic/i.test(advisory),
  };
}

function oldEntry(entry: JsonRecord): FeedEntry {
  const links = (Array.isArray(entry.link) ? entry.link : [entry.link]).map((link) =>
    asRecord(asRecord(link).attributes),
  );
  const genre = asText(asRecord(asRecord(entry.category).attributes).label);
  return {
    id: asText(asRecord(asRecord(entry.id).attributes)['im:id']),
    trackCount: asNumber(Number(label(entry['im:itemCount']) ?? Number.NaN)),
    name: label(entry['im:name']),
    artist: label(entry['im:artist']),
    album: label(asRecord(entry['im:collection'])['im:name']),
    url: label(entry.id),
    previewUrl: asText(links.find((link) => link.rel === 'enclosure')?.href),
    releaseDate: label(entry['im:releaseDate']),
    genres: genre === null ? [] : [genre],
    explicit: null,
  };
}

/** In the words of the newer feed, where they are known. */
function oldKind(entry: JsonRecord): string | null {
  const type = asRecord(entry['im:contentType']);
  const kind =
    asText(asRecord(asRecord(type['im:contentType']).attributes).term) ?? asText(asRecord(type.attributes).term);
  return OLD_KINDS.find(([pattern]) => pattern.test(kind ?? 'track'))?.[1] ?? kind;
}

function label(value: unknown): string | null {
  return asText(asRecord(value).label);
}
