import { describe, expect, it } from 'vitest';
import { createRng, HEX } from './rng.ts';

describe('createRng', () => {
  it('the same seed gives the same numbers, another seed gives others', () => {
    const draw = (seed: string): number[] => Array.from({ length: 5 }, createRng(seed).next);
    expect(draw('42')).toEqual(draw('42'));
    expect(draw('42')).not.toEqual(draw('43'));
  });

  it('a branch does not depend on what was drawn before', () => {
    const [fresh, used] = [createRng('42'), createRng('42')];
    used.int(1, 100);
    expect(used.fork('x').text(HEX, 8)).toBe(fresh.fork('x').text(HEX, 8));
  });

  it('a sample holds no member twice, and all members when fewer are there than wanted', () => {
    const sample = createRng('42').sample([1, 2, 3, 4], 9);
    expect(sample.toSorted()).toEqual([1, 2, 3, 4]);
  });

  it('picking from an empty list says so', () => {
    expect(() => createRng('42').pick([])).toThrow(/at least one member/);
  });
});
