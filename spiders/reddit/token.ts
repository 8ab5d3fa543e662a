/** Reddit's access token: application-only OAuth (client credentials), enough for everything that is public. */
import { ThrottledError } from '../../src/core/errors.ts';
import type { AccessToken, Credentials, TokenAnswer, TokenPlan, TokenRequest } from '../../src/core/tokens.ts';

const TOKEN_URL = 'https://www.reddit.com/api/v1/access_token';
/** A refused application stays refused until a person looks at it; asking again each minute would make it worse. Milliseconds. */
const REFUSED_MS = 3_600_000;
/** Lives that Reddit gives are an hour to a day; anything else is read as the shortest of them. Seconds. */
const SHORTEST_LIFE = 60;
const USUAL_LIFE = 3_600;
const LONGEST_LIFE = 86_400;

export const tokenPlan: TokenPlan = {
  variable: 'REDDIT_ACCESS_TOKEN',
  hosts: ['oauth.reddit.com'],
  refusals: [401],
  mint: async ({ credentials, now, ask }) => {
    const request = tokenRequest(credentials);
    return request === null ? null : readAnswer(await ask(request), now);
  },
};

function tokenRequest(credentials: Credentials): TokenRequest | null {
  const { REDDIT_CLIENT_ID: id, REDDIT_CLIENT_SECRET: secret, REDDIT_USER_AGENT: agent } = credentials;
  if (!id || !secret || !agent) return null;
  return {
    url: TOKEN_URL,
    method: 'POST',
    headers: {
      Accept: 'application/json',
      Authorization: `Basic ${Buffer.from(`${id}:${secret}`).toString('base64')}`,
      'Content-Type': 'application/x-www-form-urlencoded',
      'User-Agent': agent,
    },
    body: 'grant_type=client_credentials',
  };
}

/** Errors come with status 200 too: {"error": "unsupported_grant_type"}. Nothing of the answer is quoted but that word: it may hold a token. */
function readAnswer({ status, body }: TokenAnswer, now: Date): AccessToken {
  const { access_token: value, token_type: type, expires_in: life, error } = fieldsOf(body);
  if (status === 200 && typeof value === 'string' && value !== '' && String(type).toLowerCase() === 'bearer') {
    return { value, expiresAt: new Date(now.getTime() + lifeOf(life) * 1_000) };
  }
  const said = typeof error === 'string' && /^[\w ]{1,60}$/.test(error) ? ` ("${error}")` : '';
  throw new ThrottledError(`Reddit gave no access token: HTTP ${status}${said}, expected a bearer token`, {
    code: 'TOKEN_REFUSED',
    hint: 'Check REDDIT_CLIENT_ID and REDDIT_CLIENT_SECRET, and that Reddit still approves the application.',
    retryAfterMs: REFUSED_MS,
  });
}

function fieldsOf(body: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(body);
    return typeof value === 'object' && value !== null ? { ...value } : {};
  } catch {
    // No JSON is no token: the caller says so.
    return {};
  }
}

function lifeOf(seconds: unknown): number {
  if (typeof seconds !== 'number' || !Number.isFinite(seconds) || seconds <= 0) return USUAL_LIFE;
  return Math.min(Math.max(seconds, SHORTEST_LIFE), LONGEST_LIFE);
}
