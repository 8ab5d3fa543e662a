import { describe, expect, test } from 'vitest';
import { trackKey } from '../../src/core/names.ts';
import { type Comparable, judgeSameIsrc, titleSimilarity } from './same-isrc.ts';

const ISRC = 'GBAYE0601498';

function mention(
  artist: string,
  title: string,
  version: string | null = null,
  durationMs: number | null = null,
): Comparable {
  return { normKey: trackKey({ artist, title, version }) ?? '', durationMs };
}

function judge(left: Comparable, right: Comparable) {
  const { decision, rule } = judgeSameIsrc(left, right, ISRC);
  return `${decision} ${rule}`;
}

describe('one code, two texts', () => {
  test.each([
    ['equal texts', mention('Ada', 'Moment'), mention('Ada', 'Moment'), 'match isrc'],
    ['a radio edit', mention('Ada', 'Moment'), mention('Ada', 'Moment', 'Radio Edit'), 'match isrc'],
    ['a remaster', mention('Ada', 'Moment', 'Remastered 2011'), mention('Ada', 'Moment'), 'match isrc'],
    ['a longer title', mention('Ada', 'Happy'), mention('Ada', 'Happy From Some Film 2'), 'match isrc'],
    ['one artist of two', mention('Ada & Bo', 'Moment'), mention('Ada', 'Moment'), 'match isrc'],
    ['a typing error', mention('Ada', 'Yesterdays Moments'), mention('Ada', 'Yesterdys Moments'), 'match isrc'],
    ['another spelling of the artist', mention('Ke$ha', 'Moment'), mention('Kesha', 'Moment'), 'match isrc'],
    ['unrelated texts', mention('Ada', 'Moment'), mention('Bo', 'Cigarette'), 'review isrc-conflict'],
    ['another title by the same artist', mention('Ada', 'Moment'), mention('Ada', 'Cigarette'), 'review isrc-conflict'],
    [
      'movements of one work',
      mention('Ada', 'Sonata No 5 I Allegro'),
      mention('Ada', 'Sonata No 5 II Andante'),
      'review isrc-conflict',
    ],
    ['a second part', mention('Ada', 'Moment'), mention('Ada', 'Moment Pt. 2'), 'review isrc-conflict'],
    ['a remix', mention('Ada', 'Moment'), mention('Ada', 'Moment', 'Bo Remix'), 'review isrc-conflict'],
    [
      'another remixer',
      mention('Ada', 'Moment', 'Cy Remix'),
      mention('Ada', 'Moment', 'Bo Remix'),
      'review isrc-conflict',
    ],
    ['an instrumental', mention('Ada', 'Moment', 'Instrumental'), mention('Ada', 'Moment'), 'review isrc-conflict'],
    [
      'a length far off',
      mention('Ada', 'Moment', null, 100_000),
      mention('Ada', 'Moment', null, 300_000),
      'review isrc-conflict',
    ],
    [
      'lengths close by',
      mention('Ada', 'Moment', null, 200_000),
      mention('Ada', 'Moment', null, 203_000),
      'match isrc',
    ],
    ['mixed and unmixed', mention('Ada', 'Moment', 'Mixed'), mention('Ada', 'Moment'), 'no-match mixed'],
  ])('%s', (_, left, right, expected) => {
    expect(judge(left, right)).toBe(expected);
    expect(judge(right, left)).toBe(expected);
  });
});

test('the evidence names what was compared', () => {
  const { evidence } = judgeSameIsrc(mention('Ada', 'Moment'), mention('Bo', 'Cigarette'), ISRC);
  expect(evidence.map(({ field }) => field)).toEqual(['isrc', 'title', 'artist']);
  expect(evidence[0]).toMatchObject({ kind: 'equal', detail: ISRC });
});

test('similarity is the same from both sides and 1 only for equal titles', () => {
  expect(titleSimilarity('moment', 'moment')).toBe(1);
  expect(titleSimilarity('one', 'one more time')).toBe(titleSimilarity('one more time', 'one'));
  expect(titleSimilarity('a', 'b')).toBe(0);
});
