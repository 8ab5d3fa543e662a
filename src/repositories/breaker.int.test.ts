import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Database } from '../platform/database.ts';
import { openTestServices, type TestServices } from '../testing/services.ts';
import {
  type Admission,
  admit,
  closeAfterTrial,
  endStreak,
  giveBackTrial,
  lengthenStreak,
  openBreaker,
  switchSource,
  TRIAL_MS,
} from './breaker.ts';
import { readEvents } from './events.ts';
import { recordYields } from './page-yields.ts';
import { mayRun, readSourceState } from './source-states.ts';

const NOW = new Date('2026-11-20T12:00:00Z');
const SOURCE = 'reddit';
const KEY = { source: SOURCE, via: 'live' } as const;
const SANDBOX = { source: SOURCE, via: 'sandbox' } as const;
const later = (ms: number) => new Date(NOW.getTime() + ms);

let services: TestServices;
let db: Database;

beforeAll(async () => {
  services = await openTestServices();
  db = services.db;
});
afterAll(() => services.release());
beforeEach(() => db.query('truncate source_states, workflow_events, audit_log, page_yields'));

describe('an open breaker', () => {
  it('lets nobody ask before its time, and then exactly one of many that want to', async () => {
    await open(later(1_000));
    expect(await ask('early', later(999))).toBe('nobody');
    const admitted = await Promise.all(Array.from({ length: 12 }, (_, n) => ask(`worker ${n}`, later(1_000))));
    expect(admitted.filter((admission) => admission === 'one-trial')).toHaveLength(1);
    expect(admitted.filter((admission) => admission === 'nobody')).toHaveLength(11);
  });

  it('without an end lets nobody ask, however late', async () => {
    await open(null);
    expect(await ask('a', later(10 ** 10))).toBe('nobody');
    expect(mayRun(await state(), later(10 ** 10))).toBe(false);
  });

  it('is not made shorter, and tells of itself once', async () => {
    await open(later(9_000), 'captcha');
    expect(await open(later(1_000), 'wait')).toBe(false);
    expect(await state()).toMatchObject({ breakerReason: 'captcha', breakerUntil: later(9_000) });
    expect((await readEvents(db, SOURCE, 9)).map(({ name }) => name)).toEqual(['breaker.opened']);
  });
});

describe('the one request of a half-open breaker', () => {
  it('that goes well closes it for all', async () => {
    await open(later(0));
    await ask('a', NOW);
    await closeAfterTrial(db, { ...KEY, owner: 'a', now: NOW });
    expect(await state()).toMatchObject({ breaker: 'closed', breakerReason: null, streak: 0 });
    expect(await ask('b', NOW)).toBe('open-to-all');
    expect((await readEvents(db, SOURCE, 9)).map(({ name }) => name)).toEqual([
      'breaker.closed',
      'breaker.half-opened',
      'breaker.opened',
    ]);
  });

  it('that fails opens it again, and that is counted', async () => {
    await open(later(0));
    await ask('a', NOW);
    expect(await open(later(5_000), 'captcha again')).toBe(true);
    expect(await state()).toMatchObject({ breaker: 'open', breakerReason: 'captcha again', trialUntil: null });
    expect((await lengthenStreak(db, KEY, 'block')).openedInRow).toBe(2);
  });

  it('of a holder that vanished is another’s after a while, and the old holder closes nothing', async () => {
    await open(later(0));
    await ask('a', NOW);
    expect(mayRun(await state(), later(TRIAL_MS - 1))).toBe(false);
    expect(await ask('b', later(TRIAL_MS - 1))).toBe('nobody');
    expect(await ask('b', later(TRIAL_MS))).toBe('one-trial');
    await closeAfterTrial(db, { ...KEY, owner: 'a', now: later(TRIAL_MS) });
    expect(await state()).toMatchObject({ breaker: 'half-open' });
  });

  it('that was not made is given back, and may be made at once', async () => {
    await open(later(0));
    await ask('a', NOW);
    await giveBackTrial(db, KEY, 'a');
    expect(await ask('b', NOW)).toBe('one-trial');
  });
});

