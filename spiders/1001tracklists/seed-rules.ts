/** Where a crawl of 1001tracklists may start: sets by their ids, and pages that list sets. */
import { addressRule, asList, type SeedRule } from '../../src/core/seeds.ts';
import { ORIGIN } from './addresses.ts';
import { requestFor } from './spider.ts';

/** Ids know no a, e, i and o; what has a digit is no word either. */
const SET_ID = /^(?=.*\d|[^aeio]+$)[a-z0-9]{6,8}$/;

export const seedRules: readonly SeedRule[] = [
  {
    form: '<id>',
    example: '1pmwyfn1',
    becomes: 'one set',
    read: (id) => (SET_ID.test(id) ? asList(requestFor(`${ORIGIN}/tracklist/${id}`)) : []),
  },
  addressRule(
    `${ORIGIN}/artist/some-dj/tracklists.html`,
    'that set, or the sets that a page of an artist, a festival, a genre or a chart lists',
    requestFor,
  ),
];

export const unsupportedSeeds = {
  artist: 'give the address of the artist’s page',
  search: 'give the address of a page that lists sets',
};
