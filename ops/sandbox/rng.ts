/** Chance that repeats: the same seed gives the same numbers on every machine, and each named branch is independent of all others. */

export interface Rng {
  /** A number in [0, 1). */
  next(): number;
  /** A whole number from `min` to `max`, both included. */
  int(min: number, max: number): number;
  /** True with probability `p`. */
  chance(p: number): boolean;
  /** One member of a list that is not empty. */
  pick<T>(list: readonly T[]): T;
  /** `count` different members (all of them when there are fewer), in random order. */
  sample<T>(list: readonly T[], count: number): T[];
  /** A text of `length` characters out of `alphabet`. */
  text(alphabet: string, length: number): string;
  /** A branch that depends on the seed and the label only, not on what was drawn before. */
  fork(label: string): Rng;
}

export const HEX = '0123456789abcdef';
export const BASE36 = '0123456789abcdefghijklmnopqrstuvwxyz';
export const DIGITS = '0123456789';
export const UPPER_ALNUM = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789';

/** @example createRng('42').fork('artists').int(1, 6) */
export function createRng(seed: string): Rng {
  let state = hash(seed);
  const next = (): number => {
    // mulberry32: 32 bits of state are plenty, since every entity draws from a branch of its own.
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  const int = (min: number, max: number): number => min + Math.floor(next() * (max - min + 1));
  const pick = <T>(list: readonly T[]): T => {
    const picked = list[int(0, list.length - 1)];
    if (picked === undefined) throw new RangeError('pick: expected a list with at least one member, got none');
    return picked;
  };
  return {
    next,
    int,
    pick,
    chance: (p) => next() < p,
    sample: (list, count) => sample(list, count, int),
    text: (alphabet, length) => Array.from({ length }, () => alphabet.charAt(int(0, alphabet.length - 1))).join(''),
    fork: (label) => createRng(`${seed}/${label}`),
  };
}

/** Draws again what was drawn before: `count` is small beside the list, and copying a long list for each draw would not be cheap. */
function sample<T>(list: readonly T[], count: number, int: (min: number, max: number) => number): T[] {
  const chosen = new Set<number>();
  while (chosen.size < Math.min(count, list.length)) chosen.add(int(0, list.length - 1));
  return [...chosen].flatMap((index) => list.slice(index, index + 1));
}

/** FNV-1a over UTF-16 units, stirred once more so that seeds "1" and "2" start far apart. */
function hash(text: string): number {
  let value = 0x811c9dc5;
  for (let index = 0; index < text.length; index += 1) {
    value = Math.imul(value ^ text.charCodeAt(index), 0x01000193);
  }
  value = Math.imul(value ^ (value >>> 16), 0x85ebca6b);
  return (value ^ (value >>> 13)) >>> 0;
}
