/** The parser against real answers; skipped where their folder is absent. */
import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { AlbumItem, ChartItem, ErrorItem, SetlistItem, TrackItem } from '../../src/core/items.ts';
import type { ParseResult } from '../../src/core/parse-result.ts';
import { parse } from './parser.ts';

const REAL = new URL('../../../shared/fixtures/applemusic/', import.meta.url);

type Fields = Record<string, unknown>;

function real(name: string): ParseResult {
  const body = readFileSync(new URL(`${name}.json`, REAL));
  return parse({ body, url: null, status: null, contentType: null, fetchedAt: null });
}

function expected(name: string): Fields {
  return JSON.parse(readFileSync(new URL(`${name}.expected.json`, REAL), 'utf8')) as Fields;
}

const list = (value: unknown): Fields[] => value as Fields[];
const tracks = ({ items }: ParseResult): TrackItem[] =>
  items.filter((item): item is TrackItem => item.kind === 'track');

function find<T>({ items }: ParseResult, kind: string): T {
  return items.find((item) => item.kind === kind) as T;
}

/** A catalogue song of an expected file, in our words. */
function songInOurWords(said: Fields): Fields {
  return {
    id: said.id,
    isrc: said.isrc,
    artist: said.artist,
    album: said.album,
    albumId: said.album_id,
    durationMs: said.duration_ms,
    releaseDate: said.release_date,
    genres: said.genres,
    trackNumber: said.track_number,
    discNumber: said.disc_number,
    explicit: said.content_rating === null ? null : said.content_rating === 'explicit',
    composer: said.composer,
    previewUrl: said.preview_url,
    url: said.url,
    rank: said.rank ?? null,
    extra: { type: said.type, displayName: said.name, contentRating: said.content_rating, artistIds: said.artist_ids },
  };
}

function itunesInOurWords(said: Fields): Fields {
  return {
    id: String(said.id),
    isrc: said.isrc,
    artist: said.artist,
    album: said.album,
    albumId: String(said.album_id),
    durationMs: said.duration_ms,
    releaseDate: said.release_date,
    genres: said.genres,
    trackNumber: said.track_number,
    discNumber: said.disc_number,
    explicit: said.explicitness === 'explicit',
    previewUrl: said.preview_url,
    url: said.url,
    extra: {
      type: said.kind,
      displayName: said.best_name,
      name: said.name,
      contentRating: said.explicitness,
      discCount: said.disc_count,
      trackCount: said.track_count,
      isStreamable: said.streamable,
    },
  };
}

/** A name in pieces says no more and no less than the name. */
function expectNameInPieces({ title, version, featured, extra }: TrackItem): void {
  const name = String(extra.displayName);
  expect(name.startsWith(title ?? '?')).toBe(true);
  for (const piece of [version ?? '', ...featured]) expect(name).toContain(piece);
}

