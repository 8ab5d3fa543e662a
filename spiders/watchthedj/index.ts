/** WatchTheDJ: an index of filmed DJ sets with tracklists. Experimental: no page of it has been seen, its facts come from citations only. */
import type { Source, SourceFacts } from '../../src/core/source.ts';
import { HOSTS, ORIGIN } from './addresses.ts';
import { contracts } from './contracts.ts';
import { parse } from './parser.ts';
import { seedRules, unsupportedSeeds } from './seed-rules.ts';
import { headers, needsBrowser, normaliseUrl, requestFor, seeds } from './spider.ts';

const DAY_MS = 24 * 60 * 60 * 1000;

const facts: SourceFacts = {
  name: 'watchthedj',
  title: 'WatchTheDJ',
  homepage: ORIGIN,
  accessMode: 'rendered',
  experimental: true,
  hosts: HOSTS,
  conditions: [
    {
      variable: 'MUSICDB_CONTACT',
      why: 'An address in the User-Agent: its terms and robots.txt are not known, so the site must be able to reach whoever asks.',
    },
  ],
  credential: null,
  robots: { policy: 'obey', why: 'Public pages: its robots.txt is the first thing it says to crawlers.' },
  terms: {
    url: null,
    summary:
      'Not known: read its terms and robots.txt before the first live run. Pages saved by a person can be imported at any time.',
    licence: null,
    attribution: 'Link to the page of the set',
  },
  // Nothing is known, so the slowest pace of the other web sources holds, and a small day.
  limits: { minDelayMs: 8_000, maxConcurrency: 1, perDay: 200, windows: [] },
  scheduleEveryMs: DAY_MS,
  pageKinds: ['djvideo', 'djvideo-rendered', 'channel', 'channel-rendered', 'home', 'home-rendered', 'pasted-text'],
  gaps: ['Whatever its real pages say in a way of their own: no real page has been seen.'],
  contracts,
};

export const source: Source = {
  facts,
  parse,
  seeds,
  requestFor,
  seedRules,
  unsupportedSeeds,
  normaliseUrl,
  headers,
  needsBrowser,
};
