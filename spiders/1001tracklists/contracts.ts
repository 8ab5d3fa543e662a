/** What good pages of 1001tracklists.com hold. A page with rows that the site counts and we did not find is in doubt as a whole. */
import type { PageContract, PageContracts } from '../../src/core/page-contract.ts';

const set: PageContract = {
  items: ['setlist'],
  atLeast: 1,
  atMost: 1,
  required: ['title', 'date', 'artists', 'tracks.artist'],
  watched: ['tracks.title', 'tracks.cueSeconds', 'tracks.recordLabel', 'sources', 'genres', 'media'],
  doubts: ['missing-tracks'],
};

const list: PageContract = {
  items: ['listing'],
  atLeast: 1,
  atMost: 1,
  required: ['entries.title', 'entries.url'],
  watched: ['entries.date', 'entries.total'],
};

export const contracts: PageContracts = {
  tracklist: set,
  listing: list,
  search: list,
  medialink: { items: ['media'], atLeast: 1, atMost: 1, required: ['links.service', 'links.id'], watched: [] },
  'pasted-text': { ...set, required: ['tracks.artist'], doubts: [] },
};
