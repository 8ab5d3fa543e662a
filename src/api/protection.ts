/** What holds for every answer: headers that browsers obey, a cap on work at once, and a log line that holds no secret. */
import type { FastifyInstance, FastifyReply } from 'fastify';
import type { Logger } from '../platform/logger.ts';
import { Problem, pathOf } from './problem.ts';

/** Requests worked on at once; more than this only wait for each other. */
const MOST_AT_ONCE = 100;

const HEADERS = {
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'referrer-policy': 'same-origin',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'permissions-policy': 'camera=(), microphone=(), geolocation=(), interest-cohort=()',
};

/** Nothing may load: for data. */
const NOTHING = "default-src 'none'; frame-ancestors 'none'";
/** Our own files only, no inline script or style: for our pages. */
export const OWN_FILES_ONLY =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

/** Adds the hooks; call before adding routes. */
export function protect(app: FastifyInstance, log: Logger): void {
  let atOnce = 0;
  app.addHook('onRequest', async (_request, reply) => {
    atOnce += 1;
    // Also when the client hangs up first: then nothing is ever sent, and no hook says so.
    reply.raw.once('close', () => {
      atOnce -= 1;
    });
    reply.headers({ ...HEADERS, 'content-security-policy': NOTHING, 'cache-control': 'no-store' });
    if (atOnce > MOST_AT_ONCE)
      throw new Problem(503, `${MOST_AT_ONCE} requests are being answered already; try again in a second.`, 1);
  });
  app.addHook('onResponse', async (request, reply) => {
    logAnswer(log, { method: request.method, path: pathOf(request) }, reply);
  });
}

function logAnswer(log: Logger, request: { method: string; path: string }, reply: FastifyReply): void {
  const entry = { ...request, status: reply.statusCode, ms: Math.round(reply.elapsedTime) };
  if (reply.statusCode >= 500) log.warn(entry, 'answered');
  else log.debug(entry, 'answered');
}
