/** The last word on a raw item: its quality, its entity, its state. */
import type { Queryable } from '../../src/platform/database.ts';
import type { LoadedItem, LoadInput } from '../pipeline.ts';

/** Writes the quality of items, where it is another than before. */
export async function loadQuality(tx: Queryable, inputs: readonly LoadInput[]): Promise<void> {
  await tx.query({
    name: 'load-quality-scores',
    text: `insert into quality_scores as old (raw_item_id, score, reasons) select * from unnest($1::bigint[], $2::real[], $3::jsonb[])
           on conflict (raw_item_id) do update set score = excluded.score, reasons = excluded.reasons
           where (old.score, old.reasons) is distinct from (excluded.score, excluded.reasons)`,
    values: [
      inputs.map(({ raw }) => raw.id),
      inputs.map(({ prepared }) => prepared.quality.score),
      inputs.map(({ prepared }) => JSON.stringify(prepared.quality.reasons)),
    ],
  });
}

/** Marks raw items loaded, notes what they became, and drops their prepared form. */
export async function finishItems(tx: Queryable, loaded: readonly LoadedItem[]): Promise<void> {
  const ids = loaded.map(({ rawItemId }) => rawItemId);
  await tx.query({
    name: 'load-raw-items-finish',
    text: `update raw_items r set state = 'loaded', entity_id = d.entity_id, event_date = d.event_date
           from unnest($1::bigint[], $2::uuid[], $3::date[]) d (id, entity_id, event_date) where r.id = d.id`,
    values: [ids, loaded.map(({ entityId }) => entityId), loaded.map(({ eventDate }) => eventDate)],
  });
  await tx.query({
    name: 'load-items-drop',
    text: 'delete from items where raw_item_id = any($1::bigint[])',
    values: [ids],
  });
}
