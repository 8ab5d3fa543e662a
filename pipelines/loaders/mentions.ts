/** Tracks named in posts and comments. */
import { entityId } from '../../src/core/uuid5.ts';
import type { Queryable } from '../../src/platform/database.ts';
import type { LoadInput, PreparedPost } from '../pipeline.ts';
import { defineBatch, sortedBy } from './columns.ts';

export interface PostInput {
  readonly raw: LoadInput['raw'];
  readonly post: PreparedPost;
}

interface MentionRow extends PostInput {
  readonly id: string;
  readonly mention: PreparedPost['mentions'][number];
  readonly trackId: string | null;
}

const MENTIONS = defineBatch<MentionRow>([
  ['id', 'uuid', ({ id }) => id],
  ['raw_item_id', 'bigint', ({ raw }) => raw.id],
  ['position', 'int', ({ mention }) => mention.position],
  ['source', 'text', ({ raw }) => raw.source],
  ['external_id', 'text', ({ raw }) => raw.externalId],
  ['permalink', 'text', ({ post }) => post.permalink],
  ['track_id', 'uuid', ({ trackId }) => trackId],
  ['artist', 'text', ({ mention }) => mention.artist],
  ['title', 'text', ({ mention }) => mention.title],
  ['mix_name', 'text', ({ mention }) => mention.mixName],
  ['cue_seconds', 'int', ({ mention }) => mention.cueSeconds],
  ['confidence', 'real', ({ mention }) => mention.confidence],
  ['mentioned_at', 'timestamptz', ({ post }) => post.mentionedAt],
  // Never behind the raw item's: a mention that comes back after its removal must be newer than what search remembers.
  ['version', 'bigint', ({ raw }) => raw.version],
]);
const CHANGEABLE = [
  'permalink',
  'track_id',
  'artist',
  'title',
  'mix_name',
  'cue_seconds',
  'confidence',
  'mentioned_at',
];
const UPSERT_MENTIONS = `insert into mentions as old (${MENTIONS.names}) select * from ${MENTIONS.source}
  on conflict (id) do update set (${CHANGEABLE.join(', ')}, version) = (${columnsOf('excluded')}, greatest(old.version + 1, excluded.version))
  where (${columnsOf('old')}) is distinct from (${columnsOf('excluded')}) returning id`;

/**
 * Writes the mentions of posts and removes those that a post no longer makes (an edit, or a deletion that must be followed).
 * @returns ids of mentions that are new, changed or gone
 */
export async function loadMentions(
  tx: Queryable,
  posts: readonly PostInput[],
  trackIds: ReadonlyMap<string, string>,
): Promise<string[]> {
  if (posts.length === 0) return [];
  const gone = await removeVanished(tx, posts);
  const rows = posts.flatMap((input) => mentionsOf(input, trackIds));
  if (rows.length === 0) return gone;
  const written = await tx.query<{ id: string }>({
    name: 'load-mentions',
    text: UPSERT_MENTIONS,
    values: MENTIONS.values(sortedBy(rows, ({ id }) => id)),
  });
  return [...gone, ...written.rows.map(({ id }) => id)];
}

function mentionsOf({ raw, post }: PostInput, trackIds: ReadonlyMap<string, string>): MentionRow[] {
  return post.mentions.map((mention) => ({
    id: entityId('mention', `${raw.source}:${raw.externalId}:${mention.position}`),
    raw,
    post,
    mention,
    trackId: mention.track === null ? null : (trackIds.get(mention.track.normKey) ?? null),
  }));
}

/** Positions count without gaps, so what vanished lies behind the last one. */
async function removeVanished(tx: Queryable, posts: readonly PostInput[]): Promise<string[]> {
  const { rows } = await tx.query<{ id: string }>({
    name: 'load-mentions-gone',
    text: `delete from mentions m using unnest($1::bigint[], $2::int[]) d (raw_item_id, length)
           where m.raw_item_id = d.raw_item_id and m.position > d.length returning m.id`,
    values: [posts.map(({ raw }) => raw.id), posts.map(({ post }) => post.mentions.length)],
  });
  return rows.map(({ id }) => id);
}

function columnsOf(relation: string): string {
  return CHANGEABLE.map((name) => `${relation}.${name}`).join(', ');
}
