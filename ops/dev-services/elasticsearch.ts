import { ConfigError } from '../../src/core/errors.ts';
import type { ServerOptions, StartedServer } from './server.ts';

/** Brings up Elasticsearch. */
export async function startElasticsearch({ dataDir }: ServerOptions): Promise<StartedServer> {
  throw new ConfigError(`Elasticsearch is not brought up in ${dataDir} yet: set ELASTICSEARCH_URL.`);
}
