/** From the catalogue into the search index, by both adapters: what a document says, and that the index follows every change once. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type Item, row, type SetlistItem, setlist, track } from '../../src/core/items.ts';
import { entityId } from '../../src/core/uuid5.ts';
import { readSearchDocuments } from '../../src/repositories/search-documents.ts';
import { openElasticsearch } from '../../src/search/elasticsearch.ts';
import { openPostgresSearch } from '../../src/search/postgres.ts';
import { SEARCH_INDICES, type Search } from '../../src/search/search.ts';
import { emptyCatalogue, loadItems, OBSERVED } from '../../src/testing/load-items.ts';
import { artist, post, postRow } from '../../src/testing/pipeline-items.ts';
import { openTestServices } from '../../src/testing/services.ts';
import { drainSearchOutbox } from './search.ts';

const services = await openTestServices();
const { db, elasticsearchUrl } = services;
afterAll(() => services.release());
beforeEach(() => emptyCatalogue(db));

const LATER = new Date(OBSERVED.getTime() + 60_000);
const SET = entityId('setlist', 'mixesdb:evening');
const MOMENT = entityId('track', 'bo|moment|cy remix');

describe('a document', () => {
  it('of a track has its names, label and codes as texts, and what a hit shows as body', async () => {
    await loadItems(db, [evening(), facts()]);
    expect(await readSearchDocuments(db, 'tracks', [MOMENT])).toEqual([
      {
        id: MOMENT,
        version: expect.any(Number),
        texts: ['Moment', 'Bo', 'Cy Remix', 'Tiny', 'GBAYE0601498'],
        body: {
          title: 'Moment',
          artist: 'Bo',
          mixName: 'Cy Remix',
          label: 'Tiny',
          durationMs: 200_000,
          releaseDate: '2006',
          isrcs: ['GBAYE0601498'],
          plays: 1,
        },
      },
    ]);
  });

  it('of a set has its head, place, day and what was played', async () => {
    await loadItems(db, [evening()]);
    expect(await readSearchDocuments(db, 'setlists', [SET])).toEqual([
      {
        id: SET,
        version: 1,
        texts: ['Ada @ Somewhere', 'Ada', 'Awake', 'Somewhere', 'Leeds', 'UK', '2024-11-11', 'Bo Moment / Dee Word'],
        body: {
          title: 'Ada @ Somewhere',
          artist: 'Ada',
          date: '2024-11-11',
          datePrecision: 'day',
          event: 'Awake',
          venue: 'Somewhere',
          city: 'Leeds',
          country: 'UK',
          source: 'mixesdb',
          url: 'https://example.org/evening',
          trackCount: 3,
          identifiedCount: 2,
        },
      },
    ]);
  });

  it('of a set without a date, place or rows says nothing of them', async () => {
    await loadItems(db, [evening({ date: null, venue: null, event: null, city: null, country: null, tracks: [] })]);
    const [document] = await readSearchDocuments(db, 'setlists', [SET]);
    expect(document?.texts).toEqual(['Ada @ Somewhere', 'Ada']);
    expect(document?.body).toMatchObject({ date: null, venue: null, event: null, trackCount: 0 });
  });

  it('of an artist and of a mention has all their names', async () => {
    await loadItems(db, [
      artist('ada', { name: 'Ada', sortName: 'Ada, DJ', disambiguation: 'from Leeds' }),
      list(['One', 'Two', 'Three']),
    ]);
    expect(await readSearchDocuments(db, 'artists', [entityId('artist', 'ada')])).toMatchObject([
      { texts: ['Ada', 'Ada, DJ', 'from Leeds'], body: { name: 'Ada', mbid: null } },
    ]);
    const mention = entityId('mention', 'reddit:t3_list:1');
    expect(await readSearchDocuments(db, 'mentions', [mention])).toEqual([
      {
        id: mention,
        version: 1,
        texts: ['One', 'Bo'],
        body: {
          artist: 'Bo',
          title: 'One',
          mixName: null,
          cueSeconds: 0,
          trackId: entityId('track', 'bo|one|'),
          source: 'reddit',
          permalink: '/r/house/comments/t3_list/',
          confidence: expect.closeTo(0.95),
        },
      },
    ]);
  });
});

const adapters: { name: string; open: (() => Search) | null }[] = [
  { name: 'postgres', open: () => openPostgresSearch(db) },
  {
    name: 'elasticsearch',
    open: elasticsearchUrl === null ? null : () => openElasticsearch(elasticsearchUrl, services.prefix),
  },
];

describe.each(adapters)('drained into $name', ({ open }) => {
  if (open === null) return it.skip(`${services.elasticsearchMissing}`, () => undefined);
  const search = open();
  beforeAll(() => search.prepare());
  beforeEach(() => search.clear());
  afterAll(() => search.release());

  it('every entity is there once; draining again does nothing', async () => {
    await loadItems(db, [evening(), list(['One', 'Two', 'Three'])]);
    const drained = await drainSearchOutbox(db, search, 1_000);
    expect(drained).toEqual({ indexed: 15, remaining: 0 });
    expect(await counts()).toEqual({ tracks: 5, artists: 6, setlists: 1, mentions: 3 });
    expect(await drainSearchOutbox(db, search, 1_000)).toEqual({ indexed: 0, remaining: 0 });
    expect((await ask('setlists', 'somewhere moment')).map(({ id }) => id)).toEqual([SET]);
  });

  it('a drain of a few says how many wait, and the next goes on', async () => {
    await loadItems(db, [evening(), list(['One', 'Two', 'Three'])]);
    expect(await drainSearchOutbox(db, search, 10)).toEqual({ indexed: 10, remaining: 5 });
    expect(await drainSearchOutbox(db, search, 10)).toEqual({ indexed: 5, remaining: 0 });
    expect(await counts()).toEqual({ tracks: 5, artists: 6, setlists: 1, mentions: 3 });
  });

  it('a changed set is found by what it says now and no longer by what it said', async () => {
    await loadItems(db, [evening()]);
    await drainSearchOutbox(db, search, 1_000);
    await loadItems(db, [evening({ title: 'Ada @ Elsewhere', date: '2023', venue: null })], LATER);
    await drainSearchOutbox(db, search, 1_000);
    expect((await ask('setlists', 'elsewhere')).map(({ id }) => id)).toEqual([SET]);
    expect(await ask('setlists', 'somewhere')).toEqual([]);
  });

  it('a mention that a post no longer makes leaves the index, and comes back with the post', async () => {
    for (const [at, titles] of [['One', 'Two', 'Three'], ['One'], ['One', 'Two', 'Three']].entries()) {
      await loadItems(db, [list(titles)], new Date(OBSERVED.getTime() + at));
      await drainSearchOutbox(db, search, 1_000);
      expect((await counts()).mentions).toBe(titles.length);
    }
  });

  it('two drains at once take each change once', async () => {
    await loadItems(
      db,
      Array.from({ length: 20 }, (_, at) => evening({ externalId: `set-${at}` })),
    );
    const { rows } = await db.query<{ count: number }>('select count(*)::int as count from search_outbox');
    const drained = await Promise.all([drainSearchOutbox(db, search, 10), drainSearchOutbox(db, search, 10)]);
    const rest = await drainSearchOutbox(db, search, 1_000);
    expect(drained.map(({ indexed }) => indexed).sort()).toEqual([10, 10]);
    expect(rest).toEqual({ indexed: (rows[0]?.count ?? 0) - 20, remaining: 0 });
    expect((await counts()).setlists).toBe(20);
  });

  it('when the index refuses, every change waits on', async () => {
    await loadItems(db, [evening()]);
    const broken = { ...search, index: () => Promise.reject(new Error('away')) };
    await expect(drainSearchOutbox(db, broken, 1_000)).rejects.toThrow('away');
    expect((await drainSearchOutbox(db, search, 1_000)).indexed).toBe(9);
  });

  async function counts(): Promise<Record<string, number>> {
    await search.refresh();
    const entries = await Promise.all(SEARCH_INDICES.map(async (index) => [index, await search.count(index)] as const));
    return Object.fromEntries(entries);
  }

  async function ask(index: 'setlists', text: string) {
    await search.refresh();
    return (await search.search(index, { text, limit: 10, offset: 0 })).hits;
  }
});

function evening(said: Partial<SetlistItem> = {}): SetlistItem {
  return setlist('mixesdb', said.externalId ?? 'evening', {
    title: 'Ada @ Somewhere',
    artists: ['Ada'],
    date: '2024-11-11',
    venue: 'Somewhere',
    event: 'Awake',
    city: 'Leeds',
    country: 'UK',
    url: 'https://example.org/evening',
    tracks: [
      row(1, { artist: 'Bo', title: 'Moment', version: 'Cy Remix', recordLabel: 'Tiny' }),
      row(2, { artist: 'Dee', title: 'Word', version: 'Eve & Fay Remix' }),
      row(3, { isId: true, idKind: 'full' }),
    ],
    ...said,
  });
}

function facts(): Item {
  return track('applemusic', '1', {
    artist: 'Bo',
    title: 'Moment',
    version: 'Cy Remix',
    isrc: 'GBAYE0601498',
    durationMs: 200_000,
    releaseDate: '2006',
  });
}

function list(titles: string[]): Item {
  return post('t3_list', {
    tracks: titles.map((title, at) => postRow(at + 1, { artist: 'Bo', title, cueSeconds: at, genreTags: 'house' })),
  });
}
