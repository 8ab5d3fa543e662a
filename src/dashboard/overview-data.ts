/** Gathers what the dashboard shows, at most as often as the database can bear. */
import type { Queue } from 'bullmq';
import type { Clock } from '../platform/context.ts';
import type { Database } from '../platform/database.ts';
import * as overview from '../repositories/overview.ts';
import { readSnapshot } from '../repositories/read-snapshot.ts';
import { isInvented } from '../repositories/source-detail.ts';

/** Spans of time to look back over: how long, in how many steps. */
export const RANGES = {
  '1h': { title: 'hour', steps: 60, stepSeconds: 60 },
  '24h': { title: '24 hours', steps: 48, stepSeconds: 1_800 },
  '30d': { title: '30 days', steps: 30, stepSeconds: 86_400 },
} as const;
export type RangeName = keyof typeof RANGES;

/** Start of the first step of a range that ends now. */
export function firstStep(range: RangeName, now: Date): Date {
  const { steps, stepSeconds } = RANGES[range];
  const stepMs = stepSeconds * 1_000;
  return new Date(Math.floor(now.getTime() / stepMs) * stepMs - (steps - 1) * stepMs);
}

export interface QueueDepth {
  name: string;
  waiting: number;
  active: number;
  delayed: number;
  failed: number;
  paused: boolean;
}

export interface Activity {
  range: RangeName;
  /** Start of the first step. */
  from: Date;
  cells: overview.ActivityCell[];
}

export interface OverviewData {
  generatedAt: Date;
  totals: overview.Totals;
  sources: overview.SourceOverview[];
  activity: Activity;
  /** Whether pages of the sandbox are among what came in. */
  invented: boolean;
  /** Null while Redis does not answer. */
  queues: QueueDepth[] | null;
  failureGroups: overview.FailureGroup[];
  failures: overview.Failure[];
  popular: overview.PopularTrack[];
  latestSets: Awaited<ReturnType<typeof overview.readLatestSetlists>>;
}

export interface OverviewOptions {
  readonly db: Database;
  readonly queues: readonly Queue[];
  readonly clock: Clock;
  /** Sources in the order to show them. */
  readonly sourceNames: readonly string[];
}

const REDIS_LIMIT_MS = 1_500;
const FRESH_MS = 2_000;
/** Looking may take at most this share of the time: one part looking, so many parts rest. */
const REST = 20;

/** Makes the reader: many onlookers share one look. `null` as range picks the shortest that shows all there is. */
export function makeOverviewReader(options: OverviewOptions): (range: RangeName | null) => Promise<OverviewData> {
  const looks = new Map<string, { until: number; data: Promise<OverviewData> }>();
  return (range) => {
    const key = range ?? 'auto';
    const known = looks.get(key);
    if (known !== undefined && performance.now() < known.until) return known.data;
    const started = performance.now();
    const look = { until: Number.POSITIVE_INFINITY, data: gather(options, range) };
    looks.set(key, look);
    look.data.then(
      () => {
        look.until = performance.now() + Math.max(FRESH_MS, (performance.now() - started) * REST);
      },
      () => looks.delete(key),
    );
    return look.data;
  };
}

async function gather(
  { db, queues, clock, sourceNames }: OverviewOptions,
  range: RangeName | null,
): Promise<OverviewData> {
  const now = clock.now();
  const depths = readQueues(queues);
  const read = await readSnapshot(db, async (tx) => {
    const first = range === null ? await overview.readFirstFetch(tx, sourceNames) : null;
    return {
      totals: await overview.readTotals(tx),
      invented: await isInvented(tx, null),
      sources: await overview.readSources(tx, sourceNames),
      activity: await readActivity(tx, sourceNames, range ?? rangeSince(first, now), now),
      failureGroups: await overview.readFailureGroups(tx, 8),
      failures: await overview.readLatestFailures(tx, 6),
      popular: await overview.readPopularTracks(tx, 10),
      latestSets: await overview.readLatestSetlists(tx, now, 8),
    };
  });
  return { generatedAt: now, ...read, queues: await depths };
}

/** The shortest range that goes back to the first page; the day's while nothing came in. */
export function rangeSince(first: Date | null, now: Date): RangeName {
  if (first === null) return '24h';
  const seconds = (now.getTime() - first.getTime()) / 1000;
  const names = Object.keys(RANGES) as RangeName[];
  return names.find((name) => seconds <= RANGES[name].steps * RANGES[name].stepSeconds) ?? '30d';
}

async function readActivity(
  tx: Parameters<typeof overview.readActivity>[0],
  sources: readonly string[],
  range: RangeName,
  now: Date,
): Promise<Activity> {
  const from = firstStep(range, now);
  const { stepSeconds } = RANGES[range];
  return { range, from, cells: await overview.readActivity(tx, { sources, from, stepSeconds }) };
}

/** Depths of the queues in their order; null when Redis does not answer in time. */
export async function readQueues(queues: readonly Queue[]): Promise<QueueDepth[] | null> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<null>((resolve) => {
    timer = setTimeout(resolve, REDIS_LIMIT_MS, null);
  });
  const asked = Promise.all(queues.map(readQueue)).catch(() => null);
  return Promise.race([asked, late]).finally(() => clearTimeout(timer));
}

async function readQueue(queue: Queue): Promise<QueueDepth> {
  const counts = await queue.getJobCounts('wait', 'prioritized', 'waiting-children', 'active', 'delayed', 'failed');
  const of = (state: string): number => counts[state] ?? 0;
  return {
    name: queue.name,
    waiting: of('wait') + of('prioritized') + of('waiting-children'),
    active: of('active'),
    delayed: of('delayed'),
    failed: of('failed'),
    paused: await queue.isPaused(),
  };
}
