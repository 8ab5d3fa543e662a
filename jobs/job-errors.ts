/** The one translator from our faults, named for their cure, to the queue's classes; and from drivers' faults to ours. */
import { DelayedError, type Job, UnrecoverableError } from 'bullmq';
import { asError, ConfigError, PermanentError, ThrottledError } from '../src/core/errors.ts';

/** Whether another attempt can help. */
export function isFinal(error: unknown): boolean {
  return error instanceof PermanentError || error instanceof ConfigError || error instanceof UnrecoverableError;
}

/** The error BullMQ must see for the right thing to happen. A throttled job is put back without costing an attempt. */
export async function toQueueError(error: unknown, job: Job, token: string | undefined, now: Date): Promise<Error> {
  if (error instanceof ThrottledError && token !== undefined) {
    await job.moveToDelayed(now.getTime() + error.retryAfterMs, token);
    return new DelayedError(error.message);
  }
  return isFinal(error) ? new UnrecoverableError(asError(error).message) : asError(error);
}

/**
 * True when Postgres refused the data itself, so that the same rows would be refused again: data exceptions (22), integrity (23),
 * program limits (54), and faults of our own code on an odd item. Lost connections, deadlocks and serialisation are not.
 */
export function isDataFault(error: unknown): boolean {
  const code = (error as { code?: unknown } | null)?.code;
  if (typeof code === 'string' && /^[0-9A-Z]{5}$/.test(code)) return /^(22|23|54)/.test(code);
  return error instanceof TypeError || error instanceof RangeError || error instanceof PermanentError;
}
