/**
 * Two mentions carry the same ISRC: are they the same track? The code is strong evidence and no identity: labels give one code to unrelated
 * recordings and to the movements of one work, so the texts must agree too. Precision before recall: in doubt a person looks.
 */
import { trackKeyParts } from '../../src/core/names.ts';

export interface Comparable {
  readonly normKey: string;
  readonly durationMs: number | null;
}

export interface Evidence {
  readonly field: string;
  readonly kind: string;
  /** -1 (speaks against) to 1 (speaks for). */
  readonly weight: number;
  readonly detail: string;
}

export interface Verdict {
  readonly decision: 'match' | 'review' | 'no-match';
  readonly rule: 'isrc' | 'isrc-conflict' | 'mixed';
  /** 0 to 1: that both are the same. */
  readonly probability: number;
  readonly evidence: readonly Evidence[];
}

/** Words of a mix that say nothing against the same recording once the code agrees. */
const WEAK_MIX_WORDS = new Set(
  'album clean edit explicit extended main mix mixed original radio remaster remastered single version'.split(' '),
);
const NUMBERING = /^(?:\d+|[ivx]+|part|pt|vol|volume|no)$/;
const MOST_APART_MS = 10_000;
const CLOSE = 0.8;
const RELATED = 0.5;

/** Compares two mentions that share `isrc`. */
export function judgeSameIsrc(left: Comparable, right: Comparable, isrc: string): Verdict {
  const a = trackKeyParts(left.normKey);
  const b = trackKeyParts(right.normKey);
  const shared: Evidence = { field: 'isrc', kind: 'equal', weight: 0.8, detail: isrc };
  if (isMixed(a.mix) !== isMixed(b.mix)) {
    const mixed = { field: 'mix', kind: 'mixed-or-not', weight: -1, detail: `"${a.mix}" / "${b.mix}"` };
    return { decision: 'no-match', rule: 'mixed', probability: 0, evidence: [shared, mixed] };
  }
  const conflict = mixConflict(a.mix, b.mix) ?? durationConflict(left, right);
  if (conflict) return { decision: 'review', rule: 'isrc-conflict', probability: 0.4, evidence: [shared, conflict] };
  return judgeTexts(a, b, shared);
}

function judgeTexts(a: ReturnType<typeof trackKeyParts>, b: typeof a, shared: Evidence): Verdict {
  const title = titleSimilarity(a.title, b.title);
  const artist = artistSimilarity(a.artists, b.artists);
  const evidence = [
    shared,
    { field: 'title', kind: 'similarity', weight: title - RELATED, detail: `"${a.title}" / "${b.title}"` },
    { field: 'artist', kind: 'overlap', weight: artist - RELATED, detail: `"${a.artists}" / "${b.artists}"` },
  ];
  const probability = matchProbability(title, artist);
  return probability === 0
    ? { decision: 'review', rule: 'isrc-conflict', probability: 0.3, evidence }
    : { decision: 'match', rule: 'isrc', probability, evidence };
}

/** 0 when the texts do not agree enough. */
function matchProbability(title: number, artist: number): number {
  if (title >= CLOSE && artist >= CLOSE) return 0.99;
  if (title === 1) return 0.9;
  return title >= RELATED && artist >= CLOSE ? 0.85 : 0;
}

/** 1 for equal titles, 0.9 when one holds all words of the other, else the share of letter pairs in common; 0 for different numbers ("Pt. 2"). */
export function titleSimilarity(a: string, b: string): number {
  if (a === b) return 1;
  const [wordsA, wordsB] = [new Set(a.split(' ')), new Set(b.split(' '))];
  const onlyA = [...wordsA].filter((word) => !wordsB.has(word));
  const onlyB = [...wordsB].filter((word) => !wordsA.has(word));
  if (areNumberedApart(onlyA, onlyB)) return 0;
  if (onlyA.length === 0 || onlyB.length === 0) return 0.9;
  return pairSimilarity(a, b);
}

function areNumberedApart(onlyA: readonly string[], onlyB: readonly string[]): boolean {
  const isNumbering = (word: string): boolean => NUMBERING.test(word);
  if (onlyA.some(isNumbering) && onlyB.some(isNumbering)) return true;
  const apart = [...onlyA, ...onlyB];
  return apart.length > 0 && apart.every(isNumbering);
}

function artistSimilarity(a: readonly string[], b: readonly string[]): number {
  return a.some((name) => b.includes(name)) ? 1 : pairSimilarity(a.join(' '), b.join(' '));
}

/** Dice's coefficient over letter pairs. */
function pairSimilarity(a: string, b: string): number {
  const pairs = new Map<string, number>();
  for (let i = 0; i < a.length - 1; i += 1) pairs.set(a.slice(i, i + 2), (pairs.get(a.slice(i, i + 2)) ?? 0) + 1);
  let common = 0;
  for (let i = 0; i < b.length - 1; i += 1) {
    const left = pairs.get(b.slice(i, i + 2)) ?? 0;
    if (left > 0) common += 1;
    pairs.set(b.slice(i, i + 2), left - 1);
  }
  return a.length + b.length > 2 ? (2 * common) / (a.length + b.length - 2) : 0;
}

function isMixed(mix: string): boolean {
  return /\bmixed$/.test(mix);
}

/** Another remixer, a live take, an instrumental: another recording, whatever the code says. */
function mixConflict(a: string, b: string): Evidence | null {
  const telling = (mix: string): string =>
    mix
      .split(' ')
      .filter((word) => !WEAK_MIX_WORDS.has(word) && !/^\d*$/.test(word))
      .sort()
      .join(' ');
  if (telling(a) === telling(b)) return null;
  return { field: 'mix', kind: 'different', weight: -0.6, detail: `"${a}" / "${b}"` };
}

function durationConflict(left: Comparable, right: Comparable): Evidence | null {
  if (left.durationMs === null || right.durationMs === null) return null;
  if (Math.abs(left.durationMs - right.durationMs) <= MOST_APART_MS) return null;
  return { field: 'durationMs', kind: 'different', weight: -0.6, detail: `${left.durationMs} / ${right.durationMs}` };
}
