/** How a page is asked for: in turn, through the politeness gate, over HTTP or in a browser. */
import Bottleneck from 'bottleneck';
import type { Renderer } from '../../spiders/render-page.ts';
import { CutOffError, PermanentError, RefusedAnswer } from '../../src/core/errors.ts';
import type { FetchedPage, LeasedRequest } from '../../src/core/fetching.ts';
import type { Source } from '../../src/core/source.ts';
import type { Credentials } from '../../src/core/tokens.ts';
import { type AdmittedHop, type RequestGate, statusFault } from '../../src/platform/http-client.ts';
import type { Slice } from './slice.ts';
import { assertOn } from './switch.ts';

const FORM = { 'content-type': 'application/x-www-form-urlencoded' };

export type InTurn = <T>(work: () => Promise<T>) => Promise<T>;

/** Where nobody is to be spared, the harness's own bound on pages in flight is enough. */
const atOnce: InTurn = (work) => work();

/** How many may be on their way at a time. When each may start is the gate's to say, over all processes. */
export function limiterOf({ facts }: Source, isPolite: boolean): InTurn {
  if (!isPolite) return atOnce;
  const limiter = new Bottleneck({ maxConcurrent: facts.limits.maxConcurrency });
  return (work) => limiter.schedule(work);
}

/** @throws RefusedAnswer for a status that is no page, and for an answer that was cut off. */
export async function fetchPage(slice: Slice, request: LeasedRequest, credentials: Credentials): Promise<FetchedPage> {
  const { source, http, hosts } = slice;
  const form = source.formOf?.(request) ?? null;
  const headers = { ...source.headers(request, credentials), ...(form === null ? ifChanged(request) : FORM) };
  const gate = gateOf(slice, request);
  const asked = http.fetch({ url: request.url, ...sent(form), headers, allowedHosts: hosts, gate });
  return usable(slice, await asked.catch((error: unknown) => refuseCutOff(slice, error)));
}

/** @throws RefusedAnswer for what a connection cut off, by its status where that is no page anyway. */
function refuseCutOff({ ctx }: Slice, error: unknown): never {
  if (!(error instanceof CutOffError)) throw error;
  throw new RefusedAnswer(error.page, statusFault(error.page, ctx.clock) ?? error);
}

function sent(form: string | null): { method: 'GET' | 'POST'; body: string | null } {
  return { method: form === null ? 'GET' : 'POST', body: form };
}

function usable({ ctx }: Slice, page: FetchedPage): FetchedPage {
  const fault = statusFault(page, ctx.clock);
  if (fault !== null) throw new RefusedAnswer(page, fault);
  return page;
}

/** The way through the gate for a page. While it waits its lease may be lost, or its source switched off: then it is not asked for. */
function gateOf(slice: Slice, request: LeasedRequest): RequestGate | null {
  slice.leases.assertHeld(request);
  return (
    slice.gate?.forRequest('page', async () => {
      slice.leases.assertHeld(request);
      await assertOn(slice);
    }) ?? null
  );
}

/** A page that is as it was is answered with 304 and no body. */
function ifChanged({ etag, lastModified }: LeasedRequest): Record<string, string> {
  return {
    ...(etag === null ? {} : { 'if-none-match': etag }),
    ...(lastModified === null ? {} : { 'if-modified-since': lastModified }),
  };
}

export interface PageRenderer {
  /** @throws RefusedAnswer for a status that is no page; PermanentError `NO_BROWSER`, before anything is asked. */
  render(request: LeasedRequest): Promise<FetchedPage>;
  release(): Promise<void>;
}

/** The browser and all that drives it are loaded with the first page that needs them. */
export function rendererOf(slice: Slice): PageRenderer {
  const { ctx, http, hosts } = slice;
  /** Turns taken for pages that the browser is about to ask for: it must not spend its patience at the gate. */
  const turns = new Map<string, AdmittedHop>();
  let opened: Promise<Renderer> | null = null;
  const open = async (chromiumPath: string) => {
    const { createRenderer } = await import('../../spiders/render-page.ts');
    return createRenderer({
      chromiumPath,
      fetchResource: (url) =>
        http.fetch({ url, headers: {}, allowedHosts: hosts, gate: gateInside(slice, turns, url) }),
    });
  };
  return {
    render: async (request) => {
      const { url } = request;
      const { chromiumPath } = ctx.config;
      if (chromiumPath === null) throw noBrowser();
      opened ??= open(chromiumPath);
      const renderer = await opened;
      const turn = await gateOf(slice, request)?.admit({ url, askedUrl: url, method: 'GET' });
      if (turn !== undefined) turns.set(url, turn);
      return usable(slice, await renderer.render(url));
    },
    release: async () => {
      await (await opened)?.release();
    },
  };
}

function noBrowser(): PermanentError {
  return new PermanentError('this page needs a browser and none is known', {
    code: 'NO_BROWSER',
    hint: 'Install chromium, or set CHROMIUM_PATH.',
  });
}

/** The page itself has its turn already; what it asks for belongs to it. */
function gateInside({ gate }: Slice, turns: Map<string, AdmittedHop>, url: string): RequestGate | null {
  if (gate === null) return null;
  const turn = turns.get(url);
  if (turn === undefined) return gate.forRequest('resource');
  turns.delete(url);
  return { admit: async (hop) => (hop.url === url ? turn : gate.forRequest('page').admit(hop)) };
}
