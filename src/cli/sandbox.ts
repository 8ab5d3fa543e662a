/** The sandbox as the command line uses it: started in this process when nothing serves it yet, gone when the command ends. */

import type { JobCtx } from '../../jobs/job.ts';
import { startSandbox } from '../../ops/sandbox/server.ts';

/** The world that `npm start` crawls. */
export const SANDBOX_WORLD = { seed: 42, sets: 60 } as const;

/** Runs `work` with a ctx whose configuration knows the sandbox, when one is wanted and no address was configured. */
export async function withSandbox<T>(
  ctx: JobCtx,
  { wanted }: { wanted: boolean },
  work: (ctx: JobCtx) => Promise<T>,
): Promise<T> {
  if (!wanted || Object.keys(ctx.config.sandboxHosts).length > 0) return work(ctx);
  const sandbox = await startSandbox(SANDBOX_WORLD);
  try {
    return await work({ ...ctx, config: { ...ctx.config, sandboxHosts: sandbox.hosts } });
  } finally {
    await sandbox.close();
  }
}
