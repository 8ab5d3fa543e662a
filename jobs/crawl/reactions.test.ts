import { describe, expect, it } from 'vitest';
import { USABLE } from '../../src/core/verdict.ts';
import { VERDICTS } from '../../src/core/verdicts.ts';
import { isGoodAnswer, openFor, reactionTo } from './reactions.ts';

const DAY_MS = 86_400_000;
const reaction = (verdict: (typeof VERDICTS)[number], reason: string | null = null) => reactionTo({ verdict, reason });

describe('the reaction table', () => {
  it('takes every page that is data for a good answer, and no refusal or doubt', () => {
    const good = VERDICTS.filter((verdict) => isGoodAnswer(reaction(verdict)));
    expect(good).toEqual([...USABLE, 'not-found', 'gone']);
  });

  it('opens the breaker at once for a refusal, false data and a wait, and never for what one page can be alone', () => {
    const atOnce = VERDICTS.filter((verdict) => reaction(verdict).breaker?.after === 1);
    expect(atOnce).toEqual(['throttled', 'block', 'decoy']);
    expect(
      VERDICTS.filter((verdict) => !isGoodAnswer(reaction(verdict)) && reaction(verdict).breaker === null),
    ).toEqual(['truncated', 'unreadable', 'unfetchable']);
  });

  it('tells a status without a word from a page that refuses: it costs an attempt and stops the source for an hour', () => {
    expect(reaction('block', 'HTTP 403')).toMatchObject({ request: 'retry', breaker: { openMs: DAY_MS / 24 } });
    expect(reaction('block', 'captcha')).toMatchObject({ request: 'wait', breaker: { openMs: DAY_MS } });
  });
});

describe('how long a breaker stays open', () => {
  it('doubles with each opening in a row, up to a bound', () => {
    const { breaker } = reaction('block', 'captcha');
    if (breaker === null) throw new Error('a refusal opens the breaker');
    expect([0, 1, 2, 3, 1_000].map((times) => openFor(breaker, times))).toEqual(
      [1, 2, 4, 7, 7].map((days) => days * DAY_MS),
    );
  });

  it('is until a person closes it after false data', () => {
    const { breaker } = reaction('decoy', 'names differ');
    expect(breaker === null ? 0 : openFor(breaker, 3)).toBeNull();
  });
});
