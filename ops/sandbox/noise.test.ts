import { describe, expect, it } from 'vitest';
import type { ShownRow } from './shown.ts';
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

  it('is none in shops and on setlist.fm', () => {
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
