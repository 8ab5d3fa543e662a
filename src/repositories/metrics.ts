/** Counts for whoever watches the installation (Prometheus). One statement, so that they belong to one moment. */
import type { Queryable } from '../platform/database.ts';
import type { EventName } from './events.ts';

export type CountName =
  | 'items'
  | 'fetches'
  | 'pages_total'
  | 'breaker_open'
  | 'source_enabled'
  | 'yield_alarms'
  | 'last_fetch_timestamp_seconds'
  | 'outbox_outstanding'
  | 'quarantine_open'
  | 'dead_letters'
  | 'frontier'
  | 'search_changes_waiting'
  | 'retention_removed'
  | 'archive_collected'
  | 'upkeep_timestamp_seconds';

export interface MetricCount {
  name: CountName;
  /** Source or queue; null where the count has no parts. */
  part: string | null;
  /** State or outcome within the part; null where there is none. */
  state: string | null;
  /** How it came; null where that is not told apart. */
  via: string | null;
  value: number;
}

/** Rows by part and state. What has no row is not listed; `search_changes_waiting` always is. */
export async function readMetricCounts(db: Queryable): Promise<MetricCount[]> {
  const { rows } = await db.query<MetricCount>(
    `select 'items' as name, source as part, state, null as via, count(*)::float8 as value from raw_items group by source, state
     union all select 'fetches', source, outcome, null, count(*) from fetches group by source, outcome
     union all select 'pages_total', source, verdict, via, pages from page_verdicts
     union all select 'breaker_open', source, null, null, max((breaker = 'open')::int) from source_states group by source
     union all select 'source_enabled', source, null, null, min(enabled::int) from source_states group by source
     union all select 'yield_alarms', source, null, null, count(*) from page_yields where alarm_since is not null group by source
     union all select 'last_fetch_timestamp_seconds', source, null, null, extract(epoch from max(fetched_at)) from fetches group by source
     union all select 'outbox_outstanding', queue, null, null, count(*) from outbox group by queue
     union all select 'quarantine_open', source, null, null, count(*) from quarantine where resolved_at is null group by source
     union all select 'dead_letters', queue, null, null, count(*) from dead_letters where replayed_at is null group by queue
     union all select 'frontier', source, state, null, count(*) from frontier group by source, state
     union all select 'search_changes_waiting', null, null, null, count(*) from search_outbox
     union all select 'retention_removed', what, null, null, count::float8 from (${latestCounts('retention.applied')}) latest
     union all select 'archive_collected', what, null, null, count::float8 from (${latestCounts('archive.collected')}) latest
     union all select 'upkeep_timestamp_seconds', name, null, null, extract(epoch from max(happened_at)) from workflow_events
       where source is null and name in ('retention.applied', 'archive.collected') group by name
     order by 1, 2, 3, 4`,
  );
  return rows;
}

/** What the latest event of a name counted. */
function latestCounts(name: EventName): string {
  return `select c.key as what, c.value as count
    from (select detail from workflow_events where source is null and name = '${name}' order by happened_at desc limit 1) e, jsonb_each_text(e.detail) c`;
}
