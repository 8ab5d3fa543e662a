/** What becomes of a page that came: archived before it is read, then landed, or kept as evidence of a refusal. */
import type { Visit } from '../../spiders/run-spider.ts';
import { exchangeOf } from '../../src/core/exchange.ts';
import type { FetchedPage } from '../../src/core/fetching.ts';
import { failLease } from '../../src/repositories/frontier.ts';
import { RETRY_MS, refuse } from './failing.ts';
import type { Slice } from './slice.ts';

/** A source that refused us is left alone this long. */
const REFUSED_MS = 86_400_000;
/** One that answers 401 or 403, this long. */
const FORBIDDEN_MS = 3_600_000;

export async function archive(slice: Slice, page: FetchedPage): Promise<void> {
  const stored = await slice.ctx.archive.put(page.rawBody);
  slice.documents.set(page, { ...stored, contentEncoding: page.contentEncoding });
}

export async function land(slice: Slice, { request, page, result }: Visit): Promise<void> {
  const document = slice.documents.get(page);
  if (document === undefined) throw new Error(`${page.url} was parsed before it was archived`);
  slice.documents.delete(page);
  const refusal = refusalOf(page, result);
  const comesAgain = refusal !== null || result.problems.some(({ code }) => code === 'truncated');
  await slice.lander.add({
    source: slice.payload.source,
    via: slice.payload.via,
    url: page.url,
    finalUrl: page.finalUrl,
    kind: request.kind,
    status: page.status,
    contentType: page.headers['content-type'] ?? null,
    exchange: exchangeOf(page),
    remoteAddress: page.remoteAddress,
    durationMs: page.durationMs,
    fetchedAt: page.fetchedAt,
    runId: slice.payload.runId,
    document,
    items: result.items,
    problems: result.problems,
    requests: result.requests.map(({ url, kind }) => ({
      source: slice.payload.source,
      urlKey: slice.source.normaliseUrl(url),
      url,
      kind,
      priority: slice.payload.runId === null ? 5 : 2,
      depth: request.depth + 1,
      runId: slice.payload.runId,
    })),
    // A page that was not given, or not whole, is kept as evidence and asked for again.
    lease: comesAgain ? null : { id: request.id, token: request.token },
  });
  if (refusal !== null) await refuse(slice, refusal.reason, refusal.forMs);
  if (comesAgain) {
    const dueAt = new Date(slice.ctx.clock.now().getTime() + (refusal?.forMs ?? RETRY_MS * 2 ** request.attempts));
    const problem = refusal?.reason ?? 'the page is truncated';
    await failLease(slice.ctx.db, {
      id: request.id,
      token: request.token,
      problem,
      cure: refusal?.cure ?? 'retry',
      dueAt,
    });
  }
}

interface Refusal {
  readonly reason: string;
  /** How long the source is left alone, milliseconds. */
  readonly forMs: number;
  readonly cure: 'wait' | 'retry';
}

/** Whether a page is no page but a refusal: a block page of the source's own, or a status that says we may not. */
function refusalOf({ status }: FetchedPage, { items }: Visit['result']): Refusal | null {
  const block = items.find((item) => item.kind === 'block');
  if (block?.kind === 'block')
    return { reason: `the source refused us: ${block.reason}`, forMs: REFUSED_MS, cure: 'wait' };
  // It may be this page alone (a private one): it costs an attempt, so that it cannot stop the source for ever.
  if (status === 401 || status === 403)
    return { reason: `the source refused us: HTTP ${status}`, forMs: FORBIDDEN_MS, cure: 'retry' };
  return null;
}
