import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { Row, SetlistItem } from '../../src/core/items.ts';
import { parse } from './parser.ts';

/** Real samples, where the shared folder is there; without it the tests of parser.test.ts stand alone. */
const SHARED = new URL('../../../shared/fixtures/mixesdb/', import.meta.url);

/** A row in the vocabulary of the expected files. */
interface ExpectedRow {
  part: string | null;
  position: number;
  cueSeconds: number | null;
  cueGranularity: string | null;
  artist: string | null;
  title: string | null;
  version: string | null;
  label: string | null;
  catalogNumber: string | null;
  isUnreleased: boolean;
  isUnknown: boolean;
  isTentative?: boolean;
  gapAfter?: boolean;
  prefixNote?: string;
}

interface ExpectedMix {
  title: string;
  date: string;
  datePrecision: string;
  artists: string[];
  isLivePA: boolean;
  placeOrSeries: string;
  titleKind?: string;
  url: string;
  hasTracklist?: boolean;
  tracks: ExpectedRow[];
}

describe.skipIf(!existsSync(SHARED))('real samples of ../shared/fixtures/mixesdb', () => {
  it.each([
    ['boiler-room-notebook-excerpt', 'txt'],
    ['hawtin-cocorico-2mixes', 'csv'],
  ])('%s is read field by field', (name, extension) => {
    const { mixes } = expectedOf(name) as { mixes: ExpectedMix[] };
    const { items, problems } = read(`${name}.${extension}`);
    expect(items.map(mixInExpectedWords)).toEqual(mixes.map(mixFields));
    for (const [index, mix] of mixes.entries()) expectRows(items[index], mix.tracks);
    expect(problems).toEqual([]);
  });

  it('SYNTHETIC-rest-v1-page is read field by field', () => {
    const expected = expectedOf('SYNTHETIC-rest-v1-page') as Record<string, unknown> & { mix: ExpectedMix };
    const { items, problems } = read('SYNTHETIC-rest-v1-page.json');
    expect(items.map(mixInExpectedWords)).toEqual([mixFields(expected.mix)]);
    expect(items[0]).toMatchObject({
      externalId: expected.pageKey,
      durationSeconds: expected.durationSeconds,
      genres: ['Techno'],
      extra: {
        revisionId: expected.revisionId,
        playerUrls: expected.playerUrls,
        categories: expected.categories,
        tracklistState: expected.tracklistState,
      },
    });
    expectRows(items[0], expected.mix.tracks);
    expect(problems).toEqual([]);
  });

  it('tracklist-merger-examples: every body is a set', () => {
    const { examples } = expectedOf('tracklist-merger-examples') as { examples: Record<string, ExpectedRow[]>[] };
    const { items, problems } = read('tracklist-merger-examples.txt');
    const bodies = examples.flatMap(({ original = [], candidate = [], expected_result = [] }) => [
      original,
      candidate,
      expected_result,
    ]);
    expect(items).toHaveLength(bodies.length);
    for (const [index, rows] of bodies.entries()) expectRows(items[index], rows);
    expect(problems).toEqual([]);
  });
});

function read(name: string): { items: SetlistItem[]; problems: unknown[] } {
  const { items, problems } = parse({
    body: readFileSync(new URL(name, SHARED)),
    url: null,
    status: null,
    contentType: null,
    fetchedAt: null,
  });
  return { items: items.filter((item): item is SetlistItem => item.kind === 'setlist'), problems };
}

/** Texts are compared composed: one of the samples spells a name in decomposed letters. */
function expectedOf(name: string): unknown {
  return JSON.parse(readFileSync(new URL(`${name}.expected.json`, SHARED), 'utf8').normalize('NFC'));
}

function mixInExpectedWords(item: SetlistItem) {
  return {
    title: item.title,
    date: item.date,
    datePrecision: item.datePrecision,
    artists: item.artists,
    isLivePA: item.isLivePa,
    placeOrSeries: item.extra.placeOrSeries,
    titleKind: item.extra.titleKind,
    url: item.url,
    hasTracklist: item.extra.hasTracklist,
  };
}

function mixFields({ tracks, hasTracklist = tracks.length > 0, titleKind = 'live', ...mix }: ExpectedMix) {
  const { title, date, datePrecision, artists, isLivePA, placeOrSeries, url } = mix;
  return { title, date, datePrecision, artists, isLivePA, placeOrSeries, titleKind, url, hasTracklist };
}

function expectRows(item: SetlistItem | undefined, expected: ExpectedRow[]): void {
  const { gapsAfter, tentative, unreleased } = (item?.extra ?? {}) as Record<string, number[]>;
  expect(item?.tracks.map((row) => rowFields(row))).toEqual(expected.map(expectedFields));
  expect(gapsAfter?.filter((position) => position > 0)).toEqual(positionsWhere(expected, (row) => row.gapAfter));
  expect(tentative).toEqual(positionsWhere(expected, (row) => row.isTentative));
  expect(unreleased).toEqual(positionsWhere(expected, (row) => row.isUnreleased));
}

function positionsWhere(rows: ExpectedRow[], has: (row: ExpectedRow) => boolean | undefined): number[] {
  return rows.flatMap((row, index) => (has(row) ? [index + 1] : []));
}

function rowFields(row: Row) {
  const {
    position,
    section,
    cueSeconds,
    cueGranularity,
    artist,
    title,
    version,
    recordLabel,
    catalogNumber,
    isId,
    info,
  } = row;
  return {
    position,
    section,
    cueSeconds,
    cueGranularity,
    artist,
    title,
    version,
    recordLabel,
    catalogNumber,
    isId,
    note: noteOf(info),
  };
}

/** Positions of the expected files begin again in every part; ours count over the whole set. */
function expectedFields(row: ExpectedRow, index: number) {
  return {
    position: index + 1,
    section: row.part,
    cueSeconds: row.cueSeconds,
    cueGranularity: row.cueGranularity ?? 'unknown',
    artist: row.artist,
    title: row.title,
    version: row.version,
    recordLabel: row.label,
    catalogNumber: row.catalogNumber,
    isId: row.isUnknown,
    note: row.prefixNote ?? null,
  };
}

function noteOf(info: string | null): string | null {
  return info?.replace(/(?:; )?(?:Unreleased|Forthcoming)$/, '') || null;
}
