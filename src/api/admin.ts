/** Bull Board under /admin/queues: the queues as they are, behind a login with the right `admin`. */
import { createBullBoard } from '@bull-board/api';
import { BullMQAdapter } from '@bull-board/api/bullMQAdapter';
import { FastifyAdapter } from '@bull-board/fastify';
import type { Queue } from 'bullmq';
import type { FastifyError, FastifyInstance } from 'fastify';
import type { Auth } from './auth.ts';

const PATH = '/admin/queues';

/** The board styles its elements from its own script, so inline styles are let through; scripts are its own files only. */
const BOARD_POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; font-src 'self'; connect-src 'self'; base-uri 'self'; form-action 'self'; frame-ancestors 'none'";

/** Its page asks for fonts at another company; without them it uses the machine's own. */
const FOREIGN_FONTS = /<link[^>]+fonts\.googleapis\.com[^>]*>/g;

/** Adds the board. Every request under it, its static files too, needs a token or a session with the right `admin`. */
export function adminRoutes(app: FastifyInstance, auth: Auth, queues: readonly Queue[]): void {
  const adapter = new FastifyAdapter();
  adapter.setBasePath(PATH);
  createBullBoard({
    queues: queues.map((queue) => new BullMQAdapter(queue)),
    serverAdapter: adapter,
    options: { uiConfig: { boardTitle: 'MusicDB queues' } },
  });
  app.register(async (scope) => {
    scope.addHook('onRequest', async (request, reply) => {
      try {
        await auth.require(request, 'admin');
      } catch (error) {
        // The board brings an error handler of its own, which would answer 500 to everybody who is not logged in.
        await app.errorHandler(error as FastifyError, request, reply);
        return;
      }
      reply.header('content-security-policy', BOARD_POLICY);
    });
    scope.addHook('onSend', async (_request, _reply, payload) =>
      typeof payload === 'string' && payload.includes('fonts.googleapis.com')
        ? payload.replace(FOREIGN_FONTS, '')
        : payload,
    );
    await scope.register(adapter.registerPlugin(), { prefix: PATH });
  });
}
