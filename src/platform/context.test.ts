import { describe, expect, it } from 'vitest';
import { Releases } from './releases.ts';

describe('what was opened', () => {
  it('is closed in reverse, each after the one before it', async () => {
    const closed: string[] = [];
    const releases = new Releases();
    const slow = async () => {
      await new Promise((resolve) => setTimeout(resolve, 10));
      closed.push('second');
    };
    expect(releases.add('first', { release: async () => void closed.push('first') })).toHaveProperty('release');
    releases.defer('second', slow);
    releases.defer('third', async () => void closed.push('third'));
    await releases.releaseAll();
    expect(closed).toEqual(['third', 'second', 'first']);
  });

  it('is closed once, and whoever asks again waits for the same end', async () => {
    let closed = 0;
    const releases = new Releases();
    releases.defer('x', async () => {
      closed += 1;
    });
    await Promise.all([releases.releaseAll(), releases.releaseAll()]);
    await releases.releaseAll();
    expect(closed).toBe(1);
  });

  it('is closed as a whole when one of it cannot be; the first fault is told, by name', async () => {
    let closed = false;
    const releases = new Releases();
    releases.defer('database', async () => {
      closed = true;
    });
    releases.defer('queue', () => Promise.reject(new Error('later fault')));
    releases.defer('worker', () => Promise.reject(new Error('first fault')));
    await expect(releases.releaseAll()).rejects.toMatchObject({
      message: 'closing worker failed',
      cause: new Error('first fault'),
    });
    expect(closed).toBe(true);
  });
});
