/**
 * Which track of the catalogue does a mention mean? A replaceable stage: it reads keys, codes and decisions, and writes decisions only.
 *
 * Rules, in order:
 * 1. a decision that the key is an alias of a track (a person's before the model's);
 * 2. the track whose own key it is;
 * 3. a track that holds one of its ISRCs, when the texts agree (`same-isrc.ts`): the key becomes its alias, with the evidence;
 * 4. otherwise a new track, its id made from the key.
 * Tracks that share a code without being merged leave a decision for a person: `isrc-conflict` (the texts disagree) or `isrc-late` (alike, but
 * both were there before the code was known).
 */
import { entityId } from '../../src/core/uuid5.ts';
import type { Queryable } from '../../src/platform/database.ts';
import type { TrackReference } from '../pipeline.ts';
import { type Decision, recordDecisions } from './decisions.ts';
import { judgeSameIsrc, type Verdict } from './same-isrc.ts';
import { type Candidates, type KnownTrack, readCandidates } from './track-candidates.ts';

export interface ResolvedTrack {
  readonly id: string;
  /** The track as it is in the catalogue; null when it is new. */
  readonly known: KnownTrack | null;
  /** True when the reference's key is the track's own, false when it is an alias. */
  readonly isOwnKey: boolean;
}

interface Judged {
  readonly track: KnownTrack;
  /** The code they share. */
  readonly isrc: string;
  readonly verdict: Verdict;
}

/**
 * Resolves references, one per `normKey`; answers by that key. The caller writes the new tracks in the same transaction.
 * @param now time of the decisions
 */
export async function resolveTracks(
  tx: Queryable,
  references: readonly TrackReference[],
  now: Date,
): Promise<Map<string, ResolvedTrack>> {
  if (references.length === 0) return new Map();
  const resolver = new BatchResolver(await readCandidates(tx, references));
  const resolved = new Map<string, ResolvedTrack>();
  for (const reference of references.toSorted((a, b) => (a.normKey < b.normKey ? -1 : 1))) {
    resolved.set(reference.normKey, resolver.resolve(reference));
  }
  await recordDecisions(tx, resolver.decisions, now);
  return resolved;
}

/** Resolves one batch in order of keys: a later reference sees the tracks that earlier ones made. */
class BatchResolver {
  readonly decisions: Decision[] = [];
  private readonly candidates: Candidates;
  private readonly madeByIsrc = new Map<string, KnownTrack[]>();
  private readonly madeIds = new Set<string>();

  constructor(candidates: Candidates) {
    this.candidates = candidates;
  }

  resolve(reference: TrackReference): ResolvedTrack {
    const alias = this.aliasOf(reference.normKey);
    if (alias) return this.answer(alias, reference);
    const own = this.candidates.byKey.get(reference.normKey);
    const standing = this.candidates.standingFor(own?.id ?? entityId('track', reference.normKey)) ?? own;
    if (standing) {
      this.noteOthers(reference, standing, this.judged(reference));
      return this.answer(standing, reference);
    }
    return this.resolveByIsrc(reference);
  }

  private aliasOf(key: string): KnownTrack | null {
    for (const { decision, entityId: id } of this.candidates.decisions.get(key) ?? []) {
      const track = decision === 'match' ? this.candidates.standingFor(id) : null;
      if (track) return track;
    }
    return null;
  }

  private resolveByIsrc(reference: TrackReference): ResolvedTrack {
    const judged = this.judged(reference);
    const best = judged
      .filter(({ verdict }) => verdict.decision === 'match')
      .toSorted((a, b) => b.verdict.probability - a.verdict.probability || (a.track.id < b.track.id ? -1 : 1))[0];
    if (best) {
      this.decisions.push({ subjectKey: reference.normKey, entityId: best.track.id, ...best.verdict });
      this.noteOthers(reference, best.track, judged);
      return this.answer(best.track, reference);
    }
    const made = this.make(reference);
    this.noteOthers(reference, made, judged);
    return { id: made.id, known: null, isOwnKey: true };
  }

  /** Tracks with one of the reference's codes, judged; what a person said is no match is left out. */
  private judged(reference: TrackReference): Judged[] {
    const decided = this.candidates.decisions.get(reference.normKey) ?? [];
    const refused = new Set(decided.filter(({ decision }) => decision === 'no-match').map((known) => known.entityId));
    const byId = new Map<string, Judged>();
    for (const isrc of reference.isrcs) {
      for (const track of this.holdersOf(isrc)) {
        if (byId.has(track.id) || refused.has(track.id)) continue;
        byId.set(track.id, { track, isrc, verdict: judgeSameIsrc(reference, track, isrc) });
      }
    }
    return [...byId.values()];
  }

  private holdersOf(isrc: string): KnownTrack[] {
    const held = this.candidates.byIsrc.get(isrc) ?? [];
    return [
      ...held.map((track) => this.candidates.standingFor(track.id) ?? track),
      ...(this.madeByIsrc.get(isrc) ?? []),
    ];
  }

  private make({ normKey, isrcs, durationMs, releaseDate }: TrackReference): KnownTrack {
    const made = { id: entityId('track', normKey), normKey, labelId: null, durationMs, releaseDate };
    if (isrcs.length > 0) this.madeIds.add(made.id);
    for (const isrc of isrcs) this.madeByIsrc.set(isrc, [...(this.madeByIsrc.get(isrc) ?? []), made]);
    return made;
  }

  /**
   * Leaves a decision for every other track that shares a code: one for the pair, from the greater key to the track of the lesser one, whichever
   * of them came first.
   */
  private noteOthers(reference: TrackReference, chosen: KnownTrack, judged: readonly Judged[]): void {
    const known = new Set(
      (this.candidates.decisions.get(reference.normKey) ?? []).map((decision) => decision.entityId),
    );
    const own = { ...chosen, durationMs: chosen.durationMs ?? reference.durationMs };
    for (const { track, isrc } of judged) {
      if (track.id === own.id || known.has(track.id)) continue;
      const [subject, entity] = own.normKey > track.normKey ? [own, track] : [track, own];
      const verdict = judgeSameIsrc(subject, entity, isrc);
      const late = verdict.decision === 'match' ? ({ decision: 'review', rule: 'isrc-late' } as const) : {};
      this.decisions.push({ subjectKey: subject.normKey, entityId: entity.id, ...verdict, ...late });
    }
  }

  /** A track that this very batch makes is not in the catalogue yet, also when a second key led to it. */
  private answer(track: KnownTrack, { normKey }: TrackReference): ResolvedTrack {
    return { id: track.id, known: this.madeIds.has(track.id) ? null : track, isOwnKey: track.normKey === normKey };
  }
}
