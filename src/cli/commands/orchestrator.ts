/** `musicdb orchestrator`: the orchestrator role, and the worker of its own two queues. Any number may run; their jobs run once. */
import { reconcileSchedules, startOrchestrator } from '../../orchestrator/orchestrator.ts';
import { Releases } from '../../platform/releases.ts';
import { createQueues, startWorker } from '../../worker/worker.ts';
import { type CommonOptions, printJson } from '../output.ts';
import { withServices } from '../with-services.ts';
import { stopped } from './worker.ts';

interface Options extends CommonOptions {
  readonly data?: string;
}

export async function run(_args: string[], { data, json }: Options): Promise<undefined> {
  await withServices({ role: 'orchestrator', data, mayStart: false }, async (ctx) => {
    const releases = new Releases();
    const queueOf = createQueues(ctx, releases);
    releases.add(
      'worker',
      await startWorker(ctx, {
        queues: ['orchestrate', 'maintenance'],
        concurrency: null,
        onRedisLost: () => reconcileSchedules(ctx, queueOf),
      }),
    );
    releases.add('orchestrator', await startOrchestrator(ctx, queueOf));
    ctx.log.info('orchestrator ready');
    if (json) printJson({ ready: true });
    await stopped(ctx.signal);
    await releases.releaseAll();
  });
}
