/** Dead letters: jobs that will not be retried by themselves, until a person replays them. */
import type { Database, Queryable } from '../platform/database.ts';
import { enqueue } from './outbox.ts';

export interface DeadLetter {
  readonly id: number;
  readonly queue: string;
  readonly name: string;
  readonly jobId: string;
  readonly payload: Record<string, unknown>;
  readonly priority: number;
  readonly error: string;
  readonly attempts: number;
  readonly failedAt: Date;
  readonly replayedAt: Date | null;
}

const COLUMNS = `id, queue, name, job_id as "jobId", payload, priority, error, attempts, failed_at as "failedAt", replayed_at as "replayedAt"`;

/** Newest first; replayed ones only when asked. */
export async function listDeadLetters(
  db: Queryable,
  { limit, replayed }: { limit: number; replayed: boolean },
): Promise<DeadLetter[]> {
  const { rows } = await db.query<DeadLetter>(
    `select ${COLUMNS} from dead_letters where $2 or replayed_at is null order by failed_at desc, id desc limit $1`,
    [limit, replayed],
  );
  return rows;
}

export async function getDeadLetter(db: Queryable, id: number): Promise<DeadLetter | null> {
  const { rows } = await db.query<DeadLetter>(`select ${COLUMNS} from dead_letters where id = $1`, [id]);
  return rows[0] ?? null;
}

/** Enqueues the job of a dead letter again, once; false when it is unknown or was replayed before. */
export async function replayDeadLetter(db: Database, id: number, now: Date): Promise<boolean> {
  return db.transaction(async (tx) => {
    const { rows } = await tx.query<DeadLetter>(
      `update dead_letters set replayed_at = $2, version = version + 1 where id = $1 and replayed_at is null returning ${COLUMNS}`,
      [id, now],
    );
    const dead = rows[0];
    if (dead === undefined) return false;
    await enqueue(tx, [{ queue: dead.queue, name: dead.name, payload: dead.payload, priority: dead.priority }], now);
    return true;
  });
}
