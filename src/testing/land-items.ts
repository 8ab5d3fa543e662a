/** Lands items as a page of a source would, without a page: for tests of what comes after. */
import { createHash } from 'node:crypto';
import type { Item } from '../core/items.ts';
import type { SourceName } from '../core/source-name.ts';
import type { Database } from '../platform/database.ts';
import { landPages } from '../repositories/landing.ts';

/** Returns the ids of the raw items that are new or changed, in the order of their keys. */
export async function landItems(
  db: Database,
  items: readonly Item[],
  at: Date,
  source: SourceName = 'mixesdb',
): Promise<number[]> {
  const digest = createHash('sha256').update(JSON.stringify(items)).digest();
  const page = {
    source,
    via: 'sandbox' as const,
    url: 'https://www.mixesdb.com/w/x',
    finalUrl: 'https://www.mixesdb.com/w/x',
    kind: 'page',
    status: 200,
    contentType: null,
    exchange: null,
    remoteAddress: null,
    durationMs: 1,
    fetchedAt: at,
    runId: null,
    document: { digest, sizeBytes: 1, storedBytes: 1, contentEncoding: null, storeAgain: async () => undefined },
    items,
    judgement: { verdict: 'ok' as const, reason: null },
    measures: null,
    problems: [],
    requests: [],
    lease: null,
  };
  const { toTransform } = await db.transaction((tx) => landPages(tx, [page], () => true, at));
  return toTransform;
}
