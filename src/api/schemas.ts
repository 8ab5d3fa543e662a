/** Shapes of parameters and answers as JSON Schema: the server validates and writes with them, and /openapi.json publishes them. */
import { SOURCE_NAMES } from '../../spiders/registry.ts';
import { SEARCH_INDICES } from '../search/search.ts';

/** The part of JSON Schema used here. */
export interface Schema {
  type?: string | string[];
  description?: string;
  properties?: Record<string, Schema>;
  required?: string[];
  items?: Schema;
  enum?: readonly (string | null)[];
  format?: string;
  pattern?: string;
  minimum?: number;
  maximum?: number;
  minLength?: number;
  maxLength?: number;
  default?: unknown;
  additionalProperties?: boolean | Schema;
}

const text: Schema = { type: 'string' };
const maybeText: Schema = { type: ['string', 'null'] };
const whole: Schema = { type: 'integer' };
const maybeWhole: Schema = { type: ['integer', 'null'] };
const flag: Schema = { type: 'boolean' };
const anyObject: Schema = { type: 'object', additionalProperties: true };
const maybeObject: Schema = { type: ['object', 'null'], additionalProperties: true };
const uuid: Schema = { type: 'string', pattern: '^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$' };
const maybeUuid: Schema = { type: ['string', 'null'] };
const digest: Schema = { type: 'string', description: 'SHA-256 of the archived document, hex' };
const cue: Schema = { ...maybeWhole, description: 'Start within the recording, seconds' };
const setDate: Schema = { ...maybeText, description: '"2024-11-11", "2024-11", "2024" or "200X"; null when unknown' };
const day: Schema = { type: 'string', format: 'date' };

/** An object whose every property is always there. */
function object(properties: Record<string, Schema>, description?: string): Schema {
  return {
    type: 'object',
    required: Object.keys(properties),
    properties,
    ...(description === undefined ? {} : { description }),
  };
}

function list(items: Schema, description?: string): Schema {
  return { type: 'array', items, ...(description === undefined ? {} : { description }) };
}

// Parameters ---------------------------------------------------------------------------------------------------------------------------------

const limit: Schema = { type: 'integer', minimum: 1, maximum: 100, default: 50, description: 'Rows a page' };

export const LIST_QUERY: Schema = {
  type: 'object',
  additionalProperties: false,
  properties: {
    artist: { ...text, minLength: 1, maxLength: 200, description: 'Id or exact name of an artist' },
    q: { ...text, minLength: 1, maxLength: 200, description: 'Part of a title or of a name' },
    from: { ...day, description: 'First day: of the event for sets, of the first sight for tracks and artists' },
    to: { ...day, description: 'Last day' },
    source: { ...text, enum: SOURCE_NAMES, description: 'Only what this source spoke of' },
    limit,
    cursor: { ...text, maxLength: 1_000, description: 'Where the page before ended; taken from its `page.next`' },
  },
};

export const SEARCH_QUERY: Schema = {
  type: 'object',
  required: ['q'],
  additionalProperties: false,
  properties: {
    index: { ...text, enum: SEARCH_INDICES, default: 'tracks', description: 'What to look for' },
    q: {
      ...text,
      maxLength: 300,
      description: 'Words in any order; the last may be a beginning; typing errors are forgiven',
    },
    limit: { ...limit, default: 20 },
    offset: { type: 'integer', minimum: 0, maximum: 9_900, default: 0, description: 'Hits to skip' },
  },
};

export const ID_PARAMS: Schema = { type: 'object', required: ['id'], properties: { id: uuid } };

// Answers ------------------------------------------------------------------------------------------------------------------------------------

export const PROBLEM = object(
  { type: text, title: text, status: whole, detail: text },
  'RFC 9457: type is urn:musicdb:problem:<name>',
);

const answer = { enum: ['ok', 'down'], type: 'string' };
export const HEALTH = object({ status: answer, postgres: answer, redis: answer, search: answer });

const next: Schema = { ...maybeText, description: 'Address of the next page, null on the last' };

/** `{data, page}` of a list that is paged by key. */
export function keysetPage(row: Schema): Schema {
  return object({ data: list(row), page: object({ limit: whole, cursor: maybeText, next }) });
}

