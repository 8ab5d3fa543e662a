import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Database } from '../platform/database.ts';
import { openTestServices, type TestServices } from '../testing/services.ts';
import { getDeadLetter, listDeadLetters, replayDeadLetter } from './dead-letters.ts';
import {
  buryJob,
  countOutstanding,
  enqueue,
  enqueueUnlessOutstanding,
  findOverdue,
  finishJob,
  holdJob,
  markDispatched,
  OUTBOX_CHANNEL,
  type OutboxJob,
  takeBack,
  takeBackDispatched,
  takeUndispatched,
} from './outbox.ts';

const NOW = new Date('2026-11-20T12:00:00Z');
const later = (ms: number) => new Date(NOW.getTime() + ms);

let services: TestServices;
let db: Database;

beforeAll(async () => {
  services = await openTestServices();
  db = services.db;
});
afterAll(() => services.release());
beforeEach(() => db.query('truncate outbox, dead_letters'));

describe('enqueueing', () => {
  it('and the transaction it is part of are one', async () => {
    const rolledBack = db.transaction(async (tx) => {
      await enqueue(tx, [job('load')], NOW);
      throw new Error('the effect failed');
    });
    await expect(rolledBack).rejects.toThrow('the effect failed');
    expect(await countOutstanding(db)).toEqual({});
    await db.transaction((tx) => enqueue(tx, [job('load')], NOW));
    expect(await countOutstanding(db)).toEqual({ load: 1 });
  });

  it('keeps queue, name, payload and priority', async () => {
    await enqueue(db, [job('load', { name: 'one', payload: { rawItemIds: [1, 2] }, priority: 7 })], NOW);
    expect(await take()).toEqual([
      {
        id: expect.any(Number),
        queue: 'load',
        name: 'one',
        payload: { rawItemIds: [1, 2] },
        priority: 7,
        dispatches: 0,
      },
    ]);
  });

  it('refuses a payload of 4 KB or more, and a priority that would jump all others', async () => {
    await enqueue(db, [job('load', { payload: { text: 'x'.repeat(4_000) } })], NOW);
    await expect(enqueue(db, [job('load', { payload: { text: 'x'.repeat(4_096) } })], NOW)).rejects.toThrow(
      /outbox_payload_check/,
    );
    await expect(enqueue(db, [job('load', { priority: 0 })], NOW)).rejects.toThrow(/outbox_priority_check/);
  });

  it('wakes listeners when it commits, and only then', async () => {
    const client = await db.pool.connect();
    let told = 0;
    client.on('notification', ({ channel }) => {
      if (channel === OUTBOX_CHANNEL) told += 1;
    });
    await client.query(`listen ${OUTBOX_CHANNEL}`);
    await db.transaction(async (tx) => {
      await enqueue(tx, [job('load'), job('index')], NOW);
      await enqueue(tx, [], NOW);
      await client.query('select 1');
      expect(told).toBe(0);
    });
    await expect.poll(() => told).toBe(1);
    client.release(true);
  });
});

describe('enqueueing unless outstanding', () => {
  it('asks once for a queue, and again when that was done', async () => {
    expect(await enqueueUnlessOutstanding(db, job('crawl-reddit'), NOW)).toBe(true);
    expect(await enqueueUnlessOutstanding(db, job('crawl-reddit'), NOW)).toBe(false);
    expect(await enqueueUnlessOutstanding(db, job('crawl-mixesdb'), NOW)).toBe(true);
    await db.query(`delete from outbox where queue = 'crawl-reddit'`);
    expect(await enqueueUnlessOutstanding(db, job('crawl-reddit'), NOW)).toBe(true);
  });

  it('asks once when several ask at the same time', async () => {
    const asked = await Promise.all(
      Array.from({ length: 10 }, () => enqueueUnlessOutstanding(db, job('crawl-reddit'), NOW)),
    );
    expect(asked.filter(Boolean)).toHaveLength(1);
    expect(await countOutstanding(db)).toEqual({ 'crawl-reddit': 1 });
  });
});

