/** What a slice may take from the frontier: what is due, within its limit and the source's quota. */
import type { LeasedRequest } from '../../src/core/fetching.ts';
import { countFetchesSince } from '../../src/repositories/fetches.ts';
import { leaseDue } from '../../src/repositories/frontier.ts';
import type { Slice } from './slice.ts';

const DAY_MS = 86_400_000;

export async function lease(slice: Slice, count: number): Promise<LeasedRequest[]> {
  const { ctx, payload, source } = slice;
  const { perDay } = source.facts.limits;
  const now = ctx.clock.now();
  const wanted = Math.min(count, payload.limit === null ? count : payload.limit - slice.leased);
  const quota =
    payload.via === 'live' && perDay !== null
      ? perDay - (await countFetchesSince(ctx.db, payload.source, new Date(now.getTime() - DAY_MS)))
      : wanted;
  if (Math.min(wanted, quota) <= 0) return [];
  const leased = await leaseDue(ctx.db, {
    source: payload.source,
    owner: slice.owner,
    count: Math.min(wanted, quota),
    now,
  });
  slice.leased += leased.length;
  return leased;
}
