/** What a slice may take from the frontier: what is due, within its limit and the source's quotas. */
import type { LeasedRequest } from '../../src/core/fetching.ts';
import { leaseDue } from '../../src/repositories/frontier.ts';
import type { Slice } from './slice.ts';

export async function lease(slice: Slice, count: number): Promise<LeasedRequest[]> {
  const { ctx, payload, gate } = slice;
  const wanted = Math.min(count, payload.limit === null ? count : payload.limit - slice.leased);
  const room = gate === null ? { count: wanted, pausedHosts: [] } : await gate.room();
  const allowed = Math.min(wanted, room.count);
  if (allowed <= 0) return [];
  const now = ctx.clock.now();
  const leased = await leaseDue(ctx.db, {
    source: payload.source,
    owner: slice.owner,
    count: allowed,
    pausedHosts: [...room.pausedHosts, ...slice.closedHosts],
    now,
    runId: payload.via === 'replay' ? payload.runId : null,
  });
  slice.leases.add(leased, now);
  slice.leased += leased.length;
  return leased;
}
