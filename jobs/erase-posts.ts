/** Erases posts that a person names, at once and everywhere; and looks whether anything of them is left. The daily way is jobs/follow-deletions.ts. */
import { drainSearchOutbox } from '../pipelines/loaders/search.ts';
import { decodeBody } from '../src/platform/content-encoding.ts';
import { eraseDueDocuments, readErasableDocuments } from '../src/repositories/document-erasure.ts';
import { type ErasedPosts, erasePosts, readPostTexts } from '../src/repositories/erasure.ts';
import { type FoundText, findTextInTables } from '../src/repositories/text-scan.ts';
import type { JobCtx } from './job.ts';

const SEARCH_BATCH = 1_000;
/** Shorter texts are found everywhere by chance. */
const SHORTEST_PHRASE = 16;
/** Longest runs of a text that are written the same way in JSON, in a row's text and in a page. */
const PLAIN_RUN = /[A-Za-z0-9 ,.!?'-]+/g;
const MOST_PHRASES = 20;

type EraseCtx = Pick<JobCtx, 'db' | 'archive' | 'clock' | 'redis' | 'search' | 'config'>;

/** Erases by request: it stays so, also when the source shows the post again. */
export async function eraseByRequest(
  ctx: EraseCtx,
  posts: { readonly source: string; readonly externalIds: readonly string[] },
  actor: string,
): Promise<ErasedPosts> {
  const now = ctx.clock.now();
  const erased = await ctx.db.transaction((tx) => erasePosts(tx, posts, { reason: 'erased-by-request', actor }, now));
  await eraseDueDocuments(ctx, now);
  while ((await drainSearchOutbox(ctx.db, ctx.search, SEARCH_BATCH)).remaining > 0);
  return erased;
}

/** Phrases by which a post's text can be told, longest first; none when it has no text, or was erased before. */
export async function phrasesOf(ctx: EraseCtx, source: string, externalId: string): Promise<string[]> {
  const runs = (await readPostTexts(ctx.db, source, externalId)).flatMap((text) => text.match(PLAIN_RUN) ?? []);
  const phrases = [...new Set(runs.map((run) => run.trim()))].filter(({ length }) => length >= SHORTEST_PHRASE);
  return phrases.sort((a, b) => b.length - a.length).slice(0, MOST_PHRASES);
}

/** Every place that still holds one of the phrases: tables, archived pages of sources with the duty, keys in Redis. */
export async function scanForText(ctx: EraseCtx, phrases: readonly string[]): Promise<FoundText[]> {
  const found: FoundText[] = [];
  for (const phrase of phrases) found.push(...(await findTextInTables(ctx.db, phrase)));
  if (phrases.length === 0) return [];
  found.push({ place: 'archive', count: await countPagesWith(ctx, phrases) });
  found.push({ place: 'redis', count: await countKeysWith(ctx, phrases) });
  return found.filter(({ count }) => count > 0);
}

async function countPagesWith({ db, archive }: EraseCtx, phrases: readonly string[]): Promise<number> {
  let count = 0;
  for await (const { digest, contentEncoding } of readErasableDocuments(db)) {
    const { body } = await decodeBody(await archive.get(digest), contentEncoding);
    if (phrases.some((phrase) => body.includes(phrase))) count += 1;
  }
  return count;
}

async function countKeysWith({ redis: { client }, config }: EraseCtx, phrases: readonly string[]): Promise<number> {
  let count = 0;
  for await (const keys of client.scanStream({ match: `${config.queuePrefix}*`, count: 1_000 }) as AsyncIterable<
    string[]
  >) {
    for (const key of keys) {
      // DUMP holds any type's content; long strings may be compressed in it, so the two types that hold text are read as such.
      const type = await client.type(key);
      const content =
        type === 'hash' ? JSON.stringify(await client.hgetall(key)) : type === 'string' ? await client.get(key) : null;
      if (content !== null && phrases.some((phrase) => content.includes(phrase))) count += 1;
    }
  }
  return count;
}
