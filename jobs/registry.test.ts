import { describe, expect, it } from 'vitest';
import { indexJob } from './index-entities.ts';
import { QUEUE_NAMES } from './queues.ts';
import { createRegistry } from './registry.ts';

describe('the registry of jobs', () => {
  it('has one handler for every queue', () => {
    expect([...createRegistry().keys()].sort()).toEqual([...QUEUE_NAMES].sort());
  });

  it('refuses a missing handler, naming the queue', () => {
    expect(() => createRegistry([indexJob], ['index', 'load'])).toThrowError(/no handler for queue "load"/);
  });

  it('refuses a double handler, naming the queue', () => {
    expect(() => createRegistry([indexJob, indexJob], ['index'])).toThrowError(/"index" has two handlers/);
  });
});
