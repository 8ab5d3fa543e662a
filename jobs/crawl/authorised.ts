/** Pages of sources that want an access token: asked for with one, and once more with a new one when the source refuses it. */
import { RefusedAnswer, ThrottledError } from '../../src/core/errors.ts';
import type { FetchedPage, LeasedRequest } from '../../src/core/fetching.ts';
import type { AccessToken, TokenPlan } from '../../src/core/tokens.ts';
import { type Tokens, tokensOf } from '../../src/fetching/tokens.ts';
import { statusFault } from '../../src/platform/http-client.ts';
import { fetchPage } from './asking.ts';
import { archive, landRefused } from './keeping.ts';
import type { Slice } from './slice.ts';
import { assertOn } from './switch.ts';

/** A source that refuses a token it has just given is left alone this long, milliseconds. */
const REFUSED_MS = 3_600_000;

/** @throws RefusedAnswer when a new token is refused as well; ThrottledError when none is to be had. */
export async function fetchAuthorised(slice: Slice, request: LeasedRequest): Promise<FetchedPage> {
  const { ctx, source, payload } = slice;
  const plan = source.token;
  if (plan === undefined || !plan.hosts.includes(new URL(request.url).hostname))
    return fetchPage(slice, request, ctx.config.credentials);
  const tokens = tokensOf(ctx.clock, payload.source, payload.via);
  const first = await fetchWithToken(slice, request, { plan, tokens });
  if (first.token === null || !plan.refusals.includes(first.page.status)) return first.page;
  tokens.refused(first.token);
  await keepRefusal(slice, request, first.page);
  const { page } = await fetchWithToken(slice, request, { plan, tokens });
  if (!plan.refusals.includes(page.status)) return page;
  const refused = `${source.facts.title} refused an access token that was new: HTTP ${page.status}`;
  const fault = new ThrottledError(refused, {
    code: 'TOKEN_REFUSED',
    hint: 'Check the credentials of the source, and that they may still be used.',
    retryAfterMs: REFUSED_MS,
  });
  throw new RefusedAnswer(page, fault);
}

/** An answer like any other: kept, though its request is made again at once. */
async function keepRefusal(slice: Slice, request: LeasedRequest, page: FetchedPage): Promise<void> {
  await archive(slice, page);
  const reason = `HTTP ${page.status}: the access token is not taken any more`;
  await landRefused(slice, { request, page }, { verdict: 'throttled', reason });
}

async function fetchWithToken(
  slice: Slice,
  request: LeasedRequest,
  { plan, tokens }: { plan: TokenPlan; tokens: Tokens },
): Promise<{ page: FetchedPage; token: string | null }> {
  const token = await tokens.current(() => mint(slice, plan));
  const { credentials } = slice.ctx.config;
  const withToken = token === null ? credentials : { ...credentials, [plan.variable]: token };
  return { page: await fetchPage(slice, request, withToken), token };
}

/** The token's own request keeps the source's distance and hosts like any other. */
function mint(slice: Slice, plan: TokenPlan): Promise<AccessToken | null> {
  const { ctx, http, hosts } = slice;
  const gate = slice.gate?.forRequest('page', () => assertOn(slice)) ?? null;
  return plan.mint({
    credentials: ctx.config.credentials,
    now: ctx.clock.now(),
    ask: async (request) => {
      const page = await http.fetch({ ...request, allowedHosts: hosts, gate });
      // Not kept: the body of a good answer is a secret.
      const fault = statusFault(page, ctx.clock);
      if (fault !== null) throw fault;
      return { status: page.status, body: page.body.toString('utf8') };
    },
  });
}
