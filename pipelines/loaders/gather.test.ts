import { describe, expect, it } from 'vitest';
import { type Item, row, setlist, track } from '../../src/core/items.ts';
import { artist, post, postRow, prepared, rawItem } from '../../src/testing/pipeline-items.ts';
import { dayOf, gather } from './gather.ts';

const gathered = (...items: Item[]) => gather(items.map((item) => prepared(rawItem(item))));
const MBID = '5b11f4ce-a62d-471e-81fc-a69a8278c7da';

describe('what a batch names is gathered once', () => {
  it('from sets, their rows and parts, posts, tracks and artists', () => {
    const parts = [{ artist: 'Cy', title: 'Part', version: null }];
    const { artists, references, venues, events, labels } = gathered(
      setlist('mixesdb', 'a', {
        artists: ['Ada'],
        venue: 'Hall',
        event: 'Awake',
        tracks: [row(1, { artist: 'Bo', title: 'One', recordLabel: 'Tiny', parts })],
      }),
      post('t3_a', { tracks: [postRow(1, { artist: 'Dee', title: 'Two', cueSeconds: 0, year: 2020 })] }),
      track('applemusic', '1', { artist: 'Eve', title: 'Three' }),
      artist('fay', { name: 'Fay' }),
    );
    expect([...artists.keys()].sort()).toEqual(['ada', 'bo', 'cy', 'dee', 'eve', 'fay']);
    expect([...references.keys()].sort()).toEqual(['bo|one|', 'cy|part|', 'dee|two|', 'eve|three|']);
    expect([...venues.keys(), ...events.keys(), ...labels.keys()]).toEqual(['hall||', 'awake', 'tiny']);
  });

  it('the first spelling stays, gaps are filled by later mentions', () => {
    const { artists, references } = gathered(
      setlist('mixesdb', 'a', { tracks: [row(1, { artist: 'ADA', title: 'ONE' })] }),
      track('applemusic', '1', {
        artist: 'Ada',
        title: 'One',
        isrc: 'GBAYE0601498',
        durationMs: 5,
        releaseDate: '2006',
      }),
      track('applemusic', '2', { artist: 'Ada', title: 'One', isrc: 'GBAYE0601499', durationMs: 6 }),
      artist('ada', { name: 'Ada', mbid: MBID, sortName: 'Ada, DJ' }),
    );
    expect(artists.get('ada')).toMatchObject({ name: 'ADA', mbid: MBID, sortName: 'Ada, DJ' });
    expect(references.get('ada|one|')).toMatchObject({
      title: 'ONE',
      isrcs: ['GBAYE0601498', 'GBAYE0601499'],
      durationMs: 5,
      releaseDate: '2006',
      source: 'mixesdb',
    });
  });

  it('credits of one key add up, each once', () => {
    const { references } = gathered(
      track('applemusic', '1', { artist: 'Ada', title: 'One' }),
      track('applemusic', '2', { artist: 'Ada', title: 'One (feat. Bo)' }),
    );
    expect(references.get('ada|one|')?.credits.map(({ name, role }) => [name, role])).toEqual([
      ['Ada', 'primary'],
      ['Bo', 'featured'],
    ]);
  });

  it('an unknown row names nothing', () => {
    const { references, artists } = gathered(
      setlist('mixesdb', 'a', { title: 'A', tracks: [row(1, { artist: 'Bo', isId: true, idKind: 'title' })] }),
    );
    expect([references.size, artists.size]).toEqual([0, 0]);
  });
});

it('the day of a time is the day in UTC', () => {
  expect(dayOf(new Date('2026-11-20T23:59:59.999Z'))).toBe('2026-11-20');
});
