/** `musicdb jobs`: jobs by queue and state, and what waits in the outbox. */
import { QUEUE_NAMES } from '../../../jobs/queues.ts';
import { Releases } from '../../platform/releases.ts';
import { countOutstanding } from '../../repositories/outbox.ts';
import { createQueues } from '../../worker/worker.ts';
import { type CommonOptions, printJson, printLine, table } from '../output.ts';
import { withServices } from '../with-services.ts';

interface Options extends CommonOptions {
  readonly data?: string;
}

const STATES = ['prioritized', 'active', 'delayed', 'completed', 'failed'] as const;

export async function run(_args: string[], { data, json }: Options): Promise<undefined> {
  const queues = await withServices({ role: 'jobs', data, mayStart: false }, async (ctx) => {
    const releases = new Releases();
    const queueOf = createQueues(ctx, releases);
    try {
      const outstanding = await countOutstanding(ctx.db);
      return await Promise.all(
        QUEUE_NAMES.map(async (name) => ({
          queue: name,
          outstanding: outstanding[name] ?? 0,
          ...(await queueOf(name).getJobCounts(...STATES)),
        })),
      );
    } finally {
      await releases.releaseAll();
    }
  });
  if (json) printJson({ queues });
  else
    printLine(
      table(
        ['queue', 'outstanding', ...STATES],
        queues.map((counts) => [
          counts.queue,
          counts.outstanding,
          ...STATES.map((state) => (counts as Record<string, unknown>)[state] as number),
        ]),
      ),
    );
}
