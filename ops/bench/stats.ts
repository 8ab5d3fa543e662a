/** Medians and ranges: what a handful of runs on a shared machine can honestly say. */

/** What repeated runs gave, in the unit of the values. */
export interface Spread {
  readonly median: number;
  readonly min: number;
  readonly max: number;
}

/** Median, least and greatest. @throws RangeError when there are no values. */
export function spreadOf(values: readonly number[]): Spread {
  const sorted = values.toSorted((a, b) => a - b);
  const [min, max] = [sorted[0], sorted.at(-1)];
  if (min === undefined || max === undefined) throw new RangeError('a median of no values was asked for');
  return { median: middleOf(sorted), min, max };
}

/** "12.3 [11.9..14.0]"; the median alone when all values print alike. */
export function spreadText({ median, min, max }: Spread, digits: number): string {
  const [low, high] = [min.toFixed(digits), max.toFixed(digits)];
  return low === high ? median.toFixed(digits) : `${median.toFixed(digits)} [${low}..${high}]`;
}

function middleOf(sorted: readonly number[]): number {
  const half = sorted.length / 2;
  const upper = sorted[Math.floor(half)] ?? Number.NaN;
  return Number.isInteger(half) ? ((sorted[half - 1] ?? upper) + upper) / 2 : upper;
}
