/**
 * The gate that every request to a site passes: admitted when robots.txt allows it and it is its turn, observed when it ends. One limit per
 * (source, host, credential) over all processes and restarts: turns are taken in Postgres, which also keeps the ledger that
 * `musicdb politeness verify` reads (see ops/decisions/2026-11-24-politeness-in-postgres.md).
 */
import { hash } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { HeldError, PermanentError } from '../core/errors.ts';
import { type Limits, limitsOf } from '../core/limits.ts';
import { judgeRobots } from '../core/robots.ts';
import type { SourceFacts } from '../core/source.ts';
import type { Credentials } from '../core/tokens.ts';
import type { ArchiveStore } from '../platform/archive-store.ts';
import type { Clock } from '../platform/context.ts';
import type { Database } from '../platform/database.ts';
import { type AdmittedHop, type HttpClient, type RequestGate, retryAfterMs } from '../platform/http-client.ts';
import type { RedisConnection } from '../platform/redis.ts';
import { PRODUCT } from '../platform/user-agent.ts';
import {
  type GateKey,
  type LedgerKind,
  type Permission,
  pausedHosts,
  settleTurn,
  type Turn,
  takeTurn,
} from '../repositories/request-ledger.ts';
import { nextDelayMs, paceOf } from './auto-throttle.ts';
import { createQuotas, type Quotas } from './quotas.ts';
import { createRobotsCache, type RobotsCache } from './robots-cache.ts';

/** A longer wait is not waited: the request goes back to the frontier, due when its turn may come. Milliseconds. */
const LONGEST_WAIT_MS = 30_000;
/** Added to every live delay, milliseconds: what a request may lose on its way to the wire must not bring it nearer to the one before. */
const WIRE_MARGIN_MS = 20;
/** Bounds of a pause that a server asks for, milliseconds: a shorter one would ask it again at once, a longer one is a mistake of its clock. */
const SHORTEST_PAUSE_MS = 1_000;
const LONGEST_PAUSE_MS = 30 * 86_400_000;

export interface GateOptions {
  readonly db: Database;
  readonly redis: RedisConnection;
  readonly archive: ArchiveStore;
  readonly clock: Clock;
  /** First part of keys in Redis. */
  readonly prefix: string;
  readonly http: HttpClient;
  readonly facts: SourceFacts;
  readonly credentials: Credentials;
  readonly via: 'live' | 'sandbox';
  /** Hosts of the source that may be asked. */
  readonly hosts: readonly string[];
  /** Ends every wait. */
  readonly signal: AbortSignal;
}

export interface PolitenessGate {
  /**
   * For one request and all its hops.
   * @param assertWanted rejects when the request is not to be made any more; called before every turn.
   * @throws PermanentError `ROBOTS` where robots.txt forbids it, HeldError where its turn is further than half a minute away.
   */
  forRequest(kind: 'page' | 'resource', assertWanted?: () => Promise<void>): RequestGate;
  /** Requests that may be begun now (0 when a quota is used up), and the hosts that must be left alone meanwhile. */
  room(): Promise<{ readonly count: number; readonly pausedHosts: readonly string[] }>;
}

interface Gate extends GateOptions {
  readonly limits: Limits;
  readonly quotas: Quotas;
}

export function createGate(options: GateOptions): PolitenessGate {
  const { facts, credentials, via, http, db, clock } = options;
  const limits = limitsOf(facts, via);
  const of = { via, source: facts.name };
  const windows = limits.windows
    .filter(({ perMs }) => perMs > LONGEST_WAIT_MS)
    .map((window) => ({ ...window, credential: credentialOf(facts, credentials, window.host) }));
  const gate = { ...options, limits, quotas: createQuotas({ ...options, of, windows }) };
  const gateFor = (kind: LedgerKind, assertWanted = async () => {}): RequestGate => ({
    admit: async (hop) => admit(gate, await permit(gate, robots, { ...hop, kind }), { ...hop, kind, assertWanted }),
  });
  const robots = createRobotsCache({
    ...options,
    source: facts.name,
    fetch: (url) =>
      http.fetch({
        url,
        // As it is: the bytes that are archived are the bytes that are judged.
        headers: { 'accept-encoding': 'identity', accept: 'text/plain, */*;q=0.5' },
        // The RFC lets it lie at another authority. In the sandbox the others are real.
        allowedHosts: via === 'live' ? null : options.hosts,
        gate: gateFor('robots'),
      }),
  });
  return {
    forRequest: gateFor,
    room: async () => {
      const paused = await pausedHosts(db, via, options.hosts, clock.now());
      return { count: paused.length < options.hosts.length ? await gate.quotas.left() : 0, pausedHosts: paused };
    },
  };
}

/**
 * What the source counts our requests by at a host (null: at most of them), as a digest: a key itself is in no table. A host that wants no
 * key counts by address, whether there is one or not: setting it must not begin a count anew.
 */
