/** What the catalogue already knows about a batch of references: one round of set-based reads, whatever the batch's size. */
import { entityId } from '../../src/core/uuid5.ts';
import type { Queryable } from '../../src/platform/database.ts';
import type { TrackReference } from '../pipeline.ts';
import { followRedirects } from './redirects.ts';

/** A track of the catalogue, as far as matching and enriching need it. */
export interface KnownTrack {
  readonly id: string;
  readonly normKey: string;
  readonly labelId: string | null;
  readonly durationMs: number | null;
  readonly releaseDate: string | null;
}

export interface KnownDecision {
  readonly subjectKey: string;
  readonly entityId: string;
  readonly decision: 'match' | 'review' | 'no-match';
  readonly decidedBy: 'model' | 'person';
}

export interface Candidates {
  /** Decisions on a key, a person's first. */
  readonly decisions: ReadonlyMap<string, readonly KnownDecision[]>;
  readonly byKey: ReadonlyMap<string, KnownTrack>;
  /** Tracks that hold an ISRC, in order of id. */
  readonly byIsrc: ReadonlyMap<string, readonly KnownTrack[]>;
  /** The track that stands for an id now, redirects followed; null when there is none. */
  readonly standingFor: (id: string) => KnownTrack | null;
}

/** Locks taken for codes at most; a lock a code could exhaust the server's lock table. */
const LOCK_BUCKETS = 256;
const COLUMNS = `t.id, t.norm_key as "normKey", t.label_id as "labelId", t.duration_ms as "durationMs", t.release_date as "releaseDate"`;

export async function readCandidates(tx: Queryable, references: readonly TrackReference[]): Promise<Candidates> {
  const keys = references.map(({ normKey }) => normKey);
  const isrcs = [...new Set(references.flatMap((reference) => reference.isrcs))].sort();
  if (isrcs.length > 0) await lockIsrcs(tx, isrcs);
  const decisions = await readDecisions(tx, keys);
  const byKey = new Map((await readTracksByKey(tx, keys)).map((track) => [track.normKey, track]));
  const byIsrc = isrcs.length > 0 ? await readTracksByIsrc(tx, isrcs) : new Map<string, KnownTrack[]>();
  const standingFor = await readStanding(tx, { keys, decisions, byKey, byIsrc });
  return { decisions, byKey, byIsrc, standingFor };
}

/**
 * Two loaders that meet a new code at the same time would make a track each. They take turns per code until the first has committed;
 * the order of the locks is fixed, so they cannot deadlock.
 */
async function lockIsrcs(tx: Queryable, isrcs: readonly string[]): Promise<void> {
  await tx.query({
    name: 'resolve-lock-isrcs',
    text: `select pg_advisory_xact_lock(hashtext('musicdb.isrc'), bucket)
           from (select distinct hashtext(isrc) & ${LOCK_BUCKETS - 1} as bucket from unnest($1::text[]) isrc order by bucket) buckets`,
    values: [isrcs],
  });
}

async function readDecisions(tx: Queryable, keys: readonly string[]): Promise<Map<string, KnownDecision[]>> {
  const { rows } = await tx.query<Record<string, unknown> & KnownDecision>({
    name: 'resolve-decisions',
    text: `select subject_key as "subjectKey", entity_id as "entityId", decision, decided_by as "decidedBy" from match_decisions
           where entity_type = 'track' and subject_key = any($1::text[])
           order by subject_key, decided_by = 'person' desc, probability desc, entity_id`,
    values: [keys],
  });
  return Map.groupBy(rows, ({ subjectKey }) => subjectKey);
}

async function readTracksByKey(tx: Queryable, keys: readonly string[]): Promise<KnownTrack[]> {
  const { rows } = await tx.query<Record<string, unknown> & KnownTrack>({
    name: 'resolve-tracks-by-key',
    text: `select ${COLUMNS} from tracks t where t.norm_key = any($1::text[])`,
    values: [keys],
  });
  return rows;
}

async function readTracksByIsrc(tx: Queryable, isrcs: readonly string[]): Promise<Map<string, KnownTrack[]>> {
  const { rows } = await tx.query<Record<string, unknown> & KnownTrack & { isrc: string }>({
    name: 'resolve-tracks-by-isrc',
    text: `select i.isrc, ${COLUMNS} from track_isrcs i join tracks t on t.id = i.track_id where i.isrc = any($1::text[]) order by t.id`,
    values: [isrcs],
  });
  return Map.groupBy(rows, ({ isrc }) => isrc);
}

/** Reads where every id in question leads now: the ids of known tracks, of decisions, and those that the new keys would get. */
async function readStanding(
  tx: Queryable,
  { keys, decisions, byKey, byIsrc }: Omit<Candidates, 'standingFor'> & { keys: readonly string[] },
): Promise<Candidates['standingFor']> {
  const known = new Map([...byKey.values(), ...[...byIsrc.values()].flat()].map((track) => [track.id, track]));
  const decided = [...decisions.values()].flat().map((decision) => decision.entityId);
  const ownIds = keys.filter((key) => !byKey.has(key)).map((key) => entityId('track', key));
  const redirects = await followRedirects(tx, 'track', [...known.keys(), ...decided, ...ownIds]);
  const unread = [...decided, ...redirects.values()].filter((id) => !known.has(id));
  for (const track of await readTracksById(tx, unread)) known.set(track.id, track);
  return (id) => known.get(redirects.get(id) ?? id) ?? null;
}

async function readTracksById(tx: Queryable, ids: readonly string[]): Promise<KnownTrack[]> {
  if (ids.length === 0) return [];
  const { rows } = await tx.query<Record<string, unknown> & KnownTrack>({
    name: 'resolve-tracks-by-id',
    text: `select ${COLUMNS} from tracks t where t.id = any($1::uuid[])`,
    values: [ids],
  });
  return rows;
}