describe('pages that are no good', () => {
  it('are counted while they are of one kind, until a good one comes', async () => {
    const lengths = [];
    for (const verdict of ['layout-drift', 'layout-drift', 'soft-error', 'layout-drift'])
      lengths.push((await lengthenStreak(db, KEY, verdict)).length);
    expect(lengths).toEqual([1, 2, 1, 1]);
    await endStreak(db, KEY);
    expect(await lengthenStreak(db, KEY, 'layout-drift')).toEqual({ length: 1, openedInRow: 0 });
  });
});

describe('the breakers of a site and of the sandbox that plays it', () => {
  it('open, are tried and closed each by its own requests', async () => {
    await open(later(1_000));
    expect(await admit(db, { ...SANDBOX, owner: 'b', now: later(1_000) })).toBe('open-to-all');
    expect(await ask('a', later(1_000))).toBe('one-trial');
    await closeAfterTrial(db, { ...SANDBOX, owner: 'a', now: later(1_000) });
    await giveBackTrial(db, SANDBOX, 'a');
    expect(await readSourceState(db, SOURCE, 'live')).toMatchObject({ breaker: 'half-open' });
    await openBreaker(db, { ...SANDBOX, reason: 'decoy', until: null, now: NOW });
    await closeAfterTrial(db, { ...KEY, owner: 'a', now: later(1_000) });
    expect(await readSourceState(db, SOURCE, 'live')).toMatchObject({ breaker: 'closed' });
    expect(await readSourceState(db, SOURCE, 'sandbox')).toMatchObject({ breaker: 'open', breakerReason: 'decoy' });
  });

  it('count each its own pages', async () => {
    await lengthenStreak(db, KEY, 'soft-error');
    await endStreak(db, SANDBOX);
    expect((await lengthenStreak(db, SANDBOX, 'soft-error')).length).toBe(1);
    expect((await lengthenStreak(db, KEY, 'soft-error')).length).toBe(2);
  });

  it('are switched together; people are told of the one that is open', async () => {
    await openBreaker(db, { ...SANDBOX, reason: 'decoy', until: null, now: NOW });
    expect(await state()).toMatchObject({ breaker: 'open', breakerReason: 'decoy' });
    expect(await turn(true)).toBe(true);
    expect(await state()).toMatchObject({ breaker: 'closed' });
    await turn(false);
    expect(await Promise.all([KEY, SANDBOX].map((key) => admit(db, { ...key, owner: 'a', now: NOW })))).toEqual([
      'nobody',
      'nobody',
    ]);
  });
});

describe('a person', () => {
  it('switches a source off, and on again with its breaker closed; the audit log says who', async () => {
    await open(null);
    expect(await turn(false)).toBe(true);
    expect(await ask('a', later(10 ** 9))).toBe('nobody');
    expect(await turn(true)).toBe(true);
    expect(await ask('a', NOW)).toBe('open-to-all');
    expect(await turn(true)).toBe(false);
    const { rows } = await db.query('select actor, action, subject from audit_log order by id limit 2');
    expect(rows).toEqual([
      { actor: 'ada', action: 'source.disable', subject: SOURCE },
      { actor: 'ada', action: 'source.enable', subject: SOURCE },
    ]);
  });

  it('who switches a source on takes what its pages lately hold for the usual', async () => {
    const page = (title: number) => ({ source: SOURCE, kind: 'listing', measures: { title } });
    await recordYields(
      db,
      Array.from({ length: 30 }, () => page(1)),
      NOW,
    );
    await recordYields(
      db,
      Array.from({ length: 12 }, () => page(0)),
      NOW,
    );
    await turn(true);
    const { rows } = await db.query('select measure from page_yields');
    expect(rows).toEqual([]);
  });
});

function open(until: Date | null, reason = 'captcha'): Promise<boolean> {
  return openBreaker(db, { ...KEY, reason, until, now: NOW });
}

function ask(owner: string, now: Date): Promise<Admission> {
  return admit(db, { ...KEY, owner, now });
}

function turn(enabled: boolean): Promise<boolean> {
  return db.transaction((tx) => switchSource(tx, { source: SOURCE, enabled, actor: 'ada', now: NOW }));
}

function state() {
  return readSourceState(db, SOURCE);
}
