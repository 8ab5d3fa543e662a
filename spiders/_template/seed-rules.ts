/** Where a crawl of Template may start. Make it understand what people know: ids, names, searches. */

import type { SeedRule } from '../../src/core/seed-rule.ts';
import { addressRule, asList } from '../../src/core/seeds.ts';
import { HOST, requestFor } from './spider.ts';

const SET_ID = /^[\w-]{1,80}$/;

export const seedRules: readonly SeedRule[] = [
  {
    form: 'set:<id>',
    example: 'set:one-night',
    becomes: 'one set',
    read: (id) => (SET_ID.test(id) ? asList(requestFor(`https://${HOST}/sets/${id}`)) : []),
  },
  addressRule(`https://${HOST}/sets/one-night`, 'that set, or a list of sets', requestFor),
];

/** Words that people know from the other sources: a rule for each of them, or the reason why there can be none. */
export const unsupportedSeeds = {
  artist: 'not written yet: which page lists the sets of an artist?',
  search: 'not written yet: how is the site searched?',
};
