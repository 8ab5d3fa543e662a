import { describe, expect, it } from 'vitest';
import type { TokenAnswer, TokenRequest } from '../../src/core/tokens.ts';
import { tokenPlan } from './token.ts';

const NOW = new Date('2026-11-24T12:00:00Z');
const CREDENTIALS = {
  REDDIT_CLIENT_ID: 'an-id',
  REDDIT_CLIENT_SECRET: 'a-secret',
  REDDIT_USER_AGENT: 'linux:musicdb:1 (by /u/somebody)',
};

function mint(answer: TokenAnswer, credentials: Record<string, string> = CREDENTIALS, asked: TokenRequest[] = []) {
  return tokenPlan.mint({
    credentials,
    now: NOW,
    ask: async (request) => {
      asked.push(request);
      return answer;
    },
  });
}

const good = (fields: object = {}): TokenAnswer => ({
  status: 200,
  body: JSON.stringify({ access_token: 'abc', token_type: 'bearer', expires_in: 3_600, scope: '*', ...fields }),
});

describe("Reddit's token", () => {
  it('is asked for with the application’s credentials and the agreed agent', async () => {
    const asked: TokenRequest[] = [];
    expect(await mint(good(), CREDENTIALS, asked)).toEqual({
      value: 'abc',
      expiresAt: new Date('2026-11-24T13:00:00Z'),
    });
    expect(asked).toMatchObject([
      {
        url: 'https://www.reddit.com/api/v1/access_token',
        method: 'POST',
        headers: { Authorization: 'Basic YW4taWQ6YS1zZWNyZXQ=', 'User-Agent': CREDENTIALS.REDDIT_USER_AGENT },
        body: 'grant_type=client_credentials',
      },
    ]);
  });

  it.each(Object.keys(CREDENTIALS))('is not asked for without %s', async (missing) => {
    const asked: TokenRequest[] = [];
    expect(await mint(good(), { ...CREDENTIALS, [missing]: '' }, asked)).toBeNull();
    expect(asked).toEqual([]);
  });

  it.each([
    [86_400, '2026-11-25T12:00:00.000Z'],
    [1e12, '2026-11-25T12:00:00.000Z'],
    [-5, '2026-11-24T13:00:00.000Z'],
    ['soon', '2026-11-24T13:00:00.000Z'],
  ])('expires_in %j ends at %s', async (life, end) => {
    expect((await mint(good({ expires_in: life })))?.expiresAt.toISOString()).toBe(end);
  });

  it.each([
    [{ status: 401, body: '{"message": "Unauthorized", "error": 401}' }, 'HTTP 401'],
    [{ status: 200, body: '{"error": "unsupported_grant_type"}' }, '"unsupported_grant_type"'],
    [{ status: 200, body: '<html>blocked</html>' }, 'HTTP 200'],
    [good({ access_token: '' }), 'HTTP 200'],
    [good({ token_type: 'mac' }), 'HTTP 200'],
  ])('an answer without one is a refusal that says so and waits an hour', async (answer, said) => {
    await expect(mint(answer)).rejects.toMatchObject({
      code: 'TOKEN_REFUSED',
      retryAfterMs: 3_600_000,
      message: expect.stringContaining(said),
    });
  });

  it('is never part of a message', async () => {
    const fault = await mint(good({ token_type: 'mac', access_token: 'geheim', error: 'geheim! geheim' })).catch(
      String,
    );
    expect(fault).not.toContain('geheim');
  });
});
