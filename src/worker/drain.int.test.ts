import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { setlist } from '../core/items.ts';
import { addRequests, LEASE_MS, leaseDue } from '../repositories/frontier.ts';
import { enqueue } from '../repositories/outbox.ts';
import { finishRun, startRun } from '../repositories/runs.ts';
import { readSummary, type Unfinished } from '../repositories/summary.ts';
import { openTestContext, type TestContext } from '../testing/job-context.ts';
import { landItems } from '../testing/land-items.ts';
import { openTestServices, type TestServices } from '../testing/services.ts';
import { type DrainOptions, drain } from './drain.ts';

let services: TestServices;
let test: TestContext;

beforeAll(async () => {
  services = await openTestServices();
});
afterAll(() => services.release());
beforeEach(async () => {
  test = await openTestContext(services);
});
afterEach(async () => {
  await services.db.query(
    'truncate frontier, outbox, raw_items, fetches, documents, quarantine, search_outbox, runs cascade',
  );
  await test.release();
});

describe('waiting for work to be done', () => {
  it('ends at once when there is none', async () => {
    expect(await drain(test.ctx, { requestsOf: 'all' })).toBe(true);
  });

  it('waits for every stage of the pipeline, whoever asks', async () => {
    const [id] = await land('a');
    await ask('transform');
    await ask('load');
    await ask('index');
    await services.db.query(`insert into search_outbox values ('track', gen_random_uuid(), $1)`, [test.clock.now()]);
    const options = { requestsOf: null };
    expect(await unfinished(options)).toEqual({ requests: 0, jobs: 3, items: 1, searchChanges: 1 });
    await services.db.query('truncate outbox, search_outbox');
    expect(await unfinished(options)).toEqual({ requests: 0, jobs: 0, items: 1, searchChanges: 0 });
    await services.db.query(`update raw_items set state = 'transformed' where id = $1`, [id]);
    expect(await unfinished(options)).toMatchObject({ items: 1 });
    await services.db.query(`update raw_items set state = 'loaded'`);
    expect(await unfinished(options)).toBe(null);
  });

  it('waits for crawls only of those whose crawls it was asked to wait for', async () => {
    await ask('crawl-reddit');
    await ask('orchestrate');
    await due('reddit');
    expect(await unfinished({ requestsOf: null })).toBe(null);
    expect(await unfinished({ requestsOf: 'mixesdb' })).toBe(null);
    expect(await unfinished({ requestsOf: 'reddit' })).toMatchObject({ requests: 1, jobs: 1 });
    expect(await unfinished({ requestsOf: 'all' })).toMatchObject({ requests: 1, jobs: 1 });
    expect(await unfinished({ requestsOf: null, crawlJobsOf: 'reddit' })).toMatchObject({ requests: 0, jobs: 1 });
  });

  it('waits for requests that are due or leased, not for those of later or those that ended', async () => {
    await due('reddit');
    await leaseDue(services.db, { source: 'reddit', owner: 'o', count: 1, now: test.clock.now() });
    await due('reddit');
    await due('reddit', 1);
    expect(await unfinished({ requestsOf: 'reddit' })).toMatchObject({ requests: 2 });
    await services.db.query(`update frontier set state = 'done' where due_at <= $1`, [test.clock.now()]);
    expect(await unfinished({ requestsOf: 'reddit' })).toBe(null);
  });

  it('ends when the last work is done, having told of it meanwhile', async () => {
    await ask('load');
    const told: number[] = [];
    const onProgress = async ({ jobs }: Unfinished) => {
      told.push(jobs);
      if (told.length === 2) await services.db.query('truncate outbox');
    };
    expect(await drain(test.ctx, { requestsOf: null, onProgress })).toBe(true);
    expect(told).toEqual([1, 1, 0]);
  });

  it('does not wait for requests of a source that refused us, or is switched off', async () => {
    await due('reddit');
    await due('mixesdb');
    await services.db.query(
      `insert into source_states (source, via, breaker, breaker_until, enabled) values ('reddit', 'live', 'open', $1, true), ('mixesdb', 'live', 'closed', null, false)`,
      [new Date(test.clock.now().getTime() + 60_000)],
    );
    expect(await drain(test.ctx, { requestsOf: 'all' })).toBe(true);
    await services.db.query('truncate source_states');
  });

  it('does not wait for a person to close a breaker', async () => {
    await due('reddit');
    await services.db.query(`insert into source_states (source, via, breaker) values ('reddit', 'live', 'open')`);
    expect(await drain(test.ctx, { requestsOf: 'all' })).toBe(true);
    await services.db.query('truncate source_states');
  });

  it('does not wait for requests at hosts that are closed, but for those that somebody holds', async () => {
    const url = 'https://closed.example/1';
    const request = { source: 'reddit', urlKey: url, url, kind: 'page', priority: 5, depth: 0, runId: null };
    await addRequests(services.db, [request], test.clock.now());
    const options = { requestsOf: 'all', closed: [{ source: 'reddit', host: 'closed.example' }] } as const;
    expect(await unfinished(options)).toBe(null);
    await leaseDue(services.db, { source: 'reddit', owner: 'o', count: 1, now: test.clock.now() });
    expect(await unfinished(options)).toMatchObject({ requests: 1 });
    test.clock.advance(LEASE_MS);
    expect(await unfinished(options)).toBe(null);
    expect(await unfinished({ requestsOf: 'all' })).toMatchObject({ requests: 1 });
  });

  it('gives up on requests that no job asks for, and says how many', async () => {
    await due('reddit');
    const waiting = drain(test.ctx, { requestsOf: 'reddit', unaskedMs: 200 });
    await expect(waiting).rejects.toMatchObject({ code: 'STUCK', message: expect.stringMatching(/^1 requests /) });
  });

  it('gives up on changes that no job will bring into the search index: its job is a dead letter', async () => {
    await services.db.query(`insert into search_outbox values ('track', gen_random_uuid(), $1)`, [test.clock.now()]);
    const waiting = drain(test.ctx, { requestsOf: null, unaskedMs: 200 });
    await expect(waiting).rejects.toMatchObject({
      code: 'STUCK',
      message: expect.stringMatching(/^1 changes are not in/),
    });
  });

  it('ends unfinished when the process is asked to stop', async () => {
    await ask('load');
    test.stop.abort();
    expect(await drain(test.ctx, { requestsOf: null })).toBe(false);
  });
});

