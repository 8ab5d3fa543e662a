import { describe, expect, it } from 'vitest';
import { type Row, row, setlist, type TrackItem, track } from '../../src/core/items.ts';
import { post, postRow, prepared, rawItem } from '../../src/testing/pipeline-items.ts';
import type { PreparedPost, PreparedRow, PreparedSetlist, PreparedTrack } from '../pipeline.ts';

describe('a row refers to a track', () => {
  it.each<[string, Partial<Row>, string | null]>([
    ['by its texts', { artist: 'Bo & Cy', title: 'One', version: 'Dee Remix' }, 'bo,cy|one|dee remix'],
    ['whatever its page calls it', { artist: 'Mano Le Tough', title: 'Unknown' }, 'mano le tough|unknown|'],
    ['also one that is named like a mark', { artist: 'ID ID', title: 'Id' }, 'id id|id|'],
    ['not without an artist', { title: 'One' }, null],
    ['not without a title', { artist: 'Bo' }, null],
    ['not where it is an ID', { artist: 'Bo', title: 'One', version: 'ID Remix', isId: true, idKind: 'version' }, null],
    ['not by a version nobody named', { artist: 'Bo', title: 'One', version: 'ID Remix' }, null],
    ['not from tape', { artist: 'Ada', title: 'One', tape: true }, null],
    [
      'from tape when its artist is said',
      { artist: 'Ada', title: 'One', tape: true, cover: { name: 'Zoe', mbid: null } },
      'zoe|one|',
    ],
    [
      'by the version before a guest bracket',
      { artist: 'Ada', title: 'One (Bo Remix) [feat. Cy]' },
      'ada|one|bo remix',
    ],
  ])('%s', (_, said, key) => {
    expect(rowOf(said).track?.normKey ?? null).toBe(key);
  });

  it('with credits of artist, title and version, and the label', () => {
    expect(
      rowOf({ artist: 'Bo', title: 'One (feat. Cy)', version: 'Dee Remix', recordLabel: 'Tiny' }).track,
    ).toMatchObject({
      credits: [
        { name: 'Bo', role: 'primary' },
        { name: 'Cy', role: 'featured' },
        { name: 'Dee', role: 'remixer' },
      ],
      label: 'Tiny',
      isrcs: [],
    });
  });

  it('and a DJ of the set is one name in its rows', () => {
    const names = (artists: string[]) =>
      rowOf({ artist: 'Fox & Hare', title: 'One' }, artists).track?.credits.map(({ name }) => name);
    expect(names(['Fox & Hare'])).toEqual(['Fox & Hare']);
    expect(names(['Ada'])).toEqual(['Fox', 'Hare']);
  });

  it('and keeps what was printed beside it, without what says nothing', () => {
    const { detail } = rowOf({
      artist: 'Bo',
      title: 'One',
      edit: 'Live Edit',
      tape: false,
      links: {},
      durationSeconds: 0,
    });
    expect(detail).toEqual({ edit: 'Live Edit', durationSeconds: 0 });
    expect(rowOf({ artist: 'Bo', title: 'One' }).detail).toBeNull();
  });
});

it('a medley refers to no track, a mashup does, the parts of both do', () => {
  const parts = ['One', 'Two'].map((title) => ({ artist: 'Bo', title, version: null }));
  const medley = rowOf({ artist: 'Bo', title: 'One / Two', parts });
  const mashup = rowOf({ artist: 'Bo vs. Cy', title: 'One vs. Two', parts });
  expect(medley.track).toBeNull();
  expect(mashup.track?.normKey).toBe('bo,cy|one vs two|');
  for (const { parts: found } of [medley, mashup]) {
    expect(found.map((part) => part.track?.normKey)).toEqual(['bo|one|', 'bo|two|']);
  }
});

