/** Bearer tokens that were given out, known by their SHA-256 only. */
import type { Queryable } from '../platform/database.ts';

export interface ApiToken {
  readonly id: string;
  /** Who it was given to. */
  readonly name: string;
  /** `read`: the API; `admin`: dashboard and queues too; `*`: everything. */
  readonly rights: string[];
}

/** The token with this digest if it may be used at `now`; null when unknown, expired or revoked. */
export async function findApiToken(db: Queryable, digest: Buffer, now: Date): Promise<ApiToken | null> {
  const { rows } = await db.query<ApiToken>({
    name: 'api-tokens-find',
    text: `select id, name, rights from api_tokens
           where token_digest = $1 and revoked_at is null and (expires_at is null or expires_at > $2)`,
    values: [digest, now],
  });
  return rows[0] ?? null;
}

/** The same by its id, for a session that was opened with it: a token revoked since ends its sessions too. */
export async function findApiTokenById(db: Queryable, id: string, now: Date): Promise<ApiToken | null> {
  const { rows } = await db.query<ApiToken>({
    name: 'api-tokens-find-by-id',
    text: `select id, name, rights from api_tokens where id = $1 and revoked_at is null and (expires_at is null or expires_at > $2)`,
    values: [id, now],
  });
  return rows[0] ?? null;
}
