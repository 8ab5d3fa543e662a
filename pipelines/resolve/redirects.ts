/** After a merge the old id stays good: it redirects to the entity that took it in. */
import type { Queryable } from '../../src/platform/database.ts';

/** Longest chain that is followed; merges of merges are few, and a ring must not hang the loader. */
const LONGEST_CHAIN = 20;

/** Where each redirected id leads in the end; ids that stand for themselves are absent. */
export async function followRedirects(
  tx: Queryable,
  entityType: 'artist' | 'track',
  ids: readonly string[],
): Promise<Map<string, string>> {
  if (ids.length === 0) return new Map();
  const { rows } = await tx.query<{ from: string; to: string }>({
    name: 'resolve-redirects',
    text: `with recursive way as (
             select r.from_id as origin, r.to_id, 1 as steps from entity_redirects r where r.entity_type = $1 and r.from_id = any($2::uuid[])
             union all
             select way.origin, r.to_id, way.steps + 1 from way
             join entity_redirects r on r.entity_type = $1 and r.from_id = way.to_id where way.steps < ${LONGEST_CHAIN})
           select distinct on (origin) origin as "from", to_id as "to" from way order by origin, steps desc`,
    values: [entityType, ids],
  });
  return new Map(rows.map(({ from, to }) => [from, to]));
}
