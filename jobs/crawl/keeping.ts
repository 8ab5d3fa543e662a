/** What becomes of a page that came: archived before it is read, then judged and landed, or kept as evidence. */
import type { Visit } from '../../spiders/run-spider.ts';
import { exchangeOf } from '../../src/core/exchange.ts';
import type { FetchedPage, Validators } from '../../src/core/fetching.ts';
import { judgePage } from '../judging.ts';
import { react } from './reacting.ts';
import { isGoodAnswer, reactionTo } from './reactions.ts';
import type { Slice } from './slice.ts';

/** Longer ones are no use to anybody, and would be sent with each request. */
const LONGEST_VALIDATOR = 512;

export async function archive(slice: Slice, page: FetchedPage): Promise<void> {
  const stored = await slice.ctx.archive.put(page.rawBody);
  slice.documents.set(page, { ...stored, contentEncoding: page.contentEncoding });
}

export async function land(slice: Slice, { request, page, result }: Visit): Promise<void> {
  const { source, payload } = slice;
  const document = slice.documents.get(page);
  if (document === undefined) throw new Error(`${page.url} was parsed before it was archived`);
  slice.documents.delete(page);
  const judged = judgePage(source, { ...page, kind: request.kind, result, alarms: slice.alarms.get(request.kind) });
  await slice.lander.add({
    source: payload.source,
    via: payload.via,
    url: page.url,
    finalUrl: page.finalUrl,
    kind: request.kind,
    status: page.status,
    contentType: page.headers['content-type'] ?? null,
    exchange: exchangeOf(page),
    remoteAddress: page.remoteAddress,
    durationMs: page.durationMs,
    fetchedAt: page.fetchedAt,
    runId: payload.runId,
    document,
    ...judged,
    // What pages held then says nothing of what they hold now.
    measures: payload.via === 'replay' ? null : judged.measures,
    problems: result.problems,
    requests: result.requests.map(({ url, kind }) => ({
      source: payload.source,
      urlKey: source.normaliseUrl(url),
      url,
      kind,
      priority: payload.runId === null ? 5 : 2,
      depth: request.depth + 1,
      runId: payload.runId,
      // The next page of a listing belongs to the same look.
      window: kind === request.kind ? request.window : null,
    })),
    // A page that was not given, or not whole, is kept as evidence; what becomes of its request is not that it is done.
    lease: isGoodAnswer(reactionTo(judged.judgement))
      ? { id: request.id, token: request.token, validators: validatorsOf(page), window: request.window }
      : null,
  });
  await react(slice, request, judged.judgement, { document: document.digest, waitMs: null });
}

/** An unchanged page says nothing new; one that cannot be asked for by what has changed says nothing at all. */
function validatorsOf({ status, headers }: FetchedPage): Validators | undefined {
  if (status !== 200) return undefined;
  const fitting = (value: string | undefined) =>
    value !== undefined && value.length <= LONGEST_VALIDATOR ? value : null;
  return { etag: fitting(headers.etag), lastModified: fitting(headers['last-modified']) };
}
