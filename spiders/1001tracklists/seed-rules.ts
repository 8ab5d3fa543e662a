/** Where a crawl of 1001tracklists may start: sets by their ids, pages that list sets, and the site's search. */

import type { PageRequest } from '../../src/core/parse-result.ts';
import type { SeedRule } from '../../src/core/seed-rule.ts';
import { addressRule, asList } from '../../src/core/seeds.ts';
import { ORIGIN, searchAddress } from './addresses.ts';
import { requestFor } from './spider.ts';

/** Ids know no a, e, i and o; what has a digit is no word either. */
const SET_ID = /^(?=.*\d|[^aeio]+$)[a-z0-9]{6,8}$/;

/** What the site's own form takes: "minimum 5 chars required", and no more than its field holds. */
const SEARCH_WORDS = /^.{5,150}$/su;

export const seedRules: readonly SeedRule[] = [
  {
    form: 'artist:<name>',
    example: 'artist:Mara Quill',
    becomes: 'of the 30 sets that a search shows, those whose titles hold the name (5 to 150 characters)',
    read: find,
  },
  {
    form: 'search:<text>',
    example: 'search:Time Warp 2024',
    becomes:
      'of the 30 sets that a search shows, those whose titles or dates hold all of the words (5 to 150 characters)',
    read: find,
  },
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

function find(words: string): PageRequest[] {
  return SEARCH_WORDS.test(words) ? asList(requestFor(searchAddress(words))) : [];
}
