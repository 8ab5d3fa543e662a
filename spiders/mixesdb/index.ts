/** MixesDB: DJ sets and radio shows with their tracklists, a wiki read by its REST interface. Facts checked against its robots.txt and help pages. */

import type { PageRequest } from '../../src/core/parse-result.ts';
import type { Source } from '../../src/core/source.ts';
import type { Credentials } from '../../src/core/tokens.ts';
import { assertSwitchedOn } from './action-api.ts';
import { contracts } from './contracts.ts';
import { parse } from './parser.ts';
import { seedRules } from './seed-rules.ts';
import { normaliseUrl, requestFor, seeds } from './spider.ts';

const DAY_MS = 24 * 60 * 60 * 1000;

export const source: Source = {
  facts: {
    name: 'mixesdb',
    title: 'MixesDB',
    homepage: 'https://www.mixesdb.com/',
    accessMode: 'api',
    experimental: false,
    hosts: ['www.mixesdb.com'],
    conditions: [
      {
        variable: 'MUSICDB_CONTACT',
        why: 'The wiki is run by volunteers: the User-Agent must name somebody they can write to (an address or a page).',
      },
    ],
    credential: null,
    robots: {
      policy: 'obey',
      why: 'Its robots.txt names paths of the interface too, and a delay.',
      agreement: {
        variable: 'MUSICDB_MIXESDB_ACTION_API',
        path: '/w/api.php',
        why: "robots.txt forbids it to crawlers that did not ask the wiki's operator.",
      },
    },
    terms: {
      url: 'https://www.mixesdb.com/w/MixesDB:Legal_stuff',
      summary:
        'robots.txt allows pages and the REST interface, forbids ?action= and ?title= and asks for 4 s between requests, so the Action API is off until MUSICDB_MIXESDB_ACTION_API says that the wiki agreed. Help pages, comments and images are not licensed.',
      licence: 'CC BY-SA 3.0 US (tracklists, if not stated otherwise)',
      attribution: 'Name MixesDB, link to the page, keep its revision and the day it was read.',
    },
    limits: { minDelayMs: 5000, maxConcurrency: 1, perDay: null, windows: [] },
    scheduleEveryMs: DAY_MS,
    pageKinds: ['page', 'search', 'category', 'action-api', 'rendered', 'wikitext', 'text-dump', 'csv-dump', 'block'],
    gaps: [
      'Pages of a category behind the first 200 mixes, where the wiki links them as index.php?title=, which robots.txt forbids: with MUSICDB_MIXESDB_ACTION_API, `--seed "members:Name"` reads them all by the Action API.',
      'Searches beyond their first 100 hits: the REST interface has no second page.',
    ],
    contracts,
  },
  parse,
  seeds,
  requestFor,
  seedRules,
  unsupportedSeeds: {},
  normaliseUrl,
  headers,
  needsBrowser: () => false,
};

/** @throws PermanentError for a call of the Action API while nobody has switched it on. */
function headers(request: PageRequest, credentials: Credentials): Record<string, string> {
  assertSwitchedOn(request, credentials);
  return { accept: request.kind === 'category' ? 'text/html' : 'application/json', 'accept-encoding': 'gzip' };
}
