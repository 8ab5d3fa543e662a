import { expect, it } from 'vitest';
import type { PostItem, PostRow } from '../../src/core/items.ts';
import { post, postRow } from '../../src/testing/pipeline-items.ts';
import { confidenceOf, TRUSTED_CONFIDENCE } from './confidence.ts';

const named: Partial<PostRow> = { artist: 'Ada', title: 'Moment' };
const confidence = (said: Partial<PostRow>, where: Partial<PostItem> = {}, rows = 1): number => {
  const tracks = Array.from({ length: rows }, (_, index) => postRow(index + 1, said));
  return confidenceOf(postRow(1, said), post('t1_x', { ...where, tracks }));
};

it('two words with a dash in a comment are not enough to be trusted', () => {
  expect(confidence(named)).toBe(0.35);
  expect(confidence(named)).toBeLessThan(TRUSTED_CONFIDENCE);
});

it('a list, a cue, a number and a version each raise it, to 0.95 at most', () => {
  expect(confidence(named, {}, 3)).toBe(0.6);
  expect(confidence({ ...named, cueSeconds: 0 }, {}, 3)).toBe(0.75);
  expect(confidence({ ...named, number: '1' }, {}, 3)).toBe(0.65);
  expect(confidence({ ...named, recordLabel: 'L' }, {}, 3)).toBe(0.65);
  const everything = { ...named, cueSeconds: 1, number: '1', version: 'Dub', year: 2020 };
  expect(confidence(everything, { thing: 't3' }, 3)).toBe(0.95);
});

it('the strict form of a link title is trusted, in a comment it is not', () => {
  expect(confidence({ ...named, year: 2020 }, { thing: 't3' })).toBe(0.65);
  expect(confidence({ ...named, genreTags: 'house' }, { thing: 't3' })).toBe(0.65);
  expect(confidence({ ...named, year: 2020 }, { thing: 't1' })).toBe(0.35);
});

it('an unknown track is never trusted, whatever stands around it', () => {
  expect(confidence({ isId: true, cueSeconds: 5, number: '1' }, {}, 9)).toBe(0.2);
  expect(confidence({ artist: 'Ada', isId: true, cueSeconds: 5 }, {}, 9)).toBe(0.2);
});
