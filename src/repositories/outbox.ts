/**
 * The outbox: every enqueue is a row written in the transaction that causes it, and the row stays until the job's own transaction
 * deletes it. So Redis may lose everything: what is still here is dispatched again.
 */
import type { Database, Queryable } from '../platform/database.ts';

/** Channel on which a commit with new rows wakes the relay. */
export const OUTBOX_CHANNEL = 'musicdb_outbox';

export interface OutboxJob {
  readonly queue: string;
  readonly name: string;
  /** References only: under 4 KB as JSON (checked by the table). */
  readonly payload: Readonly<Record<string, unknown>>;
  /** 1 is first. Always set: BullMQ runs an unprioritised job before every prioritised one. */
  readonly priority: number;
}

export interface OutboxRow extends OutboxJob {
  readonly id: number;
  /** How often it was handed to Redis before. */
  readonly dispatches: number;
}

export async function enqueue(tx: Queryable, jobs: readonly OutboxJob[], now: Date): Promise<void> {
  if (jobs.length === 0) return;
  await tx.query({
    name: 'outbox-enqueue',
    text: `with added as (
             insert into outbox (queue, name, payload, priority, available_at)
             select queue, name, payload, priority, $5 from unnest($1::text[], $2::text[], $3::jsonb[], $4::int[]) as t (queue, name, payload, priority)
             returning 1)
           select pg_notify('${OUTBOX_CHANNEL}', '') from added limit 1`,
    values: [
      jobs.map((job) => job.queue),
      jobs.map((job) => job.name),
      jobs.map((job) => JSON.stringify(job.payload)),
      jobs.map((job) => job.priority),
      now,
    ],
  });
}

/** Enqueues a job unless one of its queue is outstanding; two callers at once enqueue one. Returns whether it was enqueued. */
export async function enqueueUnlessOutstanding(db: Database, job: OutboxJob, now: Date): Promise<boolean> {
  return db.transaction(async (tx) => {
    await tx.query('select pg_advisory_xact_lock(hashtext($1))', [`outbox ${job.queue}`]);
    const { rowCount } = await tx.query('select 1 from outbox where queue = $1 limit 1', [job.queue]);
    if (rowCount !== 0) return false;
    await enqueue(tx, [job], now);
    return true;
  });
}

/** Takes rows that were never handed to Redis (or were taken back), oldest first; other relays skip them until `tx` ends. */
export async function takeUndispatched(tx: Queryable, now: Date, limit: number): Promise<OutboxRow[]> {
  const { rows } = await tx.query<OutboxRow>({
    name: 'outbox-take',
    text: `select id, queue, name, payload, priority, dispatches from outbox
           where dispatched_at is null and available_at <= $1 order by available_at, id limit $2 for update skip locked`,
    values: [now, limit],
  });
  return rows;
}

export async function markDispatched(tx: Queryable, ids: readonly number[], now: Date): Promise<void> {
  await tx.query({
    name: 'outbox-mark-dispatched',
    text: 'update outbox set dispatched_at = $2, dispatches = dispatches + 1 where id = any($1::bigint[])',
    values: [ids, now],
  });
}

/** Everything handed to Redis so far counts as not handed over: for a Redis that lost its memory. Returns how many rows. */
export async function takeBackDispatched(db: Queryable): Promise<number> {
  const { rowCount } = await db.query('update outbox set dispatched_at = null where dispatched_at is not null');
  return rowCount ?? 0;
}

/** Rows handed over before `before` and still not done, for the check whether their job still exists. */
export async function findOverdue(db: Queryable, before: Date, limit: number): Promise<OutboxRow[]> {
  const { rows } = await db.query<OutboxRow>(
    'select id, queue, name, payload, priority, dispatches from outbox where dispatched_at < $1 order by dispatched_at limit $2',
    [before, limit],
  );
  return rows;
}

export async function takeBack(db: Queryable, ids: readonly number[]): Promise<void> {
  await db.query('update outbox set dispatched_at = null where id = any($1::bigint[])', [ids]);
}

/**
 * Counts an attempt as begun, at once and for all to see, so that one that kills its process is remembered.
 * Returns how many began and never ended, this one among them; null when the job is done already.
 */
export async function beginAttempt(db: Queryable, id: number): Promise<number | null> {
  const { rows } = await db.query<{ starts: number }>({
    name: 'outbox-begin-attempt',
    text: 'update outbox set starts = starts + 1 where id = $1 returning starts',
    values: [id],
  });
  return rows[0]?.starts ?? null;
}

/** An attempt that failed, but ended. */
export async function endAttempt(db: Queryable, id: number): Promise<void> {
  await db.query({
    name: 'outbox-end-attempt',
    text: 'update outbox set starts = greatest(starts - 1, 0) where id = $1',
    values: [id],
  });
}

/** Locks the job's own row for this attempt; false when another attempt finished it: then there is nothing left to do. */
export async function holdJob(tx: Queryable, id: number): Promise<boolean> {
  const { rowCount } = await tx.query({
    name: 'outbox-hold',
    text: 'select 1 from outbox where id = $1 for update',
    values: [id],
  });
  return rowCount === 1;
}

/** The job's effect is in this transaction: its row goes with it. */
export async function finishJob(tx: Queryable, id: number): Promise<void> {
  await tx.query({ name: 'outbox-finish', text: 'delete from outbox where id = $1', values: [id] });
}

/** Jobs not done yet, by queue. */
export async function countOutstanding(db: Queryable): Promise<Record<string, number>> {
  const { rows } = await db.query<{ queue: string; count: number }>(
    'select queue, count(*)::int as count from outbox group by queue',
  );
  return Object.fromEntries(rows.map(({ queue, count }) => [queue, count]));
}

export interface DeadJob {
  /** Null for a tick of a Job Scheduler, which has no row. */
  readonly outboxId: number | null;
  readonly queue: string;
  readonly name: string;
  readonly jobId: string;
  readonly payload: Readonly<Record<string, unknown>>;
  readonly priority: number;
  readonly error: string;
  readonly attempts: number;
}

/**
 * The end of a job that failed for good: the dead letter replaces the outbox row. Part of the transaction that marks what it worked on.
 * A letter of the same id that nobody has replayed yet (a tick fails again and again) is told anew.
 */
export async function buryJob(
  tx: Queryable,
  { outboxId, queue, name, jobId, payload, priority, error, attempts }: DeadJob,
  now: Date,
): Promise<void> {
  await tx.query(
    `insert into dead_letters (queue, name, job_id, payload, priority, error, attempts, failed_at) values ($1, $2, $3, $4, $5, $6, $7, $8)
     on conflict (job_id) do update set error = excluded.error, attempts = dead_letters.attempts + excluded.attempts, failed_at = excluded.failed_at,
       replayed_at = null, version = dead_letters.version + 1`,
    [queue, name, jobId, JSON.stringify(payload), priority, error, attempts, now],
  );
  if (outboxId !== null) await finishJob(tx, outboxId);
}
