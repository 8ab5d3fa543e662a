import { describe, expect, it } from 'vitest';
import { source } from '../../spiders/setlistfm/index.ts';
import { limitsOf } from './limits.ts';

describe('limits', () => {
  it('of the network are what the facts say, the day among the windows', () => {
    const { minDelayMs, windows, crawlDelayMs } = limitsOf(source.facts, 'live');
    expect([minDelayMs, crawlDelayMs(8), crawlDelayMs(null)]).toEqual([500, 8_000, 0]);
    expect(windows).toEqual([
      { requests: 2, perMs: 1_000, host: null },
      { requests: 1_440, perMs: 86_400_000, host: null },
    ]);
  });

  it('of the sandbox are a thousandth of it in time, and the same in number', () => {
    const { minDelayMs, windows, crawlDelayMs } = limitsOf(source.facts, 'sandbox');
    expect([minDelayMs, crawlDelayMs(8)]).toEqual([1, 8]);
    expect(windows.map(({ requests, perMs }) => [requests, perMs])).toEqual([
      [2, 1],
      [1_440, 86_400],
    ]);
  });

  it('take a delay of more than a day for a day', () => {
    expect(limitsOf(source.facts, 'live').crawlDelayMs(1e300)).toBe(86_400_000);
  });
});
