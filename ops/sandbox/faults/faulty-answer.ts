/** What becomes of a good answer under each kind of fault. */
import { constants, gzipSync } from 'node:zlib';
import { createRng } from '../rng.ts';
import { html, type SiteRequest, type SiteResponse } from '../sites/site.ts';
import { decoy } from './decoy.ts';
import { DRIFT_KINDS, drift } from './drift.ts';
import type { FaultKind, FaultRule } from './plan.ts';
import { refusal } from './refusals.ts';
import type { WireAnswer } from './wire.ts';

/** Any address under it redirects to the other, for ever. */
export const LOOP_PATHS = ['/sandbox-loop/1', '/sandbox-loop/2'] as const;
/** A robots.txt that forbids everything. */
export const ALL_CLOSED = 'User-agent: *\nDisallow: /\n';
const BOMB_PART_MEGABYTES = 10;
const SERVER_ERRORS = [500, 502, 504];

export interface Hit {
  readonly rule: FaultRule;
  readonly request: SiteRequest;
  /** The answer that would have been given. */
  readonly good: SiteResponse;
  /** Repeats for the same address and rule. */
  readonly seed: string;
  readonly now: Date;
}

export interface Faulty extends WireAnswer {
  /** The kind, for drift with what drifted: "drift:date-format". */
  readonly label: string;
}

/** The answer under the rule's fault; null when it cannot befall this page (a decoy of a page without tracks). */
export function faultyAnswer(hit: Hit): Faulty | null {
  const made = MAKERS[hit.rule.kind](hit);
  if (made === null) return null;
  const { headers, status, delivery = 'whole', seconds = 0, label = hit.rule.kind } = made;
  const body = typeof made.body === 'string' ? Buffer.from(made.body) : made.body;
  return { status, headers, body, delivery, seconds, label };
}

interface Made extends Omit<SiteResponse, 'body'>, Partial<Pick<Faulty, 'delivery' | 'seconds' | 'label'>> {
  readonly body: string | Buffer;
}
type Maker = (hit: Hit) => Made | null;

const MAKERS: Readonly<Record<FaultKind, Maker>> = {
  'retry-after-seconds': ({ rule }) => waiting(429, String(Math.ceil(rule.seconds ?? 2))),
  'retry-after-date': ({ rule, now }) =>
    waiting(429, new Date(now.getTime() + (rule.seconds ?? 2) * 1_000).toUTCString()),
  unavailable: ({ rule }) => waiting(503, rule.seconds === undefined ? null : String(Math.ceil(rule.seconds))),
  'server-error': (hit) => html('<h1>Server error</h1>\n', hit.rule.status ?? createRng(hit.seed).pick(SERVER_ERRORS)),
  'slow-first-byte': ({ good, rule }) => ({ ...good, delivery: 'late', seconds: rule.seconds ?? 5 }),
  drip: ({ good, rule }) => ({ ...good, delivery: 'drip', seconds: rule.seconds ?? 5 }),
  truncated: ({ good }) => ({ ...good, delivery: 'cut' }),
  reset: ({ good }) => ({ ...good, delivery: 'reset' }),
  'wrong-charset': ({ good, seed }) => (createRng(seed).chance(0.5) ? saysLatin1(good) : isLatin1(good)),
  'wrong-length': ({ good }) => tooShort(good),
  'wrong-encoding': ({ good }) => withHeaders(good, { 'content-encoding': 'gzip' }),
  bomb: ({ good, rule }) => bomb(good, rule.megabytes ?? 200),
  captcha: ({ request }) => refusal('captcha', request),
  turnstile: ({ request }) => refusal('turnstile', request),
  login: ({ request }) => refusal('login', request),
  'ip-limited': ({ request }) => refusal('ip-limited', request),
  decoy: ({ good }) => withBody(good, decoy(good.body)),
  drift: (hit) => drifted(hit),
  empty: ({ good }) => withBody(good, ''),
  'html-for-json': ({ good }) =>
    isJson(good) ? html('<!doctype html><title>Back soon</title><h1>We are making things better</h1>\n') : null,
  'redirect-loop': () => redirect(LOOP_PATHS[0]),
  'redirect-private': () => redirect('http://169.254.169.254/latest/meta-data/'),
  'redirect-host': () => redirect('https://www.example.org/elsewhere'),
  'robots-error': ({ rule }) => html('<h1>Server error</h1>\n', rule.status ?? 503),
  'robots-closed': ({ good }) => withBody(good, ALL_CLOSED),
};

export function redirect(location: string): SiteResponse {
  return { status: 302, headers: { location, 'content-type': 'text/html; charset=utf-8' }, body: '' };
}

function waiting(status: number, retryAfter: string | null): SiteResponse {
  return withHeaders(
    html('<h1>Slow down, please</h1>\n', status),
    retryAfter === null ? {} : { 'retry-after': retryAfter },
  );
}

function withHeaders<T extends Made>(answer: T, headers: Readonly<Record<string, string>>): T {
  return { ...answer, headers: { ...answer.headers, ...headers } };
}

function withBody(good: SiteResponse, body: string | null): SiteResponse | null {
  return body === null ? null : { ...good, body };
}

/** The bytes are UTF-8, the header says otherwise. Pages of plain letters would not show it. */
function saysLatin1(good: SiteResponse): Made | null {
  if (!/[^\0-\x7f]/.test(good.body)) return null;
  const type = good.headers['content-type']?.split(';')[0] ?? 'text/html';
  return withHeaders(good, { 'content-type': `${type}; charset=iso-8859-1` });
}

/** The header says UTF-8, the bytes are Latin-1. */
function isLatin1(good: SiteResponse): Made | null {
  return /[\x80-\xff]/.test(good.body) ? { ...good, body: Buffer.from(good.body, 'latin1') } : null;
}

/** The header says less than is sent, as a cache does that kept an older length. */
function tooShort(good: SiteResponse): Made {
  const body = Buffer.from(good.body);
  return {
    ...withHeaders(good, {
      'content-length': String(Math.floor(body.length * 0.6)),
      'content-encoding': 'identity',
      connection: 'close',
    }),
    body,
  };
}

function bomb(good: SiteResponse, megabytes: number): Made {
  // Members of gzip may follow each other: the whole never exists here unpacked.
  const part = gzipSync(Buffer.alloc(BOMB_PART_MEGABYTES * 1_000_000, ' '), { level: constants.Z_BEST_COMPRESSION });
  const body = Buffer.concat(Array<Buffer>(Math.ceil(megabytes / BOMB_PART_MEGABYTES)).fill(part));
  return { ...withHeaders(good, { 'content-encoding': 'gzip' }), body };
}

function drifted({ good, rule, seed }: Hit): Made | null {
  const kinds = rule.drift === undefined ? createRng(seed).sample(DRIFT_KINDS, DRIFT_KINDS.length) : [rule.drift];
  for (const kind of kinds) {
    const body = drift(kind, good.body);
    if (body !== null) return { ...good, body, label: `drift:${kind}` };
  }
  return null;
}

function isJson({ headers }: SiteResponse): boolean {
  return /\bjson\b|text\/javascript/.test(headers['content-type'] ?? '');
}
