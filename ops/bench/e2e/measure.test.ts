import { describe, expect, it } from 'vitest';
import { growth } from './measure.ts';

describe('growth of memory', () => {
  it('compares the first look after so many pages with the last one that saw a process', () => {
    const samples = [
      { pages: 0, rssMb: 80 },
      { pages: 1_020, rssMb: 200 },
      { pages: 1_900, rssMb: 250 },
      { pages: 2_000, rssMb: 0 },
    ];
    expect(growth(samples, 1_000)).toEqual({ early: 200, end: 250 });
  });

  it('is unknown when the run never came that far', () => {
    expect(growth([{ pages: 500, rssMb: 90 }], 1_000)).toBeNull();
  });
});
