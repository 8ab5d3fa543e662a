/** `/openapi.json` (3.1), made from the schemas the server itself validates and writes with. */
import type { FastifyInstance } from 'fastify';
import { PROBLEM, type Schema } from './schemas.ts';

interface RouteSchema {
  summary?: string;
  querystring?: Schema;
  params?: Schema;
  response?: Record<string, Schema>;
}

interface Operation {
  summary: string;
  operationId: string;
  security: Record<string, string[]>[];
  parameters: object[];
  responses: Record<string, object>;
}

/** What every operation may answer beside its own. */
const FAULTS = {
  '400': 'Wrong parameters',
  '401': 'No token',
  '403': 'Token without the right',
  '404': 'Not found',
  '429': 'Too many wrong tokens',
  '503': 'Not available',
};

/** Collects every GET route that has a summary, as it is added; call before adding routes. The document is served at `/openapi.json`. */
export function serveOpenApi(app: FastifyInstance, version: string): void {
  const paths: Record<string, { get: Operation }> = {};
  app.addHook('onRoute', ({ method, url, schema }) => {
    const route = schema as RouteSchema | undefined;
    if (method !== 'GET' || route?.summary === undefined) return;
    const path = url.replaceAll(/:(\w+)/g, '{$1}');
    paths[path] = { get: operationOf(path, route) };
  });
  const document = {
    openapi: '3.1.0',
    info: {
      title: 'MusicDB',
      version,
      summary: 'What was played, by whom, where and when.',
      description:
        'Lists answer `{data, page}`: follow `page.next` until it is null. Entries answer `{data, redirectedFrom}`. Errors are `application/problem+json`.',
    },
    paths,
    components: {
      securitySchemes: { token: { type: 'http', scheme: 'bearer' } },
      schemas: { Problem: PROBLEM },
    },
  };
  app.get('/openapi.json', async () => document);
}

function operationOf(path: string, { summary = '', querystring, params, response = {} }: RouteSchema): Operation {
  const isOpen = !path.startsWith('/api/');
  return {
    summary,
    operationId: [
      'get',
      ...path.split(/[^A-Za-z0-9]+/).filter((part) => part !== '' && part !== 'api' && part !== 'v1'),
    ].join('-'),
    security: isOpen ? [] : [{ token: [] }],
    parameters: [...parametersOf('path', params), ...parametersOf('query', querystring)],
    responses: {
      ...Object.fromEntries(
        Object.entries(response).map(([status, schema]) => [
          status,
          answerOf(status === '200' ? 'Found' : 'Down', 'application/json', schema),
        ]),
      ),
      ...(isOpen
        ? {}
        : Object.fromEntries(
            Object.entries(FAULTS).map(([status, words]) => [
              status,
              answerOf(words, 'application/problem+json', { $ref: '#/components/schemas/Problem' }),
            ]),
          )),
    },
  };
}

function parametersOf(place: 'path' | 'query', schema: Schema | undefined): object[] {
  return Object.entries(schema?.properties ?? {}).map(([name, { description, ...rest }]) => ({
    name,
    in: place,
    required: place === 'path' || (schema?.required ?? []).includes(name),
    ...(description === undefined ? {} : { description }),
    schema: rest,
  }));
}

function answerOf(description: string, type: string, schema: object): object {
  return { description, content: { [type]: { schema } } };
}
