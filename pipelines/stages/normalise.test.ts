import { describe, expect, it } from 'vitest';
import { row, type SetlistItem, setlist, track } from '../../src/core/items.ts';
import { post, postRow } from '../../src/testing/pipeline-items.ts';
import { clean, mbidOf, normalise } from './normalise.ts';

const seen = new Date('2026-11-20T12:00:00Z');
const set = (said: Partial<SetlistItem>) => {
  const normal = normalise(setlist('mixesdb', 'a', said), seen);
  if (normal.kind !== 'setlist') throw new Error(`got a ${normal.kind}`);
  return normal;
};

describe('a text', () => {
  it.each([
    ['plain', 'plain'],
    [' two  words\n', 'two words'],
    ['a\u0000b\u001fc', 'abc'],
    ['tab\tbed', 'tab bed'],
    ['e\u0301', 'é'],
    ['zero\u200bwidth', 'zerowidth'],
    ['half \ud800', 'half \ufffd'],
    [' \u001e\u200b ', null],
    ['🎧', '🎧'],
  ])('%j', (given, expected) => {
    expect(clean(given)).toBe(expected);
    if (expected !== null) expect(clean(expected)).toBe(expected);
  });
});

it('texts are cleaned wherever they sit; those that vanish are null, and leave lists', () => {
  const { item } = set({
    genres: ['House', '\u001f', ' Techno '],
    tracks: [row(1, { title: ' One ', parts: [{ artist: '\u0000', title: 'a  b', version: null }] })],
    extra: { deep: { list: [{ text: ' x ' }, 7, null] } },
  });
  expect(item).toMatchObject({
    genres: ['House', 'Techno'],
    tracks: [{ title: 'One', parts: [{ artist: null, title: 'a b' }] }],
    extra: { deep: { list: [{ text: 'x' }, 7] } },
  });
});

describe('a venue', () => {
  it('of one name in two cities is two, however it is spelt it is one', () => {
    const key = (said: Partial<SetlistItem>) => set(said).venue?.normKey;
    expect(key({ venue: 'The Hall', city: 'Leeds' })).toBe(key({ venue: 'THE HALL!', city: 'leeds' }));
    expect(key({ venue: 'The Hall', city: 'Leeds' })).not.toBe(key({ venue: 'The Hall', city: 'York' }));
  });

  it('has a place only where numbers say one that exists', () => {
    const place = (extra: Record<string, unknown>) => set({ venue: 'Hall', extra }).venue;
    expect(place({ lat: 53.8, long: -1.5 })).toMatchObject({ latitude: 53.8, longitude: -1.5 });
    expect(place({ lat: 0, long: 0 })).toMatchObject({ latitude: 0, longitude: 0 });
    for (const extra of [{ lat: '53.8', long: '1' }, { lat: 91, long: 0 }, { lat: 1 }, {}]) {
      expect(place(extra)).toMatchObject({ latitude: null, longitude: null });
    }
  });
});

it('only a code that is one is compared', () => {
  const codes = (isrc: string | null) => {
    const normal = normalise(track('applemusic', '1', { title: 'One', artist: 'Ada', isrc }), seen);
    return normal.kind === 'track' ? normal.isrcs : null;
  };
  expect(codes('gb-aye-06-01498')).toEqual(['GBAYE0601498']);
  for (const none of [null, 'N/A', 'QZ0000000000']) expect(codes(none)).toEqual([]);
});

it('a MusicBrainz id has one form', () => {
  expect(mbidOf(' 5B11F4CE-A62D-471E-81FC-A69A8278C7DA ')).toBe('5b11f4ce-a62d-471e-81fc-a69a8278c7da');
  for (const none of [null, 7, '', '5b11f4ce', '5b11f4ce-a62d-471e-81fc-a69a8278c7daX'])
    expect(mbidOf(none)).toBeNull();
});

it('a post keeps its own words as they are, and its time in UTC', () => {
  const normal = normalise(
    post('t3_a', {
      body: ' a\u0000 ',
      createdAt: '2026-10-01T12:00:00+02:00',
      tracks: [postRow(1, { title: ' One ' })],
    }),
    seen,
  );
  expect(normal).toMatchObject({
    mentionedAt: '2026-10-01T10:00:00.000Z',
    item: { body: ' a\u0000 ', tracks: [{ title: 'One' }] },
  });
});
