/** Whether a running slice may still ask: a person, or another process, may have switched its source off or opened its breaker meanwhile. */
import { readSourceState } from '../../src/repositories/source-states.ts';
import type { Slice } from './slice.ts';

/** False ends the slice: what it leased ahead is given back. */
export async function isOn(slice: Slice): Promise<boolean> {
  if (slice.breaker === null) return true;
  const { enabled, breaker } = await readSourceState(slice.ctx.db, slice.breaker.source, slice.breaker.via);
  // The one request of a half-open breaker is this slice's own when it holds the trial.
  if (enabled && (breaker === 'closed' || (breaker === 'half-open' && slice.trial !== 'none'))) return true;
  slice.end.abort();
  return false;
}

/** @throws AbortError once the slice may ask nothing more: its request waits, and loses no attempt. */
export async function assertOn(slice: Slice): Promise<void> {
  if (!(await isOn(slice))) slice.stop.throwIfAborted();
}
