/** Schedules: what runs how often. Postgres holds them; BullMQ's Job Schedulers are made to follow. */
import type { Queryable } from '../platform/database.ts';

export interface Schedule {
  readonly id: string;
  readonly queue: string;
  readonly name: string;
  readonly payload: Readonly<Record<string, unknown>>;
  readonly everyMs: number;
  readonly priority: number;
  readonly enabled: boolean;
}

const COLUMNS = 'id, queue, name, payload, every_ms as "everyMs", priority, enabled';

export async function listSchedules(db: Queryable): Promise<Schedule[]> {
  const { rows } = await db.query<Schedule>(`select ${COLUMNS} from schedules order by id`);
  return rows;
}

/** Adds schedules that are not there yet; existing ones keep what an operator set. */
export async function ensureSchedules(db: Queryable, schedules: readonly Schedule[]): Promise<void> {
  for (const { id, queue, name, payload, everyMs, priority, enabled } of schedules) {
    await db.query(
      'insert into schedules (id, queue, name, payload, every_ms, priority, enabled) values ($1, $2, $3, $4, $5, $6, $7) on conflict (id) do nothing',
      [id, queue, name, JSON.stringify(payload), everyMs, priority, enabled],
    );
  }
}

export async function markEnqueued(db: Queryable, id: string, now: Date): Promise<void> {
  await db.query('update schedules set last_enqueued_at = $2 where id = $1', [id, now]);
}