export const SEARCH_PAGE = object({
  data: list(
    object({
      id: text,
      score: { type: 'number' },
      body: { ...anyObject, description: 'The document as it was indexed' },
    }),
  ),
  page: object({ limit: whole, offset: whole, total: { ...whole, description: 'Counted up to 10,000' }, next }),
});

const trackProperties = {
  id: text,
  artist: text,
  title: text,
  mixName: maybeText,
  label: maybeText,
  durationMs: maybeWhole,
  releaseDate: maybeText,
  isrcs: list(text),
  createdDate: { ...day, description: 'Day on which it first came in' },
};
export const TRACK_ROW = object(trackProperties);

const artistProperties = {
  id: text,
  name: text,
  mbid: maybeUuid,
  sortName: maybeText,
  disambiguation: maybeText,
  createdDate: day,
};
export const ARTIST_ROW = object(artistProperties);

const setlistProperties = {
  id: text,
  title: maybeText,
  artist: maybeText,
  date: setDate,
  datePrecision: { ...text, enum: ['day', 'month', 'year', 'decade', 'unknown'] },
  event: maybeText,
  venue: maybeText,
  city: maybeText,
  country: maybeText,
  source: text,
  url: maybeText,
  trackCount: whole,
  identifiedCount: whole,
  durationSeconds: maybeWhole,
  isLivePa: flag,
  genres: list(text),
};
export const SETLIST_ROW = object(setlistProperties);

const claims = list(
  object({
    source: text,
    kind: text,
    externalId: text,
    url: maybeText,
    invented: { ...flag, description: 'True for what the local sandbox made up: there is no such page' },
    documentDigest: digest,
    position: { ...whole, description: 'Row of the item, 0 for the item itself' },
    part: whole,
    fields: anyObject,
    observedAt: { ...text, format: 'date-time' },
  }),
  'Which page said so: the latest 200',
);

const redirectedFrom = { ...maybeText, description: 'The id asked for, when it was merged into this one' };

/** `{data, redirectedFrom}` of one entry. */
function entry(properties: Record<string, Schema>): Schema {
  return object({ data: object(properties), redirectedFrom });
}

export const TRACK_ENTRY = entry({
  ...trackProperties,
  isrcs: list(object({ isrc: text, source: text })),
  artists: list(object({ id: text, name: text, role: { ...text, enum: ['primary', 'featured', 'remixer'] } })),
  playCount: whole,
  plays: list(
    object({
      setlistId: text,
      setlistTitle: maybeText,
      playedBy: maybeText,
      date: setDate,
      event: maybeText,
      venue: maybeText,
      position: whole,
      cueSeconds: cue,
      cueGranularity: text,
      source: text,
      url: maybeText,
    }),
    'Sets in which it was played: the latest 200',
  ),
  mentions: list(
    object({
      source: text,
      permalink: maybeText,
      invented: { ...flag, description: 'True for what the local sandbox made up: there is no such page' },
      artist: maybeText,
      title: maybeText,
      cueSeconds: cue,
      confidence: { type: 'number' },
      mentionedAt: maybeText,
    }),
  ),
  claims,
});

export const ARTIST_ENTRY = entry({
  ...artistProperties,
  trackCount: whole,
  setlistCount: whole,
  tracks: list(
    object({ id: text, artist: text, title: text, mixName: maybeText, role: text, plays: whole }),
    'The most played 200',
  ),
  setlists: list(SETLIST_ROW, 'The latest 200'),
  claims,
});

export const SETLIST_ENTRY = entry({
  ...setlistProperties,
  externalId: text,
  tour: maybeText,
  region: maybeText,
  sourceVersion: maybeText,
  detail: maybeObject,
  documentDigest: { ...digest, type: ['string', 'null'] },
  observedAt: maybeText,
  artists: list(object({ id: text, name: text })),
  tracks: list(
    object({
      position: whole,
      number: maybeText,
      section: maybeText,
      cueSeconds: cue,
      cueGranularity: text,
      artist: maybeText,
      title: maybeText,
      mixName: maybeText,
      isId: flag,
      idKind: maybeText,
      withPrevious: flag,
      trackId: maybeText,
      parts: list({}, 'Parts of a mashup'),
      detail: maybeObject,
    }),
    'All rows in their order',
  ),
  claims,
  attribution: object(
    { url: maybeText, text: maybeText, licence: maybeText },
    'What the source asks to be shown beside its data',
  ),
});
