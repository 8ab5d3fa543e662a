/** Raw items on their way: landed → transformed → loaded, or quarantined with a reason. The state is the done-mark of each stage. */
import type { Item } from '../core/items.ts';
import type { SourceName } from '../core/source-name.ts';
import type { Queryable } from '../platform/database.ts';
import { joinedArray, joinedTexts } from './storable.ts';

export interface RawItemRow {
  readonly id: number;
  readonly version: number;
  readonly source: SourceName;
  readonly kind: Item['kind'];
  readonly externalId: string;
  readonly documentDigest: Buffer;
  readonly url: string | null;
  readonly body: Item;
  readonly observedAt: Date;
  readonly eventDate: string | null;
}

const HEAD = `r.id, r.version, r.source, r.kind, r.external_id as "externalId", r.document_digest as "documentDigest", r.url, r.observed_at as "observedAt", r.event_date as "eventDate"`;

/** The given items that still wait for the transform, locked until `tx` ends. Dead ones too: who asks for them replays their job. */
export async function holdLanded(tx: Queryable, ids: readonly number[]): Promise<RawItemRow[]> {
  const { rows } = await tx.query<RawItemRow>({
    name: 'raw-items-hold-landed',
    text: `select ${HEAD}, r.body from raw_items r where r.id = any($1::bigint[]) and r.state in ('landed', 'dead') order by r.id for update`,
    values: [ids],
  });
  return rows;
}

/** The given items that still wait to be loaded, with what the stages made of them, locked until `tx` ends. Dead ones too, as above. */
export async function holdTransformed<Prepared>(
  tx: Queryable,
  ids: readonly number[],
): Promise<(Omit<RawItemRow, 'body'> & { prepared: Prepared })[]> {
  const { rows } = await tx.query<Omit<RawItemRow, 'body'> & { prepared: Prepared }>({
    name: 'raw-items-hold-transformed',
    text: `select ${HEAD}, i.body as prepared from raw_items r join items i on i.raw_item_id = r.id and i.raw_item_version = r.version
           where r.id = any($1::bigint[]) and r.state in ('transformed', 'dead') order by r.id for update of r`,
    values: [ids],
  });
  return rows;
}

/** Keeps the stages' output and marks the items transformed. */
export async function storePrepared(
  tx: Queryable,
  prepared: readonly { id: number; version: number; body: string }[],
): Promise<void> {
  if (prepared.length === 0) return;
  await tx.query({
    name: 'items-store',
    text: `with stored as (
             insert into items (raw_item_id, raw_item_version, body) select * from unnest($1::bigint[], $2::bigint[], ${joinedArray('$3')}::json[])
             on conflict (raw_item_id) do update set raw_item_version = excluded.raw_item_version, body = excluded.body returning raw_item_id)
           update raw_items r set state = 'transformed' from stored where r.id = stored.raw_item_id`,
    values: [
      prepared.map(({ id }) => id),
      prepared.map(({ version }) => version),
      joinedTexts(prepared.map(({ body }) => body)),
    ],
  });
}

/** Ends items short of the catalogue. Those that got there by another job's work stay loaded. */
export async function endItems(
  tx: Queryable,
  ids: readonly number[],
  state: 'kept' | 'quarantined' | 'dead',
): Promise<void> {
  if (ids.length === 0) return;
  await tx.query(
    `update raw_items set state = $2 where id = any($1::bigint[]) and state in ('landed', 'transformed', 'dead')`,
    [ids, state],
  );
}

/** Items that a stage never finished and no outstanding job will: their enqueue or their job was lost. */
export async function findStranded(
  db: Queryable,
  before: Date,
  limit: number,
): Promise<{ id: number; state: 'landed' | 'transformed' }[]> {
  const { rows } = await db.query<{ id: number; state: 'landed' | 'transformed' }>(
    `with outstanding as materialized (
       select jsonb_array_elements_text(payload->'rawItemIds')::bigint as id from outbox where queue in ('transform', 'load'))
     select r.id, r.state from raw_items r
     where r.state in ('landed', 'transformed') and r.observed_at < $1 and not exists (select 1 from outstanding o where o.id = r.id)
     order by r.id limit $2`,
    [before, limit],
  );
  return rows;
}
