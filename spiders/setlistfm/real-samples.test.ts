/** The parser against real answers; skipped where their folder is absent. */
import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { SetlistItem } from '../../src/core/items.ts';
import { parse } from './parser.ts';

const SHARED = new URL('../../../shared/fixtures/setlistfm/', import.meta.url);
const hasShared = existsSync(SHARED);
describe.skipIf(!hasShared)('real samples of ../shared/fixtures/setlistfm', () => {
  it.each(['setlist-63de4613', 'setlist-version-6bd6ca6e', 'user-attended-p1', 'venue-6bd6ca6e-setlists-p1'])(
    '%s is read field by field',
    (name) => {
      const result = read(name, 'https://api.setlist.fm/rest/1.0/user/x/attended');
      const expected = expectedOf(name);
      expect(result.items.map((item) => (item.kind === 'setlist' ? inExpectedWords(item) : item))).toEqual(
        expected.setlists,
      );
      expect(result.requests.length > 0).toBe(expected.has_next_page ?? false);
      expect(result.problems).toEqual([]);
    },
  );

  it('search-artists-tmid is read field by field', () => {
    const result = read('search-artists-tmid');
    const artists = result.items.map((item) =>
      item.kind === 'artist'
        ? {
            mbid: item.mbid,
            name: item.name,
            sort_name: item.sortName,
            disambiguation: item.disambiguation,
            tmid: item.extra.tmid,
          }
        : item,
    );
    expect(artists).toEqual(expectedOf('search-artists-tmid').artists);
    expect(result.requests).toEqual([]);
  });

  it('error-404-search-artists is an empty search, no fault', () => {
    const expected = expectedOf('error-404-search-artists');
    expect(read('error-404-search-artists').items).toMatchObject([
      {
        kind: 'error',
        status: expected.http_status,
        code: expected.error,
        message: expected.message,
        extra: { timestamp: expected.timestamp, meaning: expected.meaning },
      },
    ]);
  });
});

function read(name: string, url: string | null = null) {
  const body = readFileSync(new URL(`${name}.json`, SHARED));
  return parse({ body, url, status: null, contentType: null, fetchedAt: null });
}

function expectedOf(name: string) {
  return JSON.parse(readFileSync(new URL(`${name}.expected.json`, SHARED), 'utf8'));
}

/** Our item in the vocabulary of the expected files. */
function inExpectedWords(item: SetlistItem) {
  const { extra } = item;
  const sets = extra.sets as { songs: number }[];
  const setOf = sets.flatMap((set, index) => Array.from({ length: set.songs }, () => index));
  return {
    id: item.externalId,
    version_id: item.versionId,
    last_updated: item.lastUpdated,
    date: item.date,
    artist: {
      name: item.artists[0],
      mbid: extra.artistMbid,
      sort_name: extra.artistSortName,
      disambiguation: extra.artistDisambiguation,
    },
    venue: { id: extra.venueId, name: item.venue },
    city:
      item.city === null
        ? null
        : {
            geo_id: extra.geoId,
            name: item.city,
            state: item.region,
            state_code: extra.stateCode,
            lat: extra.lat,
            lon: extra.long,
            country_code: extra.countryCode,
            country: item.country,
          },
    tour: item.tour,
    info: item.notes[0] ?? null,
    url: item.url,
    set_count: extra.setCount,
    song_count: item.tracks.length,
    songs: item.tracks.map((row) => ({
      position: row.position,
      set_index: setOf[row.position - 1],
      set_name: row.section,
      encore: row.encore,
      name: row.title,
      cover: row.cover,
      with: row.with,
      tape: row.tape,
      info: row.info,
    })),
  };
}
