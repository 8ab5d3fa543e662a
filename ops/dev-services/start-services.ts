/** Brings up the services that a MusicDB on one machine needs, all in one data folder, and stops what it started in reverse order. */
import { asError } from '../../src/core/errors.ts';
import { holdDataFolder } from './data-folder.ts';
import { startElasticsearch } from './elasticsearch.ts';
import { startPostgres } from './postgres.ts';
import { startRedis } from './redis.ts';
import type { Log, ServerOptions, StartedServer } from './server.ts';

type ServiceName = 'postgres' | 'redis' | 'elasticsearch';

/** What is happening to which service, for people who wait. */
export interface ServiceProgress {
  service: ServiceName;
  state: 'starting' | 'ready' | 'missing' | 'stopped';
  /** One line, e.g. the port it listens on or how much of it is fetched. */
  detail: string;
}

/** Which services to bring up. Elasticsearch is a large download, so it may also be wanted only `if-available`. */
export interface WantedServices {
  postgres: boolean;
  redis: boolean;
  elasticsearch: boolean | 'if-available';
}

/** What to bring up and where. */
export interface StartServicesOptions<Wanted extends WantedServices = WantedServices> {
  /** See data-folder.ts; made where it is missing. */
  dataDir: string;
  want: Wanted;
  /** Ports to prefer, 0 for any. Each service has a default of its own and moves aside when it is taken. */
  ports?: Partial<Record<ServiceName, number>>;
  log: Log;
  onProgress?: (progress: ServiceProgress) => void;
}

type UrlIf<Wanted extends boolean> = Wanted extends true ? string : null;

/** Where the services are; null for those that were not wanted. */
export interface Services<Wanted extends WantedServices = WantedServices> {
  databaseUrl: UrlIf<Wanted['postgres']>;
  redisUrl: UrlIf<Wanted['redis']>;
  elasticsearchUrl: string | null;
  /** Why there is no Elasticsearch although it was wanted if available. */
  elasticsearchMissing: string | null;
  /** Stops all, last started first, and gives the data folder free. May be called more than once. */
  stop: () => Promise<void>;
}

/**
 * Takes the data folder and starts what is wanted in it. Throws ConfigError `DATA_FOLDER_IN_USE` while another process has the folder, and
 * one that says what to install when a service cannot be had; what was started until then is stopped.
 */
export async function startServices<const Wanted extends WantedServices>(
  options: StartServicesOptions<Wanted>,
): Promise<Services<Wanted>> {
  const { want } = options;
  const held = holdDataFolder(options.dataDir);
  const releases: Release[] = [async () => held.release()];
  let stopping: Promise<void> | null = null;
  const stop = () => {
    stopping ??= releaseAll(releases);
    return stopping;
  };
  try {
    const postgres = want.postgres ? await bringUp('postgres', startPostgres, options, releases) : null;
    const redis = want.redis ? await bringUp('redis', startRedis, options, releases) : null;
    const search = await elasticsearchIf(want.elasticsearch, options, releases);
    return {
      databaseUrl: postgres as UrlIf<Wanted['postgres']>,
      redisUrl: redis as UrlIf<Wanted['redis']>,
      elasticsearchUrl: search.url,
      elasticsearchMissing: search.missing,
      stop,
    };
  } catch (thrown) {
    await stop();
    throw thrown;
  }
}

type Release = () => Promise<void>;
type Start = (options: ServerOptions) => Promise<StartedServer>;

async function bringUp(
  service: ServiceName,
  start: Start,
  options: StartServicesOptions,
  releases: Release[],
): Promise<string> {
  const { dataDir, log, ports } = options;
  const report = (state: ServiceProgress['state'], detail: string) => options.onProgress?.({ service, state, detail });
  report('starting', '');
  const preferredPort = ports?.[service];
  const server = await start({
    dataDir,
    log,
    onProgress: (detail) => report('starting', detail),
    ...(preferredPort === undefined ? {} : { preferredPort }),
  });
  releases.push(async () => {
    await server.stop();
    report('stopped', '');
  });
  report('ready', `127.0.0.1:${server.port}`);
  return server.url;
}

async function elasticsearchIf(
  wanted: WantedServices['elasticsearch'],
  options: StartServicesOptions,
  releases: Release[],
): Promise<{ url: string | null; missing: string | null }> {
  if (wanted === false) return { url: null, missing: null };
  try {
    return { url: await bringUp('elasticsearch', startElasticsearch, options, releases), missing: null };
  } catch (thrown) {
    if (wanted === true) throw thrown;
    const missing = asError(thrown).message;
    options.onProgress?.({ service: 'elasticsearch', state: 'missing', detail: missing });
    return { url: null, missing };
  }
}

/** Each is tried even when an earlier one fails; the first failure is thrown at the end. */
async function releaseAll(releases: Release[]): Promise<void> {
  const failures: unknown[] = [];
  for (let release = releases.pop(); release !== undefined; release = releases.pop()) {
    await release().catch((thrown: unknown) => failures.push(thrown));
  }
  if (failures.length > 0) throw failures[0];
}
