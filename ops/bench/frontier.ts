/** `npm run bench -- frontier`: what a lease and the discovery of links cost when a million requests are known, and whether memory stays flat. */

import { parseArgs } from 'node:util';
import { numberArgument } from '../../src/cli/arguments.ts';
import { note, printLine, table } from '../../src/cli/output.ts';
import type { Database } from '../../src/platform/database.ts';
import {
  addRequests,
  type FrontierRequest,
  failLease,
  findDueSources,
  finishLeases,
  leaseDue,
} from '../../src/repositories/frontier.ts';
import { onBenchDatabase } from './bench-database.ts';
import { machineLine } from './machine.ts';

const SOURCES = ['1001tracklists', 'mixesdb', 'setlistfm', 'reddit', 'applemusic', 'watchthedj'] as const;
const NOW = new Date('2026-11-24T12:00:00Z');
const LEASE = 100;
const DISCOVERED = 10_000;
/** Half of what pages link to is known already. */
const KNOWN_SHARE = 0.5;

interface Options {
  readonly requests: number;
  readonly crawled: number;
}

export async function run(argv: string[]): Promise<void> {
  const options = readOptions(argv);
  await onBenchDatabase((db) => measureFrontier(db, options));
}

async function measureFrontier(db: Database, { requests, crawled }: Options): Promise<void> {
  note(`making ${requests} known requests`);
  await fill(db, requests);
  const leases = await timed(300, () => leaseAndFinish(db, pick(SOURCES)));
  const looks = await timed(50, () => findDueSources(db, NOW));
  let round = 0;
  const discoveries = await timed(10, () => addRequests(db, links(requests, round++), NOW));
  note(`crawling ${crawled} pages, without fetching them`);
  const memory = await crawl(db, crawled);
  printLine(
    `${requests} known requests of ${SOURCES.length} sources on two hosts each, 60 % due now, 30 % due later, 10 % done`,
  );
  printLine(
    table(
      ['', 'p50 ms', 'p95 ms', 'worst ms'],
      [
        [`lease of ${LEASE}`, ...percentiles(leases)],
        ['which sources are due', ...percentiles(looks)],
        [`insert of ${DISCOVERED} discovered links, half of them known`, ...percentiles(discoveries)],
      ],
    ),
  );
  printLine(
    `memory over ${crawled} crawled pages: ${memory.map((rssMb) => rssMb.toFixed(0)).join(', ')} MB (tenth by tenth)`,
  );
  printLine(machineLine(new Date()));
}

/** Spread over sources, hosts, priorities and times, as years of crawling leave it: what is due later stands before what is due now, too. */
async function fill(db: Database, requests: number): Promise<void> {
  await db.query(
    `insert into frontier (source, url_key, url, kind, host, priority, state, due_at)
     select s.source, u.url, u.url, 'page', u.host, 1 + n % 9, case when n % 10 = 9 then 'done' else 'due' end,
       $2::timestamptz + case when n % 10 < 6 then -1 else 1 end * (n % 86400) * interval '1 second'
     from generate_series(0, $1::int - 1) as n
     cross join lateral (select ($3::text[])[1 + n % 6] as source) s
     cross join lateral (select (case when n % 12 < 6 then 'www.' else 'api.' end) || s.source || '.example' as host) h
     cross join lateral (select h.host, 'https://' || h.host || '/page/' || n as url) u`,
    [requests, NOW, SOURCES],
  );
  await db.query('vacuum analyze frontier');
}

async function leaseAndFinish(db: Database, source: string): Promise<() => Promise<void>> {
  const leased = await leaseDue(db, { source, owner: 'bench', count: LEASE, now: NOW });
  return async () => {
    await finishLeases(db, leased, NOW);
  };
}

/** Milliseconds of each call; what a call returns is run after it, off the clock. */
async function timed(times: number, call: () => Promise<unknown>): Promise<number[]> {
  const taken: number[] = [];
  for (let n = 0; n < times; n += 1) {
    const started = performance.now();
    const after = await call();
    taken.push(performance.now() - started);
    if (typeof after === 'function') await after();
  }
  return taken;
}

function links(known: number, round: number): FrontierRequest[] {
  return Array.from({ length: DISCOVERED }, (_, n) => {
    const number = n < DISCOVERED * KNOWN_SHARE ? (n * 97) % known : known + round * DISCOVERED + n;
    const source = SOURCES[number % 6] ?? 'mixesdb';
    const url = `https://${number % 12 < 6 ? 'www' : 'api'}.${source}.example/page/${number}`;
    return { source, urlKey: url, url, kind: 'page', priority: 5, depth: 1, runId: null };
  });
}

/** Leases, finishes, fails a few, discovers some: memory after each tenth, MB. */
async function crawl(db: Database, pages: number): Promise<number[]> {
  const memory: number[] = [];
  let next = 2_000_000_000;
  for (let done = 0; done < pages; ) {
    const source = pick(SOURCES);
    const leased = await leaseDue(db, { source, owner: 'bench', count: LEASE, now: NOW });
    const [failed, ...fetched] = leased;
    if (failed)
      await failLease(db, {
        ...failed,
        problem: 'answered 500',
        cure: 'retry',
        dueAt: new Date(NOW.getTime() + 3_600_000),
      });
    await finishLeases(db, fetched, NOW);
    const found = fetched.map(({ depth }) => {
      next += 1;
      const url = `https://www.${source}.example/found/${next}`;
      return { source, urlKey: url, url, kind: 'page', priority: 5, depth: depth + 1, runId: null };
    });
    await addRequests(db, found, NOW);
    done += LEASE;
    if (Math.floor((done / pages) * 10) > memory.length) memory.push(process.memoryUsage.rss() / 1e6);
  }
  return memory;
}

function percentiles(values: readonly number[]): string[] {
  const sorted = values.toSorted((a, b) => a - b);
  return [0.5, 0.95, 1].map((share) => (sorted[Math.ceil(sorted.length * share) - 1] ?? Number.NaN).toFixed(1));
}

function pick<T>(values: readonly T[]): T {
  return values[Math.floor(Math.random() * values.length)] as T;
}

function readOptions(argv: string[]): Options {
  const { values } = parseArgs({
    args: argv,
    options: { requests: { type: 'string', default: '1000000' }, crawled: { type: 'string', default: '36000' } },
  });
  return {
    requests: numberArgument(values.requests, '--requests', { min: 1_000, max: 10_000_000 }),
    crawled: numberArgument(values.crawled, '--crawled', { min: 1_000, max: 1_000_000 }),
  };
}
