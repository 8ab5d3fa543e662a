/** What becomes of a page that came: archived before it is read, then judged and landed, or kept as evidence. */
import { isPipelined } from '../../pipelines/registry.ts';
import type { Visit } from '../../spiders/run-spider.ts';
import { exchangeOf } from '../../src/core/exchange.ts';
import type { FetchedPage, Validators } from '../../src/core/fetching.ts';
import type { Problem } from '../../src/core/parse-result.ts';
import type { Judgement } from '../../src/core/verdict.ts';
import { landPages } from '../../src/repositories/landing.ts';
import type { LandingPage } from '../../src/repositories/landing-page.ts';
import { judgePage } from '../judging.ts';
import { react } from './reacting.ts';
import { isGoodAnswer, reactionTo } from './reactions.ts';
import type { Slice } from './slice.ts';

/**
 * Links from where a crawl began to its farthest page. No honest list has so many pages; one that always names a next page would be followed
 * for years.
 */
export const DEEPEST = 1_000;
/** Longer ones are no use to anybody, and would be sent with each request. */
const LONGEST_VALIDATOR = 512;

export async function archive(slice: Slice, page: FetchedPage): Promise<void> {
  const storeAgain = () => slice.ctx.archive.put(page.rawBody);
  slice.documents.set(page, { ...(await storeAgain()), contentEncoding: page.contentEncoding, storeAgain });
}

export async function land(slice: Slice, { request, page, result }: Visit): Promise<void> {
  const { source, payload } = slice;
  const document = takeDocument(slice, page);
  const judged = judgePage(source, { ...page, kind: request.kind, result, alarms: slice.alarms.get(request.kind) });
  const isEnd = request.depth >= DEEPEST && result.requests.length > 0;
  await slice.lander.add({
    ...receiptOf(slice, { request, page }),
    document,
    ...judged,
    // What pages held then says nothing of what they hold now.
    measures: payload.via === 'replay' ? null : judged.measures,
    problems: isEnd ? [...result.problems, tooDeep(result.requests.length)] : result.problems,
    requests: (isEnd ? [] : result.requests).map(({ url, kind }) => ({
      source: payload.source,
      urlKey: source.normaliseUrl(url),
      url,
      kind,
      priority: payload.runId === null ? 5 : 2,
      depth: request.depth + 1,
      runId: payload.runId,
      // The next page of a listing belongs to the same look.
      window: kind === request.kind ? request.window : null,
      goesOn: kind === request.kind,
    })),
    // A page that was not given, or not whole, is kept as evidence; what becomes of its request is not that it is done.
    lease: isGoodAnswer(reactionTo(judged.judgement))
      ? { id: request.id, token: request.token, validators: validatorsOf(page), window: isEnd ? null : request.window }
      : null,
  });
  await react(slice, request, judged.judgement, { document: document.digest, waitMs: null });
}

/** An answer that is no page: recorded with all that came, and nothing is read in it. Returns the digest of its body. */
export async function landRefused(slice: Slice, answer: Answered, judgement: Judgement): Promise<Buffer> {
  const { ctx } = slice;
  const document = takeDocument(slice, answer.page);
  const page: LandingPage = {
    ...receiptOf(slice, answer),
    document,
    judgement,
    measures: null,
    items: [],
    problems: [],
    requests: [],
    lease: null,
  };
  await ctx.db.transaction((tx) => landPages(tx, [page], isPipelined, ctx.clock.now()));
  return document.digest;
}

/** A look that was cut off has not reached its end: its cursor stays. */
function tooDeep(links: number): Problem {
  const message = `${links} links are more than ${DEEPEST} pages from where the crawl began, and were not followed`;
  return { code: 'too-deep', message, where: null };
}

type Answered = Pick<Visit, 'request' | 'page'>;

function takeDocument({ documents }: Slice, page: FetchedPage): LandingPage['document'] {
  const document = documents.get(page);
  if (document === undefined) throw new Error(`${page.url} was handed on before it was archived`);
  documents.delete(page);
  return document;
}

/** What is recorded of every answer, whatever it says. */
function receiptOf({ payload }: Slice, { request, page }: Answered) {
  return {
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
  };
}

/** An unchanged page says nothing new; one that cannot be asked for by what has changed says nothing at all. */
function validatorsOf({ status, headers }: FetchedPage): Validators | undefined {
  if (status !== 200) return undefined;
  const fitting = (value: string | undefined) =>
    value !== undefined && value.length <= LONGEST_VALIDATOR ? value : null;
  return { etag: fitting(headers.etag), lastModified: fitting(headers['last-modified']) };
}
