/** What pages of WatchTheDJ must hold to be kept: none has been seen, so only what no page of a set can lack. */
import type { PageContract, PageContracts } from '../../src/core/page-contract.ts';

const set: PageContract = {
  items: ['setlist'],
  atLeast: 1,
  atMost: 1,
  required: ['title'],
  watched: ['date', 'artists', 'media', 'tracks.artist', 'tracks.title', 'tracks.cueSeconds'],
};
const listing: PageContract = {
  items: ['listing'],
  atLeast: 1,
  atMost: 1,
  required: ['entries.externalId', 'entries.url'],
  watched: ['entries.title'],
};

export const contracts: PageContracts = {
  djvideo: set,
  'djvideo-rendered': set,
  channel: listing,
  'channel-rendered': listing,
  home: listing,
  'home-rendered': listing,
  'pasted-text': { ...set, required: ['tracks.artist'] },
};
