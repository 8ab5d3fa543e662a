/** DJ mixes: which albums are sets, and what their rows say. */
import { describe, expect, it } from 'vitest';
import type { AlbumItem, SetlistItem } from '../../src/core/items.ts';
import type { ParseResult } from '../../src/core/parse-result.ts';
import { albumAnswer as album, songResource as song } from '../../src/testing/apple-answers.ts';
import { parse } from './parser.ts';

const API = 'https://api.music.apple.com/v1/catalog/us';

function read(body: string, url: string | null = null): ParseResult {
  return parse({ body: Buffer.from(body), url, status: null, contentType: null, fetchedAt: null });
}

describe('DJ mixes', () => {
  const sets = (result: ParseResult) => result.items.filter((item): item is SetlistItem => item.kind === 'setlist');
  const two = [song('1', 'One (Mixed)'), song('2', 'Two [MIXED]', 2)];

  it.each([
    ['Night (DJ Mix)', true],
    ['Night [DJ Mix]', true],
    ['Night (Continuous DJ Mix)', true],
    ['Night (Continuous DJ Mix by Halden)', true],
    ['Night (DJ Mix) - EP', true],
    ['Continuous DJ Mix', true],
    ['Night: Continuous DJ Mix by Halden', true],
    ['DJ Mix', false],
    ['My First DJ Mix', false],
    ['Diskonnected - Mixed by Halden', false],
  ])('%s, by its name: %s', (name, isMix) => {
    const [item] = read(album({ name }, [song('1', 'One')])).items as AlbumItem[];
    expect(item?.extra.isDjMix).toBe(isMix);
  });

  it('without a mark in its name it is a mix of the media that are mixed throughout', () => {
    const found = sets(read(album({}, [...two, song('3', 'Three', 1, 2), song('4', 'Four (Mixed)', 2, 2)])));
    expect(found.map(({ externalId, tracks: rows }) => [externalId, rows.map(({ title }) => title)])).toEqual([
      ['900000300', ['One', 'Two']],
    ]);
  });

  it('with one it is a mix also where no track says so, and its rows do not say it for them', () => {
    const [set] = sets(read(album({ name: 'Night (DJ Mix)' }, [song('1', 'One'), song('2', 'Two - Mixed', 2)])));
    expect(set?.tracks.map(({ title, version, cueSeconds }) => [title, version, cueSeconds])).toEqual([
      ['One', null, 0],
      ['Two', 'Mixed', 60],
    ]);
  });

  it('versions within a mash-up belong to its parts', () => {
    const [set] = sets(read(album({}, [song('1', 'One (Halden Remix) / Two [Mixed]'), song('2', 'ID [Mixed]', 2)])));
    expect(set?.tracks[0]?.parts).toEqual([
      { artist: null, title: 'One', version: 'Halden Remix' },
      { artist: null, title: 'Two', version: null },
    ]);
    expect(set?.tracks[1]).toMatchObject({ title: null, isId: true, idKind: 'title' });
  });

  it('of which only a part is here gives that part when its name says what it is, and no length', () => {
    const next = '/v1/catalog/us/albums/900000300/tracks?offset=2';
    expect(sets(read(album({ name: 'Night (DJ Mix)' }, two, next)))).toMatchObject([
      { durationSeconds: null, tracks: [{ cueSeconds: 0 }, { cueSeconds: 60 }], extra: { isWhole: false } },
    ]);
    expect(sets(read(album({}, two, next)))).toEqual([]);
  });

  it('listed without its tracks is asked for with them, in the shop it was listed in', () => {
    const listed = { ...JSON.parse(album({ name: 'Night (DJ Mix)' }, [])).data[0], relationships: undefined };
    const chart = JSON.stringify({ results: { albums: [{ chart: 'most-played', data: [listed] }] } });
    expect(read(chart, `${API}/charts?types=albums`).requests).toEqual([
      { url: `${API.replace('/us', '/gb')}/albums/900000300?include=tracks%2Cartists`, kind: 'albums' },
    ]);
  });
});