describe.skipIf(!existsSync(REAL))('real samples (../shared/fixtures/applemusic)', () => {
  it.each(['catalog-songs-gb-2024-05', 'charts-us-songs-2017-11-03'])('%s: every song, every field', (name) => {
    const result = real(name);
    const said = list(expected(name).songs);
    expect(tracks(result)).toHaveLength(said.length);
    for (const [index, fields] of said.entries()) expect(tracks(result)[index]).toMatchObject(songInOurWords(fields));
    for (const track of tracks(result)) expectNameInPieces(track);
    expect(result.problems).toEqual([]);
  });

  it('names of songs split as people read them', () => {
    const byName = new Map(tracks(real('catalog-songs-gb-2024-05')).map((track) => [track.extra.displayName, track]));
    expect(byName.get('Tshwala Bam (feat. S.N.E) [Remix]')).toMatchObject({
      title: 'Tshwala Bam',
      version: 'Remix',
      featured: ['S.N.E'],
      artists: ['TitoM', 'Yuppe', 'Burna Boy'],
    });
    expect(byName.get('The Sound of Silence (CYRIL Remix)')).toMatchObject({
      title: 'The Sound of Silence',
      version: 'CYRIL Remix',
    });
    expect(byName.get('A Bar Song (Tipsy)')).toMatchObject({ title: 'A Bar Song (Tipsy)', version: null });
  });

  it('charts: the chart itself and its next page', () => {
    const result = real('charts-us-songs-2017-11-03');
    const said = list(expected('charts-us-songs-2017-11-03').charts)[0] ?? {};
    const chart = find<ChartItem>(result, 'chart');
    expect(chart).toMatchObject({ id: 'us/songs/most-played', type: said.type, name: said.name });
    expect(chart.entries).toEqual(tracks(result).map(({ id, rank }) => ({ id, rank })));
    expect(chart.entries).toHaveLength(Number(said.entry_count));
    expect(result.requests).toEqual([{ url: `https://api.music.apple.com${said.next}`, kind: 'charts' }]);
  });

  it('an album that includes one of eight tracks', () => {
    const result = real('album-310730204-us-include-tracks');
    const said = list(expected('album-310730204-us-include-tracks').albums)[0] ?? {};
    expect(find<AlbumItem>(result, 'album')).toMatchObject({
      id: said.id,
      title: said.name,
      artist: said.artist,
      releaseDate: said.release_date,
      trackCount: said.track_count,
      recordLabel: said.record_label,
      extra: {
        genres: said.genres,
        copyright: said.copyright,
        isSingle: said.is_single,
        isComplete: said.is_complete,
        upc: said.upc,
        isDjMix: said.is_dj_mix,
      },
    });
    expect(find<AlbumItem>(result, 'album').tracks).toMatchObject(list(said.tracks).map(songInOurWords));
    expect(tracks(result)).toHaveLength(Number(said.tracks_returned));
    expect(result.problems.map(({ code }) => code)).toEqual(['missing-tracks']);
    expect(result.requests).toEqual([]);
  });

  it('an error answer', () => {
    const said = expected('error-400-invalid-parameter');
    const [error] = list(said.errors);
    expect(find<ErrorItem>(real('error-400-invalid-parameter'), 'error')).toMatchObject({
      status: said.http_status,
      code: error?.code,
      message: error?.detail,
      extra: { id: error?.id, title: error?.title, parameter: error?.source_parameter, retryable: said.retryable },
    });
  });

  it.each(['itunes-lookup-album-1441458047-gb', 'itunes-lookup-album-1728639278-us'])(
    '%s: album and tracks',
    (name) => {
      const result = real(name);
      const said = expected(name);
      const collection = said.collection as Fields;
      expect(find<AlbumItem>(result, 'album')).toMatchObject({
        id: String(collection.id),
        title: collection.name,
        artist: collection.artist,
        trackCount: collection.track_count,
        releaseDate: collection.release_date,
        extra: {
          artistId: String(collection.artist_id),
          genres: [collection.genre],
          contentRating: collection.explicitness,
          copyright: collection.copyright,
          upc: collection.upc_in_artwork_url,
          typeSuffix: collection.type_suffix,
        },
      });
      expect(tracks(result)).toHaveLength(list(said.songs).length);
      for (const [index, fields] of list(said.songs).entries())
        expect(tracks(result)[index]).toMatchObject(itunesInOurWords(fields));
      for (const track of tracks(result)) expectNameInPieces(track);
      expect(result.problems).toEqual([]);
    },
  );

  it('a DJ mix: names in pieces, starts by running sum', () => {
    const result = real('djmix-1600990821-us-tracks-1-14');
    const said = list(expected('djmix-1600990821-us-tracks-1-14').tracks);
    const found = tracks(result).map(
      ({ trackNumber, artist, title, featured, version, mixed, isId, durationMs, extra }) => {
        const works = extra.works as string[];
        return {
          position: trackNumber,
          artist_credit: artist,
          works: works.length > 0 ? works : [title],
          is_mashup: works.length > 0,
          featured,
          version,
          is_mixed: mixed,
          is_id: isId,
          duration_ms: durationMs,
        };
      },
    );
    expect(found).toEqual(said);
    expect(find<AlbumItem>(result, 'album').extra.isDjMix).toBe(true);
    const cues = find<SetlistItem>(result, 'setlist').tracks.map(({ cueSeconds }) => cueSeconds);
    expect(cues.slice(0, 4)).toEqual([0, 123, 194, 296]);
  });
});
