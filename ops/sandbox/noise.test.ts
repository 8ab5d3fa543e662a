import { describe, expect, it } from 'vitest';
import type { ShownRow } from './shown-row.ts';
import { createSites } from './sites/all.ts';
import type { ShownSet } from './sites/site.ts';
import { buildWorld } from './world.ts';

const world = buildWorld('42', 200);
const shown = createSites(world).flatMap((site) => [...site.shownSets()]);
const rowsOf = (sets: readonly ShownSet[]): ShownRow[] => sets.flatMap((set) => [...set.rows]);

describe('noise', () => {
  it('of every kind is somewhere, on a small part of the rows', () => {
    const rows = rowsOf(shown);
    const kinds = new Set(rows.flatMap(({ altered }) => altered));
    expect([...kinds].toSorted()).toEqual([
      'accents-lost',
      'and-for-ampersand',
      'guest-word',
      'label-spelling',
      'swapped',
      'typo',
    ]);
    const share = rows.filter(({ altered }) => altered.length > 0).length / rows.length;
    expect(share).toBeGreaterThan(0.02);
    expect(share).toBeLessThan(0.15);
  });

  it('has some sets in a wrong year, and then at one site: the others say the true one', () => {
    const days = new Map(world.sets.map(({ id, date }) => [id, date]));
    const wrong = shown.filter(({ altered }) => altered.includes('wrong-year'));
    expect(new Set(wrong.map(({ source }) => source)).size).toBeGreaterThan(2);
    for (const { setId, date } of wrong)
      expect(Math.abs(Number(date?.slice(0, 4)) - Number(days.get(setId)?.slice(0, 4)))).toBe(1);
    const right = shown.filter(({ setId, date, altered }) => days.has(setId) && date !== null && altered.length === 0);
    expect(right.filter(({ setId, date }) => !days.get(setId)?.startsWith(date ?? ''))).toEqual([]);
    expect(wrong.length).toBeLessThan(right.length / 10);
  });

  it('has remixes under the ISRC of their base, and recordings with the day of a compilation: the world has the true ones', () => {
    const sold = createSites(world).flatMap((site) => [...(site.shownTracks?.() ?? [])]);
    const trackOf = (id: string | null) => (id === null ? undefined : world.tracks.get(id));
    for (const { trackId, isrc, releaseDate, altered } of sold) {
      const track = trackOf(trackId);
      const base = trackOf(track?.baseId ?? null);
      if (isrc !== null) expect(isrc).toBe(altered.includes('isrc-of-original') ? base?.isrc : track?.isrc);
      expect(releaseDate === track?.releaseDate).toBe(!altered.includes('reissue-date'));
    }
    expect(new Set(sold.flatMap(({ altered }) => altered))).toEqual(new Set(['isrc-of-original', 'reissue-date']));
  });

  it('is none in the rows of shops and setlist.fm', () => {
    const official = shown.filter(({ source }) => source === 'applemusic' || source === 'setlistfm');
    expect(rowsOf(official).flatMap(({ altered }) => altered)).toEqual([]);
  });

  it('leaves rows out and ends lists early, and counts places anew', () => {
    const lengths = new Map(world.sets.map((set) => [set.id, set.rows.length]));
    const partial = shown.filter(({ setId, rows }) => rows.length > 0 && rows.length < (lengths.get(setId) ?? 0));
    expect(partial.length).toBeGreaterThan(shown.length / 20);
    for (const { rows } of partial)
      expect(rows.map(({ position }) => position)).toEqual(rows.map((_, index) => index + 1));
  });

  it('of a list that was copied is that of the list it was copied from', () => {
    const originals = new Map(shown.flatMap((set) => (set.source === '1001tracklists' ? [[set.setId, set]] : [])));
    const typos = shown
      .filter(({ copiedFrom }) => copiedFrom !== null)
      .flatMap((set) => set.rows.filter(({ altered }) => altered.includes('typo')).map((row) => ({ set, row })));
    expect(typos.length).toBeGreaterThan(0);
    for (const { set, row } of typos) {
      const original = originals.get(set.setId)?.rows.find(({ truePosition }) => truePosition === row.truePosition);
      // The other's people may not have recognised the track at all.
      if (original?.title) expect(row.title).toBe(original.title);
    }
  });
});
