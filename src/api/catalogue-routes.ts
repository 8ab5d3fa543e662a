/** `/api/v1`: lists, entries and search over the catalogue. Handlers translate; the queries are in src/repositories. */
import type { FastifyInstance } from 'fastify';
import type { SourceFacts } from '../core/source.ts';
import type { Database, Queryable } from '../platform/database.ts';
import {
  type ListCursor,
  type Listed,
  type ListFilter,
  listArtists,
  listSetlists,
  listTracks,
} from '../repositories/catalogue.ts';
import { currentId, type EntityType, readArtist, readSetlist, readTrack } from '../repositories/catalogue-entries.ts';
import { readSnapshot } from '../repositories/read-snapshot.ts';
import type { Search, SearchIndex } from '../search/search.ts';
import { DEEPEST_HIT } from '../search/text.ts';
import { attributionOf } from './attribution.ts';
import { Problem } from './problem.ts';

import * as schemas from './schemas.ts';

interface ListQuery {
  artist?: string;
  q?: string;
  from?: string;
  to?: string;
  source?: string;
  limit: number;
  cursor?: string;
}

interface SearchQuery {
  index: SearchIndex;
  q: string;
  limit: number;
  offset: number;
}

export interface CatalogueOptions {
  readonly db: Database;
  readonly search: Search;
  readonly sources: readonly SourceFacts[];
}

/** Adds the routes to a scope that has the prefix `/api/v1` and the hook that asks for a token. */
export function catalogueRoutes(app: FastifyInstance, { db, search, sources }: CatalogueOptions): void {
  searchRoute(app, search);
  listRoute(app, db, {
    path: '/tracks',
    summary: 'Tracks, by artist and title',
    row: schemas.TRACK_ROW,
    list: listTracks,
  });
  listRoute(app, db, { path: '/artists', summary: 'Artists, by name', row: schemas.ARTIST_ROW, list: listArtists });
  listRoute(app, db, {
    path: '/setlists',
    summary: 'Sets, the latest event first',
    row: schemas.SETLIST_ROW,
    list: listSetlists,
  });
  entryRoute(app, db, { type: 'track', schema: schemas.TRACK_ENTRY, read: readTrack });
  entryRoute(app, db, { type: 'artist', schema: schemas.ARTIST_ENTRY, read: readArtist });
  entryRoute(app, db, {
    type: 'setlist',
    schema: schemas.SETLIST_ENTRY,
    read: async (tx, id) => {
      const setlist = await readSetlist(tx, id);
      return setlist === null ? null : { ...setlist, attribution: attributionOf(sources, setlist) };
    },
  });
}

function searchRoute(app: FastifyInstance, search: Search): void {
  app.get<{ Querystring: SearchQuery }>(
    '/search',
    {
      schema: {
        summary: 'Search in tracks, artists, setlists or mentions',
        querystring: schemas.SEARCH_QUERY,
        response: { 200: schemas.SEARCH_PAGE },
      } as object,
    },
    async ({ query: { index, q, limit, offset } }) => {
      const { hits, total } = await search.search(index, { text: q, limit, offset });
      const following = offset + limit;
      const more = following < total && following + limit <= DEEPEST_HIT;
      const next = more
        ? `/api/v1/search?${new URLSearchParams({ index, q, limit: `${limit}`, offset: `${following}` })}`
        : null;
      return { data: hits, page: { limit, offset, total, next } };
    },
  );
}

interface ListRoute<T> {
  readonly path: string;
  readonly summary: string;
  readonly row: schemas.Schema;
  readonly list: (db: Queryable, filter: ListFilter) => Promise<Listed<T>>;
}

function listRoute<T>(app: FastifyInstance, db: Database, { path, summary, row, list }: ListRoute<T>): void {
  app.get<{ Querystring: ListQuery }>(
    path,
    { schema: { summary, querystring: schemas.LIST_QUERY, response: { 200: schemas.keysetPage(row) } } as object },
    async ({ query }) => {
      const { rows, next } = await readSnapshot(db, (tx) => list(tx, toFilter(query)));
      const { limit, cursor = null } = query;
      return { data: rows, page: { limit, cursor, next: next === null ? null : nextAddress(path, query, next) } };
    },
  );
}

interface EntryRoute<T> {
  readonly type: EntityType;
  readonly schema: schemas.Schema;
  readonly read: (db: Queryable, id: string) => Promise<T | null>;
}

function entryRoute<T>(app: FastifyInstance, db: Database, { type, schema, read }: EntryRoute<T>): void {
  app.get<{ Params: { id: string } }>(
    `/${type}s/:id`,
    {
      schema: {
        summary: `One ${type}, and which page said so`,
        params: schemas.ID_PARAMS,
        response: { 200: schema },
      } as object,
    },
    ({ params }) =>
      readSnapshot(db, async (tx) => {
        const asked = params.id.toLowerCase();
        const id = await currentId(tx, type, asked);
        const data = await read(tx, id);
        if (data === null)
          throw new Problem(404, `There is no ${type} with the id ${asked}. /api/v1/${type}s lists those there are.`);
        return { data, redirectedFrom: id === asked ? null : asked };
      }),
  );
}

function toFilter({ artist, q, from, to, source, limit, cursor }: ListQuery): ListFilter {
  if (from !== undefined && to !== undefined && from > to)
    throw new Problem(400, `parameter "from" is ${from}, after "to", ${to}.`);
  return {
    artist: artist ?? null,
    q: q ?? null,
    from: from ?? null,
    to: to ?? null,
    source: source ?? null,
    limit,
    after: cursor === undefined ? null : readCursor(cursor),
  };
}

function nextAddress(path: string, query: ListQuery, { key, id }: ListCursor): string {
  const cursor = Buffer.from(JSON.stringify([key, id])).toString('base64url');
  const params = new URLSearchParams();
  for (const [name, value] of Object.entries({ ...query, cursor })) params.set(name, String(value));
  return `/api/v1${path}?${params}`;
}

function readCursor(cursor: string): ListCursor {
  try {
    const [key, id] = JSON.parse(Buffer.from(cursor, 'base64url').toString()) as unknown[];
    if (typeof key === 'string' && typeof id === 'string' && /^[0-9a-f-]{36}$/.test(id) && !key.includes('\0'))
      return { key, id };
  } catch {
    // Falls through: whatever is wrong with it, the answer is the same.
  }
  throw new Problem(400, 'parameter "cursor" is none of ours; take it from "page.next" of the page before, unchanged.');
}
