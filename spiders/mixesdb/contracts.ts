/** What good answers of MixesDB hold. A page filed as having a tracklist in which we find no track is in doubt. */
import type { PageContract, PageContracts } from '../../src/core/page-contract.ts';

const mixes: PageContract = {
  items: ['setlist'],
  atLeast: 1,
  atMost: null,
  required: ['tracks.artist'],
  watched: ['date', 'artists', 'tracks.title', 'tracks.recordLabel', 'tracks.cueSeconds'],
};

const page: PageContract = {
  ...mixes,
  atMost: 1,
  required: ['title', 'url'],
  doubts: ['missing-tracks'],
};
const listing: PageContract = {
  items: ['listing'],
  atLeast: 0,
  atMost: 1,
  required: ['entries.externalId', 'entries.title'],
  watched: ['entries.date'],
};

export const contracts: PageContracts = {
  page,
  search: listing,
  category: { ...listing, atLeast: 1 },
  'action-api': { ...mixes, items: ['setlist', 'listing'], atLeast: 0 },
  rendered: page,
  wikitext: mixes,
  'text-dump': mixes,
  'csv-dump': mixes,
};
