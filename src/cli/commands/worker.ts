/** `musicdb worker`: the worker role; any number of them, on any machines. */
import { QUEUE_NAMES, type QueueName } from '../../../jobs/queues.ts';
import { UsageError } from '../../core/errors.ts';
import { startWorker } from '../../worker/worker.ts';
import { numberArgument } from '../arguments.ts';
import { type CommonOptions, printJson } from '../output.ts';
import { withServices } from '../with-services.ts';

interface Options extends CommonOptions {
  readonly queues?: string;
  readonly concurrency?: string;
  readonly data?: string;
}

export async function run(_args: string[], { queues, concurrency, data, json }: Options): Promise<undefined> {
  const names = queuesArgument(queues);
  const atATime = concurrency === undefined ? null : numberArgument(concurrency, '--concurrency', { min: 1, max: 64 });
  await withServices({ role: 'worker', data, mayStart: false }, async (ctx) => {
    await ctx.search.prepare();
    const worker = await startWorker(ctx, { queues: names, concurrency: atATime });
    ctx.log.info({ queues: names }, 'worker ready');
    if (json) printJson({ ready: true, queues: names });
    await stopped(ctx.signal);
    await worker.release();
  });
}

/** Resolves when the process is asked to stop. */
export function stopped(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
}

function queuesArgument(text: string | undefined): readonly QueueName[] {
  if (text === undefined) return QUEUE_NAMES;
  return text.split(',').map((name) => {
    const known = QUEUE_NAMES.find((queue) => queue === name.trim());
    if (known === undefined)
      throw new UsageError(`unknown queue "${name.trim()}"`, { hint: `Known: ${QUEUE_NAMES.join(', ')}.` });
    return known;
  });
}
