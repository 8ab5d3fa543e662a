/** Runs: one execution of a workflow (a crawl, an import), with what it counted. */
import { randomUUID } from 'node:crypto';
import type { Queryable } from '../platform/database.ts';

export interface StartedRun {
  readonly workflow: string;
  readonly source: string | null;
  readonly params: Readonly<Record<string, unknown>>;
}

export async function startRun(db: Queryable, { workflow, source, params }: StartedRun, now: Date): Promise<string> {
  const id = randomUUID();
  await db.query(
    `insert into runs (id, workflow, source, params, state, started_at) values ($1, $2, $3, $4, 'running', $5)`,
    [id, workflow, source, JSON.stringify(params), now],
  );
  return id;
}

export async function finishRun(
  db: Queryable,
  id: string,
  { state, counts, error }: { state: 'done' | 'failed' | 'cancelled'; counts: object; error: string | null },
  now: Date,
): Promise<void> {
  await db.query(
    'update runs set state = $2, counts = $3, error = $4, finished_at = $5, version = version + 1 where id = $1',
    [id, state, JSON.stringify(counts), error, now],
  );
}
