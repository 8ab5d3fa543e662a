/** Starts the API role from a ctx: which queues it shows, which sources it knows, which token opens it. */
import type { Queue } from 'bullmq';
import { closedHosts, crawlVia, liveAccess } from '../../jobs/access.ts';
import type { JobCtx } from '../../jobs/job.ts';
import { QUEUE_NAMES } from '../../jobs/queues.ts';
import { freePort } from '../../ops/dev-services/ports.ts';
import { loadAllSources } from '../../spiders/registry.ts';
import { type Api, startApi } from '../api/server.ts';
import type { Config } from '../config/config.ts';
import type { SourceFacts } from '../core/source.ts';
import type { SourceAccess } from '../dashboard/source-page.ts';
import { VERSION } from '../platform/user-agent.ts';
import { missingLines } from './source-lines.ts';

export interface ServeOptions {
  readonly port: number;
  /** Whether another port will do when this one is taken. */
  readonly mayMove: boolean;
  readonly queueOf: (name: string) => Queue;
  /** Token with all rights; null when there is none. */
  readonly token: string | null;
}

export async function serveApi(ctx: JobCtx, { port, mayMove, queueOf, token }: ServeOptions): Promise<Api> {
  const { db, search, redis, archive, log, clock, config } = ctx;
  const sources = (await loadAllSources()).map(({ facts }) => facts);
  return startApi({
    db,
    search,
    redis,
    queues: QUEUE_NAMES.map(queueOf),
    sources,
    access: Object.fromEntries(sources.map((facts) => [facts.name, accessOf(config, facts)])),
    archive,
    log,
    clock,
    host: config.apiHost,
    token,
    openReading: config.apiToken === null,
    version: VERSION,
    port: mayMove && port !== 0 ? await freePort(port) : port,
  });
}

function accessOf(config: Config, facts: SourceFacts): SourceAccess {
  const live = liveAccess(facts, config.credentials);
  const waitingHosts = closedHosts({ config }, { facts }, crawlVia({ config }, { facts }));
  return { open: live.open, missing: missingLines(live), waitingHosts };
}
