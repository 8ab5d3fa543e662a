import { describe, expect, it } from 'vitest';
import { normaliseIsrc } from '../../src/core/isrc.ts';
import { buildWorld } from './world.ts';

const world = buildWorld('42', 60);

describe('buildWorld', () => {
  it('the same seed and size give the same world, another seed gives another', () => {
    expect(buildWorld('42', 12)).toEqual(buildWorld('42', 12));
    expect(buildWorld('43', 12).artists.get('dj-0')?.name).not.toBe(buildWorld('42', 12).artists.get('dj-0')?.name);
  });

  it('every track has a valid ISRC of its own', () => {
    const codes = [...world.tracks.values()].map((track) => track.isrc);
    expect(codes.filter((code) => normaliseIsrc(code).value !== code)).toEqual([]);
    expect(new Set(codes).size).toBe(codes.length);
  });

  it('no two artists share a name or an mbid', () => {
    const artists = [...world.artists.values()];
    expect(new Set(artists.map((artist) => artist.name.toLowerCase())).size).toBe(artists.length);
    expect(new Set(artists.map((artist) => artist.mbid)).size).toBe(artists.length);
  });

  it('starts rise within a set, and no track is played twice in it', () => {
    for (const set of world.sets) {
      const cues = set.rows.map((row) => row.cueSeconds);
      const tracks = set.rows.flatMap((row) => row.trackIds);
      expect(cues).toEqual(cues.toSorted((a, b) => a - b));
      expect(new Set(tracks).size).toBe(tracks.length);
    }
  });

  it('holds rows of every kind: unknown, half known, mashed up, played together', () => {
    const rows = world.sets.flatMap((set) => set.rows);
    for (const kind of ['full', 'title', 'version'] as const)
      expect(rows.some((row) => row.idKind === kind)).toBe(true);
    expect(rows.some((row) => row.trackIds.length === 2)).toBe(true);
    expect(rows.some((row) => row.withPrevious)).toBe(true);
  });

  it('a size that is no world is refused with what was expected', () => {
    expect(() => buildWorld('42', 3)).toThrow('world size is 3, expected a whole number of 4 or more sets');
    expect(() => buildWorld('42', Number.NaN)).toThrow(/NaN/);
  });
});