describe('the summary', () => {
  it('counts documents, items and open quarantine by source, zero for one that has none', async () => {
    await land('a', 'b');
    await land('b', 'c');
    await services.db.query(
      `insert into quarantine (dedupe_key, source, reason, message, created_at, resolved_at)
       values ('1', 'mixesdb', 'decoy', '', $1, null), ('2', 'mixesdb', 'decoy', '', $1, $1)`,
      [test.clock.now()],
    );
    expect(await readSummary(services.db, ['mixesdb', 'reddit'])).toEqual({
      sources: {
        mixesdb: { documents: 2, items: 3, quarantined: 1 },
        reddit: { documents: 0, items: 0, quarantined: 0 },
      },
      tracks: 0,
      artists: 0,
      setlists: 0,
      setlistTracks: 0,
      mentions: 0,
    });
  });
});

describe('a run', () => {
  it('is running from its start, and ends with its counts or its error', async () => {
    const now = test.clock.now();
    const started = { workflow: 'crawl', source: 'reddit', params: { limit: 5 } };
    const id = await startRun(services.db, started, now);
    const other = await startRun(services.db, { ...started, source: null }, now);
    expect(await runs()).toMatchObject([{ ...started, state: 'running', finished_at: null }, { source: null }]);
    test.clock.advance(1_000);
    await finishRun(services.db, id, { state: 'done', counts: { items: 3 }, error: null }, test.clock.now());
    await finishRun(services.db, other, { state: 'failed', counts: {}, error: 'odd' }, test.clock.now());
    expect(await runs()).toMatchObject([
      { id, state: 'done', counts: { items: 3 }, error: null, finished_at: test.clock.now(), version: 2 },
      { id: other, state: 'failed', error: 'odd' },
    ]);
  });
});

let made = 0;
async function due(source: string, afterMs = 0): Promise<void> {
  made += 1;
  const request = { source, url: `u${made}`, urlKey: `u${made}`, kind: 'page', priority: 5, depth: 0, runId: null };
  await addRequests(services.db, [request], new Date(test.clock.now().getTime() + afterMs));
}

async function ask(queue: string): Promise<void> {
  await enqueue(services.db, [{ queue, name: queue, payload: {}, priority: 10 }], test.clock.now());
}

function land(...ids: string[]): Promise<number[]> {
  const items = ids.map((id) => setlist('mixesdb', id, { title: id }));
  return landItems(services.db, items, test.clock.now());
}

/** What the first look finds unfinished; null when the wait is over at once. */
async function unfinished(options: DrainOptions): Promise<Unfinished | null> {
  const stop = new AbortController();
  let first: Unfinished | null = null;
  const ctx = { ...test.ctx, signal: stop.signal };
  const isDone = await drain(ctx, {
    ...options,
    onProgress: (found) => {
      first = found;
      stop.abort();
    },
  });
  return isDone ? null : first;
}

async function runs() {
  return (await services.db.query(`select * from runs order by source nulls last`)).rows;
}
