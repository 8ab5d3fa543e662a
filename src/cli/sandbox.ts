/** The sandbox as the command line uses it: started in this process when nothing serves it yet, gone when the command ends. */

import type { JobCtx } from '../../jobs/job.ts';
import { startSandbox } from '../../ops/sandbox/server.ts';
import { ConfigError } from '../core/errors.ts';
import { readRuntime } from './runtime-file.ts';

/** The world that `npm start` crawls. */
export const SANDBOX_WORLD = { seed: 42, sets: 60 } as const;

/**
 * Runs `work` with a ctx whose configuration knows the sandbox, when one is wanted and no address was configured.
 * @throws ConfigError when a MusicDB runs without one: its workers would take the crawl and not find the stand-in sites.
 */
export async function withSandbox<T>(
  ctx: JobCtx,
  { wanted }: { wanted: boolean },
  work: (ctx: JobCtx) => Promise<T>,
): Promise<T> {
  if (!wanted || Object.keys(ctx.config.sandboxHosts).length > 0) return work(ctx);
  const runtime = readRuntime(ctx.config.dataDir);
  if (runtime !== null) {
    throw new ConfigError(
      `the MusicDB (pid ${runtime.process.pid}) that runs on ${ctx.config.dataDir} serves no sandbox`,
      {
        code: 'NO_SANDBOX',
        hint: 'Start it again without --no-sandbox, or name another folder with --data.',
      },
    );
  }
  const sandbox = await startSandbox(SANDBOX_WORLD);
  try {
    return await work({ ...ctx, config: { ...ctx.config, sandboxHosts: sandbox.hosts } });
  } finally {
    await sandbox.close();
  }
}
