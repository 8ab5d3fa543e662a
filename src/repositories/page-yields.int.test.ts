import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Database } from '../platform/database.ts';
import { openTestServices, type TestServices } from '../testing/services.ts';
import { readEvents } from './events.ts';
import { countVerdicts, readAlarms, readYields, recordYields } from './page-yields.ts';

const NOW = new Date('2026-11-20T12:00:00Z');
const SOURCE = 'mixesdb';

let services: TestServices;
let db: Database;

beforeAll(async () => {
  services = await openTestServices();
  db = services.db;
});
afterAll(() => services.release());
beforeEach(() => db.query('truncate page_yields, page_verdicts, workflow_events'));

describe('a field', () => {
  it('that vanishes from all pages is an alarm after about ten, told once, with its usual', async () => {
    await pages(40, { 'tracks.label': 0.6, items: 1 });
    const alarms = [];
    for (let n = 0; n < 12; n += 1) alarms.push(await pages(1, { 'tracks.label': 0, items: 1 }));
    expect(alarms.indexOf(1)).toBe(9);
    expect(alarms.reduce((sum, count) => sum + count)).toBe(1);
    const [event] = await readEvents(db, SOURCE, 5);
    expect(event).toMatchObject({ name: 'yield.dropped', detail: { kind: 'page', measure: 'tracks.label' } });
    expect(Number(event?.detail.usual)).toBeGreaterThan(0.4);
  });

  it('that comes back ends the alarm, and that is told', async () => {
    await pages(40, { title: 1 });
    await pages(20, { title: 0 });
    expect([...(await readAlarms(db, SOURCE)).keys()]).toEqual(['page']);
    await pages(8, { title: 1 });
    expect((await readAlarms(db, SOURCE)).size).toBe(0);
    expect((await readEvents(db, SOURCE, 5)).map(({ name }) => name)).toEqual(['yield.recovered', 'yield.dropped']);
  });

  it('that only some pages say, that fell by half, or of which little is known yet, is none', async () => {
    await pages(40, { rare: 0.1, cue: 0.8 });
    expect(await pages(20, { rare: 0, cue: 0.4 })).toBe(0);
    await pages(15, { fresh: 1 });
    expect(await pages(4, { fresh: 0 })).toBe(0);
  });

  it('has means that follow, the same for pages one by one and at once', async () => {
    await pages(50, { title: 1 });
    await pages(10, { title: 0.5 });
    const [atOnce] = await readYields(db, SOURCE);
    await db.query('truncate page_yields');
    for (let n = 0; n < 50; n += 1) await pages(1, { title: 1 });
    for (let n = 0; n < 10; n += 1) await pages(1, { title: 0.5 });
    const [oneByOne] = await readYields(db, SOURCE);
    expect(oneByOne?.recent).toBeCloseTo(atOnce?.recent ?? 0, 5);
    expect(oneByOne?.usual).toBeCloseTo(atOnce?.usual ?? 0, 1);
  });
});

describe('verdicts', () => {
  it('add up, also from many landings at once', async () => {
    const both = (['ok', 'block'] as const).map((verdict) => ({ source: SOURCE, via: 'live', verdict }));
    await Promise.all(Array.from({ length: 10 }, (_, n) => countVerdicts(db, n % 2 === 0 ? both : both.toReversed())));
    const { rows } = await db.query('select verdict, pages from page_verdicts order by verdict');
    expect(rows).toEqual([
      { verdict: 'block', pages: 10 },
      { verdict: 'ok', pages: 10 },
    ]);
  });
});

function pages(count: number, measures: Record<string, number>): Promise<number> {
  return recordYields(
    db,
    Array.from({ length: count }, () => ({ source: SOURCE, kind: 'page', measures })),
    NOW,
  );
}
