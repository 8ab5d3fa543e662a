import { describe, expect, it } from 'vitest';
import { row, type SetlistItem, setlist } from './items.ts';
import { breachOf, contractByItems, measuresOf, type PageContract } from './page-contract.ts';
import { judge, USABLE } from './verdict.ts';
import { VERDICTS } from './verdicts.ts';

const SET: PageContract = {
  items: ['setlist'],
  atLeast: 1,
  atMost: 1,
  required: ['title', 'date', 'tracks.artist'],
  watched: ['tracks.cueSeconds', 'genres'],
};

function set(said: Partial<SetlistItem> = {}): SetlistItem {
  const tracks = [row(1, { artist: 'Ada', title: 'One', cueSeconds: 0 }), row(2, { artist: 'Bo', title: 'Two' })];
  return setlist('mixesdb', 'x', { title: 'Ada @ Hall', date: '2025-01-02', tracks, ...said });
}

describe('a page that breaks its contract', () => {
  it.each<[string, SetlistItem[], RegExp]>([
    ['lacks its item', [], /at least 1 setlist, found 0/],
    ['holds too many', [set(), set()], /at most 1 setlist, found 2/],
    ['lacks a field of the item', [set({ date: null })], /0 % .* "date"/],
    ['says a field with nothing in it', [set({ title: '' })], /"title"/],
    [
      'lacks a field in most rows',
      [set({ tracks: [row(1, { artist: 'Ada' }), row(2), row(3)] })],
      /33 % .*"tracks.artist"/,
    ],
  ])('%s', (_what, items, breach) => {
    expect(breachOf(items, SET)).toMatch(breach);
  });

  it('is not one whose rows say that they are unknown, or name parts instead', () => {
    const parts = [{ artist: 'Ada', title: 'One', version: null }];
    const tracks = [row(1, { isId: true, idKind: 'full' }), row(2, { parts }), row(3)];
    expect(breachOf([set({ tracks })], SET)).toBeNull();
    expect(breachOf([set()], SET)).toBeNull();
  });
});

describe('what is watched', () => {
  it('is how many items there are, and the share of them or of their rows that says each field', () => {
    expect(measuresOf([set()], SET)).toEqual({
      items: 1,
      title: 1,
      date: 1,
      'tracks.artist': 1,
      'tracks.cueSeconds': 0.5,
      genres: 0,
    });
  });

  it('leaves out what nothing on the page could say', () => {
    expect(measuresOf([set({ tracks: [] })], SET)).not.toHaveProperty('tracks.artist');
  });
});

describe('the contract of a saved page', () => {
  const list: PageContract = { ...SET, items: ['listing'] };
  it('is the first about its items that they keep, whatever their number', () => {
    const loose = { ...SET, required: ['title'] };
    expect(contractByItems({ list, strict: SET, loose }, [set({ date: null }), set({ date: null })])).toMatchObject({
      required: ['title'],
      atMost: null,
    });
    expect(contractByItems({ list }, [set()])).toBeNull();
  });
});

describe('a verdict', () => {
  it('is data only where the page is whole, and every page has one', () => {
    expect(VERDICTS.filter((verdict) => USABLE.has(verdict))).toEqual(['ok', 'empty', 'unchanged', 'moved']);
    const result = { source: 'mixesdb' as const, items: [set()], requests: [], problems: [] };
    const answer = { status: 200, headers: {}, result, start: '', movedTo: 'https://x/other' };
    expect(judge(answer, SET)).toEqual({ verdict: 'moved', reason: 'leads on to https://x/other' });
  });
});
