import { expect, it } from 'vitest';
import { boundProblems } from './problems.ts';

it('a page of many faults keeps the first thousand and counts the others by code', () => {
  const faults = Array.from({ length: 2_500 }, (_, index) => ({
    code: index % 2 === 0 ? 'bad-value' : 'unknown-shape',
    message: String(index),
    where: null,
  }));
  const bounded = boundProblems(faults);
  expect(bounded).toHaveLength(1_002);
  expect(bounded.slice(1_000).map(({ code, message }) => `${code}: ${message}`)).toEqual([
    'bad-value: and 750 more of this kind',
    'unknown-shape: and 750 more of this kind',
  ]);
});
