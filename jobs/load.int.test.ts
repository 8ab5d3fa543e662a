import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type Item, row, setlist, track } from '../src/core/items.ts';
import { listQuarantine } from '../src/repositories/quarantine.ts';
import { openSearch } from '../src/search/open-search.ts';
import { openTestContext, type TestContext } from '../src/testing/job-context.ts';
import { landItems } from '../src/testing/land-items.ts';
import { attempt, enqueued, runJob } from '../src/testing/run-job.ts';
import { openTestServices, type TestServices } from '../src/testing/services.ts';
import { indexJob } from './index-entities.ts';
import type { JobCtx } from './job.ts';
import { loadJob } from './load.ts';
import { transformJob } from './transform.ts';

const TABLES = [
  'outbox',
  'quarantine',
  'setlists',
  'tracks',
  'artists',
  'raw_items',
  'fetches',
  'documents',
  'search_outbox',
  'search_documents',
];

let services: TestServices;
let test: TestContext;

beforeAll(async () => {
  services = await openTestServices();
  test = await openTestContext(services);
});
afterAll(async () => {
  await test.release();
  await services.release();
});
beforeEach(async () => {
  // Truncating takes each partition of each table in turn: deleting few rows is quicker.
  for (const table of TABLES) await services.db.query(`delete from ${table}`);
});

describe('load', () => {
  it('brings items into the catalogue and asks for the index, in the transaction that ends its row', async () => {
    const rawItemIds = await transformed([set('a'), single('t')]);
    expect(await load(rawItemIds)).toEqual({ loaded: 2 });
    expect(await states()).toEqual({ a: 'loaded', t: 'loaded' });
    expect(await counts()).toEqual({ setlists: 1, tracks: 2, outbox: { index: 1 } });
  });

  it('quarantines the one item that the database refuses, alone; the others load', async () => {
    const rawItemIds = await transformed([set('a'), single('poison'), single('b'), set('c')]);
    // More than the column holds: Postgres refuses the whole statement.
    await services.db.query(
      `update items set body = jsonb_set(body::jsonb, '{track,durationMs}', '99999999999') where raw_item_id = $1`,
      [await idOf('poison')],
    );
    expect(await load(rawItemIds)).toEqual({ loaded: 3, quarantined: 1 });
    expect(await states()).toEqual({ a: 'loaded', b: 'loaded', c: 'loaded', poison: 'quarantined' });
    expect(await listQuarantine(services.db, { source: null, reason: null, limit: 10 })).toMatchObject([
      {
        reason: 'load-refused',
        kind: 'track',
        rawItemId: await idOf('poison'),
        message: expect.stringMatching(/integer/),
      },
    ]);
    expect((await counts()).outbox).toEqual({ index: 3 });
  });

  it('quarantines an item that the loader was not written for', async () => {
    const rawItemIds = await transformed([single('odd'), single('b')]);
    await services.db.query(`update items set body = body::jsonb - 'track' where raw_item_id = $1`, [
      await idOf('odd'),
    ]);
    expect(await load(rawItemIds)).toEqual({ loaded: 1, quarantined: 1 });
    expect(await states()).toEqual({ b: 'loaded', odd: 'quarantined' });
  });

  it('quarantines nothing for a fault of the moment: the whole job is tried again', async () => {
    const rawItemIds = await transformed([single('a')]);
    const deadlock = Object.assign(new Error('deadlock detected'), { code: '40P01' });
    const id = await enqueued(test.ctx, 'load', { rawItemIds });
    await expect(attempt(failingOnce(1, deadlock), loadJob, id, { rawItemIds })).rejects.toThrow('deadlock detected');
    expect(await states()).toEqual({ a: 'transformed' });
    expect(await attempt(test.ctx, loadJob, id, { rawItemIds })).toEqual({ loaded: 1 });
  });

  it('loads what is left when a fault of the moment ended an attempt that went one by one', async () => {
    const rawItemIds = await transformed([single('poison'), single('b'), single('c')]);
    await services.db.query(
      `update items set body = jsonb_set(body::jsonb, '{track,durationMs}', '99999999999') where raw_item_id = $1`,
      [await idOf('poison')],
    );
    const id = await enqueued(test.ctx, 'load', { rawItemIds });
    const gone = Object.assign(new Error('gone'), { code: '57P01' });
    await expect(attempt(failingOnce(4, gone), loadJob, id, { rawItemIds })).rejects.toThrow('gone');
    expect(await attempt(test.ctx, loadJob, id, { rawItemIds })).toMatchObject({ loaded: expect.any(Number) });
    expect(await states()).toEqual({ b: 'loaded', c: 'loaded', poison: 'quarantined' });
  });

  it('closes what was held against an item that could be used after all', async () => {
    const rawItemIds = await transformed([single('a'), single('b')]);
    await services.db.query(
      `insert into quarantine (dedupe_key, source, reason, message, raw_item_id, created_at) select external_id, 'mixesdb', 'odd', '', id, observed_at from raw_items`,
    );
    await load(rawItemIds.slice(0, 1));
    expect(await listQuarantine(services.db, { source: null, reason: null, limit: 10 })).toMatchObject([
      { rawItemId: rawItemIds[1] },
    ]);
  });

  it('does nothing when another attempt did it', async () => {
    const rawItemIds = await transformed([single('a')]);
    const id = await enqueued(test.ctx, 'load', { rawItemIds });
    await services.db.query('delete from outbox');
    expect(await attempt(test.ctx, loadJob, id, { rawItemIds })).toEqual({ skipped: 'done by another attempt' });
    expect(await states()).toEqual({ a: 'transformed' });
    expect(await counts()).toEqual({ setlists: 0, tracks: 0, outbox: {} });
  });

  it('leaves an item alone whose page changed since it was prepared', async () => {
    const rawItemIds = await transformed([single('a')]);
    await services.db.query(`update raw_items set version = 2`);
    expect(await load(rawItemIds)).toEqual({ loaded: 0 });
    expect(await counts()).toEqual({ setlists: 0, tracks: 0, outbox: {} });
  });

  it('of the same items by two jobs at once happens once', async () => {
    const rawItemIds = await transformed([set('a'), single('t')]);
    const outcomes = await Promise.all([load(rawItemIds), load(rawItemIds)]);
    expect(outcomes.map(({ loaded }) => loaded).sort()).toEqual([0, 2]);
  });
});

