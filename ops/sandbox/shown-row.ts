/** A row of a set as one site shows it. */
import type { CueGranularity, IdKind, MashupPart } from '../../src/core/items.ts';

/** One row as a site shows it: field for field what a faithful parser must read. */
export interface ShownRow {
  /** Place among the rows that the site shows, from 1. */
  readonly position: number;
  /** Position in the world's set. */
  readonly truePosition: number;
  /** Recordings of the world that the row names; none when the site does not know it. */
  readonly trackIds: readonly string[];
  readonly cueSeconds: number | null;
  readonly cueGranularity: CueGranularity;
  readonly artist: string | null;
  readonly title: string | null;
  readonly version: string | null;
  readonly edit: string | null;
  readonly recordLabel: string | null;
  readonly catalogNumber: string | null;
  readonly isId: boolean;
  readonly idKind: IdKind | null;
  readonly withPrevious: boolean;
  readonly parts: readonly MashupPart[];
  /** What whoever wrote the list got wrong about the names; none where they are as they should be. */
  readonly altered: readonly Alteration[];
}

export type Alteration = 'typo' | 'accents-lost' | 'and-for-ampersand' | 'guest-word' | 'swapped' | 'label-spelling';
