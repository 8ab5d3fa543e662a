/** Whether the services answer, asked before any work: right after a boot they may take a moment. */
import pRetry from 'p-retry';
import { asError, TransientError } from '../core/errors.ts';
import type { Ctx } from '../platform/context.ts';
import { note } from './output.ts';

/** Tries within about 15 seconds. */
const RETRIES = 5;
const FIRST_WAIT_MS = 500;
const REDIS_TIMEOUT_MS = 3_000;

/** @throws TransientError naming the service that does not answer. */
export async function assertReachable(ctx: Ctx): Promise<void> {
  await reach(ctx, 'Postgres', 'DATABASE_URL', () => ctx.db.query('select 1'));
  await reach(ctx, 'Redis', 'REDIS_URL', () => pingRedis(ctx));
}

async function reach(ctx: Ctx, name: string, variable: string, ask: () => Promise<unknown>): Promise<void> {
  try {
    await pRetry(ask, {
      retries: RETRIES,
      minTimeout: FIRST_WAIT_MS,
      signal: ctx.signal,
      onFailedAttempt: ({ error, retriesLeft }) => {
        if (retriesLeft > 0) note(`${name} does not answer yet (${error.message}), trying again`);
      },
    });
  } catch (cause) {
    throw new TransientError(`${name} does not answer: ${asError(cause).message}`, {
      code: 'UNREACHABLE',
      hint: `Check ${variable}, and that the server runs; \`musicdb doctor\` looks at all of them.`,
      cause,
    });
  }
}

/** ioredis waits for a connection for ever; a person does not. */
function pingRedis(ctx: Ctx): Promise<unknown> {
  const late = new Promise<never>((_, reject) => {
    setTimeout(() => reject(new Error(`no answer within ${REDIS_TIMEOUT_MS} ms`)), REDIS_TIMEOUT_MS).unref();
  });
  return Promise.race([ctx.redis.client.ping(), late]);
}
