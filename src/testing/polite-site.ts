/** A site on loopback that remembers when it was asked, and gates to it as separate processes would have them. */
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { SourceFacts } from '../core/source.ts';
import type { Credentials } from '../core/tokens.ts';
import { createGate, type PolitenessGate } from '../fetching/politeness.ts';
import { type ArchiveStore, openArchive } from '../platform/archive-store.ts';
import { type Clock, systemClock } from '../platform/context.ts';
import { openDatabase } from '../platform/database.ts';
import { createEgressGuard } from '../platform/egress-guard.ts';
import { createHttpClient, type HttpClient } from '../platform/http-client.ts';
import { openRedis } from '../platform/redis.ts';
import { type Releasable, Releases } from '../platform/releases.ts';
import type { TestServices } from './services.ts';

/** The host that the site stands in for. */
export const HOST = 'www.mixesdb.com';
export const ORIGIN = `https://${HOST}`;

type Answer = (response: ServerResponse) => void;

export interface PoliteSite extends Releasable {
  readonly archive: ArchiveStore;
  /** What it was asked, in order. */
  readonly asked: { path: string; at: number; headers: IncomingMessage['headers'] }[];
  /** How it answers, by path; 200 "ok" where nothing is said. */
  readonly answers: Record<string, Answer>;
  /** Everything Redis knows of the file's own is gone. */
  forgetRedis(): Promise<void>;
  /** A gate and client of its own, as one more process would have. */
  process(options?: ProcessOptions): PoliteProcess;
}

interface ProcessOptions {
  readonly facts?: Partial<SourceFacts>;
  readonly credentials?: Credentials;
  readonly clock?: Clock;
  readonly signal?: AbortSignal;
}

export interface PoliteProcess {
  readonly gate: PolitenessGate;
  readonly http: HttpClient;
  /** Asks for a page through the gate; its status. */
  ask(path: string): Promise<number>;
}

export async function openPoliteSite(services: TestServices, base: SourceFacts): Promise<PoliteSite> {
  const releases = new Releases();
  const folder = await mkdtemp(join(tmpdir(), 'musicdb-test-'));
  releases.defer('folder', () => rm(folder, { recursive: true }));
  const asked: PoliteSite['asked'] = [];
  const answers: PoliteSite['answers'] = {};
  const server = createServer((request, response) => {
    const path = request.url ?? '';
    asked.push({ path, at: Date.now(), headers: request.headers });
    (answers[path] ?? text(200, 'ok'))(response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  releases.defer('server', () => stop(server));
  const local = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  const forgetful = releases.add('redis', openRedis(services.redisUrl));
  const archive = openArchive(join(folder, 'archive'));
  return {
    asked,
    answers,
    archive,
    release: () => releases.releaseAll(),
    forgetRedis: async () => {
      const { client } = forgetful;
      const keys = await client.keys(`${services.queuePrefix}*`);
      if (keys.length > 0) await client.del(keys);
    },
    process: ({ facts = {}, credentials = {}, clock = systemClock, signal = new AbortController().signal } = {}) => {
      const db = releases.add('database', openDatabase(services.databaseUrl, { max: 3 }));
      const redis = releases.add('redis', openRedis(services.redisUrl));
      const guard = createEgressGuard([local]);
      const sandboxHosts = { [HOST]: `http://${local}` };
      const http = releases.add('http', createHttpClient({ guard, clock, userAgent: 'MusicDB/test', sandboxHosts }));
      const gate = createGate({
        ...{ db, redis, archive, clock, http, signal, prefix: services.queuePrefix, via: 'sandbox', hosts: [HOST] },
        ...{ facts: { ...base, hosts: [HOST], ...facts }, credentials },
      });
      const ask = async (path: string) =>
        (
          await http.fetch({
            url: `${ORIGIN}${path}`,
            headers: {},
            allowedHosts: [HOST],
            gate: gate.forRequest('page'),
          })
        ).status;
      return { gate, http, ask };
    },
  };
}

export function text(status: number, body: string, headers: Record<string, string> = {}): Answer {
  return (response) => response.writeHead(status, { 'content-type': 'text/plain', ...headers }).end(body);
}

async function stop(server: Server): Promise<void> {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
}