describe('handing over', () => {
  it('takes what is available, oldest first, up to the limit', async () => {
    await enqueue(db, [job('late')], later(-1));
    await enqueue(db, [job('early')], later(-2));
    await enqueue(db, [job('future')], later(1));
    expect((await take()).map(({ queue }) => queue)).toEqual(['early', 'late']);
    expect((await take(1)).map(({ queue }) => queue)).toEqual(['early']);
  });

  it('of one relay leaves the rows of another alone', async () => {
    await enqueue(db, [job('a'), job('b'), job('c')], NOW);
    await db.transaction(async (tx) => {
      const mine = await takeUndispatched(tx, NOW, 2);
      const others = await take();
      expect(mine).toHaveLength(2);
      expect(others).toHaveLength(1);
      expect(mine.map(({ id }) => id)).not.toContain(others[0]?.id);
    });
  });

  it('happens once, until the row is taken back', async () => {
    await enqueue(db, [job('a'), job('b')], NOW);
    const ids = (await take()).map(({ id }) => id);
    await markDispatched(db, ids, NOW);
    expect(await take()).toEqual([]);
    await takeBack(db, ids.slice(0, 1));
    expect(await take()).toMatchObject([{ id: ids[0], dispatches: 1 }]);
  });

  it('is forgotten as a whole when Redis lost its memory', async () => {
    await enqueue(db, [job('a'), job('b')], NOW);
    await markDispatched(
      db,
      (await take()).map(({ id }) => id),
      NOW,
    );
    await enqueue(db, [job('c')], NOW);
    expect(await takeBackDispatched(db)).toBe(2);
    expect((await take()).map(({ queue }) => queue).sort()).toEqual(['a', 'b', 'c']);
  });

  it('counts as overdue when it was long ago, longest first', async () => {
    await enqueue(db, [job('a'), job('b'), job('c')], NOW);
    const [a, b] = await take();
    await markDispatched(db, [b?.id ?? 0], later(1));
    await markDispatched(db, [a?.id ?? 0], later(2));
    expect(await findOverdue(db, later(2), 10)).toMatchObject([{ queue: 'b', dispatches: 1 }]);
    expect((await findOverdue(db, later(3), 10)).map(({ queue }) => queue)).toEqual(['b', 'a']);
    expect(await findOverdue(db, later(3), 1)).toHaveLength(1);
  });
});

describe('the row of a job', () => {
  it('is held by one attempt at a time, and gone for the next when the first finished it', async () => {
    const id = await enqueued(job('load'));
    let second: Promise<boolean> | undefined;
    let told: boolean | undefined;
    await db.transaction(async (tx) => {
      expect(await holdJob(tx, id)).toBe(true);
      second = db.transaction((other) => holdJob(other, id));
      void second.then((held) => {
        told = held;
      });
      await db.query('select pg_sleep(0.05)');
      expect(told).toBe(undefined);
      await finishJob(tx, id);
    });
    expect(await second).toBe(false);
  });

  it('is there again when the attempt that finished it rolled back', async () => {
    const id = await enqueued(job('load'));
    await expect(
      db.transaction(async (tx) => {
        await finishJob(tx, id);
        throw new Error('late fault');
      }),
    ).rejects.toThrow('late fault');
    expect(await holdJob(db, id)).toBe(true);
  });
});

describe('a dead letter', () => {
  it('takes the place of its row', async () => {
    const id = await buried();
    expect(await countOutstanding(db)).toEqual({});
    expect(await getDeadLetter(db, id)).toEqual({
      id,
      queue: 'load',
      name: 'load',
      jobId: 'o-1-1',
      payload: { rawItemIds: [1] },
      priority: 10,
      error: 'odd',
      attempts: 5,
      failedAt: NOW,
      replayedAt: null,
    });
  });

  it('is written once however often the same dispatch is buried', async () => {
    await buried();
    await buried();
    expect(await listDeadLetters(db, { limit: 10, replayed: false })).toHaveLength(1);
  });

  it('is replayed once, at its old priority, also when several ask at the same time', async () => {
    const id = await buried();
    const replayed = await Promise.all(Array.from({ length: 4 }, () => replayDeadLetter(db, id, later(1))));
    expect(replayed.filter(Boolean)).toHaveLength(1);
    expect(await take(10, later(1))).toMatchObject([
      { queue: 'load', name: 'load', payload: { rawItemIds: [1] }, priority: 10, dispatches: 0 },
    ]);
    expect((await getDeadLetter(db, id))?.replayedAt).toEqual(later(1));
  });

  it('that nobody knows is not replayed', async () => {
    expect(await replayDeadLetter(db, 4_711, NOW)).toBe(false);
    expect(await getDeadLetter(db, 4_711)).toBe(null);
    expect(await countOutstanding(db)).toEqual({});
  });

  it('is listed newest first, replayed ones only when asked', async () => {
    const first = await buried('o-1-1', NOW);
    const second = await buried('o-2-1', later(1));
    const third = await buried('o-3-1', later(2));
    await replayDeadLetter(db, second, NOW);
    const listed = async (replayed: boolean, limit: number) =>
      (await listDeadLetters(db, { limit, replayed })).map(({ id }) => id);
    expect(await listed(false, 10)).toEqual([third, first]);
    expect(await listed(true, 2)).toEqual([third, second]);
  });
});

function job(queue: string, said: Partial<OutboxJob> = {}): OutboxJob {
  return { queue, name: queue, payload: {}, priority: 10, ...said };
}

function take(limit = 10, now = NOW) {
  return takeUndispatched(db, now, limit);
}

async function enqueued(wanted: OutboxJob): Promise<number> {
  await enqueue(db, [wanted], NOW);
  const [row] = await take(1);
  return row?.id ?? 0;
}

/** Buries a job; returns the id of its dead letter. */
async function buried(jobId = 'o-1-1', now = NOW): Promise<number> {
  const outboxId = await enqueued(job('load'));
  const dead = { outboxId, queue: 'load', name: 'load', jobId, payload: { rawItemIds: [1] }, priority: 10 };
  await db.transaction((tx) => buryJob(tx, { ...dead, error: 'odd', attempts: 5 }, now));
  const { rows } = await db.query<{ id: number }>('select id from dead_letters where job_id = $1', [jobId]);
  return rows[0]?.id ?? 0;
}
