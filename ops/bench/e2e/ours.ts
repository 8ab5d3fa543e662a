/** Our side: workers as an operator starts them, fed through frontier and outbox. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, mkdirSync, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { crawlQueue, PRIORITY } from '../../../jobs/queues.ts';
import { loadSource } from '../../../spiders/registry.ts';
import { MusicDbError } from '../../../src/core/errors.ts';
import { systemClock } from '../../../src/platform/context.ts';
import { type Database, openDatabase } from '../../../src/platform/database.ts';
import { makeDue } from '../../../src/repositories/frontier.ts';
import { enqueue } from '../../../src/repositories/outbox.ts';
import { type Measured, measure } from './measure.ts';
import { type BenchSite, pageUrl } from './site.ts';
import type { Stage } from './stage.ts';
import type { WebServer } from './web-server.ts';

const BIN = fileURLToPath(new URL('../../../src/cli/bin.js', import.meta.url));
const SOURCE = '1001tracklists';

/** Queues of each process, by the number of processes. */
export const SPLITS: Readonly<Record<string, readonly string[]>> = {
  '1': [`${crawlQueue(SOURCE)},transform,load`],
  '2': [crawlQueue(SOURCE), 'transform,load'],
  '3': [crawlQueue(SOURCE), 'transform', 'load'],
};

export interface OursOptions {
  readonly site: BenchSite;
  readonly stage: Stage;
  readonly server: WebServer;
  /** A folder of this run alone: archive and logs. */
  readonly folder: string;
  readonly split: readonly string[];
  readonly concurrency: number;
}

export interface OursRun extends Measured {
  /** Rows of sets, parts of mashups counted too. */
  readonly rows: number;
  readonly pages: number;
  readonly counts: Readonly<Record<string, number>>;
  /** What the workers logged at "warn" and above. */
  readonly log: string;
}

/** Runs once on a fresh database. @throws MusicDbError when a worker ends before the work does. */
export async function runOurs(options: OursOptions): Promise<OursRun> {
  const { stage, site, server, folder } = options;
  mkdirSync(folder, { recursive: true });
  const databaseUrl = await stage.reset('ours');
  const db = openDatabase(databaseUrl, { max: 1, applicationName: 'musicdb-bench' });
  const workers: ChildProcess[] = [];
  const log = join(folder, 'workers.log');
  try {
    await seed(db, site);
    const start = () => {
      for (const queues of options.split) workers.push(spawnWorker(queues, { ...options, databaseUrl, log }));
      return workers.map(({ pid = 0 }, index) => ({ name: options.split[index] ?? '', pid }));
    };
    const look = async () => {
      const dead = workers.find(({ exitCode, signalCode }) => exitCode !== null || signalCode !== null);
      if (dead)
        throw new MusicDbError(`a worker ended before its work did: ${readFileSync(log, 'utf8').slice(-2_000)}`);
      return lookAt(db);
    };
    const measured = await measure({ start, look }, [...stage.parts, server]);
    const said = readFileSync(log, 'utf8');
    await stopAll(workers);
    const { rows, pages, ...counts } = await countEnd(db);
    return { ...measured, rows, pages, counts, log: said };
  } finally {
    await stopAll(workers);
    await db.release();
  }
}

async function seed(db: Database, site: BenchSite): Promise<void> {
  const source = await loadSource(SOURCE);
  const now = systemClock.now();
  const requests = site.paths.map(pageUrl).map((url) => ({
    source: SOURCE,
    urlKey: source.normaliseUrl(url),
    url,
    kind: 'tracklist',
    priority: 1,
    depth: 0,
    runId: null,
  }));
  const payload = { source: SOURCE, via: 'sandbox', runId: null, limit: null };
  await db.transaction(async (tx) => {
    await makeDue(tx, requests, now);
    await enqueue(tx, [{ queue: crawlQueue(SOURCE), name: 'crawl', payload, priority: PRIORITY.scheduled }], now);
  });
  await db.query('vacuum analyze frontier');
}

function spawnWorker(
  queues: string,
  { stage, server, folder, concurrency, databaseUrl, log }: OursOptions & { databaseUrl: string; log: string },
): ChildProcess {
  const hosts = ['www.1001tracklists.com', '1001tracklists.com', '1001.tl'];
  const inherited = Object.entries(process.env).filter(([name]) => !name.startsWith('MUSICDB_'));
  const output = openSync(log, 'a');
  try {
    return spawn(process.execPath, [BIN, 'worker', '--queues', queues], {
      stdio: ['ignore', output, output],
      env: {
        ...Object.fromEntries(inherited),
        DATABASE_URL: databaseUrl,
        REDIS_URL: stage.redisUrl,
        MUSICDB_DATA: folder,
        MUSICDB_SANDBOX_HOSTS: hosts.map((host) => `${host}=${server.origin}`).join(','),
        MUSICDB_CRAWL_CONCURRENCY: String(concurrency),
        // The peer asks as fast as it can.
        MUSICDB_SANDBOX_POLITENESS: 'off',
        MUSICDB_LOG_LEVEL: 'warn',
      },
    });
  } finally {
    closeSync(output);
  }
}

/** Done is when nothing is left to fetch, to transform or to load. Search has its own queue and is not part of it. */
async function lookAt(db: Database): Promise<{ pages: number; done: boolean }> {
  const { rows } = await db.query<{ pages: number; done: boolean }>({
    name: 'bench-look',
    text: `select coalesce((select last_value::int from pg_sequences where sequencename = 'fetches_id_seq'), 0) as pages,
             not exists (select from frontier where state in ('due', 'leased'))
             and not exists (select from raw_items where state in ('landed', 'transformed'))
             and not exists (select from outbox where queue <> 'index') as done`,
  });
  return rows[0] ?? { pages: 0, done: false };
}

async function countEnd(db: Database): Promise<{ rows: number; pages: number } & Record<string, number>> {
  const { rows } = await db.query<{ rows: number; pages: number } & Record<string, number>>(
    `select (select count(*)::int from setlists) as pages,
            (select (count(*) + coalesce(sum(jsonb_array_length(parts)), 0))::int from setlist_tracks) as rows,
            (select count(*)::int from tracks) as tracks, (select count(*)::int from artists) as artists,
            (select count(*)::int from claims) as claims, (select count(*)::int from documents) as documents,
            (select count(*)::int from raw_items where state = 'loaded') as "rawItems",
            (select count(*)::int from quarantine) as quarantined, (select count(*)::int from dead_letters) as dead,
            (select count(*)::int from frontier where state <> 'done') as "requestsNotDone",
            (select count(*)::int from search_outbox) as "searchChanges"`,
  );
  const [counts] = rows;
  if (counts === undefined) throw new MusicDbError('the database counts nothing');
  return counts;
}

async function stopAll(workers: readonly ChildProcess[]): Promise<void> {
  await Promise.all(
    workers.map(async (worker) => {
      if (worker.exitCode !== null || worker.signalCode !== null) return;
      const ended = once(worker, 'exit');
      worker.kill('SIGTERM');
      await ended;
    }),
  );
}
