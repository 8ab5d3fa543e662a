import { describe, expect, it } from 'vitest';
import { spreadOf, spreadText } from './stats.ts';

describe('spread', () => {
  it('of an odd number of values has the middle one as median', () => {
    expect(spreadOf([9, 1, 5])).toEqual({ median: 5, min: 1, max: 9 });
  });

  it('of an even number of values has the mean of the middle two', () => {
    expect(spreadOf([4, 1, 3, 100])).toEqual({ median: 3.5, min: 1, max: 100 });
  });

  it('sorts by number, not by text, and leaves its input as it was', () => {
    const values = [10, 9, 100];
    expect(spreadOf(values).median).toBe(10);
    expect(values).toEqual([10, 9, 100]);
  });

  it('of nothing is a mistake of the caller', () => {
    expect(() => spreadOf([])).toThrow(RangeError);
  });

  it('prints the range only where there is one', () => {
    expect(spreadText({ median: 2, min: 1, max: 4 }, 1)).toBe('2.0 [1.0..4.0]');
    expect(spreadText({ median: 2.01, min: 2.0, max: 2.02 }, 1)).toBe('2.0');
  });
});
