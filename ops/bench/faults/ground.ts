/** Services of the run's own: Postgres and Redis on a folder that goes with the run. */
import { migrate } from '../../../src/platform/migrate.ts';
import { startServices } from '../../dev-services/start-services.ts';

export interface Ground {
  readonly databaseUrl: string;
  readonly redisUrl: string;
  /** BullMQ prefix with a hash tag. */
  readonly queuePrefix: string;
  /** Archive, logs, request log. */
  readonly folder: string;
}

export async function openGround(folder: string): Promise<Ground & { stop: () => Promise<void> }> {
  const services = await startServices({
    dataDir: folder,
    want: { postgres: true, redis: true, elasticsearch: false },
    ports: { postgres: 0, redis: 0 },
    log: () => undefined,
  });
  await migrate(services.databaseUrl);
  const { databaseUrl, redisUrl, stop } = services;
  return { databaseUrl, redisUrl, queuePrefix: '{musicdb}', folder, stop };
}
