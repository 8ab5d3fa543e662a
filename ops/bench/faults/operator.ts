/**
 * The person at the console of a test: closes breakers that would hold for hours, and asks again for what was given up or put off for long.
 * What `musicdb source enable` and `musicdb rescrape` do; nothing in the product knows of it.
 */
import { hash } from 'node:crypto';
import type { Database, Queryable } from '../../../src/platform/database.ts';
import { switchSource } from '../../../src/repositories/breaker.ts';
import { ALL_CLOSED } from '../../sandbox/faults/faulty-answer.ts';

/**
 * Ends waits that are longer than `patience`, seconds: those are a policy of hours. Shorter ones (Retry-After, first retries) are left to run out.
 * Returns the reasons of the breakers it closed.
 */
export async function closeBreakers(db: Database, patience: number): Promise<string[]> {
  const { rows } = await db.query<{ source: string; reason: string | null }>({
    name: 'faults-breakers',
    text: `select source, breaker_reason as reason from source_states
           where breaker = 'open' and coalesce(breaker_until, 'infinity') > now() + $1 * interval '1 second'`,
    values: [patience],
  });
  for (const { source } of rows) {
    const now = new Date();
    await db.transaction((tx) => switchSource(tx, { source, enabled: true, actor: 'the faults bench', now }));
  }
  await db.query({
    name: 'faults-put-off',
    text: `update frontier set due_at = now() where state = 'due' and due_at > now() + $1 * interval '1 second'`,
    values: [patience],
  });
  return rows.map(({ source, reason }) => `${source}: ${reason ?? '?'}`);
}

/**
 * Has the robots.txt of sites looked at again that could not be had, or forbade everything: by themselves the processes would for minutes, or
 * a day. Only files under which nothing was asked are touched, so that the ledger is judged by what held.
 */
export async function lookAtRobotsAgain(db: Queryable, patience: number): Promise<void> {
  await db.query({
    name: 'faults-robots',
    text: `update robots_files set expires_at = now() where expires_at > now() + $1 * interval '1 second'
             and (state = 'closed' or document_digest = $2)`,
    values: [patience, hash('sha256', ALL_CLOSED, 'buffer')],
  });
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
