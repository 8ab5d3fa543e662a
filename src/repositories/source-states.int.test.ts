import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Database } from '../platform/database.ts';
import { openTestServices, type TestServices } from '../testing/services.ts';
import { openBreaker } from './breaker.ts';
import { mayRun, readSourceState } from './source-states.ts';

const NOW = new Date('2026-11-20T12:00:00Z');
const later = (ms: number) => new Date(NOW.getTime() + ms);

let services: TestServices;
let db: Database;

beforeAll(async () => {
  services = await openTestServices();
  db = services.db;
});
afterAll(() => services.release());
beforeEach(() => db.query('truncate source_states'));

describe('whether a source may be asked', () => {
  it('nothing known of it: yes', async () => {
    expect(mayRun(await readSourceState(db, 'reddit'), NOW)).toBe(true);
  });

  it('its breaker is open: not before its time', async () => {
    await openBreaker(db, { source: 'reddit', via: 'live', reason: 'captcha', until: later(1_000), now: NOW });
    const state = await readSourceState(db, 'reddit');
    expect(state).toEqual({
      source: 'reddit',
      enabled: true,
      breaker: 'open',
      breakerUntil: later(1_000),
      breakerReason: 'captcha',
      breakerDocument: null,
      trialUntil: null,
      streak: 0,
      streakVerdict: null,
    });
    expect([mayRun(state, NOW), mayRun(state, later(999)), mayRun(state, later(1_000))]).toEqual([false, false, true]);
    expect(mayRun(await readSourceState(db, 'mixesdb'), NOW)).toBe(true);
  });

  it('its breaker is open without an end: never', async () => {
    await openBreaker(db, { source: 'reddit', via: 'live', reason: 'captcha', until: later(1_000), now: NOW });
    await db.query('update source_states set breaker_until = null');
    await openBreaker(db, { source: 'reddit', via: 'live', reason: 'wait', until: later(2_000), now: NOW });
    expect(mayRun(await readSourceState(db, 'reddit'), later(10 ** 10))).toBe(false);
  });

  it('it is switched off: no', async () => {
    await db.query(`insert into source_states (source, via, enabled) values ('reddit', 'live', false)`);
    expect(mayRun(await readSourceState(db, 'reddit'), NOW)).toBe(false);
  });
});

describe('a breaker that is opened again', () => {
  it('stays open for the longer time, with its reason', async () => {
    await openBreaker(db, { source: 'reddit', via: 'live', reason: 'captcha', until: later(5_000), now: NOW });
    await openBreaker(db, { source: 'reddit', via: 'live', reason: 'wait', until: later(1_000), now: NOW });
    expect(await readSourceState(db, 'reddit')).toMatchObject({ breakerUntil: later(5_000), breakerReason: 'captcha' });
    await openBreaker(db, { source: 'reddit', via: 'live', reason: 'login', until: later(9_000), now: NOW });
    expect(await readSourceState(db, 'reddit')).toMatchObject({ breakerUntil: later(9_000), breakerReason: 'login' });
  });
});
