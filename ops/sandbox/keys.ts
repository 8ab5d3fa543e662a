/** The keys that interfaces ask for. What is sent must look right; what is missing is refused only by a sandbox that is told to ask for keys. */
import { json, type SiteRequest, type SiteResponse } from './sites/site.ts';

/** What the local Reddit gives out. */
export const REDDIT_TOKEN = 'sandbox-token';

type Check = (request: SiteRequest) => 'good' | 'missing' | 'bad';

interface Door {
  readonly check: Check;
  readonly refusal: () => SiteResponse;
}

/** Interfaces by host; all other hosts are open. */
const DOORS: Readonly<Record<string, Door>> = {
  'api.setlist.fm': {
    check: ({ headers }) => present(headers['x-api-key'], /^\S.*$/),
    refusal: () => json({ message: 'Forbidden' }, 403),
  },
  'api.music.apple.com': {
    check: ({ headers }) => (isDeveloperToken(headers.authorization) ? 'good' : present(headers.authorization, /^$/)),
    refusal: () => ({ status: 401, headers: { 'content-type': 'text/plain' }, body: 'Unauthorized\n' }),
  },
  'oauth.reddit.com': {
    check: ({ headers }) => present(headers.authorization, new RegExp(`^bearer ${REDDIT_TOKEN}$`, 'i')),
    refusal: () => json({ message: 'Unauthorized', error: 401 }, 401),
  },
  'www.reddit.com': {
    check: ({ path, headers }) =>
      path === '/api/v1/access_token' ? present(headers.authorization, /^Basic [\w+/]+=*$/) : 'good',
    refusal: () => json({ message: 'Unauthorized', error: 401 }, 401),
  },
};

/** The refusal of a request whose key is wrong, or missing where keys are asked for; null for one that may pass. */
export function keyRefusal(request: SiteRequest, areRequired: boolean): SiteResponse | null {
  const door = Object.hasOwn(DOORS, request.host) ? DOORS[request.host] : undefined;
  if (door === undefined || request.path === '/robots.txt') return null;
  const found = door.check(request);
  return found === 'bad' || (found === 'missing' && areRequired) ? door.refusal() : null;
}

function present(value: string | string[] | undefined, good: RegExp): 'good' | 'missing' | 'bad' {
  if (value === undefined) return 'missing';
  return good.test(String(value)) ? 'good' : 'bad';
}

/** A JSON Web Token of the right form that has not run out. Whose key signed it, nobody can tell here. */
function isDeveloperToken(header: string | undefined): boolean {
  const [, head = '', claims = '', signature = ''] = /^Bearer ([\w-]+)\.([\w-]+)\.([\w-]+)$/.exec(header ?? '') ?? [];
  const [{ alg, kid }, { iss, exp }] = [decoded(head), decoded(claims)];
  const isSigned = Buffer.from(signature, 'base64url').length === 64;
  return (
    alg === 'ES256' && isText(kid) && isText(iss) && isSigned && typeof exp === 'number' && exp * 1000 > Date.now()
  );
}

function decoded(part: string): Record<string, unknown> {
  try {
    return Object(JSON.parse(Buffer.from(part, 'base64url').toString())) as Record<string, unknown>;
  } catch {
    return {};
  }
}

function isText(value: unknown): boolean {
  return typeof value === 'string' && value !== '';
}
