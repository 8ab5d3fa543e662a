/** Where a crawl of MixesDB may start: a page by its title, a category, and what its search finds. */

import type { PageRequest } from '../../src/core/parse-result.ts';
import type { SeedRule } from '../../src/core/seed-rule.ts';
import { addressRule, asList } from '../../src/core/seeds.ts';
import { keyOfTitle, membersRequest, pageRequest, requestFor, search, wikiRequest } from './spider.ts';

/** Titles of mixes begin with a date, a part of one or a decade. */
const MIX_TITLE = /^(?:\d{4}|\d{3}X)(?:-(?:\d{2}|XX|\?\?)){0,2}[_ ]-[_ ]/i;
/** No title of the wiki may hold these. */
const NO_TITLE = /[<>[\]{}|#]/;

export const seedRules: readonly SeedRule[] = [
  {
    form: 'artist:<name>',
    example: 'artist:Ben UFO',
    becomes: 'the category of that name, as the wiki spells it, and what its search finds',
    read: (name) => [...category(name), search(name)],
  },
  {
    form: 'search:<text>',
    example: 'search:Essential Mix 2014',
    becomes: 'up to 100 pages',
    read: (text) => [search(text)],
  },
  {
    form: 'category:<name>',
    example: 'category:Techno',
    becomes: 'the first 200 mixes of a category',
    read: category,
  },
  {
    form: 'members:<name>',
    example: 'members:Techno',
    becomes: 'all mixes of a category, by the Action API (needs MUSICDB_MIXESDB_ACTION_API)',
    read: (name) => (NO_TITLE.test(name) ? [] : asList(membersRequest(keyOfTitle(`Category:${name}`)))),
  },
  {
    form: '<title>',
    example: '2012-12-12 - Sven Väth @ Cocoon, Frankfurt',
    becomes: 'the page of a mix',
    read: (title) => (MIX_TITLE.test(title) && !NO_TITLE.test(title) ? [pageRequest(keyOfTitle(title))] : []),
  },
  addressRule(
    'https://www.mixesdb.com/w/2012-12-12_-_Sven_V%C3%A4th_@_Cocoon,_Frankfurt',
    'that page, category or search, as the interface gives it',
    requestFor,
  ),
];

function category(name: string): PageRequest[] {
  return NO_TITLE.test(name) ? [] : asList(wikiRequest(keyOfTitle(`Category:${name}`)));
}
