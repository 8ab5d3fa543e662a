/** `npm run bench -- retention`: what the daily retention costs when a million fetches are on record, the first time and every day after. */

import { join } from 'node:path';
import { applyRetention } from '../../jobs/retention.ts';
import { note, printLine, table } from '../../src/cli/output.ts';
import { readConfig } from '../../src/config/config.ts';
import { openArchive } from '../../src/platform/archive-store.ts';
import type { Database } from '../../src/platform/database.ts';
import { createLogger } from '../../src/platform/logger.ts';
import { onBenchDatabase } from './bench-database.ts';
import { machineLine } from './machine.ts';

const NOW = new Date('2026-11-24T12:00:00Z');
/** Each was asked for five times in 600 days: three other pages, one unchanged, one refusal. */
const ADDRESSES = 200_000;

export async function run(): Promise<void> {
  await onBenchDatabase(measure);
}

async function measure(db: Database, folder: string): Promise<void> {
  note(`making ${5 * ADDRESSES} fetches`);
  await fill(db);
  const ctx = {
    db,
    archive: openArchive(join(folder, 'archive')),
    clock: { now: () => NOW },
    config: readConfig({}),
    log: createLogger('silent'),
    signal: new AbortController().signal,
  };
  const rounds: string[][] = [];
  for (const name of ['the first time', 'every day after']) {
    const started = performance.now();
    const outcome = await applyRetention(ctx);
    const seconds = (performance.now() - started) / 1_000;
    rounds.push([name, seconds.toFixed(1), JSON.stringify(outcome)]);
  }
  printLine(machineLine(new Date()));
  printLine(table(['retention', 's', 'what went'], rounds));
}

async function fill(db: Database): Promise<void> {
  const body = (what: string) => `sha256(('${what}' || n)::bytea)`;
  const at = (daysAgo: number) =>
    `timestamptz '${NOW.toISOString()}' - interval '${daysAgo} days' - n * interval '1 second'`;
  for (const [what, daysAgo] of [
    ['first', 590],
    ['second', 500],
    ['third', 410],
    ['refusal', 100],
  ] as const) {
    await db.query(
      `insert into documents (digest, size_bytes, stored_bytes, created_at) select ${body(what)}, 1000, 300, ${at(daysAgo)} from generate_series(1, ${ADDRESSES}) n`,
    );
    await db.query(
      `insert into fetches (source, via, url, status, document_digest, outcome, fetched_at)
       select 'mixesdb', 'live', 'https://www.mixesdb.com/w/' || n, 200, ${body(what)}, $1, ${at(daysAgo)} from generate_series(1, ${ADDRESSES}) n`,
      [what === 'refusal' ? 'throttled' : 'ok'],
    );
  }
  await db.query(
    `insert into fetches (source, via, url, status, outcome, fetched_at)
     select 'mixesdb', 'live', 'https://www.mixesdb.com/w/' || n, 304, 'unchanged', ${at(450)} from generate_series(1, ${ADDRESSES}) n`,
  );
  await db.query(
    `insert into raw_items (source, kind, external_id, document_digest, body, body_digest, state, observed_at)
     select 'mixesdb', 'setlist', n::text, ${body('third')}, '{}', ${body('item')}, 'loaded', ${at(410)} from generate_series(1, ${ADDRESSES}) n`,
  );
  await db.query(
    `insert into claims (raw_item_id, position, entity_type, entity_id, source, document_digest, fields, observed_at)
     select r.id, p, 'track', gen_random_uuid(), 'mixesdb', r.document_digest, '{}', r.observed_at from raw_items r, generate_series(1, 5) p`,
  );
  await db.query('vacuum analyze');
}
