/** What good answers of the catalogue and of iTunes hold. Resources may come without attributes (a region lacks them), so half must have them. */
import type { PageContract, PageContracts } from '../../src/core/page-contract.ts';

const tracks: PageContract = {
  items: ['track'],
  atLeast: 0,
  atMost: null,
  required: ['title', 'artist'],
  watched: ['isrc', 'durationMs', 'album', 'releaseDate'],
};
const albums: PageContract = {
  items: ['album', 'playlist'],
  atLeast: 1,
  atMost: null,
  required: ['title'],
  watched: ['artist', 'tracks.title'],
};
const found: PageContract = {
  items: ['track', 'album', 'playlist', 'artist'],
  atLeast: 0,
  atMost: null,
  required: [],
  watched: ['title'],
};

/** The look-up knows no keys: 403 is for whoever asks too often. */
const lookedUp: PageContract = { ...found, items: ['track', 'album', 'artist'], statuses: { 403: 'throttled' } };

export const contracts: PageContracts = {
  songs: tracks,
  albums,
  playlists: albums,
  artists: { items: ['artist'], atLeast: 1, atMost: null, required: ['name'], watched: [] },
  // A quarter of the videos in a real chart are bare ids.
  'music-videos': { ...tracks, required: ['id'], watched: ['title', 'artist'] },
  tracks,
  charts: { items: ['chart'], atLeast: 1, atMost: null, required: ['entries.id'], watched: ['name'] },
  search: found,
  'itunes-lookup': lookedUp,
  'itunes-search': lookedUp,
};
