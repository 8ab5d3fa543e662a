import { expect, it } from 'vitest';
import { editDistance, mayMean } from './typo.ts';

it.each([
  ['apricots', 'apricots', 0],
  ['apricotz', 'apricots', 1],
  ['aprciots', 'apricots', 1],
  ['aprcots', 'apricots', 1],
  ['apriicots', 'apricots', 1],
  ['kitten', 'sitting', 3],
  ['', 'abc', 3],
])('%s is %s after %i changes', (a, b, changes) => {
  expect(editDistance(a, b)).toBe(changes);
  expect(editDistance(b, a)).toBe(changes);
});

it.each([
  ['go', 'ga', false],
  ['bixep', 'bicep', true],
  ['bixxp', 'bicep', false],
  ['roysop', 'royksopp', true],
  ['roysop', 'roykssopp', false],
  ['opus', 'opus', true],
])('%s may mean %s: %s', (typed, meant, answer) => {
  expect(mayMean(typed, meant)).toBe(answer);
});
