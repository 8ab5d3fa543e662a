/**
 * Transform: raw items go through the pure stages and wait, prepared, for the loader. An item the stages refuse goes to quarantine
 * alone; one that is kept as it is (a listing, a chart) ends here. Payload: ids of raw items.
 */

import type { Prepared, Refusal } from '../pipelines/pipeline.ts';
import { prepare } from '../pipelines/registry.ts';
import { asError } from '../src/core/errors.ts';
import type { Queryable } from '../src/platform/database.ts';
import { enqueue, finishJob, holdJob } from '../src/repositories/outbox.ts';
import { quarantine } from '../src/repositories/quarantine.ts';
import { endItems, holdLanded, type RawItemRow, storePrepared } from '../src/repositories/raw-items.ts';
import { storableJson } from '../src/repositories/storable.ts';
import { type Attempt, defineJob, type JobCtx, type Outcome } from './job.ts';
import { parseRawItemsPayload, type RawItemsPayload } from './payloads.ts';
import { PRIORITY } from './queues.ts';

/** Refusals that are no fault: an "ID" in a mix is what the source means to say, and nothing of it can enter the catalogue. */
const KEPT = new Set(['unknown-track']);

export const transformJob = defineJob<RawItemsPayload>({
  queues: ['transform'],
  parsePayload: parseRawItemsPayload,
  concurrency: 2,
  globalConcurrency: null,
  run: transformItems,
  onDead: (tx, { rawItemIds }) => endItems(tx, rawItemIds, 'dead'),
});

async function transformItems(ctx: JobCtx, { outboxId, payload }: Attempt<RawItemsPayload>): Promise<Outcome> {
  return ctx.db.transaction(async (tx) => {
    if (outboxId !== null && !(await holdJob(tx, outboxId))) return { skipped: 'done by another attempt' };
    const outcome = await transformHeld(tx, await holdLanded(tx, payload.rawItemIds), ctx.clock.now());
    if (outboxId !== null) await finishJob(tx, outboxId);
    return outcome;
  });
}

async function transformHeld(tx: Queryable, raws: readonly RawItemRow[], now: Date): Promise<Outcome> {
  const prepared: { id: number; version: number; body: string }[] = [];
  const refused: { raw: RawItemRow; refusal: Refusal }[] = [];
  for (const raw of raws) {
    const outcome = prepareSafely(raw);
    if (outcome.ok) prepared.push({ id: raw.id, version: raw.version, body: storableJson(outcome.value) });
    else refused.push({ raw, refusal: outcome.refusal });
  }
  const kept = refused.filter(({ refusal }) => KEPT.has(refusal.reason));
  await storePrepared(tx, prepared);
  await endItems(
    tx,
    kept.map(({ raw }) => raw.id),
    'kept',
  );
  await quarantineItems(
    tx,
    refused.filter((each) => !kept.includes(each)),
    now,
  );
  if (prepared.length > 0)
    await enqueue(
      tx,
      [
        {
          queue: 'load',
          name: 'load',
          payload: { rawItemIds: prepared.map(({ id }) => id) },
          priority: PRIORITY.scheduled,
        },
      ],
      now,
    );
  return { transformed: prepared.length, kept: kept.length, quarantined: refused.length - kept.length };
}

/** A stage that throws has met an item it was not written for: that item is held, the others go on. */
function prepareSafely(raw: RawItemRow): { ok: true; value: Prepared } | { ok: false; refusal: Refusal } {
  try {
    return prepare(raw);
  } catch (thrown) {
    return { ok: false, refusal: { reason: 'stage-fault', message: asError(thrown).message, where: null } };
  }
}

/** Holds items with the reason they were refused for. */
export async function quarantineItems(
  tx: Queryable,
  refused: readonly { raw: Omit<RawItemRow, 'body'>; refusal: Refusal }[],
  now: Date,
): Promise<void> {
  await endItems(
    tx,
    refused.map(({ raw }) => raw.id),
    'quarantined',
  );
  const entries = refused.map(({ raw, refusal }) => ({
    dedupeKey: `item:${raw.id}:${refusal.reason}`,
    source: raw.source,
    kind: raw.kind,
    reason: refusal.reason,
    message: refusal.message,
    position: refusal.where,
    rawItemId: raw.id,
    documentDigest: raw.documentDigest,
    url: raw.url,
  }));
  await quarantine(tx, entries, now);
}
