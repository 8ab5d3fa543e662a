/** Third stage: who and what is meant. Texts become credits and track references, the rows of a post become mentions with a confidence. */
import type { MashupPart, Row, SetlistItem } from '../../src/core/items.ts';
import { creditsOf, nameKey, splitArtists, splitTitle, trackKey } from '../../src/core/names.ts';
import { splitVersion } from '../../src/core/track-name.ts';
import { isUnknownVersion } from '../../src/core/unknown-name.ts';
import type {
  Credit,
  PreparedArtist,
  PreparedPost,
  PreparedRow,
  PreparedSetlist,
  PreparedTrack,
  TrackReference,
} from '../pipeline.ts';
import { confidenceOf, TRUSTED_CONFIDENCE } from './confidence.ts';
import {
  mbidOf,
  type NormalArtist,
  type NormalItem,
  type NormalPost,
  type NormalSetlist,
  type NormalTrack,
} from './normalise.ts';

/** A prepared item before it was scored. */
export type Extracted = PreparedSetlist | PreparedTrack | PreparedArtist | PreparedPost;

interface Printed {
  readonly artist: string | null;
  readonly title: string | null;
  readonly version: string | null;
}

interface Known {
  /** Names that are one artist each. */
  readonly names?: readonly string[];
  readonly featured?: readonly string[];
  readonly facts?: Partial<Pick<TrackReference, 'isrcs' | 'label' | 'durationMs' | 'releaseDate'>>;
}

const NO_FACTS = { isrcs: [], label: null, durationMs: null, releaseDate: null };

export function extract(normal: NormalItem): Extracted {
  switch (normal.kind) {
    case 'setlist':
      return extractSetlist(normal);
    case 'track':
      return extractTrack(normal);
    case 'artist':
      return extractArtist(normal);
    case 'post':
      return extractPost(normal);
  }
}

function extractSetlist({ item, date, event, venue }: NormalSetlist): PreparedSetlist {
  return {
    kind: 'setlist',
    externalId: item.externalId,
    eventDate: date.eventDate,
    datePrecision: date.precision,
    title: item.title,
    artistText: item.artists.length === 0 ? null : item.artists.join(', '),
    artists: setArtists(item),
    event,
    venue,
    tour: item.tour,
    url: item.url,
    sourceVersion: item.versionId,
    durationSeconds: item.durationSeconds,
    isLivePa: item.isLivePa,
    genres: item.genres,
    detail: said({
      date: item.date,
      otherIds: item.otherIds,
      sources: item.sources,
      media: item.media,
      sections: item.sections,
      notes: item.notes,
      lastUpdated: item.lastUpdated,
      ...item.extra,
    }),
    rows: item.tracks.map((row) => extractRow(row, item)),
  };
}

/** The set's artists are structured: each is one name. */
function setArtists({ artists, extra }: SetlistItem): Credit[] {
  const mbid = artists.length === 1 ? mbidOf(extra.artistMbid) : null;
  const byKey = new Map<string, Credit>();
  for (const name of artists) {
    const normKey = nameKey(name);
    if (!byKey.has(normKey)) byKey.set(normKey, { name, normKey, role: 'primary', mbid });
  }
  return [...byKey.values()];
}

function extractRow(row: Row, set: SetlistItem): PreparedRow {
  return {
    position: row.position,
    number: row.number,
    section: row.section,
    cueSeconds: row.cueSeconds,
    cueGranularity: row.cueGranularity,
    artist: row.artist,
    title: row.title,
    mixName: row.version,
    isId: row.isId,
    idKind: row.idKind,
    withPrevious: row.withPrevious,
    parts: row.parts.map((part) => extractPart(part, set)),
    detail: rowDetail(row),
    track: rowTrack(row, set),
  };
}

/** The row's track; null for an unknown one, and for a medley ("A / B / C"), which is its parts. */
function rowTrack(row: Row, set: SetlistItem): TrackReference | null {
  if (row.isId || (row.parts.length > 0 && row.title?.includes(' / '))) return null;
  // What plays from tape is somebody else's, whoever stands on stage: only `cover` can say whose.
  const artist = row.tape ? (row.cover?.name ?? null) : row.artist;
  return referTo(
    { artist, title: row.title, version: row.version },
    { names: set.artists, facts: { label: row.recordLabel } },
  );
}

function extractPart(part: MashupPart, set: SetlistItem): PreparedRow['parts'][number] {
  const { artist, title, version } = part;
  return { artist, title, mixName: version, track: referTo(part, { names: set.artists }) };
}

