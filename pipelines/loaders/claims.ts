/**
 * Claims: one row for each thing a document says something about, all its fields as printed, with the place in the document. The set (or
 * track, artist) itself is at position 0, its rows at theirs, the parts of a mashup behind their row.
 */
import type { Queryable } from '../../src/platform/database.ts';
import type { LoadInput, PreparedRow, PreparedSetlist, TrackReference } from '../pipeline.ts';
import { defineBatch, sortedBy } from './columns.ts';

/** An item that was loaded, with the entity it is about. */
export interface LoadedInput {
  readonly input: LoadInput;
  readonly entityId: string | null;
}

interface Claim {
  readonly raw: LoadInput['raw'];
  readonly position: number;
  readonly part: number;
  readonly entityType: string;
  readonly entityId: string;
  readonly fields: Record<string, unknown>;
}

const CLAIMS = defineBatch<Claim>([
  ['raw_item_id', 'bigint', ({ raw }) => raw.id],
  ['position', 'int', ({ position }) => position],
  ['part', 'smallint', ({ part }) => part],
  ['entity_type', 'text', ({ entityType }) => entityType],
  ['entity_id', 'uuid', ({ entityId }) => entityId],
  ['source', 'text', ({ raw }) => raw.source],
  ['document_digest', 'bytea', ({ raw }) => `\\x${Buffer.from(raw.documentDigest).toString('hex')}`],
  ['fields', 'jsonb', ({ fields }) => JSON.stringify(fields)],
  ['observed_at', 'timestamptz', ({ raw }) => raw.observedAt.toISOString()],
]);
const INSERT = `insert into claims (${CLAIMS.names}) select * from ${CLAIMS.source}`;

/** Replaces what these items claimed before by what they claim now. */
export async function loadClaims(
  tx: Queryable,
  loaded: readonly LoadedInput[],
  trackIds: ReadonlyMap<string, string>,
): Promise<void> {
  await tx.query({
    name: 'load-claims-clear',
    text: 'delete from claims where raw_item_id = any($1::bigint[])',
    values: [loaded.map(({ input }) => input.raw.id)],
  });
  const claims = loaded.flatMap((each) => [...claimsOf(each, trackIds)]);
  if (claims.length === 0) return;
  const sorted = sortedBy(claims, ({ raw }) => String(raw.id).padStart(16, '0'));
  await tx.query({ name: 'load-claims', text: INSERT, values: CLAIMS.values(sorted) });
}

function* claimsOf({ input, entityId }: LoadedInput, trackIds: ReadonlyMap<string, string>): Generator<Claim> {
  const { raw, prepared } = input;
  const about = (
    position: number,
    part: number,
    entityType: string,
    id: string,
    fields: Record<string, unknown>,
  ): Claim => ({
    raw,
    position,
    part,
    entityType,
    entityId: id,
    fields: said(fields),
  });
  const trackOf = (reference: TrackReference | null): string | null =>
    reference === null ? null : (trackIds.get(reference.normKey) ?? null);
  if (prepared.kind === 'track' || prepared.kind === 'artist') {
    if (entityId !== null) yield about(0, 0, prepared.kind, entityId, prepared.fields);
  } else if (prepared.kind === 'setlist' && entityId !== null) {
    yield about(0, 0, 'setlist', entityId, setFields(prepared));
    for (const row of prepared.rows) {
      const track = trackOf(row.track);
      // What is said of a row without a known track is said of the set.
      yield about(row.position, 0, track === null ? 'setlist' : 'track', track ?? entityId, rowFields(row));
      for (const [index, part] of row.parts.entries()) {
        const partTrack = trackOf(part.track);
        const { artist, title, mixName } = part;
        if (partTrack !== null) yield about(row.position, index + 1, 'track', partTrack, { artist, title, mixName });
      }
    }
  } else if (prepared.kind === 'post') {
    for (const { position, track, artist, title, mixName, cueSeconds, confidence } of prepared.mentions) {
      const id = trackOf(track);
      if (id !== null) yield about(position, 0, 'track', id, { artist, title, mixName, cueSeconds, confidence });
    }
  }
}

function setFields({
  rows: _rows,
  artists: _credits,
  kind: _kind,
  event,
  venue,
  detail,
  ...fields
}: PreparedSetlist): Record<string, unknown> {
  const { quality: _quality, ...printed } = fields as typeof fields & { quality?: unknown };
  return {
    ...printed,
    event: event?.name ?? null,
    venue: venue?.name ?? null,
    city: venue?.city ?? null,
    country: venue?.country ?? null,
    ...detail,
  };
}

function rowFields({ track, parts: _parts, detail, ...printed }: PreparedRow): Record<string, unknown> {
  return { ...printed, label: track?.label ?? null, ...detail };
}

/** Only what was said: no nulls, no flags that are not set, no empty lists. */
function said(fields: Record<string, unknown>): Record<string, unknown> {
  const kept: Record<string, unknown> = {};
  for (const name in fields) {
    const value = fields[name];
    const isEmpty =
      value === null || value === undefined || value === false || (Array.isArray(value) && value.length === 0);
    if (!isEmpty) kept[name] = value;
  }
  return kept;
}
