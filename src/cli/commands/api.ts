/** `musicdb api`: REST API, dashboard and Bull Board. */
import { Releases } from '../../platform/releases.ts';
import { createQueues } from '../../worker/worker.ts';
import { numberArgument } from '../arguments.ts';
import { type CommonOptions, note, printJson } from '../output.ts';
import { serveApi } from '../serve-api.ts';
import { withServices } from '../with-services.ts';
import { stopped } from './worker.ts';

interface Options extends CommonOptions {
  readonly port?: string;
  readonly data?: string;
}

export async function run(_args: string[], { port, data, json }: Options): Promise<undefined> {
  await withServices({ role: 'api', data, mayStart: false }, async (ctx) => {
    const releases = new Releases();
    const queueOf = createQueues(ctx, releases);
    const at = port === undefined ? ctx.config.apiPort : numberArgument(port, '--port', { min: 0, max: 65_535 });
    const api = releases.add(
      'api',
      await serveApi(ctx, { port: at, mayMove: false, queueOf, token: ctx.config.apiToken }),
    );
    if (json) printJson({ ready: true, url: api.url });
    else note(`API and dashboard: ${api.url}`);
    await stopped(ctx.signal);
    await releases.releaseAll();
  });
}
