/** The token Apple wants with every catalogue call: a JSON Web Token that we sign ourselves (ES256). */
import { sign } from 'node:crypto';
import { ConfigError } from '../../src/core/errors.ts';
import type { Credentials } from '../../src/core/source.ts';

/** Apple allows six months; a short life costs nothing because minting is local. */
const LIFE_SECONDS = 3600;

/** A token valid for an hour from `nowMs`; null when a credential is missing. Throws ConfigError when the key cannot sign. */
export function developerToken(credentials: Credentials, nowMs: number): string | null {
  const { APPLE_MUSIC_KEY_ID: kid, APPLE_MUSIC_TEAM_ID: iss, APPLE_MUSIC_PRIVATE_KEY: key } = credentials;
  if (!kid || !iss || !key) return null;
  const iat = Math.floor(nowMs / 1000);
  const unsigned = `${encoded({ alg: 'ES256', kid, typ: 'JWT' })}.${encoded({ iss, iat, exp: iat + LIFE_SECONDS })}`;
  return `${unsigned}.${signature(unsigned, key)}`;
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
