/** Mentions: tracks named in free text, as facts without the text and without its author. */
import { entityId } from '../../src/core/uuid5.ts';
import type { Queryable } from '../../src/platform/database.ts';
import type { LoadInput, PreparedPost } from '../pipeline.ts';
import { defineBatch, sortedBy } from './columns.ts';

type PostInput = LoadInput & { readonly prepared: PreparedPost };
type Mention = PreparedPost['mentions'][number];

interface MentionRow {
  readonly id: string;
  readonly input: PostInput;
  readonly mention: Mention;
  readonly trackId: string | null;
}

const MENTIONS = defineBatch<MentionRow>([
  ['id', 'uuid', ({ id }) => id],
  ['raw_item_id', 'bigint', ({ input }) => input.raw.id],
  ['position', 'int', ({ mention }) => mention.position],
  ['source', 'text', ({ input }) => input.raw.source],
  ['external_id', 'text', ({ input }) => input.raw.externalId],
  ['permalink', 'text', ({ input }) => input.prepared.permalink],
  ['track_id', 'uuid', ({ trackId }) => trackId],
  ['artist', 'text', ({ mention }) => mention.artist],
  ['title', 'text', ({ mention }) => mention.title],
  ['mix_name', 'text', ({ mention }) => mention.mixName],
  ['cue_seconds', 'int', ({ mention }) => mention.cueSeconds],
  ['confidence', 'real', ({ mention }) => mention.confidence],
  ['mentioned_at', 'timestamptz', ({ input }) => input.prepared.mentionedAt],
  ['version', 'bigint', ({ input }) => input.raw.version],
]);
const REPLACED = 'permalink track_id artist title mix_name cue_seconds confidence mentioned_at version'.split(' ');
const UPSERT = `insert into mentions as old (${MENTIONS.names}) select * from ${MENTIONS.source}
  on conflict (id) do update set ${REPLACED.map((name) => `${name} = excluded.${name}`).join(', ')}
  where old.version < excluded.version returning id`;

/** Writes the mentions of a batch; those that a newer reading no longer holds go. Returns the ids of all that changed or went. */
export async function loadMentions(
  tx: Queryable,
  inputs: readonly PostInput[],
  trackIds: ReadonlyMap<string, string>,
): Promise<string[]> {
  if (inputs.length === 0) return [];
  const rows = inputs.flatMap((input) =>
    input.prepared.mentions.map((mention) => ({
      id: entityId('mention', `${input.raw.source}:${input.raw.externalId}:${mention.position}`),
      input,
      mention,
      trackId: mention.track === null ? null : (trackIds.get(mention.track.normKey) ?? null),
    })),
  );
  const gone = await removeVanished(tx, inputs, rows);
  if (rows.length === 0) return gone;
  const written = await tx.query<{ id: string }>({
    name: 'load-mentions',
    text: UPSERT,
    values: MENTIONS.values(sortedBy(rows, ({ id }) => id)),
  });
  return [...gone, ...written.rows.map(({ id }) => id)];
}

async function removeVanished(
  tx: Queryable,
  inputs: readonly PostInput[],
  rows: readonly MentionRow[],
): Promise<string[]> {
  const { rows: gone } = await tx.query<{ id: string }>({
    name: 'load-mentions-vanished',
    text: 'delete from mentions where raw_item_id = any($1::bigint[]) and not id = any($2::uuid[]) returning id',
    values: [inputs.map(({ raw }) => raw.id), rows.map(({ id }) => id)],
  });
  return gone.map(({ id }) => id);
}