describe('a load that is given up', () => {
  it('leaves its items dead, but not those that it loaded, and does its work when it is replayed', async () => {
    const rawItemIds = await transformed([single('a'), single('b')]);
    await load(rawItemIds.slice(0, 1));
    await services.db.transaction(async (tx) => loadJob.onDead?.(tx, { rawItemIds }));
    expect(await states()).toEqual({ a: 'loaded', b: 'dead' });
    expect(await load(rawItemIds)).toEqual({ loaded: 1 });
    expect(await states()).toEqual({ a: 'loaded', b: 'loaded' });
  });
});

describe('index', () => {
  it('brings what changed into the search, and ends its row', async () => {
    await load(await transformed([set('a'), single('t')]));
    await services.db.query('delete from outbox');
    const { indexed } = await index();
    expect(indexed).toBe(await countOf('search_documents'));
    expect(indexed).toBeGreaterThanOrEqual(4);
    expect([await countOf('search_outbox'), await countOf('outbox')]).toEqual([0, 0]);
    const { hits } = await test.ctx.search.search('tracks', { text: 'glue', limit: 10, offset: 0 });
    expect(hits).toHaveLength(1);
  });

  it('brings what changed into Elasticsearch, where one is configured', async ({ skip }) => {
    const { elasticsearchUrl, elasticsearchMissing, db, prefix } = services;
    if (elasticsearchUrl === null) skip(elasticsearchMissing ?? 'no Elasticsearch');
    const search = openSearch({ elasticsearchUrl, db, prefix });
    try {
      await search.prepare();
      await load(await transformed([single('t')]));
      await runJob({ ...test.ctx, search }, indexJob, 'index', {});
      await search.refresh();
      const { hits } = await search.search('tracks', { text: 'orbital', limit: 10, offset: 0 });
      expect(hits).toMatchObject([{ body: { title: 'Song t' } }]);
      expect(await countOf('search_outbox')).toBe(0);
    } finally {
      await search.release();
    }
  });

  it('does nothing when nothing changed', async () => {
    expect(await index()).toEqual({ indexed: 0 });
  });

  it('keeps its row when the process stops meanwhile', async () => {
    await load(await transformed([single('t')]));
    await services.db.query('delete from outbox');
    const stopped = { ...test.ctx, signal: AbortSignal.abort() };
    expect(await runJob(stopped, indexJob, 'index', {})).toEqual({ indexed: 0, stopped: true });
    expect(await countOf('outbox')).toBe(1);
    expect(await countOf('search_outbox')).toBeGreaterThan(0);
  });

  it('keeps every change when the search is away', async () => {
    await load(await transformed([single('t')]));
    const before = await countOf('search_outbox');
    const search = { ...test.ctx.search, index: () => Promise.reject(new Error('search is away')) };
    const id = await enqueued(test.ctx, 'index', {});
    await expect(attempt({ ...test.ctx, search }, indexJob, id, {})).rejects.toThrow('search is away');
    expect(await countOf('search_outbox')).toBe(before);
    await attempt(test.ctx, indexJob, id, {});
    expect(await countOf('search_outbox')).toBe(0);
  });
});

