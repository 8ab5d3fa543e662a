/** Forms of answers beside those of the fixtures: relations, hints, whole mixes beside their parts, booklets, feeds of albums. */
import { describe, expect, it } from 'vitest';
import type { AlbumItem, Item, SetlistItem, TrackItem } from '../../src/core/items.ts';
import type { ParseResult } from '../../src/core/parse-result.ts';
import { parse } from './parser.ts';

function read(answer: unknown, status: number | null = null): ParseResult {
  const body = new TextEncoder().encode(typeof answer === 'string' ? answer : JSON.stringify(answer));
  return parse({ body, url: null, status, contentType: null, fetchedAt: null });
}

function only<K extends Item['kind']>({ items }: ParseResult, kind: K): Extract<Item, { kind: K }>[] {
  return items.filter((item): item is Extract<Item, { kind: K }> => item.kind === kind);
}

function song(id: number, name: string, more: Record<string, unknown> = {}) {
  const attributes = { name, artistName: 'Ada', durationInMillis: 180_000, trackNumber: id, discNumber: 1, ...more };
  return { id: String(id), type: 'songs', attributes };
}

const album = (name: string, tracks: unknown[]) => ({
  data: [{ id: '9', type: 'albums', attributes: { name }, relationships: { tracks: { data: tracks } } }],
});

describe('songs', () => {
  it('the album is named by the address, else by the relation', () => {
    const relationships = { albums: { data: [{ id: '77', type: 'albums' }] } };
    const [tracks] = ['https://music.apple.com/us/song/1', 'https://music.apple.com/us/album/x/55?i=1']
      .map((url) => read({ data: [{ ...song(1, 'Moment', { url }), relationships }] }))
      .reduce<TrackItem[][]>(([all = []], result) => [[...all, ...only(result, 'track')]], []);
    expect(tracks?.map(({ albumId }) => albumId)).toEqual(['77', '55']);
  });

  it('words to search for are no charts', () => {
    for (const results of [{ terms: ['low tide'] }, { suggestions: [{ kind: 'terms', searchTerm: 'low tide' }] }])
      expect(read({ results })).toMatchObject({ items: [], problems: [{ code: 'not-read-yet' }] });
  });
});

describe('a mix in one piece beside its parts', () => {
  const rows = (name: string): string[][] => {
    const tracks = [song(1, 'One (Mixed)'), song(2, 'Two (Mixed)'), song(3, 'Pier (Continuous DJ Mix)')];
    return only(read(album(name, tracks)), 'setlist').map((set: SetlistItem) =>
      set.tracks.map(({ title }) => `${title}`),
    );
  };

  it('is none of the rows of the set', () => {
    expect(rows('Pier (DJ Mix)')).toEqual([['One', 'Two']]);
  });

  it('does not keep an album whose other tracks all say "Mixed" from being a set', () => {
    expect(rows('Pier')).toEqual([['One', 'Two']]);
  });
});

describe('the look-up', () => {
  const part = { wrapperType: 'track', kind: 'song', collectionId: 9, artistName: 'Ada' };
  const collection = { wrapperType: 'collection', collectionId: 9, collectionName: 'Pier', trackCount: 2 };

  it('a booklet counts as one of the tracks that were announced', () => {
    const answer = (kind: string) => ({
      resultCount: 3,
      results: [collection, { ...part, trackId: 1, trackName: 'One' }, { ...part, trackId: 2, kind, trackName: 'Two' }],
    });
    const codes = (kind: string) => read(answer(kind)).problems.map(({ code }) => code);
    expect([codes('interactive-booklet'), codes('song')]).toEqual([['not-read-yet'], []]);
  });

  it('a refusal in HTML is told in its words', () => {
    expect(read('<html><head><title>Forbidden</title></head></html>', 403).items).toMatchObject([
      { message: 'Forbidden' },
    ]);
  });
});

describe('feeds', () => {
  const entry = { id: '1', name: 'Pier', artistName: 'Ada', releaseDate: '2024-01-01', url: 'https://a.test' };
  const oldEntry = {
    'im:name': { label: 'Pier' },
    'im:artist': { label: 'Ada' },
    'im:itemCount': { label: '12' },
    'im:contentType': { 'im:contentType': { attributes: { term: 'Album' } } },
    'im:releaseDate': { label: '2024-01-01T00:00:00-07:00' },
    id: { label: 'https://a.test', attributes: { 'im:id': '1' } },
  };

  it.each([
    ['new', { results: [{ ...entry, kind: 'albums' }] }, null],
    ['old', { entry: [oldEntry] }, 12],
  ])('of albums, in the %s form', (_form, feed, trackCount) => {
    const result = read({ feed: { id: 'top', title: 'Top Albums', ...feed } });
    expect(result.problems).toEqual([]);
    expect(
      only(result, 'album').map((item: AlbumItem) => [
        item.id,
        item.title,
        item.artist,
        item.trackCount,
        item.releaseDate,
      ]),
    ).toEqual([['1', 'Pier', 'Ada', trackCount, '2024-01-01']]);
  });

  it('of music videos; of what is not read, only the places', () => {
    const feed = (kind: string) => read({ feed: { id: 'top', results: [{ ...entry, kind }] } });
    expect(only(feed('music-videos'), 'track').map(({ extra }) => extra.mediaType)).toEqual(['video']);
    expect(feed('podcasts')).toMatchObject({
      items: [{ kind: 'chart', entries: [{ rank: 1, id: '1' }] }],
      problems: [{ code: 'not-read-yet' }],
    });
  });

  it('without a place is an empty chart', () => {
    expect(read({ feed: { id: { label: 'top' }, title: { label: 'Top' } } })).toMatchObject({
      items: [{ kind: 'chart', id: 'top', entries: [] }],
      problems: [],
    });
  });
});
