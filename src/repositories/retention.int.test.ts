/** What goes with time and what stays, on real Postgres: nothing that the catalogue rests on is ever let go. */
import { createHash } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { Verdict } from '../core/verdicts.ts';
import { openTestServices, type TestServices } from '../testing/services.ts';
import { IS_PAGE, IS_TROUBLE } from './outcomes.ts';
import { releaseRefusals, removeOldFetches, removeOldQuarantine, removeReplayedLetters } from './retention.ts';

const BEFORE = new Date('2026-06-01T00:00:00Z');
const SWEEP = { before: BEFORE, signal: new AbortController().signal };

let services: TestServices;

beforeAll(async () => {
  services = await openTestServices();
});
afterAll(() => services.release());
afterEach(() => services.db.query('truncate fetches, documents, raw_items, quarantine, dead_letters cascade'));

describe('an old record of a fetch', () => {
  it.each<Verdict>(['unchanged', 'throttled', 'truncated', 'soft-error', 'block', 'source-outage', 'unfetchable'])(
    'goes when it is of no page (%s)',
    async (outcome) => {
      await fetched({ day: 1, outcome, body: 'no' });
      await fetched({ day: 200, outcome, body: 'no' });
      expect(await removeOldFetches(services.db, SWEEP)).toBe(1);
      expect(await days()).toEqual([200]);
    },
  );

  it('of a page goes when a newer page of its address is there, however old that is', async () => {
    await fetched({ day: 1, body: 'first' });
    await fetched({ day: 2, body: 'second' });
    await fetched({ day: 3, outcome: 'gone', body: 'third' });
    expect(await removeOldFetches(services.db, SWEEP)).toBe(2);
    expect(await days()).toEqual([3]);
  });

  it('of a page stays when what came later was no page, or another address, way or source', async () => {
    await fetched({ day: 1, body: 'page' });
    await fetched({ day: 200, outcome: 'unchanged', body: '' });
    await fetched({ day: 201, url: 'https://a.example/other', body: 'other' });
    await fetched({ day: 202, via: 'sandbox', body: 'invented' });
    await fetched({ day: 203, source: 'reddit', body: 'another’s' });
    expect(await removeOldFetches(services.db, SWEEP)).toBe(0);
  });

  it('stays when a raw item was read from its document, until a newer record of the same document is there', async () => {
    await fetched({ day: 1, body: 'read', isRead: true });
    await fetched({ day: 2, body: 'newer' });
    expect(await removeOldFetches(services.db, SWEEP)).toBe(0);
    await fetched({ day: 3, body: 'read' });
    // The newest page says it, and the two before say nothing more.
    expect(await removeOldFetches(services.db, SWEEP)).toBe(2);
    expect(await days()).toEqual([3]);
  });

  it('stays when its document was stored lately: somebody imported an old file', async () => {
    await fetched({ day: 1, body: 'old file', storedOnDay: 200 });
    await fetched({ day: 2, body: 'newer' });
    expect(await removeOldFetches(services.db, SWEEP)).toBe(0);
  });

  it('of a file that people brought stays, whatever it was', async () => {
    await fetched({ day: 1, outcome: 'truncated', body: 'half', via: 'import' });
    await fetched({ day: 2, outcome: 'soft-error', body: 'error', via: 'import' });
    await fetched({ day: 3, body: 'newer' });
    expect(await removeOldFetches(services.db, SWEEP)).toBe(0);
  });

  it('of a file without an address stays', async () => {
    await fetched({ day: 1, url: null, via: 'import', body: 'a' });
    await fetched({ day: 2, url: null, via: 'import', body: 'b' });
    expect(await removeOldFetches(services.db, SWEEP)).toBe(0);
  });

  it('goes in batches, all of them, of every source', async () => {
    await services.db.query(
      `insert into fetches (source, via, url, outcome, fetched_at)
       select case n % 3 when 0 then 'reddit' when 1 then 'mixesdb' else 'a seventh' end, 'live', 'u', 'unfetchable', $1 from generate_series(1, 15000) n`,
      [dateOf(1)],
    );
    expect(await removeOldFetches(services.db, SWEEP)).toBe(15_000);
  });

  it('waits for another day when the process stops', async () => {
    await fetched({ day: 1, outcome: 'unfetchable' });
    expect(await removeOldFetches(services.db, { ...SWEEP, signal: AbortSignal.abort() })).toBe(0);
  });
});

describe('the body of a refusal', () => {
  it('is let go, and the record stays', async () => {
    await fetched({ day: 1, outcome: 'throttled', body: 'slow down' });
    await fetched({ day: 200, outcome: 'throttled', body: 'slow down' });
    expect(await releaseRefusals(services.db, SWEEP)).toBe(1);
    expect(await rows('select document_digest is null as released from fetches order by id')).toEqual([
      { released: true },
      { released: false },
    ]);
  });

  it.each<Verdict>(['ok', 'gone', 'decoy', 'layout-drift', 'unreadable'])(
    'is not that of a page (%s)',
    async (outcome) => {
      await fetched({ day: 1, outcome, body: 'page' });
      expect(await releaseRefusals(services.db, SWEEP)).toBe(0);
    },
  );

  it('stays when an item was made of it, or a person brought it', async () => {
    await fetched({ day: 1, outcome: 'block', body: 'captcha', isRead: true });
    await fetched({ day: 1, outcome: 'truncated', body: 'half', via: 'import' });
    expect(await releaseRefusals(services.db, SWEEP)).toBe(0);
  });
});

