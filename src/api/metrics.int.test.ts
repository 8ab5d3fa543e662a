import { afterAll, beforeAll, expect, it } from 'vitest';
import { setlist } from '../core/items.ts';
import { openTestServices, type TestServices } from '../testing/services.ts';
import { openTestApp, putIntoCatalogue, type TestApp, TOKEN } from '../testing/test-app.ts';

let services: TestServices;
let served: TestApp;

beforeAll(async () => {
  services = await openTestServices();
  served = await openTestApp(services);
});
afterAll(async () => {
  await served.release();
  await services.release();
});

/** Name, labels, value of a sample, as Prometheus reads them. */
const SAMPLE = /^([a-z_]+)(\{(?:[a-z_]+="(?:[^"\\\n]|\\["\\n])*",?)*\})? (-?\d+(?:\.\d+)?(?:e[+-]\d+)?)$/;

async function scrape(): Promise<Map<string, number>> {
  const answer = await served.app.inject({ url: '/metrics' });
  expect(answer.statusCode).toBe(200);
  expect(answer.headers['content-type']).toBe('text/plain; version=0.0.4; charset=utf-8');
  const samples = new Map<string, number>();
  for (const line of answer.body
    .trimEnd()
    .split('\n')
    .filter((text) => !text.startsWith('#'))) {
    const [, name = '', labels = '', value] = SAMPLE.exec(line) ?? expect.fail(`no sample: ${line}`);
    expect(samples.has(name + labels), `${line} comes once`).toBe(false);
    samples.set(name + labels, Number(value));
  }
  return samples;
}

it('an empty installation says 0, not nothing, where an alert looks', async () => {
  const samples = await scrape();
  expect(samples.get('musicdb_quarantine_open{source="reddit"}')).toBe(0);
  expect(samples.get('musicdb_dead_letters{queue="load"}')).toBe(0);
  expect(samples.get('musicdb_outbox_outstanding{queue="load"}')).toBe(0);
  expect(samples.get('musicdb_search_changes_waiting')).toBe(0);
  expect(samples.get('musicdb_redis_up')).toBe(1);
});

it('counts what there is by its labels', async () => {
  await putIntoCatalogue(served.test, [setlist('mixesdb', 'a', { title: 'A set' })]);
  const { db, queues } = served.options;
  await db.query(
    `insert into quarantine (dedupe_key, source, reason, message, created_at) values ('k', 'mixesdb', 'x', 'x', '2026-11-20')`,
  );
  await db.query(
    `insert into frontier (source, url_key, url, kind, due_at) values ('reddit', 'k', 'https://x.test', 'listing', '2026-11-20')`,
  );
  await db.query(
    `insert into dead_letters (queue, name, job_id, payload, priority, error, attempts, failed_at) values ('load', 'load', '1', '{}', 1, 'x', 5, '2026-11-20')`,
  );
  await db.query(`insert into source_states (source, via, breaker) values ('reddit', 'live', 'open')`);
  await db.query(`insert into search_outbox values ('track', gen_random_uuid(), '2026-11-20')`);
  await queues[0]?.add('load', {}, { priority: 1 });
  const samples = await scrape();
  const expected = {
    'musicdb_items{source="mixesdb",state="loaded"}': 1,
    'musicdb_fetches{source="mixesdb",outcome="ok"}': 1,
    'musicdb_pages_total{source="mixesdb",verdict="ok",via="sandbox"}': 1,
    'musicdb_breaker_open{source="reddit"}': 1,
    'musicdb_breaker_open{source="mixesdb"}': 0,
    'musicdb_source_enabled{source="mixesdb"}': 1,
    'musicdb_yield_alarms{source="mixesdb"}': 0,
    'musicdb_last_fetch_timestamp_seconds{source="mixesdb"}': Date.parse('2026-11-20T12:00:00Z') / 1000,
    'musicdb_quarantine_open{source="mixesdb"}': 1,
    'musicdb_dead_letters{queue="load"}': 1,
    'musicdb_frontier{source="reddit",state="due"}': 1,
    musicdb_search_changes_waiting: 1,
    'musicdb_queue_jobs{queue="load",state="waiting"}': 1,
    'musicdb_queue_jobs{queue="transform",state="waiting"}': 0,
  };
  expect(Object.fromEntries(Object.keys(expected).map((name) => [name, samples.get(name)]))).toEqual(expected);
  expect(samples.get('musicdb_process_resident_memory_bytes')).toBeGreaterThan(10e6);
  expect(samples.get('musicdb_process_cpu_seconds_total')).toBeGreaterThan(0);
});

it('needs a token where reading needs one', async () => {
  const closed = await served.another({ openReading: false });
  expect((await closed.inject({ url: '/metrics' })).statusCode).toBe(401);
  const headers = { authorization: `Bearer ${TOKEN}` };
  expect((await closed.inject({ url: '/metrics', headers })).statusCode).toBe(200);
});
