import { generateKeyPairSync, verify } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { ConfigError } from '../../src/core/errors.ts';
import { requestsForSeed } from '../../src/core/seeds.ts';
import type { Credentials } from '../../src/core/tokens.ts';
import { tokenPlan } from './developer-token.ts';
import { source } from './index.ts';
import { songsById, songsByIsrc } from './spider.ts';

const API = 'https://api.music.apple.com/v1/catalog';

describe('a seed', () => {
  it.each([
    ['QZ-AAA-24-00001', `${API}/us/songs?filter%5Bisrc%5D=QZAAA2400001`, 'songs'],
    ['gb:QZAAA2400001', `${API}/gb/songs?filter%5Bisrc%5D=QZAAA2400001`, 'songs'],
    ['QZAAA2400001, QZAAA2400002', `${API}/us/songs?filter%5Bisrc%5D=QZAAA2400001%2CQZAAA2400002`, 'songs'],
    ['900000011,900000012', `${API}/us/songs?ids=900000011%2C900000012`, 'songs'],
    ['album:900000001', `${API}/us/albums/900000001?include=tracks%2Cartists`, 'albums'],
    ['artist:900000077', `${API}/us/artists/900000077`, 'artists'],
    ['gb:artist:311', `${API}/gb/search?limit=25&term=311&types=albums%2Cartists%2Csongs`, 'search'],
    ['gb:search: low tide', `${API}/gb/search?limit=25&term=low+tide&types=albums%2Csongs`, 'search'],
    [
      '012345678905',
      'https://itunes.apple.com/lookup?country=us&entity=song&limit=200&upc=012345678905',
      'itunes-lookup',
    ],
    [
      'itunes:low tide',
      'https://itunes.apple.com/search?country=us&entity=song&limit=200&term=low+tide',
      'itunes-search',
    ],
    [
      'gb:itunes:900000300',
      'https://itunes.apple.com/lookup?country=gb&entity=song&id=900000300&limit=200',
      'itunes-lookup',
    ],
    [`${API}/us/artists/1/albums?offset=25`, `${API}/us/artists/1/albums?offset=25`, 'albums'],
    ['900000011', `${API}/us/songs/900000011`, 'songs'],
    ['pl.abc-1', `${API}/us/playlists/pl.abc-1?include=tracks`, 'playlists'],
    ['https://music.apple.com/gb/album/low-tide/900000001?i=900000011&uo=4', `${API}/gb/songs/900000011`, 'songs'],
    [
      'https://geo.itunes.apple.com/us/album/low-tide/id900000001',
      `${API}/us/albums/900000001?include=tracks%2Cartists`,
      'albums',
    ],
    ['https://music.apple.com/song/low-tide/900000011', `${API}/us/songs/900000011`, 'songs'],
    [
      'https://music.apple.com/us/playlist/night-bus/pl.abc-1',
      `${API}/us/playlists/pl.abc-1?include=tracks`,
      'playlists',
    ],
    ['https://music.apple.com/us/artist/mara-quill/77', `${API}/us/artists/77`, 'artists'],
    [`${API}/us/charts?types=songs&chart=most-played`, `${API}/us/charts?chart=most-played&types=songs`, 'charts'],
    [`${API}/us/albums/9/tracks?offset=100`, `${API}/us/albums/9/tracks?offset=100`, 'tracks'],
    [
      'https://itunes.apple.com/lookup?id=9&entity=song',
      'https://itunes.apple.com/lookup?entity=song&id=9',
      'itunes-lookup',
    ],
  ])('%s', (text, url, kind) => {
    expect(requestsForSeed(source, text)).toEqual([{ url, kind }]);
    expect(source.normaliseUrl(url)).toBe(url);
  });

  it('of more codes than one call takes is several requests', () => {
    const codes = Array.from({ length: 26 }, (_, index) => `QZAAA24000${index + 10}`);
    expect(requestsForSeed(source, codes.slice(0, 25).join(','))).toHaveLength(1);
    expect(requestsForSeed(source, codes.join(','))).toHaveLength(2);
    expect(songsByIsrc(codes, 'us').map(({ url }) => url.split('%2C').length)).toEqual([25, 1]);
    expect(songsById(Array.from({ length: 401 }, String), 'us')).toHaveLength(3);
  });

  it.each([
    '',
    'low tide',
    'toString:x',
    'album:x',
    `${API}/us/search/hints?term=x`,
    '900000011,x',
    'https://example.org/album/x/900000001',
    'https://music.apple.com/us/browse',
  ])('%j is nothing of Apple', (text) => {
    expect(() => requestsForSeed(source, text)).toThrow(/is no seed for Apple Music/);
    expect(source.normaliseUrl(text)).toBe(text);
  });

  it('seeds are normalised', () => {
    for (const { url } of source.seeds()) expect(source.normaliseUrl(url)).toBe(url);
  });
});

describe('headers', () => {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const pem = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
  const credentials = {
    APPLE_MUSIC_KEY_ID: 'KEY',
    APPLE_MUSIC_TEAM_ID: 'TEAM',
    APPLE_MUSIC_PRIVATE_KEY: pem.replaceAll('\n', '\\n'),
  };

  const mint = (given: Credentials, now = new Date(1_767_225_600_000)) =>
    tokenPlan.mint({
      credentials: given,
      now,
      ask: () => Promise.reject(new Error('a token is signed here, nobody is asked')),
    });

  it('a token names key and team, lives an hour and carries a signature that holds', async () => {
    const token = await mint(credentials);
    const [head = '', claims = '', signature = ''] = token?.value.split('.') ?? [];
    expect(JSON.parse(Buffer.from(head, 'base64url').toString())).toEqual({ alg: 'ES256', kid: 'KEY', typ: 'JWT' });
    expect(JSON.parse(Buffer.from(claims, 'base64url').toString())).toEqual({
      iss: 'TEAM',
      iat: 1_767_225_600,
      exp: token === null ? null : token.expiresAt.getTime() / 1000,
    });
    const key = { key: publicKey, dsaEncoding: 'ieee-p1363' as const };
    expect(verify('sha256', Buffer.from(`${head}.${claims}`), key, Buffer.from(signature, 'base64url'))).toBe(true);
  });

  it('only the catalogue gets the token', () => {
    const withToken = { ...credentials, [tokenPlan.variable]: 'ey.x.y' };
    expect(source.headers({ url: `${API}/us/songs/1`, kind: 'songs' }, withToken).Authorization).toBe('Bearer ey.x.y');
    const lookup = { url: 'https://itunes.apple.com/lookup?id=1', kind: 'itunes-lookup' };
    expect(source.headers(lookup, withToken)).toEqual({ Accept: 'application/json' });
    expect(source.headers({ url: `${API}/us/songs/1`, kind: 'songs' }, {})).toEqual({ Accept: 'application/json' });
  });

  it('a missing credential makes no token, and a key that cannot sign is a fault of configuration', async () => {
    expect(await mint({ ...credentials, APPLE_MUSIC_TEAM_ID: '' })).toBeNull();
    await expect(mint({ ...credentials, APPLE_MUSIC_PRIVATE_KEY: 'no key' })).rejects.toThrow(ConfigError);
  });
});
