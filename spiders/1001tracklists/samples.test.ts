/** Every real sample beside the repository, field by field; skipped where that folder is not there. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { Item, Row, SetlistItem } from '../../src/core/items.ts';
import { parse } from './parser.ts';

interface ExpectedTrack {
  position: number;
  number: string | null;
  cueSeconds: number | null;
  artist: string;
  title: string;
  isId: boolean;
  withPrevious: boolean;
  idKind?: string;
  status?: string;
  edit?: string;
  label?: string;
  trackId?: string;
  trackUrl?: string;
  mediaItemId?: string;
  durationSeconds?: number;
  genre?: string;
  mashupPartOf?: number;
}

const folder = new URL('../../../shared/fixtures/1001tracklists/', import.meta.url);
const present = existsSync(folder);
const names = present ? readdirSync(folder).filter((name) => name.endsWith('.expected.json')) : [];
const having = (start: string): string[] =>
  names.filter((name) => name.startsWith(start)).map((name) => name.replace('.expected.json', ''));

function read(name: string) {
  const file = readdirSync(folder).find((one) => one.startsWith(`${name}.`) && !one.includes('.expected.'));
  const page = { url: null, status: null, contentType: null, fetchedAt: null };
  const result = parse({ ...page, body: readFileSync(new URL(file ?? '', folder)) });
  return { expected: JSON.parse(readFileSync(new URL(`${name}.expected.json`, folder), 'utf8')), result };
}

function setOf(items: readonly Item[]): SetlistItem {
  const [item] = items;
  if (items.length !== 1 || item?.kind !== 'setlist')
    throw new Error(`expected one setlist, got ${items.length} items`);
  return item;
}

/** The expected files keep title and version together, and print "ID" where we say null. */
function printed({ title, version }: { title: string | null; version: string | null }): string {
  return version === null ? (title ?? 'ID') : `${title ?? 'ID'} (${version})`;
}

function expectedRow(track: ExpectedTrack, position: number, parts: ExpectedTrack[]) {
  const links = { trackId: track.trackId, trackUrl: track.trackUrl, mediaItemId: track.mediaItemId };
  return {
    position,
    number: track.number,
    cueSeconds: track.cueSeconds,
    artist: track.artist,
    title: track.title,
    isId: track.isId,
    idKind: track.idKind ?? null,
    withPrevious: track.withPrevious,
    edit: track.edit ?? null,
    info: track.status ?? null,
    recordLabel: track.label ?? null,
    durationSeconds: track.durationSeconds ?? null,
    genre: track.genre ?? null,
    links: Object.fromEntries(Object.entries(links).filter(([, value]) => value !== undefined)),
    parts: parts.map(({ artist, title }) => ({ artist, title })),
  };
}

function readRow(row: Row) {
  return {
    position: row.position,
    number: row.number,
    cueSeconds: row.cueSeconds,
    artist: row.artist ?? 'ID',
    title: printed(row),
    isId: row.isId,
    idKind: row.idKind,
    withPrevious: row.withPrevious,
    edit: row.edit,
    info: row.info,
    recordLabel: row.recordLabel,
    durationSeconds: row.durationSeconds,
    genre: row.genre,
    links: row.links,
    parts: row.parts.map((part) => ({ artist: part.artist, title: printed(part) })),
  };
}

