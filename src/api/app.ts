/** Everything that is served over HTTP, put together: API, dashboard, queues, health. */
import cookie from '@fastify/cookie';
import type { Queue } from 'bullmq';
import Fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
import type { SourceFacts } from '../core/source.ts';
import { problemPage } from '../dashboard/problem-page.ts';
import { dashboardRoutes } from '../dashboard/routes.ts';
import type { SourceAccess } from '../dashboard/source-page.ts';
import type { ArchiveStore } from '../platform/archive-store.ts';
import type { Clock } from '../platform/context.ts';
import type { Database } from '../platform/database.ts';
import type { Logger } from '../platform/logger.ts';
import type { RedisConnection } from '../platform/redis.ts';
import type { Search } from '../search/search.ts';
import { adminRoutes } from './admin.ts';
import { Auth } from './auth.ts';
import { catalogueRoutes } from './catalogue-routes.ts';
import { makeHealthCheck } from './health.ts';
import { loginRoutes } from './login.ts';
import { metricsRoute } from './metrics.ts';
import { serveOpenApi } from './openapi.ts';
import { Problem, pathOf, problemBody, sendProblem, toProblem } from './problem.ts';
import { OWN_FILES_ONLY, protect } from './protection.ts';
import { HEALTH } from './schemas.ts';

export interface AppOptions {
  readonly db: Database;
  readonly search: Search;
  readonly redis: RedisConnection;
  /** Every queue to show, in the order to show them. */
  readonly queues: readonly Queue[];
  readonly sources: readonly SourceFacts[];
  /** What may run live, by source; all of one that is not named. */
  readonly access: Readonly<Record<string, SourceAccess>>;
  readonly archive: Pick<ArchiveStore, 'get'>;
  readonly log: Logger;
  readonly clock: Clock;
  /** Address to listen on; decides with `openReading` whether reading needs a token (see auth.ts). */
  readonly host: string;
  /** Token with all rights; null when none is configured. */
  readonly token: string | null;
  readonly openReading: boolean;
  readonly version: string;
}

/** The whole server, not listening yet. */
export async function makeApp(options: AppOptions): Promise<FastifyInstance> {
  const { log, version } = options;
  const app = Fastify({
    bodyLimit: 64 * 1024,
    requestTimeout: 30_000,
    keepAliveTimeout: 72_000,
    forceCloseConnections: 'idle',
    routerOptions: { maxParamLength: 200, ignoreTrailingSlash: true },
    ajv: { customOptions: { removeAdditional: false, allErrors: true } },
    frameworkErrors: (_error, request, reply) => {
      sendProblem(
        reply,
        new Problem(400, `The address ${JSON.stringify(request.url).slice(0, 200)} is not well formed.`),
      );
    },
  });
  app.setErrorHandler((error, request, reply) => refuse(request, reply, toProblem(error, request, log)));
  app.setNotFoundHandler((request, reply) =>
    refuse(
      request,
      reply,
      new Problem(404, `Nothing is served at ${request.method} ${pathOf(request)}. /openapi.json lists the API.`),
    ),
  );
  app.addContentTypeParser('application/x-www-form-urlencoded', { parseAs: 'string' }, (_request, body, done) => {
    done(null, Object.fromEntries(new URLSearchParams(String(body))));
  });
  protect(app, log);
  await app.register(cookie);
  serveOpenApi(app, version);
  addRoutes(app, options);
  await app.ready();
  return app;
}

function addRoutes(app: FastifyInstance, options: AppOptions): void {
  const auth = new Auth(options);
  const health = makeHealthCheck(options);
  app.get(
    '/health',
    { schema: { summary: 'Whether the services behind it answer', response: { 200: HEALTH, 503: HEALTH } } as object },
    async (_request, reply) => {
      const found = await health();
      return reply.code(found.status === 'ok' ? 200 : 503).send(found);
    },
  );
  app.register(
    async (scope) => {
      scope.addHook('onRequest', (request) => auth.require(request, 'read'));
      catalogueRoutes(scope, options);
    },
    { prefix: '/api/v1' },
  );
  app.register(async (scope) => {
    scope.addHook('onRequest', (request) => auth.require(request, 'read'));
    metricsRoute(scope, options);
  });
  loginRoutes(app, auth);
  adminRoutes(app, auth, options.queues);
  dashboardRoutes(app, { ...options, requireRead: (request) => auth.require(request, 'read') });
}

/** People get a page (or the login form), programs get a problem. */
function refuse(request: FastifyRequest, reply: FastifyReply, problem: Problem): FastifyReply {
  const wantsPage = (request.headers.accept ?? '').includes('text/html') && !request.url.startsWith('/api/');
  if (!wantsPage) return sendProblem(reply, problem);
  if (problem.status === 401) return reply.redirect(`/admin/login?next=${encodeURIComponent(request.url)}`, 303);
  if (problem.retryAfter !== null) reply.header('retry-after', String(problem.retryAfter));
  return reply
    .code(problem.status)
    .type('text/html; charset=utf-8')
    .header('content-security-policy', OWN_FILES_ONLY)
    .send(problemPage(problemBody(problem)));
}
