/** `musicdb erase`: a post leaves everything we hold, at once; `--verify` looks through all of it afterwards. */
import { userInfo } from 'node:os';
import { eraseByRequest, phrasesOf, scanForText } from '../../../jobs/erase-posts.ts';
import { loadSource } from '../../../spiders/registry.ts';
import { UsageError } from '../../core/errors.ts';
import { hasDeletionDuty } from '../../core/post-duty.ts';
import type { FoundText } from '../../repositories/text-scan.ts';
import { sourceArgument } from '../arguments.ts';
import { type CommonOptions, printJson, printLine } from '../output.ts';
import { withServices } from '../with-services.ts';

interface Options extends CommonOptions {
  readonly verify?: boolean;
  readonly data?: string;
}

export async function run([sourceName = '', ...names]: string[], { verify, data, json }: Options): Promise<number> {
  const source = sourceArgument(sourceName);
  const externalIds = names.map((name) => name.trim().toLowerCase());
  if (!hasDeletionDuty(source))
    throw new UsageError(`posts of ${source} cannot be erased: it has none`, {
      hint: 'The source with posts is reddit.',
    });
  await assertPosts(source, externalIds);
  const done = await withServices({ role: 'erase', data, mayStart: true }, async (ctx) => {
    const phrases = verify ? (await Promise.all(externalIds.map((id) => phrasesOf(ctx, source, id)))).flat() : [];
    const erased = await eraseByRequest(ctx, { source, externalIds }, userInfo().username);
    return { ...erased, remains: verify ? await scanForText(ctx, phrases) : null };
  });
  if (json) printJson({ source, asked: externalIds, ...done });
  else print(done);
  return done.remains === null || done.remains.length === 0 ? 0 : 1;
}

async function assertPosts(sourceName: Parameters<typeof loadSource>[0], ids: readonly string[]): Promise<void> {
  const source = await loadSource(sourceName);
  for (const id of ids) {
    if (source.existenceChecks?.requests([id]).length === 1) continue;
    throw new UsageError(`"${id}" is no post of ${source.facts.title}`, {
      hint: 'Expected a fullname: t3_… for a post, t1_… for a comment.',
    });
  }
}

function print(done: {
  posts: number;
  mentionsKept: number;
  mentionsRemoved: number;
  documents: number;
  remains: FoundText[] | null;
}): void {
  if (done.posts === 0) printLine('nothing to erase: not known, or erased before');
  else
    printLine(
      `erased ${done.posts} posts, ${done.mentionsRemoved} mentions without a known track, ${done.documents} archived pages; kept ${done.mentionsKept} mentions as facts`,
    );
  for (const { place, count } of done.remains ?? []) printLine(`still found in ${place}: ${count}`);
  if (done.remains?.length === 0) printLine('looked through tables, archived pages and queues: nothing is left of it');
}