describe('what was held', () => {
  it('goes when it was resolved long ago, or its document is no fetch’s any more', async () => {
    await fetched({ day: 1, outcome: 'layout-drift', body: 'still there' });
    await held('resolved', { resolvedOnDay: 2 });
    await held('resolved lately', { resolvedOnDay: 200 });
    await held('open', {});
    await held('of a page', { body: 'still there' });
    await held('of a refusal that went', { body: 'gone' });
    expect(await removeOldQuarantine(services.db, SWEEP)).toBe(2);
    expect((await rows('select dedupe_key as key from quarantine order by id')).map(({ key }) => key)).toEqual([
      'resolved lately',
      'open',
      'of a page',
    ]);
  });
});

describe('a dead letter', () => {
  it('goes when it was replayed long ago, and else waits for a person', async () => {
    await services.db.query(
      `insert into dead_letters (queue, name, job_id, payload, priority, error, attempts, failed_at, replayed_at)
       values ('load', 'load', '1', '{}', 1, 'x', 1, $1, $1), ('load', 'load', '2', '{}', 1, 'x', 1, $1, null), ('load', 'load', '3', '{}', 1, 'x', 1, $1, $2)`,
      [dateOf(1), dateOf(200)],
    );
    expect(await removeReplayedLetters(services.db, SWEEP)).toBe(1);
    expect((await rows('select job_id as id from dead_letters order by id')).map(({ id }) => id)).toEqual(['2', '3']);
  });
});

it.each([
  ['fetches_page_url_idx', `url = 'u' and ${IS_PAGE}`],
  ['fetches_trouble_idx', `source = 's' and ${IS_TROUBLE} and fetched_at < now()`],
])('what is looked for in a million rows is found by %s', async (index, condition) => {
  const plan = await services.db.transaction(async (tx) => {
    await tx.query('set local enable_seqscan = off');
    return (await tx.query(`explain select 1 from fetches g where g.${condition.replaceAll(' and ', ' and g.')}`)).rows;
  });
  expect(JSON.stringify(plan)).toContain(index);
});

interface Fetched {
  /** Of the year; those after 151 are younger than what goes. */
  readonly day: number;
  readonly outcome?: Verdict;
  readonly body?: string;
  readonly url?: string | null;
  readonly via?: string;
  readonly source?: string;
  readonly isRead?: boolean;
  readonly storedOnDay?: number;
}

async function fetched({ day, outcome = 'ok', body, isRead = false, ...said }: Fetched): Promise<void> {
  const { url = 'https://a.example/page', via = 'live', source = 'mixesdb', storedOnDay = day } = said;
  const digest = body === undefined ? null : digestOf(body);
  if (digest !== null)
    await services.db.query(
      'insert into documents (digest, size_bytes, stored_bytes, created_at) values ($1, 1, 1, $2) on conflict do nothing',
      [digest, dateOf(storedOnDay)],
    );
  await services.db.query(
    'insert into fetches (source, via, url, document_digest, outcome, fetched_at) values ($1, $2, $3, $4, $5, $6)',
    [source, via, url, digest, outcome, dateOf(day)],
  );
  if (isRead)
    await services.db.query(
      `insert into raw_items (source, kind, external_id, document_digest, body, body_digest, state, observed_at) values ($1, 'setlist', $2, $3, '{}', $3, 'loaded', $4)`,
      [source, body, digest, dateOf(day)],
    );
}

async function held(key: string, { body, resolvedOnDay }: { body?: string; resolvedOnDay?: number }): Promise<void> {
  await services.db.query(
    `insert into quarantine (dedupe_key, source, reason, message, document_digest, created_at, resolved_at) values ($1, 'mixesdb', 'block:captcha', '', $2, $3, $4)`,
    [
      ...[key, body === undefined ? null : digestOf(body), dateOf(1)],
      resolvedOnDay === undefined ? null : dateOf(resolvedOnDay),
    ],
  );
}

function digestOf(body: string): Buffer {
  return createHash('sha256').update(body).digest();
}

function dateOf(day: number): Date {
  return new Date(Date.UTC(2026, 0, day));
}

async function days(): Promise<number[]> {
  const found = await rows(
    `select extract(doy from fetched_at at time zone 'utc')::int as day from fetches order by 1`,
  );
  return found.map(({ day }) => day as number);
}

async function rows(text: string): Promise<Record<string, unknown>[]> {
  return (await services.db.query(text)).rows;
}