describe.skipIf(!present)('real samples in ../shared/fixtures/1001tracklists', () => {
  it.each(having('tracklist-'))('%s is read as one set, every field', (name) => {
    const { expected, result } = read(name);
    const item = setOf(result.items);
    expect(result.problems).toEqual([]);
    expect(item).toMatchObject({
      externalId: expected.externalId,
      otherIds: expected.otherIds ?? [],
      url: expected.url,
      title: expected.title,
      artists: expected.artists,
      date: expected.date,
      datePrecision: 'day',
      event: expected.event,
      sources: expected.sources,
      genres: expected.genres,
    });
    expect(item.media).toEqual(
      expected.media.map(({ service, id, durationSeconds }: SetlistItem['media'][number]) => ({
        service,
        id,
        durationSeconds,
      })),
    );
    expect(item.extra).toMatchObject({ cued: expected.cued, cuePlayerId: expected.cuePlayerId ?? null });
    expect(`${item.extra.identified} / ${item.extra.identifiedOf}`).toBe(expected.siteIdentified);
  });

  it.each(having('tracklist-'))('%s has every row, and parts of mashups inside their mashup', (name) => {
    const { expected, result } = read(name);
    const tracks: ExpectedTrack[] = expected.tracks;
    const played = tracks.filter((track) => track.mashupPartOf === undefined);
    const rows = played.map((track, i) =>
      expectedRow(
        track,
        i + 1,
        tracks.filter(({ mashupPartOf }) => mashupPartOf === track.position),
      ),
    );
    expect(setOf(result.items).tracks.map(readRow)).toEqual(rows);
    expect(rows).toHaveLength(expected.playedCount);
  });

  it.each([...having('home-'), ...having('search-')])('%s is read as a list with a request for each set', (name) => {
    const { expected, result } = read(name);
    const [item] = result.items;
    if (item?.kind !== 'listing') throw new Error('expected a listing');
    expect(result.problems).toEqual([]);
    expect(item.entries).toMatchObject(expected.rows);
    expect(item.entries).toHaveLength(expected.rowCount);
    expect(result.requests).toEqual(expected.rows.map(({ url }: { url: string }) => ({ url, kind: 'tracklist' })));
  });

  it.each(having('block-'))('%s is a refusal and nothing else', (name) => {
    const { expected, result } = read(name);
    const block = { kind: 'block', source: '1001tracklists', reason: expected.reason, url: expected.url };
    expect(result).toEqual({ source: '1001tracklists', items: [block], requests: [], problems: [] });
  });

  it.each(having('medialink-'))('%s gives the links of its track', (name) => {
    const { expected, result } = read(name);
    expect(result.items).toMatchObject([{ kind: 'media', id: expected.mediaItemId, links: expected.links }]);
    expect(result.problems).toEqual([]);
  });

  it.each(having('paste-'))('%s is read as a set', (name) => {
    const { expected, result } = read(name);
    const item = setOf(result.items);
    expect(item).toMatchObject({
      title: expected.title,
      artists: expected.artists,
      date: expected.date,
      durationSeconds: expected.recordingSeconds,
    });
    expect(item.tracks.map(readRow)).toEqual(
      expected.tracks.map((track: ExpectedTrack, i: number) => expectedRow(track, i + 1, [])),
    );
  });

  it('a notice on its own is no track', () => {
    const { expected, result } = read('fragment-row-notice');
    expect(result.items).toEqual([]);
    expect(result.problems).toMatchObject([{ code: 'fragment', message: expect.stringContaining(expected.text) }]);
  });

  it('a suggestion on its own is no track', () => {
    const { expected, result } = read('fragment-row-suggestion');
    expect(result.items).toEqual([]);
    const { suggestionId, targetRowId, position, suggestionType, meaning, value } = expected;
    const said = `${suggestionId} about row ${targetRowId} (position ${position}), type ${suggestionType} "${meaning}": ${value}`;
    expect(result.problems).toMatchObject([{ code: 'fragment', message: expect.stringContaining(said) }]);
  });

  it.each([...having('tracklist-'), ...having('home-'), ...having('search-')])('half of %s gives nothing', (name) => {
    const file = readdirSync(folder).find((one) => one.startsWith(`${name}.`) && !one.includes('.expected.'));
    const whole = readFileSync(new URL(file ?? '', folder));
    const body = whole.subarray(0, whole.length / 2);
    const result = parse({ url: null, status: null, contentType: null, fetchedAt: null, body });
    expect(result.items).toEqual([]);
    expect(result.problems).toMatchObject([{ code: 'truncated' }]);
  });
});
