import { describe, expect, it } from 'vitest';
import { isUnknownVersion, readUnknown } from './unknown-name.ts';

const read = (artist: string | null, title: string | null, version: string | null = null) =>
  readUnknown({ artist, title, version });

describe('a mark for what nobody knows', () => {
  it.each(['ID', 'id', 'ID2', 'ID 3', '?', '???', 'Unknown', 'unknown title', ' ID ', 'ID?', 'ID1 (from Show: Host)'])(
    '%s',
    (mark) => {
      expect(read(mark, mark)).toEqual({ artist: null, title: null, version: null, isId: true, idKind: 'full' });
      expect(read('Ada', mark)).toMatchObject({ artist: 'Ada', title: null, isId: true, idKind: 'title' });
    },
  );

  it.each(['Id', 'Idioteque', 'ID ID', 'Unknown Pleasures', 'Who?', 'Identity'])('is not "%s"', (name) => {
    expect(read('Ada', name)).toEqual({ artist: 'Ada', title: name, version: null, isId: false, idKind: null });
  });
});

it('an unknown version of a known track is unknown as a version', () => {
  expect(read('Ada', 'One', 'ID Remix')).toMatchObject({
    artist: 'Ada',
    title: 'One',
    version: 'ID Remix',
    isId: true,
    idKind: 'version',
  });
  expect(read('Ada', 'One', 'Bo Remix')).toMatchObject({ isId: false, idKind: null });
  expect(['ID', 'ID Remix', '?', '?? Edit'].map(isUnknownVersion)).toEqual([true, true, true, true]);
  expect(['IDentity Remix', 'Bo Remix', ''].map(isUnknownVersion)).toEqual([false, false, false]);
});

it('a title whose artist is a mark is no known track, and none of the kinds', () => {
  expect(read('ID', 'One')).toEqual({ artist: null, title: 'One', version: null, isId: true, idKind: null });
});

it('what is not there is not unknown', () => {
  expect(read(null, 'One')).toMatchObject({ isId: false, idKind: null });
  expect(read(null, null)).toMatchObject({ isId: false, idKind: null });
});
