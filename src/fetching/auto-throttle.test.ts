import { describe, expect, it } from 'vitest';
import { nextDelayMs, paceOf } from './auto-throttle.ts';

describe('the delay after an answer', () => {
  it.each([
    ['rises at once to a latency above it', 100, 400, true, 400],
    ['falls half the way to a latency below it', 400, 100, true, 250],
    ['stays where latency is what it was', 200, 200, true, 200],
    ['is not shortened by a quick failure', 400, 10, false, 400],
    ['is lengthened by a slow failure', 400, 900, false, 900],
    ['is a minute at most', 100, 600_000, true, 60_000],
  ])('%s', (_, current, latency, isSuccess, expected) => {
    expect(nextDelayMs(current, latency, isSuccess)).toBe(expected);
  });
});

describe("a server's own count", () => {
  const headers = (remaining: string, used: string, reset: string) => ({
    'x-ratelimit-remaining': remaining,
    'x-ratelimit-used': used,
    'x-ratelimit-reset': reset,
  });

  it('spreads what is left over the time that is left', () => {
    expect(paceOf(headers('598.0', '2', '299'))).toEqual({ delayMs: 500, restMs: 0 });
    expect(paceOf({ 'x-ratelimit-remaining': '10', 'x-ratelimit-reset': '60' })).toEqual({ delayMs: 6_000, restMs: 0 });
  });

  it('below 5 % asks for rest until it begins anew', () => {
    expect(paceOf(headers('29', '571', '120'))).toEqual({ delayMs: 0, restMs: 120_000 });
    expect(paceOf(headers('30', '570', '120'))?.restMs).toBe(0);
    expect(paceOf(headers('0', '0', '5'))).toEqual({ delayMs: 0, restMs: 5_000 });
  });

  it.each([
    ['is not there', {}],
    ['has no end', { 'x-ratelimit-remaining': '5' }],
    ['is no number', headers('many', '1', '2')],
    ['ends on a date', headers('5', '1', '1795000000')],
  ])('that %s says nothing', (_, given) => {
    expect(paceOf(given)).toBeNull();
  });
});
