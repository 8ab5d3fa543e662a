/**
 * Retention: once a day what is kept for a time only goes, and then what nothing refers to leaves the archive. Every step may be repeated,
 * may end half-way, and may run beside everything else.
 */
import { asError } from '../src/core/errors.ts';
import { collectGarbage, GC_GRACE_MS } from '../src/fetching/archive-upkeep.ts';
import { appendEvents, type EventName } from '../src/repositories/events.ts';
import { dropMonthsBefore, monthOf } from '../src/repositories/partitions.ts';
import { endDeadReplays } from '../src/repositories/replay-pages.ts';
import {
  emptyDefaultPartition,
  releaseRefusals,
  removeOldFetches,
  removeOldQuarantine,
  removeOldRobots,
  removeReplayedLetters,
} from '../src/repositories/retention.ts';
import type { JobCtx, Outcome } from './job.ts';

/** Its schedule. */
export const RETENTION = 'retention';

const DAY_MS = 86_400_000;
/** A replay that no job works for is given this long, milliseconds: it may not have enqueued its job yet. */
const REPLAY_MS = DAY_MS;

type RetentionCtx = Pick<JobCtx, 'db' | 'archive' | 'clock' | 'config' | 'signal' | 'log'>;

export async function applyRetention(ctx: RetentionCtx): Promise<Outcome> {
  const removed = await removeExpired(ctx);
  // The rest is looked at the next time.
  if (ctx.signal.aborted) return { removed, collected: null };
  await tell(ctx, 'retention.applied', removed);
  return { removed, collected: await collect(ctx) };
}

/** How many of each. */
async function removeExpired(ctx: RetentionCtx): Promise<Record<string, number>> {
  const { db, config, signal } = ctx;
  const ago = (days: number) => new Date(ctx.clock.now().getTime() - days * DAY_MS);
  const until = (days: number) => ({ before: ago(days), signal });
  return {
    fetches: await removeOldFetches(db, until(config.keepFetchesDays)),
    refusalBodies: await releaseRefusals(db, until(config.keepRefusalsDays)),
    quarantine: await removeOldQuarantine(db, until(config.keepRefusalsDays)),
    deadLetters: await removeReplayedLetters(db, until(config.keepEventsDays)),
    replays: await endDeadReplays(db, new Date(ago(0).getTime() - REPLAY_MS), ago(0)),
    ...(await removeMonths(ctx, 'workflow_events', ago(config.keepEventsDays))),
    ...(await removeMonths(ctx, 'request_ledger', ago(config.keepLedgerDays))),
    robotsLooks: await removeOldRobots(db, monthOf(ago(config.keepLedgerDays))),
  };
}

/** A month goes when all of it is old. */
async function removeMonths(
  { db, signal }: RetentionCtx,
  table: 'workflow_events' | 'request_ledger',
  before: Date,
): Promise<Record<string, number>> {
  const months = await dropMonthsBefore(db, table, before);
  const rows = await emptyDefaultPartition(db, table, { before: monthOf(before), signal });
  return { [`${table}_months`]: months.length, [`${table}_rows`]: rows };
}

/** As `musicdb archive gc` does. Null when it was stopped, or when the store may not be cleaned beside writers. */
async function collect(ctx: RetentionCtx): Promise<Outcome | null> {
  const { archive, clock } = ctx;
  if (!archive.isDiscardSafe) return null;
  const before = new Date(clock.now().getTime() - GC_GRACE_MS);
  try {
    const collected = await collectGarbage(ctx, { before, isDryRun: false });
    await tell(ctx, 'archive.collected', collected);
    return { ...collected };
  } catch (thrown) {
    if (!ctx.signal.aborted) throw thrown;
    ctx.log.info({ err: asError(thrown) }, 'the process stops: the rest of the archive is looked at tomorrow');
    return null;
  }
}

async function tell({ db, clock }: RetentionCtx, name: EventName, detail: object): Promise<void> {
  await appendEvents(db, [{ source: null, runId: null, name, detail: { ...detail } }], clock.now());
}
