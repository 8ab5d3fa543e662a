/** What good answers of MixesDB hold. A page filed as having a tracklist in which we find no track is in doubt. */
import type { PageContract, PageContracts } from '../../src/core/page-contract.ts';

const mixes: PageContract = {
  items: ['setlist'],
  atLeast: 1,
  atMost: null,
  required: ['tracks.artist'],
  watched: ['date', 'artists', 'tracks.title', 'tracks.recordLabel', 'tracks.cueSeconds'],
};

export const contracts: PageContracts = {
  page: { ...mixes, atMost: 1, required: ['title', 'url'], doubts: ['missing-tracks'] },
  search: {
    items: ['listing'],
    atLeast: 0,
    atMost: 1,
    required: ['entries.externalId', 'entries.title'],
    watched: ['entries.date'],
  },
  wikitext: mixes,
  'text-dump': mixes,
  'csv-dump': mixes,
};
