/** Charts: of the catalogue (`results`), and of the two feeds Apple publishes beside it (`feed`). */
import { type ChartItem, track } from '../../src/core/items.ts';
import { asList, asRecord, asText, isRecord, type JsonRecord } from '../../src/core/json-page.ts';
import { albumIdOf, dateOf, follow, type Reading } from './reading.ts';
import { readResources } from './resources.ts';
import { readArtists, readSongName } from './song-name.ts';
import { API } from './spider.ts';

/** A chart is a list of lists by type; a search gives each type one list. */
export function readResults(results: JsonRecord, reading: Reading): void {
  for (const [type, found] of Object.entries(results)) {
    const where = `$.results.${type}`;
    if (Array.isArray(found)) {
      for (const [index, chart] of found.entries()) readChart(type, asRecord(chart), `${where}[${index}]`, reading);
    } else if (isRecord(found) && Array.isArray(found.data)) {
      readResources(found.data, `${where}.data`, reading);
      follow(found.next, `${where}.next`, reading);
    } else reading.problems.push({ code: 'unknown-shape', message: 'expected a chart or a list of results', where });
  }
}

function readChart(type: string, chart: JsonRecord, where: string, reading: Reading): void {
  const href = asText(chart.href);
  const firstRank = offsetOf(reading.url, href) + 1;
  const item: ChartItem = {
    kind: 'chart',
    source: 'applemusic',
    id: chartId(type, asText(chart.chart), href ?? reading.url),
    name: asText(chart.name),
    type,
    entries: [],
  };
  reading.items.push(item);
  const ids = readResources(asList(chart.data), `${where}.data`, reading, firstRank);
  item.entries = ids.flatMap((id, index) => (id === null ? [] : [{ rank: firstRank + index, id }]));
  follow(chart.next, `${where}.next`, reading);
}

/** The pages of a chart are one chart: storefront, genre, type and name, not the offset. */
function chartId(type: string, chart: string | null, address: string | null): string {
  const url = address !== null && URL.canParse(address, API) ? new URL(address, API) : null;
  const storefront = /\/catalog\/([a-z]{2})\//i.exec(url?.pathname ?? '')?.[1];
  return [storefront, url?.searchParams.get('genre'), type, chart ?? 'chart'].filter(Boolean).join('/');
}

function offsetOf(...addresses: (string | null)[]): number {
  for (const address of addresses) {
    const offset =
      address !== null && URL.canParse(address, API) ? new URL(address, API).searchParams.get('offset') : null;
    if (offset !== null && /^\d{1,6}$/.test(offset)) return Number(offset);
  }
  return 0;
}

/** What both feeds say of one place in a chart. */
interface FeedEntry {
  id: string | null;
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
  if (type !== 'songs') {
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

function addEntry(id: string, entry: FeedEntry, rank: number, where: string, chart: ChartItem, reading: Reading): void {
  chart.entries.push({ rank, id });
  if (chart.type !== 'songs') return;
  const { artist, title, version, featured, mixed, isId, idKind } = readSongName(entry.name, entry.artist);
  const { album, url, previewUrl, genres, explicit } = entry;
  const item = track('applemusic', id, {
    title,
    version,
    artist,
    featured,
    mixed,
    isId,
    idKind,
    album,
    url,
    previewUrl,
    genres,
    explicit,
  });
  item.artists = readArtists(artist, 0);
  item.albumId = albumIdOf(url);
  item.releaseDate = dateOf(entry.releaseDate, `${where} release date`, reading.problems);
  item.rank = rank;
  item.extra = { mediaType: 'audio', displayName: entry.name, displayArtist: entry.artist };
  reading.items.push(item);
}

function newEntry(entry: JsonRecord): FeedEntry {
  const advisory = asText(entry.contentAdvisoryRating);
  return {
    id: asText(entry.id),
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

function oldKind(entry: JsonRecord): string | null {
  const kind = asText(asRecord(asRecord(entry['im:contentType']).attributes).term);
  const inner = asText(asRecord(asRecord(asRecord(entry['im:contentType'])['im:contentType']).attributes).term);
  return /^(?:track|song)$/i.test(inner ?? kind ?? 'track') ? 'songs' : (inner ?? kind);
}

function label(value: unknown): string | null {
  return asText(asRecord(value).label);
}
