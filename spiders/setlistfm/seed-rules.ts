/** Where a crawl of setlist.fm may start: by ids, and by the names that its search for setlists knows. */

import type { PageRequest } from '../../src/core/parse-result.ts';
import type { SeedRule } from '../../src/core/seed-rule.ts';
import { addressRule } from '../../src/core/seeds.ts';
import { requestAt, requestFor, searchPath } from './spider.ts';

const MBID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
/** Ids are unique within their type only: the same digits name a setlist, a version and a venue. Bare ones are taken for a setlist's. */
const SETLIST_ID = /^[0-9a-f]{6,9}$/;
/** Versions of 2022 and later carry a "g"; older ones cannot be told from the id of a setlist. */
const VERSION_ID = /^g[0-9a-f]{6,9}$/;
const ANY_VERSION_ID = /^g?[0-9a-f]{6,9}$/;
const VENUE_ID = /^[0-9a-f]{5,12}$/;
const GEO_ID = /^\d+$/;

/** Parameters that a search for setlists takes; `p` is the page's own. */
const SEARCHED = new Set(
  `artistMbid artistName artistTmid cityId cityName countryCode date lastFm lastUpdated state stateCode tourName venueId venueName
   year`.split(/\s+/),
);

export const seedRules: readonly SeedRule[] = [
  {
    form: 'artist:<MusicBrainz id>',
    example: 'artist:c1f0d8a0-1111-4222-8333-444455556666',
    becomes: 'all setlists of the artist',
    read: byMbid,
  },
  {
    form: 'artist:<name>',
    example: 'artist:Carl Cox',
    becomes: 'setlists of artists of that name',
    read: (name) => search({ artistName: name }),
  },
  {
    form: 'search:<parameters>',
    example: 'search:artistName=Carl Cox&year=2019',
    becomes: 'setlists by parameters of the interface’s search',
    read: byParameters,
  },
  {
    form: 'search:<text>',
    example: 'search:Carl Cox',
    becomes: 'setlists by the artist’s name: the interface searches no other text',
    read: (text) => (text.includes('=') ? [] : search({ artistName: text })),
  },
  {
    form: 'venue:<id or name>',
    example: 'venue:Civic Hall',
    becomes: 'setlists of the venue',
    read: (text) => (VENUE_ID.test(text) ? requestAt(`venue/${text}/setlists`) : search({ venueName: text })),
  },
  {
    form: 'city:<GeoNames id or name>',
    example: 'city:Berlin',
    becomes: 'setlists of the city',
    read: (text) => search(GEO_ID.test(text) ? { cityId: text } : { cityName: text }),
  },
  {
    form: 'tour:<name>',
    example: 'tour:Lamp Oil',
    becomes: 'setlists of the tour',
    read: (name) => search({ tourName: name }),
  },
  {
    form: 'user:<name>',
    example: 'user:ada',
    becomes: 'setlists that the user attended',
    read: (name) => requestAt(`user/${encodeURIComponent(name)}/attended`),
  },
  {
    form: 'edits:<name>',
    example: 'edits:ada',
    becomes: 'setlists that the user edited',
    read: (name) => requestAt(`user/${encodeURIComponent(name)}/edited`),
  },
  {
    form: 'setlist:<id>',
    example: 'setlist:63de4613',
    becomes: 'one setlist',
    read: (id) => (SETLIST_ID.test(id) ? requestAt(`setlist/${id}`) : []),
  },
  {
    form: 'version:<id>',
    example: 'version:6bd6ca6e',
    becomes: 'one version of a setlist',
    read: (id) => (ANY_VERSION_ID.test(id) ? requestAt(`setlist/version/${id}`) : []),
  },
  { form: '<id>', example: '63de4613', becomes: 'the setlist, version (g…) or artist (MusicBrainz)', read: byId },
  addressRule(
    'https://www.setlist.fm/setlist/a-band/1964/some-hall-63de4613.html',
    'the page of the interface that says the same',
    requestFor,
  ),
];

function byMbid(text: string): PageRequest[] {
  return MBID.test(text) ? requestAt(`artist/${text.toLowerCase()}/setlists`) : [];
}

function byId(text: string): PageRequest[] {
  if (SETLIST_ID.test(text)) return requestAt(`setlist/${text}`);
  return VERSION_ID.test(text) ? requestAt(`setlist/version/${text}`) : byMbid(text);
}

/** "artistName=Carl Cox&year=2019"; nothing when a parameter is none of the interface's, or says nothing. */
function byParameters(text: string): PageRequest[] {
  const parameters = text.includes('=') ? [...new URLSearchParams(text)] : [];
  const isKnown = parameters.every(([name, value]) => SEARCHED.has(name) && value.trim() !== '');
  return parameters.length > 0 && isKnown ? search(Object.fromEntries(parameters)) : [];
}

function search(parameters: Record<string, string>): PageRequest[] {
  return requestAt(searchPath(parameters));
}
