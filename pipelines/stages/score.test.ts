import { expect, it } from 'vitest';
import { type Item, row, setlist, track } from '../../src/core/items.ts';
import { artist, post, postRow, prepared, rawItem } from '../../src/testing/pipeline-items.ts';

const quality = (item: Item) => prepared(rawItem(item)).prepared.quality;
const known = { artist: 'Ada', title: 'One' };

it('a set with everything has 1 and lacks nothing', () => {
  const tracks = [row(1, { ...known, cueSeconds: 0 })];
  expect(quality(setlist('mixesdb', 'a', { artists: ['Ada'], date: '2024-11-11', venue: 'Hall', tracks }))).toEqual({
    score: 1,
    reasons: [],
  });
});

it('a set says what it lacks, with how many rows', () => {
  const tracks = [row(1, { ...known, cueSeconds: 0 }), row(2, { isId: true, idKind: 'full' })];
  expect(quality(setlist('mixesdb', 'a', { date: '2024', tracks }))).toEqual({
    score: 0.35,
    reasons: ['unidentified-rows:1/2', 'date:year', 'no-artist', 'uncued-rows:1/2', 'no-place'],
  });
});

it('a set of a title alone has nothing, and no number that is none', () => {
  expect(quality(setlist('mixesdb', 'a', { title: 'A' }))).toEqual({
    score: 0,
    reasons: ['no-rows', 'date:unknown', 'no-artist', 'no-cues', 'no-place'],
  });
});

it('tracks, artists and posts are judged by what makes them useful', () => {
  expect(quality(track('applemusic', '1', known))).toEqual({
    score: 0.4,
    reasons: ['no-isrc', 'no-duration', 'no-release-date'],
  });
  const all = { ...known, isrc: 'GBAYE0601498', durationMs: 1, releaseDate: '2006' };
  expect(quality(track('applemusic', '1', all))).toEqual({ score: 1, reasons: [] });
  expect(quality(artist('a', { name: 'Ada' }))).toEqual({ score: 0.5, reasons: ['no-mbid'] });
  expect(quality(post('t3_a'))).toEqual({ score: 0, reasons: ['no-mentions'] });
  expect(quality(post('t3_a', { tracks: [postRow(1, { ...known, year: 2020 })] }))).toEqual({
    score: 0.65,
    reasons: ['free-text'],
  });
});
