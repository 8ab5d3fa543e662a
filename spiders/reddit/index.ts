/** Reddit: posts and comments by its official interface. Facts for operators; the rules come from its Data API terms. */
import type { Source, SourceFacts } from '../../src/core/source.ts';
import { contracts } from './contracts.ts';
import { parse } from './parser.ts';
import { seedRules } from './seed-rules.ts';
import { changesSince, existenceChecks, headers, needsBrowser, normaliseUrl, requestFor, seeds } from './spider.ts';
import { tokenPlan } from './token.ts';

const QUARTER_HOUR_MS = 15 * 60 * 1000;

const facts: SourceFacts = {
  name: 'reddit',
  title: 'Reddit',
  homepage: 'https://www.reddit.com',
  accessMode: 'api',
  experimental: false,
  hosts: ['oauth.reddit.com', 'www.reddit.com'],
  conditions: [
    { variable: 'REDDIT_CLIENT_ID', why: 'Reddit answers approved applications only; this is the id of yours.' },
    {
      variable: 'REDDIT_CLIENT_SECRET',
      why: 'The secret of the same application, exchanged for a token that lives an hour.',
    },
    {
      variable: 'REDDIT_USER_AGENT',
      why: 'Reddit wants to know who asks: "<platform>:<app id>:<version> (by /u/<user>)"; library names are throttled.',
      pattern: String.raw`^(?!.*curl)[^:\s]+:[^:\s]+:[^:\s]+ \(by /?u/[\w-]+\)$`,
    },
  ],
  credential: 'REDDIT_CLIENT_ID',
  robots: { policy: 'api', why: 'Reddit: robots.txt is for search engines, not for users of its Data API.' },
  terms: {
    url: 'https://www.redditinc.com/policies/data-api-terms',
    summary:
      'Approved applications by OAuth only; no commercial use or model training without a contract; no re-identification; content deleted on Reddit must be deleted here (we follow within 48 hours).',
    licence: null,
    attribution: 'Permalink of the post or comment',
  },
  // 100 requests a minute for one client id, averaged over ten minutes; the answers' rate-limit headers outrank this.
  limits: {
    minDelayMs: 600,
    maxConcurrency: 1,
    perDay: null,
    windows: [{ requests: 1_000, perMs: 600_000, host: null }],
  },
  scheduleEveryMs: QUARTER_HOUR_MS,
  pageKinds: ['listing', 'comments', 'morechildren', 'info'],
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
  changesSince,
  existenceChecks,
  headers,
  token: tokenPlan,
  needsBrowser,
};
