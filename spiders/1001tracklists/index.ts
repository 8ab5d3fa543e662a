/** 1001Tracklists: DJ sets with tracklists, cues and media. Facts for operators, from its robots.txt, its pages and reports of others. */
import type { Source, SourceFacts } from '../../src/core/source.ts';
import { HOSTS, ORIGIN } from './addresses.ts';
import { contracts } from './contracts.ts';
import { parse } from './parser.ts';
import { seedRules } from './seed-rules.ts';
import { formOf, headers, needsBrowser, normaliseUrl, requestFor, seeds } from './spider.ts';

const HOUR_MS = 60 * 60 * 1000;

const facts: SourceFacts = {
  name: '1001tracklists',
  title: '1001Tracklists',
  homepage: ORIGIN,
  accessMode: 'web',
  experimental: false,
  hosts: HOSTS,
  conditions: [
    {
      variable: 'MUSICDB_ENABLE_1001TRACKLISTS',
      why: 'Off until a person has read its terms and robots.txt: it refuses crawlers since September 2026, and feeds them false names. Importing saved pages needs no switch.',
    },
    { variable: 'MUSICDB_CONTACT', why: 'An address in the User-Agent, so that the site can reach whoever asks.' },
  ],
  credential: null,
  robots: { policy: 'obey', why: 'Public pages: its robots.txt is the first thing it says to crawlers.' },
  terms: {
    url: `${ORIGIN}/info/policies/terms.html`,
    summary:
      'robots.txt allows pages to unnamed agents with a crawl-delay of 8 s and forbids /js/, /user/, /action/ and /projects/; about thirty named crawlers are shut out. The first refusal (captcha, limit, decoy) means stop, for days.',
    licence: null,
    attribution: 'Link to the tracklist page',
  },
  // The delay is robots.txt's. The site names no daily number: ours keeps a whole day below what got others blocked within minutes.
  limits: { minDelayMs: 8_000, maxConcurrency: 1, perDay: 300, windows: [] },
  scheduleEveryMs: 6 * HOUR_MS,
  pageKinds: ['tracklist', 'listing', 'search', 'medialink', 'pasted-text'],
  gaps: [
    "The rest of a list that scrolls: it is loaded by POST /ajax/get_data.php. That call names the width of the reader's window, which a crawler would have to make up; the one form of it that is known is of the DJ pages that went in July 2026; nobody has kept an answer. Answers that a person saved are read.",
    'Search results after the first thirty, which a search gives for any words: those that hold all of the words are followed.',
    'The services of every track: one call for each row is what the site punishes. A single one is asked for by its address.',
    'Pages of single tracks and labels: nobody has kept one to read by.',
  ],
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
  formOf,
  needsBrowser,
};
