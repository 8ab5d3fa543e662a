/**
 * Orchestrate: looks at what is due and enqueues it, most urgent source first; it never does the work. A tick either puts a source's
 * seeds back on the frontier, or asks for the crawl of every source that has due requests, may run, and is not being crawled already.
 */
import { loadAllSources, loadSource, SOURCE_NAMES } from '../spiders/registry.ts';
import { PermanentError } from '../src/core/errors.ts';
import type { PageRequest } from '../src/core/parse-result.ts';
import type { Source } from '../src/core/source.ts';
import type { SourceName } from '../src/core/source-name.ts';
import type { Ctx } from '../src/platform/context.ts';
import { readCursors } from '../src/repositories/cursors.ts';
import { findDueSources, makeDue } from '../src/repositories/frontier.ts';
import { enqueueUnlessOutstanding, finishJob } from '../src/repositories/outbox.ts';
import { listSchedules, markEnqueued, type Schedule } from '../src/repositories/schedules.ts';
import { mayRun, readSourceState } from '../src/repositories/source-states.ts';
import { allClosedHosts, crawlVia, whyOtherWeb } from './access.ts';
import { FOLLOW_DELETIONS } from './follow-deletions.ts';
import { type Attempt, defineJob, type JobCtx, type Outcome } from './job.ts';
import { READ_MODELS } from './maintenance.ts';
import { parseTickPayload } from './payloads.ts';
import { crawlQueue, PRIORITY } from './queues.ts';
import { RETENTION } from './retention.ts';

/** How often due work is looked for. */
const LOOK_EVERY_MS = 5_000;
const HOUSEKEEPING_EVERY_MS = 60_000;
/** Read models cost a pass over all plays: they may be this old. */
const READ_MODELS_EVERY_MS = 15 * 60_000;
/** Posts are asked about in portions, so that a million of them never wait at once. */
const FOLLOW_DELETIONS_EVERY_MS = 5 * 60_000;
const RETENTION_EVERY_MS = 24 * 3_600_000;
/** The cursor of the listings that a source is kept fresh by. */
const CHANGES = 'changes';
/** Priority of seeds within the frontier: before the links they lead to. */
const SEED_PRIORITY = 3;

type Tick = ReturnType<typeof parseTickPayload>;

export const orchestrateJob = defineJob<Tick>({
  queues: ['orchestrate'],
  parsePayload: parseTickPayload,
  concurrency: 1,
  globalConcurrency: 1,
  run: tick,
});

/** The schedules a new installation starts with; operators change the rows. */
export async function defaultSchedules(): Promise<Schedule[]> {
  const sources = await loadAllSources();
  const seeds = sources.map(({ facts }) => ({
    id: `seed-${facts.name}`,
    queue: 'orchestrate',
    name: 'seed',
    payload: { scheduleId: `seed-${facts.name}`, source: facts.name },
    everyMs: facts.scheduleEveryMs,
    priority: PRIORITY.scheduled,
    enabled: true,
  }));
  const housekeeping = { queue: 'maintenance', name: 'housekeeping', priority: PRIORITY.background, enabled: true };
  return [
    ...seeds,
    {
      id: 'enqueue-due',
      queue: 'orchestrate',
      name: 'enqueue-due',
      payload: { scheduleId: 'enqueue-due' },
      everyMs: LOOK_EVERY_MS,
      priority: PRIORITY.scheduled,
      enabled: true,
    },
    { id: 'housekeeping', payload: { scheduleId: 'housekeeping' }, everyMs: HOUSEKEEPING_EVERY_MS, ...housekeeping },
    {
      ...housekeeping,
      id: READ_MODELS,
      name: READ_MODELS,
      payload: { scheduleId: READ_MODELS },
      everyMs: READ_MODELS_EVERY_MS,
    },
    {
      ...housekeeping,
      id: FOLLOW_DELETIONS,
      name: FOLLOW_DELETIONS,
      payload: { scheduleId: FOLLOW_DELETIONS },
      everyMs: FOLLOW_DELETIONS_EVERY_MS,
    },
    {
      ...housekeeping,
      id: RETENTION,
      name: RETENTION,
      payload: { scheduleId: RETENTION },
      everyMs: RETENTION_EVERY_MS,
    },
  ];
}

async function tick(ctx: JobCtx, { payload, outboxId }: Attempt<Tick>): Promise<Outcome> {
  const schedule = (await listSchedules(ctx.db)).find(({ id }) => id === payload.scheduleId);
  if (schedule === undefined)
    throw new PermanentError(`schedule "${payload.scheduleId}" does not exist`, { code: 'NO_SCHEDULE' });
  const seeded = await seedScheduled(ctx, schedule);
  const enqueued = await enqueueDueCrawls(ctx);
  await markEnqueued(ctx.db, schedule.id, ctx.clock.now());
  if (outboxId !== null) await finishJob(ctx.db, outboxId);
  return { seeded, enqueued };
}

async function seedScheduled(ctx: JobCtx, { id, payload: { source } }: Schedule): Promise<number> {
  if (source === undefined) return 0;
  if (typeof source === 'string' && isSourceName(source)) return seedSource(ctx, source);
  const known = SOURCE_NAMES.join(', ');
  throw new PermanentError(`schedule "${id}" names the source "${source}", expected one of ${known}`, {
    code: 'NO_SOURCE',
  });
}

/** Makes a source's starting pages due; those of hosts that are closed wait there until they are open. Returns how many. */
export async function seedSource(ctx: Pick<Ctx, 'db' | 'clock' | 'config'>, name: SourceName): Promise<number> {
  const source = await loadSource(name);
  if (crawlVia(ctx, source) === null) return 0;
  const now = ctx.clock.now();
  const requests = (await startingPages(ctx.db, source)).map(({ url, kind }) => ({
    source: name,
    urlKey: source.normaliseUrl(url),
    url,
    kind,
    priority: SEED_PRIORITY,
    depth: 0,
    runId: null,
    window: source.changesSince === undefined ? null : { cursor: CHANGES, until: now.toISOString() },
  }));
  return makeDue(ctx.db, requests, now);
}

/** All a source starts from the first time; after that, where it can say so, what changed since the last look that landed whole. */
async function startingPages(db: Ctx['db'], source: Source): Promise<PageRequest[]> {
  const reached =
    source.changesSince === undefined ? undefined : (await readCursors(db, source.facts.name)).get(CHANGES);
  return reached === undefined ? source.seeds() : (source.changesSince?.(reached) ?? []);
}

/** Enqueues one crawl for each source that has due requests at hosts that are open, and may run. Returns the sources. */
export async function enqueueDueCrawls(ctx: Pick<Ctx, 'db' | 'clock' | 'config'>): Promise<SourceName[]> {
  const now = ctx.clock.now();
  const enqueued: SourceName[] = [];
  for (const { source: name } of await findDueSources(ctx.db, now, await allClosedHosts(ctx))) {
    if (!isSourceName(name)) continue;
    const source = await loadSource(name);
    const via = crawlVia(ctx, source);
    if (via === null || !mayRun(await readSourceState(ctx.db, name, via), now)) continue;
    if ((await whyOtherWeb(ctx, source, via)) !== null) continue;
    const job = {
      queue: crawlQueue(name),
      name: 'crawl',
      payload: { source: name, via, runId: null, limit: null },
      priority: PRIORITY.scheduled,
    };
    if (await enqueueUnlessOutstanding(ctx.db, job, now)) enqueued.push(name);
  }
  return enqueued;
}

function isSourceName(name: string): name is SourceName {
  return (SOURCE_NAMES as readonly string[]).includes(name);
}
