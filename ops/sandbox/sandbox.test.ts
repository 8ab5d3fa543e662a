/** Crawls the six local sites from the spiders' own seeds with the sources' own parsers, and compares with the truth: proves both. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadAllSources, SOURCE_NAMES } from '../../spiders/registry.ts';
import type { Item, Row } from '../../src/core/items.ts';
import { externalIdOf } from '../../src/core/items.ts';
import type { Page, Source } from '../../src/core/source.ts';
import type { SourceName } from '../../src/core/source-name.ts';
import { type Sandbox, startSandbox } from './server.ts';
import type { ShownRow } from './shown-row.ts';
import type { ShownSet } from './sites/site.ts';

/** What a parser must read of a row, where the site prints it. */
const FIELDS = [
  'position',
  'cueSeconds',
  'cueGranularity',
  'artist',
  'title',
  'version',
  'edit',
  'recordLabel',
  'catalogNumber',
  'isId',
  'idKind',
  'withPrevious',
  'parts',
] as const satisfies readonly (keyof Row & keyof ShownRow)[];

let sandbox: Sandbox;
let sources: ReadonlyMap<SourceName, Source>;

beforeAll(async () => {
  sandbox = await startSandbox({ seed: 42, sets: 60 });
  sources = new Map((await loadAllSources()).map((source) => [source.facts.name, source]));
});
afterAll(() => sandbox.close());

describe.each(SOURCE_NAMES)('%s', (name) => {
  it('every page that shows a set is read row by row as the site prints it', async () => {
    const shown = sandbox.truth().shownSets.filter((set) => set.source === name);
    expect(shown.length).toBeGreaterThan(0);
    for (const set of shown) {
      const items = sourceOf(name).parse(await fetchPage(set.url)).items;
      const item = items.find((one) => tracksOf(one) !== null && externalIdOf(one) === set.externalId);
      expect({ url: set.url, rows: tracksOf(item)?.map(onlyFields) }).toEqual({
        url: set.url,
        rows: set.rows.map(onlyFields),
      });
      expectHead(item, set);
    }
  });

  it('the seeds lead to what the site shows, and no request ends in an error', async () => {
    const { ids, failures } = await crawl(sourceOf(name));
    expect(failures).toEqual([]);
    expect(shownIds(name).filter((id) => !ids.has(id))).toEqual([]);
  });

  it('unknown paths are 404 and robots.txt lets everybody in', async () => {
    for (const host of sourceOf(name).facts.hosts.filter((one) => one in sandbox.hosts)) {
      const robots = await fetch(`${sandbox.origin(host)}/robots.txt`);
      expect([robots.status, await robots.text()]).toEqual([
        200,
        expect.stringMatching(/^User-agent: \*\n(?:.*\n)*Allow: \/\n/),
      ]);
      const missing = await fetch(`${sandbox.origin(host)}/no/such/page`);
      expect([403, 404]).toContain(missing.status);
      await missing.arrayBuffer();
    }
  });
});

describe('setlistfm songs', () => {
  it('covers, guests, tapes and encores are read as they were played', async () => {
    const { shownSets, concerts, artists } = sandbox.truth();
    const nameOf = (id: string | null): string | null => artists.find((artist) => artist.id === id)?.name ?? null;
    for (const shown of shownSets.filter((set) => set.source === 'setlistfm' && set.rows.length > 0)) {
      const songs = concerts.find((concert) => concert.id === shown.setId)?.songs ?? [];
      const [item] = sourceOf('setlistfm').parse(await fetchPage(shown.url)).items;
      const read = tracksOf(item)?.map(({ cover, with: guest, tape, encore, info }) => [
        cover?.name ?? null,
        guest?.name ?? null,
        tape,
        encore,
        info,
      ]);
      expect(read).toEqual(
        songs.map((song) => [nameOf(song.coverOfId), nameOf(song.withArtistId), song.tape, song.encore, song.info]),
      );
    }
  });
});

describe('applemusic songs', () => {
  it('every recording in the shop is read with its ISRC, names and length', async () => {
    const { parse } = sourceOf('applemusic');
    const some = sandbox.truth().shownTracks.filter((_, index) => index % 7 === 0);
    for (const { trackId: _, source: _source, altered: _altered, url, externalId, ...shown } of some) {
      expect(parse(await fetchPage(url)).items[0]).toMatchObject({ kind: 'track', id: externalId, ...shown });
    }
  });

  it('one ISRC may be sold as several songs, and some songs have none', () => {
    const codes = sandbox.truth().shownTracks.map((track) => track.isrc);
    const given = codes.filter((code) => code !== null);
    expect(given.length).toBeLessThan(codes.length);
    expect(new Set(given).size).toBeLessThan(given.length);
  });
});

async function fetchPage(url: string): Promise<Page> {
  const { host, pathname, search } = new URL(url);
  const response = await fetch(`${sandbox.origin(host)}${pathname}${search}`);
  return {
    body: new Uint8Array(await response.arrayBuffer()),
    url,
    status: response.status,
    contentType: response.headers.get('content-type'),
    fetchedAt: '2026-01-01T00:00:00.000Z',
  };
}

/** Follows every request that a parser makes, from the seeds on. */
async function crawl(source: Source): Promise<{ ids: Set<string>; failures: string[] }> {
  const [ids, failures] = [new Set<string>(), [] as string[]];
  const waiting = source.seeds().map((seed) => seed.url);
  const asked = new Set(waiting.map(source.normaliseUrl));
  for (let url = waiting.shift(); url !== undefined; url = waiting.shift()) {
    const page = await fetchPage(url);
    const { items, requests } = source.parse(page);
    if (page.status !== 200) failures.push(`${page.status} ${url}`);
    for (const item of items) ids.add(externalIdOf(item));
    for (const next of requests.filter((request) => !asked.has(source.normaliseUrl(request.url)))) {
      asked.add(source.normaliseUrl(next.url));
      waiting.push(next.url);
    }
  }
  return { ids, failures };
}

/** Charts end after 200 songs, and DJ mixes stand on no page that a chart of songs leads to. */
function shownIds(name: SourceName): string[] {
  const { shownSets, shownTracks } = sandbox.truth();
  if (name === 'applemusic') return shownTracks.slice(0, 100).map((track) => track.externalId);
  return shownSets.filter((set) => set.source === name).map((set) => set.externalId);
}

function sourceOf(name: SourceName): Source {
  const source = sources.get(name);
  if (source === undefined) throw new RangeError(`no source "${name}"`);
  return source;
}

function tracksOf(item: Item | undefined): readonly Row[] | null {
  return item?.kind === 'setlist' || item?.kind === 'post' ? item.tracks : null;
}

function expectHead(item: Item | undefined, set: ShownSet): void {
  if (item?.kind === 'post') expect(item.title).toBe(set.title);
  if (item?.kind !== 'setlist') return;
  const { title, artists, date } = item;
  expect({ title, artists, date }).toEqual({ title: set.title, artists: set.artists, date: set.date });
}

function onlyFields(row: Row | ShownRow): Partial<Row> {
  return Object.fromEntries(FIELDS.map((field) => [field, row[field]]));
}
