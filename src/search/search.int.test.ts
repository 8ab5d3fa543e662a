/** One suite, two adapters: whatever the documentation promises of search holds for both. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openTestServices } from '../testing/services.ts';
import { openElasticsearch } from './elasticsearch.ts';
import { openPostgresSearch } from './postgres.ts';
import type { Search, SearchDocument, SearchIndex } from './search.ts';

const services = await openTestServices();
afterAll(() => services.release());

const idOf = (n: number): string => `00000000-0000-5000-8000-${String(n).padStart(12, '0')}`;
const doc = (n: number, texts: string[], version = 1): SearchDocument => ({
  id: idOf(n),
  version,
  texts,
  body: { n, title: texts[0], nested: { null: null, list: [1, 2] } },
});

const TRACKS = [
  doc(1, ['Apricots', 'Bicep', 'Isles']),
  doc(2, ['Glue', 'Bicep']),
  doc(3, ['L’Esperanza', 'Sven Väth']),
  doc(4, ['Apricots', 'Bicep', 'Matador Remix']),
  doc(5, ['Glue Gun', 'Apricots Quartet']),
  doc(6, ['Opus', 'Eric Prydz', 'Four Tet Remix']),
  doc(7, ['Rej', 'Âme']),
  doc(8, ['Kids', 'MGMT', 'Soulwax Remix']),
  doc(9, ['Trick', 'Röyksopp']),
];

const adapters: { name: string; open: (() => Search) | null }[] = [
  { name: 'postgres', open: () => openPostgresSearch(services.db) },
  {
    name: 'elasticsearch',
    open:
      services.elasticsearchUrl === null
        ? null
        : () => openElasticsearch(services.elasticsearchUrl as string, services.prefix),
  },
];

describe.each(adapters)('search by $name', ({ name, open }) => {
  if (open === null) return it.skip(`${services.elasticsearchMissing}`, () => undefined);
  const search = open();
  const ask = async (text: string, index: SearchIndex = 'tracks', limit = 10, offset = 0) => {
    const answer = await search.search(index, { text, limit, offset });
    return { ...answer, n: answer.hits.map((hit) => hit.body.n) };
  };

  beforeAll(async () => {
    await search.prepare();
    await search.prepare();
    await search.index('tracks', TRACKS);
    await search.refresh();
  });
  afterAll(async () => {
    await search.clear();
    await search.release();
  });

  it('says which adapter it is', () => expect(search.adapter).toBe(name));

  it('a title finds its tracks, and the hit gives the body back as it was', async () => {
    const { hits, total } = await ask('opus');
    expect(total).toBe(1);
    expect(hits[0]).toMatchObject({ id: idOf(6), body: TRACKS[5]?.body });
    expect(hits[0]?.score).toBeGreaterThan(0);
  });

  it.each(['bicep apricots matador', 'apricots bicep matador', 'Matador: APRICOTS (Bicep)'])(
    'artist and title words in any order: %s',
    async (text) => {
      expect((await ask(text)).n).toEqual([4]);
    },
  );

  it('all words must be there', async () => {
    expect((await ask('apricots prydz')).total).toBe(0);
  });

  it.each([
    ['vath', 3],
    ['Väth', 3],
    ['VA\u0308TH', 3],
    ['ame', 7],
    ['royksopp', 9],
    ['l esperanza', 3],
    ["l'esperanza", 3],
  ])('marks and punctuation make no difference: %s', async (text, n) => {
    expect((await ask(text)).n).toEqual([n]);
  });

  it.each([
    ['apri', [1, 4, 5]],
    ['bicep apr', [1, 4]],
    ['four te', [6]],
    ['o', [6]],
  ])('the last word may be a beginning: %s', async (text, expected) => {
    expect((await ask(text)).n.sort()).toEqual(expected);
  });

  it('a beginning counts for the last word only', async () => {
    expect((await ask('apri bicep')).n).not.toContain(2);
    expect((await ask('gl bicep')).total).toBe(0);
  });

  it.each([
    ['apricotz', 1],
    ['aprciots', 1],
    ['bixep apricots', 1],
    ['royksop', 9],
    ['soulwaxx', 8],
    ['esparanza', 3],
  ])('typing errors are forgiven: %s', async (text, n) => {
    expect((await ask(text)).n).toContain(n);
  });

  it('nonsense finds nothing', async () => {
    expect(await ask('qqqzzzxxx')).toMatchObject({ hits: [], total: 0 });
  });

  it('the exact name comes first, then the name that holds the word, then other fields', async () => {
    expect((await ask('glue')).n).toEqual([2, 5]);
    const { n } = await ask('apricots');
    expect(n.at(-1)).toBe(5);
    expect(n.slice(0, 2).sort()).toEqual([1, 4]);
  });

  it('words side by side come before words apart', async () => {
    await search.index('setlists', [
      doc(21, ['Club Night Set', 'Big Room']),
      doc(22, ['Club Set', 'Last Night in Town']),
      doc(23, ['Night Club']),
    ]);
    await search.refresh();
    expect((await ask('club night', 'setlists')).n[0]).toBe(21);
  });

  it('an older version never replaces a newer one, the same version may be written again', async () => {
    expect(await search.index('setlists', [doc(51, ['Peaches'], 5)])).toBe(1);
    expect(await search.index('setlists', [doc(51, ['Cherries'], 4), doc(52, ['Plums'])])).toBe(1);
    expect(await search.index('setlists', [doc(51, ['Peaches'], 5)])).toBe(1);
    await search.refresh();
    expect((await ask('peaches', 'setlists')).n).toEqual([51]);
    expect((await ask('plums', 'setlists')).n).toEqual([52]);
    expect((await ask('cherries', 'setlists')).total).toBe(0);
  });

  it('two versions of one document in one batch: the newer one wins', async () => {
    expect(await search.index('setlists', [doc(53, ['Newer'], 2), doc(53, ['Bygone'], 1)])).toBe(1);
    await search.refresh();
    expect((await ask('newer', 'setlists')).n).toEqual([53]);
    expect((await ask('bygone', 'setlists')).total).toBe(0);
  });

  it('totals count everything, pages do not overlap and end', async () => {
    const many = Array.from({ length: 25 }, (_, n) => doc(100 + n, [`Loop ${n}`, 'Same Artist']));
    await search.index('artists', many);
    await search.refresh();
    const pages = await Promise.all([0, 10, 20, 30].map((offset) => ask('same artist', 'artists', 10, offset)));
    expect(pages.map((page) => page.total)).toEqual([25, 25, 25, 25]);
    expect(pages.map((page) => page.n.length)).toEqual([10, 10, 5, 0]);
    expect(new Set(pages.flatMap((page) => page.n)).size).toBe(25);
  });

  it('an index holds its own documents only', async () => {
    expect((await ask('apricots', 'artists')).total).toBe(0);
    expect(await search.count('tracks')).toBe(TRACKS.length);
  });

  it('removed documents are gone, unknown ids are no fault, and the same version may come back', async () => {
    await search.remove('tracks', [idOf(6), idOf(999)]);
    await search.refresh();
    expect((await ask('opus')).total).toBe(0);
    expect(await search.index('tracks', TRACKS.slice(5, 6))).toBe(1);
    await search.refresh();
    expect((await ask('opus')).n).toEqual([6]);
  });

  it('an empty text is refused with what was expected', async () => {
    await expect(ask('')).rejects.toThrow(/expected a word to look for/);
    await expect(ask('…!')).rejects.toThrow(/expected a word to look for/);
  });

  it('quotes, operators and endless words are text, never syntax', async () => {
    for (const text of ["o'brien", 'a & b | !c', '"x" AND (y', "');--", '\\', '<->', '*:*'].map(
      (hard) => `${hard} glue`,
    )) {
      expect((await ask(text)).total).toBeLessThanOrEqual(2);
    }
    await search.index('mentions', [doc(40, ['a'.repeat(100_000), 'lone word '.repeat(30_000)])]);
    await search.refresh();
    expect((await ask('lone word', 'mentions')).n).toEqual([40]);
  });

  it('clear empties every index and leaves them usable', async () => {
    await search.clear();
    expect(await search.count('tracks')).toBe(0);
    expect((await ask('glue')).total).toBe(0);
    expect(await search.index('tracks', [doc(2, ['Glue'])])).toBe(1);
  });
});
