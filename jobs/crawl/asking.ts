/** How a page is asked for: in turn, politely, over HTTP or in a browser. */
import { setTimeout as sleep } from 'node:timers/promises';
import Bottleneck from 'bottleneck';
import type { Renderer } from '../../spiders/render-page.ts';
import type { FetchedPage, LeasedRequest } from '../../src/core/fetching.ts';
import type { Credentials, Source } from '../../src/core/source.ts';
import { assertUsableStatus } from '../../src/platform/http-client.ts';
import { bookRequest } from '../../src/repositories/source-states.ts';
import type { Slice } from './slice.ts';

export type InTurn = <T>(work: () => Promise<T>) => Promise<T>;

/** The sandbox is nobody's server: the harness's own bound on pages in flight is enough. */
export const atOnce: InTurn = (work) => work();

export function createLimiter(source: Source, maxConcurrent: number): InTurn {
  const limiter = new Bottleneck({ maxConcurrent, minTime: source.facts.limits.minDelayMs });
  return (work) => limiter.schedule(work);
}

/** The browser and all that drives it are loaded with the first page that needs them. */
export function rendererOf({ ctx, http, hosts }: Slice): { open(): Promise<Renderer>; release(): Promise<void> } {
  let opened: Promise<Renderer> | null = null;
  const open = async () => {
    const { createRenderer } = await import('../../spiders/render-page.ts');
    return createRenderer({
      chromiumPath: ctx.config.chromiumPath,
      fetchResource: (url) => http.fetch({ url, headers: {}, allowedHosts: hosts }),
    });
  };
  return {
    open: () => {
      opened ??= open();
      return opened;
    },
    release: async () => {
      await (await opened)?.release();
    },
  };
}

/** Live requests of a source keep their distance over all processes: each books its start in Postgres. */
export async function politely<T>(slice: Slice, work: () => Promise<T>): Promise<T> {
  if (slice.payload.via === 'live') {
    const waitMs = await bookRequest(
      slice.ctx.db,
      slice.payload.source,
      slice.source.facts.limits.minDelayMs,
      slice.ctx.clock.now(),
    );
    // A stop or a refusal while it waits ends the wait, and nothing more is asked.
    if (waitMs > 0) await sleep(waitMs, undefined, { signal: slice.stop });
  }
  return work();
}

export async function fetchPage(
  { ctx, source, http, hosts }: Slice,
  request: LeasedRequest,
  credentials: Credentials,
): Promise<FetchedPage> {
  const headers = source.headers(request, credentials);
  const page = await http.fetch({ url: request.url, headers, allowedHosts: hosts });
  assertUsableStatus(page, ctx.clock);
  return page;
}
