/** `musicdb dlq`: dead letters, and their replay. */

import type { JobCtx } from '../../../jobs/job.ts';
import { PermanentError, UsageError } from '../../core/errors.ts';
import { type DeadLetter, getDeadLetter, listDeadLetters, replayDeadLetter } from '../../repositories/dead-letters.ts';
import { numberArgument } from '../arguments.ts';
import { type CommonOptions, printJson, printLine, table } from '../output.ts';
import { withServices } from '../with-services.ts';

interface Options extends CommonOptions {
  readonly limit?: string;
  readonly all?: boolean;
  readonly data?: string;
}

export async function run([action = '', idText]: string[], options: Options): Promise<undefined> {
  if (!['list', 'show', 'replay'].includes(action))
    throw new UsageError(`unknown action "${action}"`, { hint: 'Known: list, show <id>, replay <id>.' });
  if (action !== 'list' && idText === undefined)
    throw new UsageError(`dlq ${action} needs the id of a dead letter`, { hint: 'See `musicdb dlq list`.' });
  const limit = numberArgument(options.limit ?? '20', '--limit', { min: 1, max: 1_000 });
  const id = numberArgument(idText ?? '0', 'id', { min: 0, max: Number.MAX_SAFE_INTEGER });
  await withServices({ role: 'dlq', data: options.data, mayStart: false }, async (ctx) => {
    if (action === 'list') printList(await listDeadLetters(ctx.db, { limit, replayed: options.all === true }), options);
    else if (action === 'show') printJsonOrText(await existing(ctx, id), options);
    else await replay(ctx, id, options);
  });
}

async function existing(ctx: JobCtx, id: number): Promise<DeadLetter> {
  const dead = await getDeadLetter(ctx.db, id);
  if (dead === null)
    throw new PermanentError(`no dead letter ${id}`, { code: 'NOT_FOUND', hint: 'See `musicdb dlq list`.' });
  return dead;
}

async function replay(ctx: JobCtx, id: number, { json }: Options): Promise<void> {
  const dead = await existing(ctx, id);
  const replayed = await replayDeadLetter(ctx.db, id, ctx.clock.now());
  if (!replayed)
    throw new PermanentError(`dead letter ${id} was replayed on ${dead.replayedAt?.toISOString()}`, {
      code: 'REPLAYED',
    });
  if (json) printJson({ replayed: id });
  else printLine(`enqueued again: ${dead.queue} ${dead.name} ${JSON.stringify(dead.payload)}`);
}

function printList(dead: readonly DeadLetter[], { json }: Options): void {
  if (json) printJson({ deadLetters: dead });
  else if (dead.length === 0) printLine('no dead letters');
  else
    printLine(
      table(
        ['id', 'queue', 'failed at', 'attempts', 'error'],
        dead.map((d) => [d.id, d.queue, d.failedAt.toISOString(), d.attempts, d.error.slice(0, 120)]),
      ),
    );
}

function printJsonOrText(dead: DeadLetter, { json }: Options): void {
  if (json) printJson(dead);
  else printLine(JSON.stringify(dead, null, 2));
}
