/** Where a crawl of WatchTheDJ may start: sets and channels, whose addresses are all that is known of the site. */

import type { SeedRule } from '../../src/core/seed-rule.ts';
import { addressRule, asList } from '../../src/core/seeds.ts';
import { ORIGIN } from './addresses.ts';
import { requestFor } from './spider.ts';

/** "dixon-live-at-cercle-festival-2024": who, where and when, so three words at least. */
const SET_SLUG = /^[a-z0-9]+(?:-[a-z0-9]+){2,}$/;
const CHANNEL_SLUG = /^[a-z0-9]+(?:-[a-z0-9]+)*$/;

export const seedRules: readonly SeedRule[] = [
  {
    form: 'channel:<slug>',
    example: 'channel:some-radio',
    becomes: 'the sets of a channel',
    read: (slug) => (CHANNEL_SLUG.test(slug) ? asList(requestFor(`${ORIGIN}/channels/${slug}`)) : []),
  },
  {
    form: '<slug>',
    example: 'someone-live-at-somewhere-2024',
    becomes: 'one set',
    read: (slug) => (SET_SLUG.test(slug) ? asList(requestFor(`${ORIGIN}/djvideos/${slug}`)) : []),
  },
  addressRule(
    'https://watchthedj.com/djvideos/someone-live-at-somewhere-2024',
    'that set, channel or the home page',
    requestFor,
  ),
];

export const unsupportedSeeds = {
  artist: 'no page of an artist is known of this site; give the address of a set or of a channel',
  search: 'no search of this site is known; give the address of a set or of a channel',
};
