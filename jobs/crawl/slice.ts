/** One slice of a crawl: what it works with, and what it has done so far. */
import { randomUUID } from 'node:crypto';
import type { FetchedPage } from '../../src/core/fetching.ts';
import type { Source } from '../../src/core/source.ts';
import { noNetwork } from '../../src/fetching/archive-fetcher.ts';
import { createGate, type PolitenessGate } from '../../src/fetching/politeness.ts';
import { createEgressGuard } from '../../src/platform/egress-guard.ts';
import { createHttpClient, type HttpClient } from '../../src/platform/http-client.ts';
import type { HttpProxy } from '../../src/platform/proxy.ts';
import { userAgent } from '../../src/platform/user-agent.ts';
import type { LandingPage } from '../../src/repositories/landing-page.ts';
import type { BreakerKey } from '../../src/repositories/source-states.ts';
import { closedHosts, liveAccess, sandboxedHosts } from '../access.ts';
import type { Attempt, JobCtx } from '../job.ts';
import { Lander } from '../lander.ts';
import type { CrawlPayload } from '../payloads.ts';
import { PRIORITY } from '../queues.ts';
import { HeldLeases } from './held-leases.ts';

export interface Slice {
  readonly ctx: JobCtx;
  readonly source: Source;
  readonly payload: CrawlPayload;
  readonly owner: string;
  /** The breaker that holds for it; null for a replay, which asks nobody. */
  readonly breaker: BreakerKey | null;
  readonly leases: HeldLeases;
  readonly lander: Lander;
  readonly http: HttpClient;
  /** Hosts that may be asked. */
  readonly hosts: readonly string[];
  /** Hosts whose requests wait for settings: they are left where they are. */
  readonly closedHosts: readonly string[];
  /** What every request passes; null in a replay, and in the sandbox of a bench that switched it off. */
  readonly gate: PolitenessGate | null;
  /** Ends the slice early: a refusal, a throttle, a stop. */
  readonly end: AbortController;
  /** Aborted by that end, and by a stop of the process. */
  readonly stop: AbortSignal;
  leased: number;
  failed: number;
  /** It was said that pages wait for a browser. */
  saysNoBrowser: boolean;
  readonly documents: Map<FetchedPage, LandingPage['document']>;
  /** Of a half-open breaker: the one request is still to be made, or has been; `none` when all may pass. */
  trial: 'none' | 'to-ask' | 'asked';
  /** Pages in a row that were no good, as last seen. */
  streak: number;
  /** Fields that vanished from the latest pages, by kind of page, with the least share that a page must say. */
  readonly alarms: Map<string, Readonly<Record<string, number>>>;
}

export function openSlice(ctx: JobCtx, source: Source, { payload, signal }: Attempt<CrawlPayload>): Slice {
  const end = new AbortController();
  const sandboxHosts = payload.via === 'sandbox' ? ctx.config.sandboxHosts : {};
  const allow = [...ctx.config.egressAllow, ...Object.values(sandboxHosts).map((origin) => new URL(origin).host)];
  const connect = (proxy: HttpProxy | null): HttpClient =>
    createHttpClient({
      guard: createEgressGuard(allow),
      clock: ctx.clock,
      userAgent: userAgent(ctx.config.contact),
      sandboxHosts,
      proxy,
    });
  // The sandbox is on this machine, or close by: no proxy is between.
  const http =
    payload.via === 'replay'
      ? noNetwork
      : payload.via === 'live'
        ? ctx.sessions.clientFor(payload.source, connect)
        : connect(null);
  const hosts = hostsOf(ctx, source, payload.via);
  const stop = AbortSignal.any([signal, end.signal]);
  const owner = randomUUID();
  return {
    ctx,
    source,
    payload,
    owner,
    breaker: payload.via === 'replay' ? null : { source: payload.source, via: payload.via },
    leases: new HeldLeases(ctx, owner),
    // What vanished is looked for from the next slice on: this one ends.
    lander: new Lander(ctx, payload.runId === null ? PRIORITY.scheduled : PRIORITY.manual, () => end.abort()),
    http,
    hosts,
    closedHosts: closedHosts(ctx, source, payload.via),
    gate: isPolite(ctx, payload.via) ? gateOf(ctx, source, { via: payload.via, http, hosts, stop }) : null,
    end,
    stop,
    leased: 0,
    failed: 0,
    saysNoBrowser: false,
    documents: new Map(),
    trial: 'none',
    streak: 0,
    alarms: new Map(),
  };
}

function hostsOf({ config }: JobCtx, { facts }: Source, via: CrawlPayload['via']): readonly string[] {
  if (via === 'sandbox') return sandboxedHosts(facts, config.sandboxHosts);
  return via === 'live' ? liveAccess(facts, config.credentials).open : facts.hosts;
}

/** The sandbox is treated as the sites that it stands in for; a replay asks nobody. */
function isPolite({ config }: JobCtx, via: CrawlPayload['via']): via is 'live' | 'sandbox' {
  return via === 'live' || (via === 'sandbox' && config.sandboxPoliteness === 'on');
}

function gateOf(
  ctx: JobCtx,
  { facts }: Source,
  { via, http, hosts, stop }: Pick<Slice, 'http' | 'hosts' | 'stop'> & { via: 'live' | 'sandbox' },
): PolitenessGate {
  const { db, redis, archive, clock, config } = ctx;
  const { credentials, queuePrefix: prefix } = config;
  return createGate({
    db,
    redis,
    archive,
    clock,
    prefix,
    http,
    facts,
    credentials,
    via,
    hosts,
    signal: stop,
  });
}
