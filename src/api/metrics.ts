/** `/metrics` in Prometheus' text format: what an operator draws and is woken by. Names are stable: dashboards and alerts use them. */
import type { Queue } from 'bullmq';
import type { FastifyInstance } from 'fastify';
import { type QueueDepth, readQueues } from '../dashboard/overview-data.ts';
import type { Database } from '../platform/database.ts';
import { type CountName, readMetricCounts } from '../repositories/metrics.ts';
import { readSnapshot } from '../repositories/read-snapshot.ts';

interface Sample {
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

interface Metric {
  readonly name: string;
  readonly help: string;
  readonly type: 'gauge' | 'counter';
  readonly samples: readonly Sample[];
}

interface CountFacts {
  readonly help: string;
  /** Names of part, state and way, as many as the count has. */
  readonly labels: readonly string[];
  /** Parts that are listed also when nothing was counted, so that an alert sees a number and not nothing. */
  readonly zeros?: 'sources' | 'queues';
  /** What those have; 0 when not given. */
  readonly otherwise?: number;
  /** Default `gauge`. */
  readonly type?: Metric['type'];
}

/** Help and labels of what is counted in Postgres. */
const COUNTS: Record<CountName, CountFacts> = {
  items: { help: 'Raw items by source and state.', labels: ['source', 'state'] },
  fetches: { help: 'Requests made, by source and outcome.', labels: ['source', 'outcome'] },
  pages_total: {
    help: 'Answers since ever, by source, verdict and the way they came.',
    labels: ['source', 'verdict', 'via'],
    type: 'counter',
  },
  breaker_open: { help: 'Whether the circuit breaker of a source is open.', labels: ['source'], zeros: 'sources' },
  source_enabled: {
    help: 'Whether a source is switched on.',
    labels: ['source'],
    zeros: 'sources',
    otherwise: 1,
  },
  yield_alarms: {
    help: 'Fields and numbers of items that vanished from the latest pages of a source.',
    labels: ['source'],
    zeros: 'sources',
  },
  last_fetch_timestamp_seconds: { help: 'Time of the latest request of a source.', labels: ['source'] },
  outbox_outstanding: { help: 'Jobs not finished, as Postgres knows them.', labels: ['queue'], zeros: 'queues' },
  quarantine_open: { help: 'Items held back, not resolved yet.', labels: ['source'], zeros: 'sources' },
  dead_letters: { help: 'Jobs given up, not replayed yet.', labels: ['queue'], zeros: 'queues' },
  frontier: { help: 'Known requests by source and state.', labels: ['source', 'state'] },
  retention_removed: { help: 'What the latest daily retention let go of, by kind.', labels: ['what'] },
  archive_collected: { help: 'Garbage of the archive that the latest collection deleted.', labels: ['what'] },
  upkeep_timestamp_seconds: { help: 'Time of the latest retention and collection, by event.', labels: ['event'] },
  search_changes_waiting: { help: 'Entities whose search document is behind.', labels: [] },
};
const DEPTHS = ['waiting', 'active', 'delayed', 'failed'] as const;

export interface MetricsOptions {
  readonly db: Database;
  readonly queues: readonly Queue[];
  readonly sources: readonly { readonly name: string }[];
}

/** Adds `/metrics` to a scope that asks for a token already. While Redis is away, its metrics are left out and `musicdb_redis_up` is 0. */
export function metricsRoute(app: FastifyInstance, { db, queues, sources }: MetricsOptions): void {
  const known = { sources: sources.map(({ name }) => name), queues: queues.map(({ name }) => name) };
  app.get('/metrics', async (_request, reply) => {
    const depths = readQueues(queues);
    const counts = await readSnapshot(db, readMetricCounts);
    const counted = Object.entries(COUNTS).map(([name, facts]): Metric => {
      const { help, labels, zeros, otherwise = 0, type = 'gauge' } = facts;
      const rows = counts.filter((row) => row.name === name);
      const missing = (zeros === undefined ? [] : known[zeros]).filter((part) =>
        rows.every((row) => row.part !== part),
      );
      const all = [...rows, ...missing.map((part) => ({ part, state: null, via: null, value: otherwise }))];
      const samples = all.map(({ part, state, via, value }) => ({
        labels: labelled(labels, [part, state, via]),
        value,
      }));
      return { name, help, type, samples };
    });
    reply.type('text/plain; version=0.0.4; charset=utf-8');
    return metricsText([...counted, ...queueMetrics(await depths), ...processMetrics()]);
  });
}

/** The exposition format: help and type once a name, a line a sample, a line end at the end. */
export function metricsText(metrics: readonly Metric[]): string {
  const lines = metrics.flatMap(({ name, help, type, samples }) => [
    `# HELP musicdb_${name} ${help}`,
    `# TYPE musicdb_${name} ${type}`,
    ...samples.map(({ labels, value }) => `musicdb_${name}${labelText(labels)} ${value}`),
  ]);
  return `${lines.join('\n')}\n`;
}

function labelText(labels: Readonly<Record<string, string>>): string {
  const pairs = Object.entries(labels).map(
    ([name, value]) => `${name}="${value.replace(/[\\"\n]/g, (sign) => (sign === '\n' ? '\\n' : `\\${sign}`))}"`,
  );
  return pairs.length === 0 ? '' : `{${pairs.join(',')}}`;
}

function labelled(names: readonly string[], values: readonly (string | null)[]): Record<string, string> {
  return Object.fromEntries(names.map((name, n) => [name, values[n] ?? '']));
}

function queueMetrics(depths: readonly QueueDepth[] | null): Metric[] {
  const samples = (depths ?? []).flatMap((depth) =>
    DEPTHS.map((state) => ({ labels: { queue: depth.name, state }, value: depth[state] })),
  );
  return [
    { name: 'redis_up', help: 'Whether Redis answers.', type: 'gauge', samples: [one(depths === null ? 0 : 1)] },
    { name: 'queue_jobs', help: 'Jobs in Redis by queue and state.', type: 'gauge', samples },
  ];
}

function processMetrics(): Metric[] {
  const { rss, heapUsed } = process.memoryUsage();
  const { user, system } = process.cpuUsage();
  const of = (name: string, type: Metric['type'], help: string, value: number): Metric => ({
    name: `process_${name}`,
    help: `${help} of the API's process.`,
    type,
    samples: [one(value)],
  });
  return [
    of('resident_memory_bytes', 'gauge', 'Memory', rss),
    of('heap_used_bytes', 'gauge', 'JavaScript heap in use', heapUsed),
    of('cpu_seconds_total', 'counter', 'CPU time', (user + system) / 1e6),
    of('uptime_seconds', 'gauge', 'Age', process.uptime()),
  ];
}

function one(value: number): Sample {
  return { labels: {}, value };
}
