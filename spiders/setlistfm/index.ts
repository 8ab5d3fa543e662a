/** setlist.fm: what was played at concerts, by its official REST interface 1.0. Facts checked against its own documentation. */
import type { Source } from '../../src/core/source.ts';
import { contracts } from './contracts.ts';
import { parse } from './parser.ts';
import { seedRules } from './seed-rules.ts';
import { changesSince, headers, normaliseUrl, requestFor, seeds } from './spider.ts';

const DAY_MS = 24 * 60 * 60 * 1000;

export const source: Source = {
  facts: {
    name: 'setlistfm',
    title: 'setlist.fm',
    homepage: 'https://www.setlist.fm/',
    accessMode: 'api',
    experimental: false,
    hosts: ['api.setlist.fm'],
    conditions: [
      {
        variable: 'SETLISTFM_API_KEY',
        why: 'Every request needs a personal key, free of charge from https://www.setlist.fm/settings/api.',
      },
    ],
    credential: 'SETLISTFM_API_KEY',
    robots: { policy: 'api', why: 'An interface for holders of a key, under terms of its own.' },
    terms: {
      url: 'https://www.setlist.fm/help/api-terms',
      summary: 'Free for non-commercial projects only; every use of a setlist links back to its page.',
      licence: null,
      attribution: 'Link to the `url` of each setlist wherever its data is shown.',
    },
    // Two requests a second and 1,440 a day are what an ordinary key allows; answers carry no counters, so we count ourselves.
    limits: { minDelayMs: 500, maxConcurrency: 1, perDay: 1440, windows: [{ requests: 2, perMs: 1_000, host: null }] },
    scheduleEveryMs: DAY_MS,
    pageKinds: [
      'setlist',
      'setlist-version',
      'setlists',
      'artist',
      'artists',
      'venue',
      'venues',
      'city',
      'cities',
      'countries',
      'user',
    ],
    gaps: [
      'Festivals as a whole: only the website has them, and it lets no program in.',
      'Concerts more than about a day ahead: the search does not know them yet; an id does.',
    ],
    contracts,
  },
  parse,
  seeds,
  requestFor,
  seedRules,
  unsupportedSeeds: {},
  changesSince,
  normaliseUrl,
  headers,
  needsBrowser: () => false,
};