export function credentialOf(facts: SourceFacts, credentials: Credentials, host: string | null): string {
  const { credential, conditions } = facts;
  const { hosts } = conditions.find(({ variable }) => variable === credential) ?? {};
  const isSeen = host === null || hosts === undefined || hosts.includes(host);
  const value = credential === null || !isSeen ? undefined : credentials[credential];
  return value === undefined ? 'none' : hash('sha256', value).slice(0, 16);
}

interface Hop {
  readonly url: string;
  readonly askedUrl: string;
  readonly method: string;
  readonly kind: LedgerKind;
}

interface Permit {
  readonly permission: Permission;
  readonly minDelayMs: number;
}

async function permit({ facts, limits, credentials }: Gate, cache: RobotsCache, { url, kind }: Hop): Promise<Permit> {
  const { minDelayMs } = limits;
  if (facts.robots.policy === 'api' || kind === 'robots')
    return { permission: { robots: 'exempt', digest: null, rule: null }, minDelayMs };
  const address = new URL(url);
  const { agreement } = facts.robots;
  if (agreement !== undefined && credentials[agreement.variable] !== undefined && address.pathname === agreement.path)
    return { permission: { robots: 'exempt', digest: null, rule: agreement.variable }, minDelayMs };
  const inForce = await cache.of(address.origin);
  if (inForce.state === 'open') return { permission: { robots: 'open', digest: null, rule: null }, minDelayMs };
  const { allowed, rule, crawlDelaySeconds } = judgeRobots(inForce.robots, PRODUCT, address);
  if (!allowed)
    throw new PermanentError(`${address.origin}/robots.txt does not allow ${url} ("${rule}")`, {
      code: 'ROBOTS',
      hint: 'A page that a person saved can be imported.',
    });
  const permission = { robots: 'rules', digest: inForce.digest, rule } as const;
  return { permission, minDelayMs: Math.max(minDelayMs, limits.crawlDelayMs(crawlDelaySeconds)) };
}

/** Waits for the turn and takes it. */
async function admit(
  gate: Gate,
  { permission, minDelayMs }: Permit,
  { url, askedUrl, method, kind, assertWanted }: Hop & { assertWanted: () => Promise<void> },
): Promise<AdmittedHop> {
  const { db, clock, limits, via, facts, signal } = gate;
  const { host, hostname } = new URL(url);
  const key: GateKey = { via, source: facts.name, host, credential: credentialOf(facts, gate.credentials, hostname) };
  const asked = clock.now().getTime();
  for (;;) {
    signal.throwIfAborted();
    await assertWanted();
    const answer = await takeTurn(db, clock, {
      gate: key,
      kind: kind === 'page' && url !== askedUrl ? 'redirect' : kind,
      method,
      url,
      askedUrl: url === askedUrl ? null : askedUrl,
      permission,
      minDelayMs: minDelayMs + (via === 'live' ? WIRE_MARGIN_MS : 0),
      windows: limits.windows.filter((window) => window.host === null || window.host === host),
      waitedMs: clock.now().getTime() - asked,
    });
    if ('id' in answer) {
      await gate.quotas.spent(host, answer);
      return admitted(gate, key, answer);
    }
    const waitMs = answer.until.getTime() - clock.now().getTime();
    if (waitMs > LONGEST_WAIT_MS)
      throw new HeldError(`${host} is not asked before ${answer.until.toISOString()}: ${answer.reason}`, {
        code: answer.why === 'quota' ? 'QUOTA' : 'HELD',
        until: answer.until,
        host: hostname,
      });
    await sleep(Math.max(1, waitMs), undefined, { signal });
  }
}

function admitted({ db, clock, limits }: Gate, key: GateKey, turn: Turn): AdmittedHop {
  const sent = performance.now();
  return {
    settle: async (answer) => {
      const pace = answer === null ? null : paceOf(answer.headers);
      const latencyMs = (performance.now() - sent) * limits.scale;
      await settleTurn(
        db,
        clock,
        { gate: key, turn },
        {
          status: answer?.status ?? null,
          retryAfter: answer?.headers['retry-after'] ?? null,
          delayMs: Math.max(nextDelayMs(turn.delayMs, latencyMs, answer?.status === 200), pace?.delayMs ?? 0),
          pause: answer === null ? null : pauseFor(answer, pace?.restMs ?? 0, clock.now()),
        },
      );
    },
  };
}

/** How long an answer asks everybody to leave its host alone; null where it does not. */
function pauseFor(
  { status, headers }: { status: number; headers: Readonly<Record<string, string>> },
  restMs: number,
  now: Date,
): { ms: number; reason: string } | null {
  if (status === 429 || status === 503) {
    const ms = Math.min(Math.max(retryAfterMs(headers['retry-after'], now), SHORTEST_PAUSE_MS), LONGEST_PAUSE_MS);
    return { ms, reason: `answered ${status}` };
  }
  return restMs > 0 ? { ms: restMs, reason: 'its own count of our requests is nearly used up' } : null;
}
