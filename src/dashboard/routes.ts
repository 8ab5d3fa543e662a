/** The pages people open: rendered here, styled and refreshed by our own files under /static. */
import { fileURLToPath } from 'node:url';
import fastifyStatic from '@fastify/static';
import type { FastifyInstance, FastifyReply } from 'fastify';
import { attributionOf } from '../api/attribution.ts';
import { Problem, toProblem } from '../api/problem.ts';
import { OWN_FILES_ONLY } from '../api/protection.ts';
import { ID_PARAMS } from '../api/schemas.ts';
import type { Queryable } from '../platform/database.ts';
import { currentId, type EntityType, readArtist, readSetlist, readTrack } from '../repositories/catalogue-entries.ts';
import { readSnapshot } from '../repositories/read-snapshot.ts';
import { isInvented } from '../repositories/source-detail.ts';
import { SEARCH_INDICES, type SearchIndex } from '../search/search.ts';
import { artistPage } from './artist-page.ts';
import type { DashboardOptions } from './options.ts';
import { makeOverviewReader, RANGES, type RangeName } from './overview-data.ts';
import { livePieces, overviewPage } from './overview-page.ts';
import { type SearchPageParts, searchPage } from './search-page.ts';
import { setPage } from './set-page.ts';
import { sourceRoutes } from './source-routes.ts';
import { trackPage } from './track-page.ts';

const PAGE_SIZE = 25;

/** Adds `/`, `/dashboard.json`, `/search`, `/sets|tracks|artists/:id`, and `/static/`, which is open to all. */
export function dashboardRoutes(app: FastifyInstance, options: DashboardOptions): void {
  app.register(fastifyStatic, {
    root: fileURLToPath(new URL('static', import.meta.url)),
    prefix: '/static/',
    decorateReply: false,
    cacheControl: false,
    setHeaders: (reply) => {
      reply.header('cache-control', 'no-cache');
    },
  });
  app.register(async (scope) => {
    scope.addHook('onRequest', options.requireRead);
    overviewRoutes(scope, options);
    searchPageRoute(scope, options);
    entryPages(scope, options);
    sourceRoutes(scope, options);
  });
}

function overviewRoutes(app: FastifyInstance, options: DashboardOptions): void {
  const read = makeOverviewReader({ ...options, sourceNames: options.sources.map(({ name }) => name) });
  const querystring = { type: 'object', properties: { range: { type: 'string', enum: Object.keys(RANGES) } } };
  app.get<{ Querystring: { range?: RangeName } }>('/', { schema: { querystring } }, async ({ query }, reply) =>
    sendPage(reply, overviewPage(options.sources, await read(query.range ?? null))),
  );
  app.get<{ Querystring: { range?: RangeName } }>('/dashboard.json', { schema: { querystring } }, async ({ query }) => {
    const data = await read(query.range ?? null);
    const pieces = Object.entries(livePieces(options.sources, data)).map(([name, piece]) => [name, piece.markup]);
    return { ...data, html: Object.fromEntries(pieces) };
  });
}

function searchPageRoute(app: FastifyInstance, { db, search, log }: DashboardOptions): void {
  const querystring = {
    type: 'object',
    properties: {
      index: { type: 'string', enum: SEARCH_INDICES, default: 'tracks' },
      q: { type: 'string', default: '', maxLength: 300 },
      offset: { type: 'integer', minimum: 0, maximum: 9_900, default: 0 },
    },
  };
  app.get<{ Querystring: { index: SearchIndex; q: string; offset: number } }>(
    '/search',
    { schema: { querystring } },
    async (request, reply) => {
      const { index, q: text, offset } = request.query;
      const asked = { index, text, limit: PAGE_SIZE, offset };
      const parts: SearchPageParts = await Promise.all([search.search(index, asked), isInvented(db, null)]).then(
        ([answer, invented]) => ({ ...asked, answer, fault: null, invented }),
        (error: unknown) => {
          const problem = toProblem(error, request, log);
          reply.code(problem.status);
          return { ...asked, answer: null, fault: problem.message, invented: false };
        },
      );
      return sendPage(reply, searchPage(parts));
    },
  );
}

function entryPages(app: FastifyInstance, options: DashboardOptions): void {
  const { sources, clock } = options;
  entryPage(app, options, {
    path: '/tracks',
    type: 'track',
    read: readTrack,
    page: (track) => trackPage({ track, sources, now: clock.now() }),
  });
  entryPage(app, options, {
    path: '/artists',
    type: 'artist',
    read: readArtist,
    page: (artist) => artistPage({ artist, sources, now: clock.now() }),
  });
  entryPage(app, options, {
    path: '/sets',
    type: 'setlist',
    read: readSetlist,
    page: (set) => setPage({ set, attribution: attributionOf(sources, set), sources, now: clock.now() }),
  });
}

interface EntryPage<T> {
  readonly path: string;
  readonly type: EntityType;
  readonly read: (db: Queryable, id: string) => Promise<T | null>;
  readonly page: (entry: T) => string;
}

/** A merged id leads on to the page of what it was merged into. */
function entryPage<T>(app: FastifyInstance, { db }: DashboardOptions, { path, type, read, page }: EntryPage<T>): void {
  app.get<{ Params: { id: string } }>(`${path}/:id`, { schema: { params: ID_PARAMS } }, async ({ params }, reply) => {
    const asked = params.id.toLowerCase();
    const { id, entry } = await readSnapshot(db, async (tx) => {
      const current = await currentId(tx, type, asked);
      return { id: current, entry: await read(tx, current) };
    });
    if (entry === null) throw new Problem(404, `There is no ${type} with the id ${asked}. Search for it by name.`);
    return id === asked ? sendPage(reply, page(entry)) : reply.redirect(`${path}/${id}`, 302);
  });
}

function sendPage(reply: FastifyReply, page: string): FastifyReply {
  return reply.type('text/html; charset=utf-8').header('content-security-policy', OWN_FILES_ONLY).send(page);
}
