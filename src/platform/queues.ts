/** BullMQ's connection settings, in one place. */
import { type ConnectionOptions, Queue } from 'bullmq';

/** Finished jobs kept for people to look at; the truth about work is in Postgres. */
export const RETENTION = {
  removeOnComplete: { age: 3_600, count: 500 },
  removeOnFail: { age: 7 * 86_400, count: 2_000 },
} as const;

/** First retry after about this long, doubling with jitter, milliseconds. */
const BACKOFF_MS = 1_000;
export const JOB_ATTEMPTS = 5;

export function openQueue(name: string, connection: ConnectionOptions, prefix: string): Queue {
  const queue = new Queue(name, {
    connection,
    prefix,
    defaultJobOptions: {
      attempts: JOB_ATTEMPTS,
      backoff: { type: 'exponential', delay: BACKOFF_MS, jitter: 0.5 },
      ...RETENTION,
    },
  });
  // Connection faults are reported by /health and by the calls themselves.
  queue.on('error', () => undefined);
  return queue;
}
