import { describe, expect, it } from 'vitest';
import type { AccessToken } from '../core/tokens.ts';
import { createTokens, tokensOf } from './tokens.ts';

const START = Date.parse('2026-11-24T12:00:00Z');

function counting(lifeMs: number) {
  const clock = { at: START, now: () => new Date(clock.at) };
  let minted = 0;
  const mint = async (): Promise<AccessToken> => {
    minted += 1;
    const value = `token ${minted}`;
    await new Promise((resolve) => setImmediate(resolve));
    return { value, expiresAt: new Date(clock.at + lifeMs) };
  };
  return { clock, mint, tokens: createTokens(clock) };
}

describe('a token', () => {
  it('is minted once for all who ask at the same time, and kept', async () => {
    const { tokens, mint } = counting(3_600_000);
    const asked = await Promise.all(Array.from({ length: 20 }, () => tokens.current(mint)));
    expect(new Set([...asked, await tokens.current(mint)])).toEqual(new Set(['token 1']));
  });

  it('is renewed before its end, with a margin', async () => {
    const { clock, tokens, mint } = counting(3_600_000);
    await tokens.current(mint);
    clock.at += 3_539_000;
    expect(await tokens.current(mint)).toBe('token 1');
    clock.at += 1_000;
    expect(await tokens.current(mint)).toBe('token 2');
  });

  it('that was refused is not given out again; a late refusal of an old one costs nothing', async () => {
    const { tokens, mint } = counting(3_600_000);
    await tokens.current(mint);
    tokens.refused('token 1');
    expect(await tokens.current(mint)).toBe('token 2');
    tokens.refused('token 1');
    expect(await tokens.current(mint)).toBe('token 2');
  });

  it('that could not be minted is tried for again by the next who asks', async () => {
    const { tokens, mint } = counting(3_600_000);
    await expect(tokens.current(() => Promise.reject(new Error('no answer')))).rejects.toThrow('no answer');
    expect(await tokens.current(mint)).toBe('token 1');
  });

  it('is none where credentials are missing', async () => {
    expect(await counting(0).tokens.current(async () => null)).toBeNull();
  });

  it('of the sandbox is never the one of the real site', () => {
    const { clock } = counting(0);
    expect(tokensOf(clock, 'reddit', 'live')).toBe(tokensOf(clock, 'reddit', 'live'));
    expect(tokensOf(clock, 'reddit', 'live')).not.toBe(tokensOf(clock, 'reddit', 'sandbox'));
  });
});
