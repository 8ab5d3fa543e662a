/** Where a crawl of Apple Music may start: by codes and numbers, by words of the catalogue's search, and in the keyless iTunes look-up. */
import { normaliseIsrc } from '../../src/core/isrc.ts';
import type { PageRequest } from '../../src/core/parse-result.ts';
import type { SeedRule } from '../../src/core/seed-rule.ts';
import { addressRule, requestsByRules } from '../../src/core/seeds.ts';
import {
  albumWithTracks,
  catalogue,
  DEFAULT_STOREFRONT,
  isNumber,
  itunes,
  itunesAlbum,
  requestFor,
  songsById,
  songsByIsrc,
} from './spider.ts';

/** Two hundred numbers of songs with commas between. */
const LONGEST_LIST = 2_600;
/** Shorter ones are names: 311, 2814. */
const ARTIST_NUMBER = /^\d{5,15}$/;
/** Songs' numbers have ten digits at most; twelve and more are bar codes. */
const SONG_NUMBER = /^\d{5,11}$/;
const BAR_CODE = /^\d{12,14}$/;
const PLAYLIST_ID = /^pl\.[\w-]+$/;
const IN_SHOP = /^(?<storefront>[a-z]{2}):\s*(?<rest>\S.*)$/s;

type Read = (value: string, storefront: string) => PageRequest[];
type ShopRule = Omit<SeedRule, 'read'> & { readonly read: Read };

/** All but the address: each of them is asked in one shop, the first unless another is named in front. */
const SHOP_RULES: readonly ShopRule[] = [
  {
    form: 'artist:<number>',
    example: 'artist:900000077',
    becomes: 'one artist',
    read: (id, storefront) => (ARTIST_NUMBER.test(id) ? [catalogue('artists', `artists/${id}`, storefront)] : []),
  },
  {
    form: 'artist:<name>',
    example: 'artist:Mara Quill',
    becomes: 'artists, albums and songs that the catalogue finds by that name',
    read: (name, storefront) => search('albums,artists,songs', name, storefront),
  },
  {
    form: 'search:<text>',
    example: 'search:low tide',
    becomes: 'songs and albums of the catalogue',
    read: (text, storefront) => search('albums,songs', text, storefront),
  },
  {
    form: 'album:<number>',
    example: 'album:900000001',
    becomes: 'an album with its tracks',
    read: (id, storefront) => (isNumber(id) ? [albumWithTracks(id, storefront)] : []),
  },
  {
    form: 'song:<number>',
    example: 'song:900000011',
    becomes: 'one song',
    read: (id, storefront) => (isNumber(id) ? [catalogue('songs', `songs/${id}`, storefront)] : []),
  },
  {
    form: 'itunes:<text or number>',
    example: 'itunes:low tide',
    becomes: 'the iTunes look-up by words or by the number of an album: no key needed, no ISRCs',
    read: lookUp,
  },
  {
    form: 'upc:<bar code>',
    example: 'upc:012345678905',
    becomes: 'the iTunes look-up of an album by its bar code',
    read: (code, storefront) => (/^\d{8,14}$/.test(code) ? byBarCode(code, storefront) : []),
  },
  {
    form: '<ISRC>',
    example: 'QZAAA2400001,QZAAA2400002',
    becomes: 'songs by ISRC, several with commas between, 25 to a request',
    longest: LONGEST_LIST,
    read: byIsrc,
  },
  {
    form: '<number>',
    example: '900000011,900000012',
    becomes: 'songs by their numbers, several with commas between, 200 to a request; of 12 digits and more: a bar code',
    longest: LONGEST_LIST,
    read: byNumber,
  },
  {
    form: '<playlist>',
    example: 'pl.abc-1',
    becomes: 'a playlist with its tracks',
    read: (id, storefront) =>
      PLAYLIST_ID.test(id) ? [catalogue('playlists', `playlists/${id}?include=tracks`, storefront)] : [],
  },
];

export const seedRules: readonly SeedRule[] = [
  ...inShop(DEFAULT_STOREFRONT),
  {
    form: '<shop>:<any of these>',
    example: 'gb:search:low tide',
    becomes: 'the same in another shop',
    longest: LONGEST_LIST,
    read: inNamedShop,
  },
  addressRule(
    'https://music.apple.com/us/album/low-tide/900000001',
    'what the interface says of that page',
    requestFor,
  ),
];

function inShop(storefront: string): SeedRule[] {
  return SHOP_RULES.map(({ read, ...form }) => ({ ...form, read: (value) => read(value, storefront) }));
}

function inNamedShop(text: string): PageRequest[] {
  const { storefront, rest = '' } = IN_SHOP.exec(text)?.groups ?? {};
  return storefront === undefined ? [] : requestsByRules(inShop(storefront), rest);
}

function search(types: string, text: string, storefront: string): PageRequest[] {
  return [catalogue('search', `search?types=${types}&limit=25&term=${encodeURIComponent(text)}`, storefront)];
}

function lookUp(text: string, storefront: string): PageRequest[] {
  if (isNumber(text)) return [itunesAlbum(text, storefront)];
  return [itunes(`search?entity=song&limit=200&term=${encodeURIComponent(text)}`, storefront)];
}

function byBarCode(code: string, storefront: string): PageRequest[] {
  return [itunes(`lookup?entity=song&limit=200&upc=${code}`, storefront)];
}

function byIsrc(text: string, storefront: string): PageRequest[] {
  const codes = text.split(/\s*,\s*/);
  const isrcs = codes.flatMap((code) => normaliseIsrc(code).value ?? []);
  return isrcs.length === codes.length ? songsByIsrc(isrcs, storefront) : [];
}

function byNumber(text: string, storefront: string): PageRequest[] {
  if (BAR_CODE.test(text)) return byBarCode(text, storefront);
  const ids = text.split(/\s*,\s*/);
  if (!ids.every((id) => SONG_NUMBER.test(id))) return [];
  return ids.length === 1 ? [catalogue('songs', `songs/${ids[0]}`, storefront)] : songsById(ids, storefront);
}
