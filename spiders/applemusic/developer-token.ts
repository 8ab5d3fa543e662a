/** The token Apple wants with every catalogue call: a JSON Web Token that we sign ourselves (ES256). */
import { sign } from 'node:crypto';
import { ConfigError } from '../../src/core/errors.ts';
import type { AccessToken, Credentials, TokenPlan } from '../../src/core/tokens.ts';

/** Apple allows six months; a short life costs nothing because minting is local. */
const LIFE_SECONDS = 3600;

/** The fetch layer keeps the token, and asks for a new one before it ends or when Apple refuses it: 401 does not know it, 403 no longer. */
export const tokenPlan: TokenPlan = {
  variable: 'APPLE_MUSIC_DEVELOPER_TOKEN',
  hosts: ['api.music.apple.com'],
  refusals: [401, 403],
  mint: async ({ credentials, now }) => developerToken(credentials, now),
};

/** A token valid for an hour from `now`; null when a credential is missing. Throws ConfigError when the key cannot sign. */
function developerToken(credentials: Credentials, now: Date): AccessToken | null {
  const { APPLE_MUSIC_KEY_ID: kid, APPLE_MUSIC_TEAM_ID: iss, APPLE_MUSIC_PRIVATE_KEY: key } = credentials;
  if (!kid || !iss || !key) return null;
  const iat = Math.floor(now.getTime() / 1000);
  const unsigned = `${encoded({ alg: 'ES256', kid, typ: 'JWT' })}.${encoded({ iss, iat, exp: iat + LIFE_SECONDS })}`;
  return { value: `${unsigned}.${signature(unsigned, key)}`, expiresAt: new Date((iat + LIFE_SECONDS) * 1000) };
}

function signature(text: string, key: string): string {
  try {
    // Environment variables often carry the lines of a key file as "\n".
    const pem = key.replaceAll('\\n', '\n');
    return sign('sha256', Buffer.from(text), { key: pem, dsaEncoding: 'ieee-p1363' }).toString('base64url');
  } catch (cause) {
    throw new ConfigError('APPLE_MUSIC_PRIVATE_KEY cannot sign', {
      hint: 'Give the content of the .p8 file that Apple let you download, with its BEGIN and END lines.',
      cause,
    });
  }
}

function encoded(part: Record<string, unknown>): string {
  return Buffer.from(JSON.stringify(part)).toString('base64url');
}
