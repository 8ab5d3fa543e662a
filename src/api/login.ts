/** The door to everything that needs a person: a form that takes a token and gives a session cookie. */
import type { FastifyInstance, FastifyReply } from 'fastify';
import { loginPage } from '../dashboard/login-page.ts';
import { type Auth, refuseForeignOrigin } from './auth.ts';
import { Problem } from './problem.ts';
import { OWN_FILES_ONLY } from './protection.ts';

interface LoginForm {
  token?: string;
  next?: string;
}

/** Adds `/admin/login` and `/admin/logout`. */
export function loginRoutes(app: FastifyInstance, auth: Auth): void {
  app.get<{ Querystring: LoginForm }>('/admin/login', async ({ query }, reply) =>
    page(reply, 200, { next: ownPath(query.next), fault: null }),
  );
  app.post<{ Body: LoginForm | null }>('/admin/login', async (request, reply) => {
    refuseForeignOrigin(request);
    const { token = '', next } = request.body ?? {};
    try {
      const principal = token === '' ? null : await auth.checkToken(token.trim(), request.ip);
      if (principal === null) return page(reply, 401, { next: ownPath(next), fault: 'This token is not in force.' });
      auth.openSession(reply, principal);
      return reply.redirect(ownPath(next), 303);
    } catch (error) {
      if (!(error instanceof Problem) || error.status !== 429) throw error;
      reply.header('retry-after', String(error.retryAfter ?? 60));
      return page(reply, 429, { next: ownPath(next), fault: error.message });
    }
  });
  app.post('/admin/logout', async (request, reply) => {
    refuseForeignOrigin(request);
    auth.closeSession(reply);
    return reply.redirect('/admin/login', 303);
  });
}

/** Only a path of this server, so that a forged link cannot send a person elsewhere after the login. */
function ownPath(next: string | undefined): string {
  return next !== undefined && /^\/(?![/\\])[\w\-./?&=%+~,:]*$/.test(next) ? next : '/';
}

function page(reply: FastifyReply, status: number, shown: { next: string; fault: string | null }): FastifyReply {
  return reply
    .code(status)
    .type('text/html; charset=utf-8')
    .header('content-security-policy', OWN_FILES_ONLY)
    .send(loginPage(shown));
}