function rowDetail(row: Row): Record<string, unknown> | null {
  const {
    edit,
    recordLabel,
    catalogNumber,
    cover,
    with: guest,
    tape,
    encore,
    info,
    durationSeconds,
    genre,
    links,
  } = row;
  return said({
    edit,
    recordLabel,
    catalogNumber,
    cover,
    with: guest,
    tape,
    encore,
    info,
    durationSeconds,
    genre,
    links,
  });
}

function extractTrack({ item, isrcs }: NormalTrack): PreparedTrack {
  const { kind: _kind, source: _source, extra, ...fields } = item;
  const version =
    item.mixed && !/\bmixed\b/i.test(item.version ?? '')
      ? [item.version, 'Mixed'].filter(Boolean).join(', ')
      : item.version;
  const printed = { artist: item.artist ?? item.artists.join(', '), title: item.title, version };
  const { durationMs, releaseDate } = item;
  const label = typeof extra.recordLabel === 'string' ? extra.recordLabel : null;
  const track = referTo(printed, {
    names: item.artists,
    featured: item.featured,
    facts: { isrcs, durationMs, releaseDate, label },
  });
  if (track === null)
    throw new TypeError(`track ${item.id} was validated without a name: "${printed.artist}" - "${printed.title}"`);
  return { kind: 'track', externalId: item.id, track, fields: said({ ...fields, ...extra }) ?? {} };
}

function extractArtist({ item, mbid }: NormalArtist): PreparedArtist {
  const { kind: _kind, source: _source, extra, ...fields } = item;
  const { name, sortName, disambiguation } = item;
  return {
    kind: 'artist',
    externalId: item.id,
    artist: { name, normKey: nameKey(name), mbid, sortName, disambiguation },
    fields: said({ ...fields, ...extra }) ?? {},
  };
}

/** A post that must be erased mentions nothing any more: loading it takes its mentions away. */
function extractPost({ item, mentionedAt }: NormalPost): PreparedPost {
  const rows = item.purge ? [] : item.tracks;
  const mentions = rows.map((row) => {
    const { position, artist, title, version: mixName, cueSeconds } = row;
    const confidence = confidenceOf(row, item);
    const track =
      row.isId || confidence < TRUSTED_CONFIDENCE ? null : referTo(row, { facts: { label: row.recordLabel } });
    return { position, artist, title, mixName, cueSeconds, confidence, track };
  });
  return { kind: 'post', externalId: item.id, permalink: item.permalink, mentionedAt, mentions };
}

/**
 * The reference that printed texts make; null when they do not name a track. What is unknown the parser has said already, with null: a title
 * that reads "Unknown" or "Id" here is one that its page calls known.
 */
function referTo(printed: Printed, { names = [], featured = [], facts = {} }: Known): TrackReference | null {
  const { artist, title, version } = withVersion(printed);
  if (artist === null || title === null || (version !== null && isUnknownVersion(version))) return null;
  const normKey = trackKey({ artist, title, version });
  if (normKey === null) return null;
  const credits = referenceCredits({ artist, title, version, known: names }, featured);
  return { normKey, artistText: artist, title, mixName: version, credits, ...NO_FACTS, ...facts };
}

function referenceCredits(texts: Parameters<typeof creditsOf>[0], featured: readonly string[]): Credit[] {
  const more = featured
    .flatMap((name) => splitArtists(name).primary)
    .map((name) => ({ name, role: 'featured' as const }));
  const byKey = new Map<string, Credit>();
  for (const { name, role } of [...creditsOf(texts), ...more]) {
    const normKey = nameKey(name);
    const isTwice = byKey.has(`${role} ${normKey}`) || (role === 'featured' && byKey.has(`primary ${normKey}`));
    if (!isTwice && normKey !== '') byKey.set(`${role} ${normKey}`, { name, normKey, role, mbid: null });
  }
  return [...byKey.values()];
}

/** A guest bracket may have hidden the version bracket before it: "Moment (Bo Remix) [feat. Ada]". */
function withVersion(printed: Printed): Printed {
  if (printed.version !== null || printed.title === null || !/[([]/.test(printed.title)) return printed;
  const { title, featured } = splitTitle(printed.title);
  if (featured.length === 0) return printed;
  const split = splitVersion(title);
  if (split.version === null) return printed;
  return { artist: printed.artist, title: `${split.title} (feat. ${featured.join(' & ')})`, version: split.version };
}

/** Only the fields that say something; null when none does. */
function said(fields: Record<string, unknown>): Record<string, unknown> | null {
  const kept: Record<string, unknown> = {};
  let any = false;
  for (const name in fields) {
    const value = fields[name];
    if (value === null || value === undefined || value === false || isEmpty(value)) continue;
    kept[name] = value;
    any = true;
  }
  return any ? kept : null;
}

function isEmpty(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  for (const _ in value) return false;
  return true;
}
