/** The pages of sources, and what a request brought, to be looked at. */
import type { FastifyInstance } from 'fastify';
import { Problem } from '../api/problem.ts';
import { OWN_FILES_ONLY } from '../api/protection.ts';
import { decodeBody } from '../platform/content-encoding.ts';
import { readSnapshot } from '../repositories/read-snapshot.ts';
import {
  isInvented,
  readDocumentEncoding,
  readSourceDetail,
  readVerdictsOverTime,
} from '../repositories/source-detail.ts';
import type { DashboardOptions } from './options.ts';
import { firstStep, RANGES, type RangeName } from './overview-data.ts';
import { sourcePage } from './source-page.ts';

/** Of a document this much is shown, bytes. */
const MOST_SHOWN = 2_000_000;
/** A document is somebody else's: it is text here, whatever it is, and nothing in it may run or load. */
const TEXT_ONLY = "default-src 'none'; sandbox; frame-ancestors 'none'";

/** Adds `/sources/:name` and `/documents/:digest`. */
export function sourceRoutes(app: FastifyInstance, options: DashboardOptions): void {
  const querystring = {
    type: 'object',
    properties: { range: { type: 'string', enum: Object.keys(RANGES), default: '24h' } },
  };
  app.get<{ Params: { name: string }; Querystring: { range: RangeName } }>(
    '/sources/:name',
    { schema: { querystring } },
    async ({ params, query }, reply) => {
      const page = await readPage(options, params.name, query.range);
      return reply.type('text/html; charset=utf-8').header('content-security-policy', OWN_FILES_ONLY).send(page);
    },
  );
  documentRoute(app, options);
}

async function readPage(
  { db, clock, sources, access }: DashboardOptions,
  name: string,
  range: RangeName,
): Promise<string> {
  const facts = sources.find((source) => source.name === name);
  if (facts === undefined)
    throw new Problem(404, `There is no source "${name}". Known: ${sources.map((one) => one.name).join(', ')}.`);
  const now = clock.now();
  const mayRun = access[name] ?? { open: facts.hosts, missing: [], waitingHosts: [] };
  const from = firstStep(range, now);
  const read = await readSnapshot(db, async (tx) => ({
    detail: await readSourceDetail(tx, { source: name, closedHosts: mayRun.waitingHosts }, now),
    cells: await readVerdictsOverTime(tx, { source: name, from, stepSeconds: RANGES[range].stepSeconds }),
    invented: await isInvented(tx, name),
  }));
  const overTime = { range, from, cells: read.cells };
  return sourcePage({ facts, sources, overTime, now, access: mayRun, ...read });
}

function documentRoute(app: FastifyInstance, { db, archive }: DashboardOptions): void {
  const params = { type: 'object', properties: { digest: { type: 'string', pattern: '^[0-9a-f]{64}$' } } };
  app.get<{ Params: { digest: string } }>(
    '/documents/:digest',
    { schema: { params } },
    async ({ params: { digest } }, reply) => {
      const document = await readDocumentEncoding(db, digest);
      if (document === null) throw new Problem(404, `There is no document ${digest}, or it was erased.`);
      const { body, bodyFault } = await decodeBody(
        await archive.get(Buffer.from(digest, 'hex')),
        document.contentEncoding,
      );
      const text = bodyFault === null ? body.subarray(0, MOST_SHOWN) : Buffer.from(bodyFault.message);
      return reply.type('text/plain; charset=utf-8').header('content-security-policy', TEXT_ONLY).send(text);
    },
  );
}
