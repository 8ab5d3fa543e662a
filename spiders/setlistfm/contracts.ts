/** What good answers of setlist.fm's interface hold, and what its 404 means: on lists and searches it says "no rows". */
import type { PageContract, PageContracts } from '../../src/core/page-contract.ts';

const setlists: PageContract = {
  items: ['setlist'],
  atLeast: 0,
  atMost: null,
  required: ['date', 'artists', 'url'],
  watched: ['venue', 'city', 'tracks.title'],
  statuses: { 404: 'empty' },
};
const artists: PageContract = {
  items: ['artist'],
  atLeast: 0,
  atMost: null,
  required: ['name', 'mbid'],
  watched: ['url'],
  statuses: { 404: 'empty' },
};
const places: PageContract = {
  items: ['listing'],
  atLeast: 0,
  atMost: 1,
  required: ['entries.externalId', 'entries.title'],
  watched: ['entries.country'],
  statuses: { 404: 'empty' },
};
const one = { atLeast: 1, atMost: 1, statuses: { 404: 'not-found' } } as const;

export const contracts: PageContracts = {
  setlists,
  setlist: { ...setlists, ...one, statuses: { 404: 'gone' } },
  'setlist-version': { ...setlists, ...one, statuses: { 404: 'gone' } },
  artists,
  artist: { ...artists, ...one },
  venues: places,
  venue: { ...places, ...one },
  cities: places,
  city: { ...places, ...one },
  countries: places,
  // A profile is a person's own: only who it is of is read.
  user: { ...places, ...one, required: ['entries.externalId'], watched: [] },
};