/** The context, with one transaction that fails: the first, the second, … */
function failingOnce(turn: number, error: Error): JobCtx {
  const { db } = test.ctx;
  let turns = 0;
  const transaction: typeof db.transaction = (work) => {
    turns += 1;
    return turns === turn ? Promise.reject(error) : db.transaction(work);
  };
  return { ...test.ctx, db: { ...db, transaction } };
}

function set(id: string) {
  const tracks = [row(1, { artist: 'Bicep', title: 'Glue' })];
  return setlist('mixesdb', id, { title: `set ${id}`, artists: ['Bicep'], date: '2024-11-11', tracks });
}

function single(id: string) {
  return track('mixesdb', id, { title: `Song ${id}`, artist: 'Orbital', artists: ['Orbital'], durationMs: 200_000 });
}

/** Lands and transforms; returns the ids, and leaves no job behind. */
async function transformed(items: Item[]): Promise<number[]> {
  const rawItemIds = await landItems(services.db, items, test.clock.now());
  await runJob(test.ctx, transformJob, 'transform', { rawItemIds });
  await services.db.query('delete from outbox');
  return rawItemIds;
}

function load(rawItemIds: number[]) {
  return runJob(test.ctx, loadJob, 'load', { rawItemIds });
}

function index() {
  return runJob(test.ctx, indexJob, 'index', {});
}

async function states(): Promise<Record<string, unknown>> {
  const { rows } = await services.db.query('select external_id, state from raw_items');
  return Object.fromEntries(rows.map(({ external_id, state }) => [external_id, state]));
}

async function counts() {
  const { rows } = await services.db.query<{ queue: string; n: number }>(
    'select queue, count(*)::int as n from outbox group by 1',
  );
  const outbox = Object.fromEntries(rows.map(({ queue, n }) => [queue, n]));
  return { setlists: await countOf('setlists'), tracks: await countOf('tracks'), outbox };
}

async function countOf(table: string): Promise<number> {
  const { rows } = await services.db.query<{ n: number }>(`select count(*)::int as n from ${table}`);
  return rows[0]?.n ?? 0;
}

async function idOf(externalId: string): Promise<unknown> {
  const { rows } = await services.db.query('select id from raw_items where external_id = $1', [externalId]);
  return rows[0]?.id;
}
