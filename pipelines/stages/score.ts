/** Last pure stage: how good an item is, and what it lacks. Reasons are words an operator can filter by. */
import type { PreparedArtist, PreparedPost, PreparedSetlist, PreparedTrack } from '../pipeline.ts';
import type { Extracted } from './extract.ts';

export interface Quality {
  /** 0 (nothing usable) to 1 (everything there). */
  readonly score: number;
  /** What it lacks, best known words first. */
  readonly reasons: readonly string[];
}

interface Criterion {
  readonly weight: number;
  /** Share that is there, 0 to 1. */
  readonly share: number;
  readonly lack: string;
}

const DATE_SHARE = { day: 1, month: 0.7, year: 0.5, decade: 0.2, unknown: 0 } as const;

/** Scores an extracted item; the weighted share of what a complete one would have. */
export function score(item: Extracted): Quality {
  const criteria = criteriaOf(item);
  const total = criteria.reduce((sum, { weight }) => sum + weight, 0);
  const reached = criteria.reduce((sum, { weight, share }) => sum + weight * share, 0);
  return {
    score: Math.round((reached / total) * 1000) / 1000,
    reasons: criteria.filter(({ share }) => share < 1).map(({ lack }) => lack),
  };
}

function criteriaOf(item: Extracted): Criterion[] {
  switch (item.kind) {
    case 'setlist':
      return setlistCriteria(item);
    case 'track':
      return trackCriteria(item);
    case 'artist':
      return artistCriteria(item);
    case 'post':
      return postCriteria(item);
  }
}

function setlistCriteria(set: PreparedSetlist): Criterion[] {
  const count = set.rows.length;
  const identified = set.rows.filter(({ track }) => track !== null).length;
  const cued = set.rows.filter(({ cueSeconds }) => cueSeconds !== null).length;
  return [
    {
      weight: 4,
      share: shareOf(identified, count),
      lack: count === 0 ? 'no-rows' : `unidentified-rows:${count - identified}/${count}`,
    },
    { weight: 2, share: DATE_SHARE[set.datePrecision], lack: `date:${set.datePrecision}` },
    { weight: 2, share: has(set.artists.length), lack: 'no-artist' },
    { weight: 1, share: shareOf(cued, count), lack: cued === 0 ? 'no-cues' : `uncued-rows:${count - cued}/${count}` },
    { weight: 1, share: has(set.venue ?? set.event), lack: 'no-place' },
  ];
}

function trackCriteria({ track }: PreparedTrack): Criterion[] {
  return [
    { weight: 4, share: 1, lack: 'no-name' },
    { weight: 3, share: has(track.isrcs.length), lack: 'no-isrc' },
    { weight: 2, share: has(track.durationMs), lack: 'no-duration' },
    { weight: 1, share: has(track.releaseDate), lack: 'no-release-date' },
  ];
}

function artistCriteria({ artist }: PreparedArtist): Criterion[] {
  return [
    { weight: 1, share: 1, lack: 'no-name' },
    { weight: 1, share: has(artist.mbid), lack: 'no-mbid' },
  ];
}

function postCriteria({ mentions }: PreparedPost): Criterion[] {
  const sum = mentions.reduce((total, { confidence }) => total + confidence, 0);
  return [
    { weight: 1, share: shareOf(sum, mentions.length), lack: mentions.length === 0 ? 'no-mentions' : 'free-text' },
  ];
}

function has(value: unknown): number {
  return value === null || value === 0 ? 0 : 1;
}

function shareOf(part: number, whole: number): number {
  return whole === 0 ? 0 : part / whole;
}
