/** Apple Music: songs, albums, charts by the official interface; the keyless iTunes look-up beside it. Facts for operators. */
import type { Source, SourceFacts } from '../../src/core/source.ts';
import { contracts } from './contracts.ts';
import { tokenPlan } from './developer-token.ts';
import { parse } from './parser.ts';
import { seedRules } from './seed-rules.ts';
import { headers, needsBrowser, normaliseUrl, requestFor, seeds } from './spider.ts';

const DAY_MS = 24 * 60 * 60 * 1000;

/** The catalogue takes no call without a token; the iTunes look-up beside it wants none. */
const CATALOGUE_HOSTS = ['api.music.apple.com'];

const facts: SourceFacts = {
  name: 'applemusic',
  title: 'Apple Music',
  homepage: 'https://music.apple.com',
  accessMode: 'api',
  experimental: false,
  hosts: [...CATALOGUE_HOSTS, 'itunes.apple.com'],
  conditions: [
    {
      variable: 'APPLE_MUSIC_KEY_ID',
      why: 'Ten characters: which key signs the token that every catalogue call carries.',
      hosts: CATALOGUE_HOSTS,
    },
    { variable: 'APPLE_MUSIC_TEAM_ID', why: 'Ten characters: whose key it is.', hosts: CATALOGUE_HOSTS },
    {
      variable: 'APPLE_MUSIC_PRIVATE_KEY',
      why: 'Content of the .p8 file; tokens are signed here and live an hour.',
      hosts: CATALOGUE_HOSTS,
    },
  ],
  credential: 'APPLE_MUSIC_TEAM_ID',
  robots: { policy: 'api', why: 'Interfaces for developers, under terms of their own.' },
  terms: {
    url: 'https://developer.apple.com/support/terms/',
    summary:
      'Membership of the Apple Developer Program; data may be shown with a link to the content; previews are streamed, never stored.',
    licence: null,
    attribution: 'Link to the song or album on Apple Music',
  },
  // iTunes allows about 20 calls a minute; the catalogue's limit is not published. The stricter one holds for both.
  limits: {
    minDelayMs: 3500,
    maxConcurrency: 1,
    perDay: null,
    windows: [{ requests: 20, perMs: 60_000, host: 'itunes.apple.com' }],
  },
  scheduleEveryMs: DAY_MS,
  pageKinds: [
    'songs',
    'albums',
    'playlists',
    'artists',
    'music-videos',
    'tracks',
    'charts',
    'search',
    'itunes-lookup',
    'itunes-search',
  ],
  gaps: [],
  contracts,
};

export const source: Source = {
  facts,
  parse,
  seeds,
  requestFor,
  seedRules,
  unsupportedSeeds: {},
  normaliseUrl,
  headers,
  token: tokenPlan,
  needsBrowser,
};
