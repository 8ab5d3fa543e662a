/** Artists, labels, venues, events: entities that a normalised name identifies. All four are written alike. */
import { entityId } from '../../src/core/uuid5.ts';
import type { Queryable } from '../../src/platform/database.ts';
import { followRedirects } from '../resolve/redirects.ts';
import { type Batch, type Column, defineBatch, sortedBy } from './columns.ts';
import type { ArtistFacts, Gathered, NameFacts, VenueFacts } from './gather.ts';

/** Ids by normalised key. */
export type IdsByKey = ReadonlyMap<string, string>;

export interface NamedIds {
  readonly artists: IdsByKey;
  readonly labels: IdsByKey;
  readonly venues: IdsByKey;
  readonly events: IdsByKey;
  /** Artists that are new or know more than before. */
  readonly changedArtists: readonly string[];
}

interface NamedTable<Facts extends NameFacts> {
  readonly kind: string;
  readonly table: string;
  /** Columns that later mentions may fill while they are null. */
  readonly fillable: readonly Column<Facts>[];
  /** Columns that are written once. */
  readonly fixed: readonly Column<Facts>[];
}

type Upsert<Facts> = (
  tx: Queryable,
  facts: ReadonlyMap<string, Facts>,
) => Promise<{ ids: Map<string, string>; changed: string[] }>;

const upsertArtists = defineUpsert<ArtistFacts>({
  kind: 'artist',
  table: 'artists',
  fillable: [
    ['mbid', 'uuid', (facts) => facts.mbid],
    ['sort_name', 'text', (facts) => facts.sortName],
    ['disambiguation', 'text', (facts) => facts.disambiguation],
  ],
  fixed: [['created_date', 'date', (facts) => facts.seenOn]],
});
const upsertVenues = defineUpsert<VenueFacts>({
  kind: 'venue',
  table: 'venues',
  fillable: [
    ['region', 'text', (facts) => facts.region],
    ['latitude', 'float8', (facts) => facts.latitude],
    ['longitude', 'float8', (facts) => facts.longitude],
  ],
  fixed: [
    ['city', 'text', (facts) => facts.city],
    ['country', 'text', (facts) => facts.country],
  ],
});
const upsertLabels = defineUpsert<NameFacts>({ kind: 'label', table: 'labels', fillable: [], fixed: [] });
const upsertEvents = defineUpsert<NameFacts>({ kind: 'event', table: 'events', fillable: [], fixed: [] });

/** Writes every name of a batch that is new or says more, and answers with the ids of all; merged artists by the one they are now. */
export async function loadNames(tx: Queryable, gathered: Gathered): Promise<NamedIds> {
  const artists = await upsertArtists(tx, gathered.artists);
  const redirects = await followRedirects(tx, 'artist', [...artists.ids.values()]);
  for (const [key, id] of artists.ids) artists.ids.set(key, redirects.get(id) ?? id);
  const labels = await upsertLabels(tx, gathered.labels);
  const venues = await upsertVenues(tx, gathered.venues);
  const events = await upsertEvents(tx, gathered.events);
  return {
    artists: artists.ids,
    labels: labels.ids,
    venues: venues.ids,
    events: events.ids,
    changedArtists: artists.changed,
  };
}

function defineUpsert<Facts extends NameFacts>(named: NamedTable<Facts>): Upsert<Facts> {
  const { kind, table, fillable } = named;
  const batch = batchOf(named);
  const read = `select ${['id', 'norm_key', ...fillable.map(([name]) => name)].join(', ')} from ${table} where norm_key = any($1::text[])`;
  const write = upsertText(named, batch);
  return async (tx, facts) => {
    const ids = new Map<string, string>();
    if (facts.size === 0) return { ids, changed: [] };
    // Reading first leaves what is known unlocked: ON CONFLICT would lock every row it meets, and all loaders meet the same names.
    const { rows } = await tx.query({ name: `load-${table}-read`, text: read, values: [[...facts.keys()]] });
    const known = new Map(rows.map((row) => [String(row.norm_key), row]));
    for (const [key] of facts) ids.set(key, String(known.get(key)?.id ?? entityId(kind, key)));
    const telling = [...facts.values()].filter((each) => addsTo(known.get(each.normKey), each, fillable));
    if (telling.length === 0) return { ids, changed: [] };
    const values = batch.values(sortedBy(telling, ({ normKey }) => normKey));
    const written = await tx.query<{ id: string }>({ name: `load-${table}`, text: write, values });
    return { ids, changed: written.rows.map(({ id }) => id) };
  };
}

function batchOf<Facts extends NameFacts>({ kind, fillable, fixed }: NamedTable<Facts>): Batch<Facts> {
  return defineBatch<Facts>([
    ['id', 'uuid', ({ normKey }) => entityId(kind, normKey)],
    ['norm_key', 'text', ({ normKey }) => normKey],
    ['name', 'text', ({ name }) => name],
    ...fillable,
    ...fixed,
  ]);
}

function upsertText<Facts extends NameFacts>({ table, fillable }: NamedTable<Facts>, batch: Batch<Facts>): string {
  const insert = `insert into ${table} as old (${batch.names}) select * from ${batch.source} on conflict (norm_key) do`;
  if (fillable.length === 0) return `${insert} nothing returning id`;
  const fills = fillable.map(([name]) => `${name} = coalesce(old.${name}, excluded.${name})`).join(', ');
  const adds = fillable.map(([name]) => `(old.${name} is null and excluded.${name} is not null)`).join(' or ');
  return `${insert} update set ${fills}, version = old.version + 1 where ${adds} returning id`;
}

function addsTo<Facts>(
  known: Record<string, unknown> | undefined,
  facts: Facts,
  fillable: readonly Column<Facts>[],
): boolean {
  return known === undefined || fillable.some(([name, , cellOf]) => known[name] === null && cellOf(facts) !== null);
}
