/** Claims: what one document says of one thing, all its fields in one row. They explain every value of the catalogue. */
import type { Queryable } from '../../src/platform/database.ts';
import type { LoadInput, PreparedRow, PreparedSetlist } from '../pipeline.ts';
import { defineBatch, sortedBy } from './columns.ts';

interface Claim {
  readonly raw: LoadInput['raw'];
  /** 0: the item itself; else its row. */
  readonly position: number;
  /** 0: the row itself; else the part of its mashup. */
  readonly part: number;
  readonly entityType: 'setlist' | 'track' | 'artist';
  readonly entityId: string;
  /** Only fields that the document gives. */
  readonly fields: Readonly<Record<string, unknown>>;
}

/** Ids of what an item names. */
export interface ClaimedIds {
  /** The item's own entity; null for posts. */
  readonly entityId: string | null;
  /** Track id of a reference's key. */
  readonly trackIds: ReadonlyMap<string, string>;
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
const UPSERT_CLAIMS = `insert into claims as old (${CLAIMS.names}) select * from ${CLAIMS.source}
  on conflict (raw_item_id, position, part) do update set entity_type = excluded.entity_type, entity_id = excluded.entity_id,
    document_digest = excluded.document_digest, fields = excluded.fields, observed_at = excluded.observed_at
  where (old.entity_type, old.entity_id, old.document_digest, old.fields)
    is distinct from (excluded.entity_type, excluded.entity_id, excluded.document_digest, excluded.fields)`;

/** Writes what a batch of items claims, and removes claims that they no longer make. */
export async function loadClaims(tx: Queryable, items: readonly (LoadInput & ClaimedIds)[]): Promise<void> {
  const claims = sortedBy(items, ({ raw }) => String(raw.id).padStart(16, '0')).flatMap((item) => [...claimsOf(item)]);
  await removeVanished(tx, items, claims);
  if (claims.length > 0) await tx.query({ name: 'load-claims', text: UPSERT_CLAIMS, values: CLAIMS.values(claims) });
}

function* claimsOf({ raw, prepared, entityId, trackIds }: LoadInput & ClaimedIds): Generator<Claim> {
  const own = { raw, position: 0, part: 0 };
  if (prepared.kind === 'post') {
    for (const { track, confidence, ...mention } of prepared.mentions) {
      const trackId = track === null ? undefined : trackIds.get(track.normKey);
      if (trackId === undefined) continue;
      const { position, ...said } = mention;
      yield { raw, position, part: 0, entityType: 'track', entityId: trackId, fields: saying({ ...said, confidence }) };
    }
  } else if (entityId !== null) {
    if (prepared.kind !== 'setlist') yield { ...own, entityType: prepared.kind, entityId, fields: prepared.fields };
    else {
      yield { ...own, entityType: 'setlist', entityId, fields: headFields(prepared) };
      for (const row of prepared.rows) yield* rowClaims({ raw, row, setlistId: entityId, trackIds });
    }
  }
}

/** An unknown track is said of the set it was played in. */
function* rowClaims(from: {
  raw: LoadInput['raw'];
  row: PreparedRow;
  setlistId: string;
  trackIds: ReadonlyMap<string, string>;
}): Generator<Claim> {
  const { raw, row, setlistId, trackIds } = from;
  const { position, parts, track, detail, ...said } = row;
  yield { raw, position, part: 0, ...claimed(track, setlistId, trackIds), fields: saying({ ...said, ...detail }) };
  for (const [index, { track: partTrack, ...part }] of parts.entries()) {
    yield { raw, position, part: index + 1, ...claimed(partTrack, setlistId, trackIds), fields: saying(part) };
  }
}

function claimed(
  track: PreparedRow['track'],
  setlistId: string,
  trackIds: ReadonlyMap<string, string>,
): Pick<Claim, 'entityType' | 'entityId'> {
  const trackId = track === null ? undefined : trackIds.get(track.normKey);
  return trackId === undefined
    ? { entityType: 'setlist', entityId: setlistId }
    : { entityType: 'track', entityId: trackId };
}

function headFields({
  rows,
  artists,
  event,
  venue,
  detail,
  quality: _quality,
  kind: _kind,
  ...said
}: PreparedSetlist & { quality: unknown }) {
  const place =
    venue === null ? {} : { venue: venue.name, city: venue.city, region: venue.region, country: venue.country };
  return saying({
    ...said,
    ...place,
    event: event?.name ?? null,
    artists: artists.map(({ name }) => name),
    trackCount: rows.length,
    ...detail,
  });
}

/** Without the fields that say nothing. */
function saying(fields: Record<string, unknown>): Record<string, unknown> {
  const said: Record<string, unknown> = {};
  for (const name in fields) {
    const value = fields[name];
    if (value !== null && value !== false && !(Array.isArray(value) && value.length === 0)) said[name] = value;
  }
  return said;
}

async function removeVanished(tx: Queryable, items: readonly LoadInput[], claims: readonly Claim[]): Promise<void> {
  const { rows } = await tx.query<{ rawItemId: number; position: number; part: number }>({
    name: 'load-claims-held',
    text: 'select raw_item_id as "rawItemId", position, part from claims where raw_item_id = any($1::bigint[])',
    values: [items.map(({ raw }) => raw.id)],
  });
  if (rows.length === 0) return;
  const made = new Set(claims.map(({ raw, position, part }) => `${raw.id} ${position} ${part}`));
  const gone = rows.filter(({ rawItemId, position, part }) => !made.has(`${rawItemId} ${position} ${part}`));
  if (gone.length === 0) return;
  await tx.query({
    name: 'load-claims-gone',
    text: `delete from claims c using unnest($1::bigint[], $2::int[], $3::smallint[]) d (raw_item_id, position, part)
           where c.raw_item_id = d.raw_item_id and c.position = d.position and c.part = d.part`,
    values: [gone.map((row) => row.rawItemId), gone.map((row) => row.position), gone.map((row) => row.part)],
  });
}
