import { DelayedError, type Job, UnrecoverableError } from 'bullmq';
import { describe, expect, it } from 'vitest';
import { ConfigError, PermanentError, ThrottledError, TransientError } from '../src/core/errors.ts';
import { isDataFault, isFinal, toQueueError } from './job-errors.ts';

const now = new Date('2026-01-01T00:00:00Z');
const delayed: number[] = [];
const job = { moveToDelayed: async (until: number) => void delayed.push(until) } as unknown as Job;

describe('what a fault means to the queue', () => {
  it('permanent and configuration faults are not retried', async () => {
    expect(await toQueueError(new PermanentError('x'), job, 't', now)).toBeInstanceOf(UnrecoverableError);
    expect(isFinal(new ConfigError('x'))).toBe(true);
  });

  it('a transient fault is retried as it is', async () => {
    const error = new TransientError('later');
    expect(await toQueueError(error, job, 't', now)).toBe(error);
    expect(isFinal(error)).toBe(false);
  });

  it('a throttled job waits as long as it was told, and costs no attempt', async () => {
    expect(await toQueueError(new ThrottledError('wait', { retryAfterMs: 5_000 }), job, 't', now)).toBeInstanceOf(
      DelayedError,
    );
    expect(delayed).toEqual([now.getTime() + 5_000]);
  });
});

describe('whether the data themselves were refused', () => {
  it.each([
    ['value too long', { code: '22001' }, true],
    ['integrity', { code: '23505' }, true],
    ['too many columns', { code: '54011' }, true],
    ['a fault of our own code on an odd item', new TypeError('x'), true],
    ['deadlock', { code: '40P01' }, false],
    ['server shut down', { code: '57P01' }, false],
    ['connection refused', { code: 'ECONNREFUSED' }, false],
    ['nothing known', new Error('x'), false],
    ['null', null, false],
  ])('%s', (_, error, expected) => {
    expect(isDataFault(error)).toBe(expected);
  });
});
