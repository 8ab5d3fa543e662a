/**
 * The person at the console of a test: closes breakers that would hold for hours, and asks again for what was given up or held back. By rows,
 * as `musicdb source enable` and `musicdb rescrape` do; nothing in the product knows of it.
 */
import type { Queryable } from '../../../src/platform/database.ts';

/** A wait longer than this is the policy of months, not of minutes. Shorter ones (Retry-After, retries) are left to run out. */
const PATIENCE_SECONDS = 30;

/** Ends waits that are longer than the run has patience for. Returns the reasons of the breakers it closed. */
export async function closeBreakers(db: Queryable): Promise<string[]> {
  const { rows } = await db.query<{ reason: string }>(
    `with held as (select source, breaker_reason from source_states
                   where breaker <> 'closed' and breaker_until > now() + $1 * interval '1 second' for update)
     update source_states s set breaker = 'closed', breaker_until = null, breaker_reason = null, version = version + 1
     from held where s.source = held.source returning s.source || ': ' || coalesce(held.breaker_reason, '?') as reason`,
    [PATIENCE_SECONDS],
  );
  if (rows.length > 0) {
    await db.query(
      `update frontier set due_at = now() where state = 'due' and due_at > now() + $1 * interval '1 second' and last_problem ~ 'refused|wait|forbidden|HTTP 40'`,
      [PATIENCE_SECONDS],
    );
  }
  return rows.map(({ reason }) => reason);
}

/** Asks again for every request that failed for good, and for every page of which something was held. Returns how many. */
export async function askAgain(db: Queryable): Promise<number> {
  const { rowCount } = await db.query(
    `update frontier set state = 'due', due_at = now(), attempts = 0 where state in ('failed', 'gone')
       or state = 'done' and url in (select url from quarantine where resolved_at is null and url is not null)
          and not exists (select from fetches f where f.source = frontier.source and f.url = frontier.url and f.outcome = 'ok'
                          and f.fetched_at > (select max(q.created_at) from quarantine q where q.url = frontier.url))`,
  );
  return rowCount ?? 0;
}

/** Whether nothing is left to fetch, transform or load. */
export async function isDone(db: Queryable): Promise<boolean> {
  const { rows } = await db.query<{ done: boolean }>({
    name: 'faults-done',
    text: `select not exists (select from frontier where state in ('due', 'leased'))
             and not exists (select from raw_items where state in ('landed', 'transformed'))
             and not exists (select from outbox where queue in ('transform', 'load')) as done`,
  });
  return rows[0]?.done ?? false;
}

export async function progressOf(
  db: Queryable,
): Promise<{ done: number; open: number; failed: number; items: number }> {
  const { rows } = await db.query<{ done: number; open: number; failed: number; items: number }>({
    name: 'faults-progress',
    text: `select count(*) filter (where state = 'done')::int as done, count(*) filter (where state in ('due', 'leased'))::int as open,
             count(*) filter (where state = 'failed')::int as failed,
             (select count(*)::int from raw_items where state = 'loaded') as items from frontier`,
  });
  return rows[0] ?? { done: 0, open: 0, failed: 0, items: 0 };
}
