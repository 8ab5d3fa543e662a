/** Items on their way through the pipeline, for tests: every field present, and only what a test is about said. */
import { createHash } from 'node:crypto';
import type { LoadInput, RawItem } from '../../pipelines/pipeline.ts';
import { prepare } from '../../pipelines/registry.ts';
import { type ArtistItem, externalIdOf, type Item, type PostItem, type PostRow, row } from '../core/items.ts';

/** A post with every field present. */
export function post(id: string, said: Partial<PostItem> = {}): PostItem {
  return {
    kind: 'post',
    source: 'reddit',
    id,
    thing: id.startsWith('t3') ? 't3' : 't1',
    subreddit: 'house',
    author: 'ada',
    createdAt: '2026-10-01T10:00:00Z',
    title: null,
    body: null,
    score: 1,
    url: null,
    permalink: `/r/house/comments/${id}/`,
    parentId: null,
    status: 'live',
    purge: false,
    tracks: [],
    extra: {},
    ...said,
  };
}

/** A row of a post with every field present. */
export function postRow(position: number, said: Partial<PostRow> = {}): PostRow {
  return { ...row(position), genreTags: null, year: null, trailing: null, ...said };
}

/** An artist with every field present. */
export function artist(id: string, said: Partial<ArtistItem> = {}): ArtistItem {
  return {
    kind: 'artist',
    source: 'setlistfm',
    id,
    name: id,
    mbid: null,
    sortName: null,
    disambiguation: null,
    url: null,
    extra: {},
    ...said,
  };
}

/** The item as it would have landed. Its document's digest is made from `document`. */
export function rawItem(item: Item, said: Partial<RawItem> & { document?: string } = {}): RawItem {
  const { document = externalIdOf(item), ...known } = said;
  return {
    id: 1,
    version: 1,
    source: item.source,
    kind: item.kind,
    externalId: externalIdOf(item),
    documentDigest: createHash('sha256').update(document).digest(),
    url: null,
    body: item,
    observedAt: new Date('2026-11-20T10:00:00Z'),
    eventDate: null,
    ...known,
  };
}

/** The raw item with what the pure stages make of it; throws with the reason when they refuse it. */
export function prepared(raw: RawItem): LoadInput {
  const outcome = prepare(raw);
  if (!outcome.ok)
    throw new Error(`${raw.kind} ${raw.externalId}: ${outcome.refusal.reason}: ${outcome.refusal.message}`);
  const { body: _body, ...head } = raw;
  return { raw: head, prepared: outcome.value };
}
