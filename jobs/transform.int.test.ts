import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type Item, row, setlist, track } from '../src/core/items.ts';
import { listQuarantine } from '../src/repositories/quarantine.ts';
import { openTestContext, type TestContext } from '../src/testing/job-context.ts';
import { landItems } from '../src/testing/land-items.ts';
import { attempt, enqueued, runJob } from '../src/testing/run-job.ts';
import { openTestServices, type TestServices } from '../src/testing/services.ts';
import { transformJob } from './transform.ts';

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
beforeEach(() => services.db.query('truncate raw_items, documents, outbox, quarantine cascade'));

describe('transform', () => {
  it('prepares items and asks for their load, all in the transaction that ends its row', async () => {
    const rawItemIds = await land([set('a'), track('mixesdb', 't', { title: 'Glue', artist: 'Bicep' })]);
    expect(await transform(rawItemIds)).toEqual({ transformed: 2, kept: 0, quarantined: 0 });
    expect(await states()).toEqual({ a: 'transformed', t: 'transformed' });
    expect(await rows('select raw_item_id, raw_item_version, body from items order by 1')).toMatchObject([
      { raw_item_id: rawItemIds[0], raw_item_version: 1, body: { kind: 'setlist', rows: [{ artist: 'Bicep' }] } },
      { raw_item_id: rawItemIds[1], raw_item_version: 1, body: { kind: 'track', quality: expect.anything() } },
    ]);
    expect(await rows('select queue, payload, priority from outbox')).toEqual([
      { queue: 'load', payload: { rawItemIds }, priority: 10 },
    ]);
  });

  it('holds an item that the stages refuse, alone and with the reason; the others go on', async () => {
    const rawItemIds = await land([set('a'), set('bad', { date: '2024-02-30' }), set('c')]);
    expect(await transform(rawItemIds)).toEqual({ transformed: 2, kept: 0, quarantined: 1 });
    expect(await states()).toEqual({ a: 'transformed', bad: 'quarantined', c: 'transformed' });
    expect(await held()).toMatchObject([
      { source: 'mixesdb', kind: 'setlist', reason: 'impossible-date', position: 'date', rawItemId: await idOf('bad') },
    ]);
    const [{ payload } = { payload: null }] = await rows('select payload from outbox');
    expect(payload).toEqual({ rawItemIds: [await idOf('a'), await idOf('c')] });
  });

  it('holds an item that makes a stage throw, alone', async () => {
    const rawItemIds = await land([set('a'), set('odd')]);
    await services.db.query(`update raw_items set body = 'null' where external_id = 'odd'`);
    expect(await transform(rawItemIds)).toEqual({ transformed: 1, kept: 0, quarantined: 1 });
    expect(await held()).toMatchObject([{ reason: 'stage-fault', message: expect.stringMatching(/null/) }]);
  });

  it('keeps an unknown track, which is no fault, and asks for no load when nothing is left to load', async () => {
    const rawItemIds = await land([track('mixesdb', 'id', { artist: 'Bicep', isId: true })]);
    expect(await transform(rawItemIds)).toEqual({ transformed: 0, kept: 1, quarantined: 0 });
    expect(await states()).toEqual({ id: 'kept' });
    expect(await held()).toEqual([]);
    expect(await rows('select * from outbox')).toEqual([]);
  });

  it('replaces what it prepared of an older version', async () => {
    await transform(await land([set('a')]));
    test.clock.advance(1_000);
    await transform(await land([set('a', { title: 'another' })]));
    expect(await rows('select raw_item_version, body from items')).toMatchObject([
      { raw_item_version: 2, body: { title: 'another' } },
    ]);
  });

  it('does nothing when another attempt did it', async () => {
    const rawItemIds = await land([set('a')]);
    const id = await enqueued(test.ctx, 'transform', { rawItemIds });
    await services.db.query('delete from outbox');
    expect(await attempt(test.ctx, transformJob, id, { rawItemIds })).toEqual({ skipped: 'done by another attempt' });
    expect(await states()).toEqual({ a: 'landed' });
  });

  it('of the same items by two jobs at once happens once', async () => {
    const rawItemIds = await land([set('a'), set('b')]);
    const outcomes = await Promise.all([transform(rawItemIds), transform(rawItemIds)]);
    expect(outcomes.map(({ transformed }) => transformed).sort()).toEqual([0, 2]);
    expect(await rows('select queue from outbox')).toEqual([{ queue: 'load' }]);
  });

  it('leaves items alone that are further already', async () => {
    const rawItemIds = await land([set('a')]);
    await services.db.query(`update raw_items set state = 'loaded'`);
    expect(await transform(rawItemIds)).toEqual({ transformed: 0, kept: 0, quarantined: 0 });
    expect(await states()).toEqual({ a: 'loaded' });
    expect(await rows('select * from outbox')).toEqual([]);
  });
});

describe('a transform that is given up', () => {
  it('leaves its items dead, but not those that got into the catalogue', async () => {
    const rawItemIds = await land([set('a'), set('b')]);
    await services.db.query(`update raw_items set state = 'loaded' where external_id = 'b'`);
    await services.db.transaction(async (tx) => transformJob.onDead?.(tx, { rawItemIds }));
    expect(await states()).toEqual({ a: 'dead', b: 'loaded' });
  });

  it('does its work when it is replayed', async () => {
    const rawItemIds = await land([set('a')]);
    await services.db.transaction(async (tx) => transformJob.onDead?.(tx, { rawItemIds }));
    expect(await transform(rawItemIds)).toEqual({ transformed: 1, kept: 0, quarantined: 0 });
    expect(await states()).toEqual({ a: 'transformed' });
  });
});

function set(id: string, said: Parameters<typeof setlist>[2] = {}) {
  const tracks = [row(1, { artist: 'Bicep', title: 'Glue' })];
  return setlist('mixesdb', id, { title: 'a set', artists: ['Bicep'], date: '2024-11-11', tracks, ...said });
}

function land(items: Item[]): Promise<number[]> {
  return landItems(services.db, items, test.clock.now());
}

function transform(rawItemIds: number[]) {
  return runJob(test.ctx, transformJob, 'transform', { rawItemIds });
}

function held() {
  return listQuarantine(services.db, { source: null, reason: null, limit: 10 });
}

async function states(): Promise<Record<string, unknown>> {
  const found = await rows('select external_id, state from raw_items');
  return Object.fromEntries(found.map(({ external_id, state }) => [external_id, state]));
}

async function idOf(externalId: string): Promise<unknown> {
  const { rows: found } = await services.db.query('select id from raw_items where external_id = $1', [externalId]);
  return found[0]?.id;
}

async function rows(text: string): Promise<Record<string, unknown>[]> {
  return (await services.db.query(text)).rows;
}
