import { describe, expect, it } from 'vitest';
import { type Item, row, setlist, track } from '../../src/core/items.ts';
import { artist, post, postRow, rawItem } from '../../src/testing/pipeline-items.ts';
import { validate } from './validate.ts';

const refusalOf = (item: Item): [string, string | null] | null => {
  const outcome = validate(rawItem(item));
  return outcome.ok ? null : [outcome.refusal.reason, outcome.refusal.where];
};
const known = { title: 'Moment', artist: 'Ada' };

describe('a usable item passes as it is', () => {
  it.each([
    ['a set with a title only', setlist('mixesdb', 'a', { title: 'A' })],
    ['a set of unknown rows', setlist('mixesdb', 'a', { tracks: [row(1, { isId: true, idKind: 'full' })] })],
    ['a track', track('applemusic', 'a', known)],
    ['a track whose artists are a list', track('applemusic', 'a', { title: 'Moment', artists: ['Ada'] })],
    ['an artist', artist('a')],
    ['an erased post', post('t3_a', { status: 'absent', purge: true, createdAt: null })],
  ])('%s', (_, item) => {
    expect(validate(rawItem(item))).toEqual({ ok: true, value: item });
  });
});

describe('what cannot be used is refused with a reason and a place', () => {
  it.each<[string, Item, string, string]>([
    ['a set that says nothing', setlist('mixesdb', 'a'), 'empty-item', 'title'],
    [
      'a day that does not exist',
      setlist('mixesdb', 'a', { title: 'A', date: '2023-02-30' }),
      'impossible-date',
      'date',
    ],
    ['rows with a gap', setlist('mixesdb', 'a', { tracks: [row(1), row(3)] }), 'bad-position', 'tracks[1].position'],
    ['a position twice', setlist('mixesdb', 'a', { tracks: [row(1), row(1)] }), 'bad-position', 'tracks[1].position'],
    ['an empty title', setlist('mixesdb', 'a', { title: '' }), 'bad-value', 'title'],
    ['a title of a megabyte', setlist('mixesdb', 'a', { title: 'x'.repeat(2 ** 20) }), 'bad-value', 'title'],
    [
      'a row title of a megabyte',
      setlist('mixesdb', 'a', { tracks: [row(1, { title: 'x'.repeat(2 ** 20) })] }),
      'bad-value',
      'tracks[0].title',
    ],
    [
      'a cue before the start',
      setlist('mixesdb', 'a', { tracks: [row(1, { cueSeconds: -1 })] }),
      'bad-value',
      'tracks[0].cueSeconds',
    ],
    [
      'a part that is no name',
      setlist('mixesdb', 'a', { tracks: [row(1, { parts: [{ artist: '', title: null, version: null }] })] }),
      'bad-value',
      'tracks[0].parts[0].artist',
    ],
    [
      'more rows than a set has',
      setlist('mixesdb', 'a', { tracks: Array.from({ length: 5001 }, (_, at) => row(at + 1)) }),
      'bad-value',
      'tracks',
    ],
    ['an unknown track', track('applemusic', 'a', { ...known, isId: true }), 'unknown-track', 'artist'],
    ['a track without a title', track('applemusic', 'a', { artist: 'Ada' }), 'unknown-track', 'title'],
    ['a track without an artist', track('applemusic', 'a', { title: 'Moment' }), 'unknown-track', 'artist'],
    ['a track of no length', track('applemusic', 'a', { ...known, durationMs: 0 }), 'bad-value', 'durationMs'],
    ['an artist without a name', artist('a', { name: '' }), 'bad-value', 'name'],
    ['a post of no day', post('t3_a', { createdAt: 'yesterday' }), 'impossible-date', 'createdAt'],
    ['rows of a post with a gap', post('t3_a', { tracks: [postRow(2)] }), 'bad-position', 'tracks[0].position'],
    [
      'a kind without a pipeline',
      { kind: 'chart', source: 'applemusic', id: 'c', name: null, type: null, entries: [] },
      'no-pipeline',
      'kind',
    ],
  ])('%s', (_, item, reason, where) => {
    expect(refusalOf(item)).toEqual([reason, where]);
  });
});