describe('a set', () => {
  it('licence, revision and day of reading stay with a set: its claims carry them', () => {
    const extra = { licence: 'CC BY-SA 3.0 US', revisionId: 99001, retrievedAt: '2026-03-01T00:00:00Z' };
    expect(setOf({ artists: ['Ada'], extra }).detail).toMatchObject(extra);
  });

  it('credits each artist once, the only one with its MusicBrainz id', () => {
    const extra = { artistMbid: '5B11F4CE-a62d-471e-81fc-a69a8278c7da' };
    expect(setOf({ artists: ['Ada', 'ADA'], extra }).artists).toMatchObject([{ name: 'Ada', mbid: null }]);
    expect(setOf({ artists: ['Ada'], extra }).artists).toMatchObject([
      { mbid: '5b11f4ce-a62d-471e-81fc-a69a8278c7da' },
    ]);
    expect(setOf({ artists: [], title: 'A' })).toMatchObject({ artists: [], artistText: null });
  });

  it('keeps its date as printed beside the partition key', () => {
    expect(setOf({ date: '200X', title: 'A' })).toMatchObject({
      eventDate: '2000-01-01',
      datePrecision: 'decade',
      detail: { date: '200X' },
    });
  });
});

describe('a track of a catalogue', () => {
  it('that is mixed is another than the unmixed one, also where only a flag says so', () => {
    expect(trackOf({ mixed: true }).track).toMatchObject({ normKey: 'ada|one|mixed', mixName: 'Mixed' });
    expect(trackOf({ mixed: true, version: 'Bo Remix' }).track.mixName).toBe('Bo Remix, Mixed');
    expect(trackOf({ mixed: true, version: 'Mixed' }).track.mixName).toBe('Mixed');
  });

  it('carries a code that is one, and claims whatever was printed', () => {
    expect(trackOf({ isrc: 'gb-aye-06-01498' })).toMatchObject({
      track: { isrcs: ['GBAYE0601498'] },
      fields: { isrc: 'gb-aye-06-01498' },
    });
    expect(trackOf({ isrc: 'none' })).toMatchObject({ track: { isrcs: [] }, fields: { isrc: 'none' } });
  });

  it('credits a guest once, also where name and list both say so', () => {
    const credits = trackOf({ artists: ['Ada'], title: 'One (feat. Bo)', featured: ['Bo', 'Ada'] }).track.credits;
    expect(credits.map(({ name, role }) => [name, role])).toEqual([
      ['Ada', 'primary'],
      ['Bo', 'featured'],
    ]);
  });
});

describe('a post', () => {
  it('names a track of the catalogue only where it is believed', () => {
    const said = { artist: 'Ada', title: 'One' };
    expect(postOf('t1_a', said).mentions).toMatchObject([{ ...said, track: null, confidence: 0.35 }]);
    expect(postOf('t3_a', { ...said, year: 2020 }).mentions).toMatchObject([
      { track: { normKey: 'ada|one|' }, confidence: 0.65 },
    ]);
  });

  it('that must be erased mentions nothing', () => {
    expect(postOf('t3_a', { artist: 'Ada', title: 'One', year: 2020 }, true).mentions).toEqual([]);
  });
});

function setOf(said: Parameters<typeof setlist>[2]): PreparedSetlist {
  return prepared(rawItem(setlist('mixesdb', 'a', said))).prepared as PreparedSetlist & { quality: never };
}

function rowOf(said: Partial<Row>, artists: string[] = ['Ada']): PreparedRow {
  const [found] = setOf({ artists, tracks: [row(1, said)] }).rows;
  if (found === undefined) throw new Error('the set has no row');
  return found;
}

function trackOf(said: Partial<TrackItem>): PreparedTrack {
  return prepared(rawItem(track('applemusic', '1', { title: 'One', artist: 'Ada', ...said })))
    .prepared as PreparedTrack & { quality: never };
}

function postOf(id: string, said: Parameters<typeof postRow>[1], purge = false): PreparedPost {
  return prepared(rawItem(post(id, { purge, tracks: [postRow(1, said)] }))).prepared as PreparedPost & {
    quality: never;
  };
}
