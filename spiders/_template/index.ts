/** Template: say here in one sentence what this source is and how it is reached. The facts below are what an operator sees in `musicdb source show`. */
import type { Source, SourceFacts } from '../../src/core/source.ts';
import { parse } from './parser.ts';
import { seedRules, unsupportedSeeds } from './seed-rules.ts';
import { HOST, headers, needsBrowser, normaliseUrl, requestFor, seeds } from './spider.ts';

const DAY_MS = 86_400_000;

const facts: SourceFacts = {
  name: 'template',
  title: 'Template',
  homepage: `https://${HOST}`,
  // `api`: an official interface; `web`: public pages; `rendered`: pages that need a browser.
  accessMode: 'web',
  // True until its parser has read real pages.
  experimental: true,
  hosts: [HOST],
  // What must be set before it is asked anything over the network; with `hosts`, before those of its hosts are.
  conditions: [
    { variable: 'MUSICDB_CONTACT', why: 'An address in the User-Agent: the site must be able to reach whoever asks.' },
  ],
  credential: null,
  robots: { policy: 'obey', why: 'Public pages: its robots.txt is the first thing it says to crawlers.' },
  terms: {
    url: null,
    summary: 'Not read yet: read its terms and robots.txt, and say here what they allow, before the first live run.',
    licence: null,
    attribution: 'Link to the page of the set',
  },
  limits: { minDelayMs: 8_000, maxConcurrency: 1, perDay: 200, windows: [] },
  scheduleEveryMs: DAY_MS,
  pageKinds: ['listing', 'set'],
  // What the source has and we do not read, and why: a sentence each.
  gaps: [],
  contracts: {
    listing: { items: ['listing'], atLeast: 1, atMost: 1, required: [], watched: [] },
    set: {
      items: ['setlist'],
      atLeast: 1,
      atMost: 1,
      required: ['title', 'tracks.title'],
      watched: ['date', 'artists'],
    },
  },
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
