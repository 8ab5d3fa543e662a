/**
 * What a container asks itself: `node ops/docker/healthcheck.ts api|orchestrator|<queue,queue…>`. Exit 0 healthy, 1 not, with the reason.
 * `api` answers /health; a role without a port reaches its services; and a worker is known to the queues it was started for.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { type Config, readConfig } from '../../src/config/config.ts';
import { asError } from '../../src/core/errors.ts';
import { openDatabase } from '../../src/platform/database.ts';
import { openQueue } from '../../src/platform/queues.ts';
import { openRedis } from '../../src/platform/redis.ts';

/** Below the time-out of the container's check, so that the reason is printed. */
const LIMIT_MS = 8_000;

const role = process.argv[2] ?? 'api';
const late = delay(LIMIT_MS).then(() => Promise.reject(new Error(`no answer within ${LIMIT_MS} ms`)));
try {
  await Promise.race([check(role, readConfig()), late]);
  process.exit(0);
} catch (error) {
  console.error(`${role} is not healthy: ${asError(error).message}`);
  process.exit(1);
}

async function check(role: string, config: Config): Promise<void> {
  if (role === 'api') return checkApi(config);
  await checkDatabase(config);
  await checkQueues(config, role === 'orchestrator' ? [] : role.split(','));
}

async function checkApi({ apiPort }: Config): Promise<void> {
  const answer = await fetch(`http://127.0.0.1:${apiPort}/health`);
  if (!answer.ok) throw new Error(`/health answers ${answer.status}: ${await answer.text()}`);
}

async function checkDatabase({ databaseUrl }: Config): Promise<void> {
  if (databaseUrl === null) throw new Error('DATABASE_URL is not set');
  await openDatabase(databaseUrl, { max: 1, applicationName: 'musicdb-healthcheck' }).query('select 1');
}

async function checkQueues({ redisUrl, queuePrefix }: Config, names: string[]): Promise<void> {
  if (redisUrl === null) throw new Error('REDIS_URL is not set');
  const { client } = openRedis(redisUrl, 'musicdb-healthcheck');
  await client.ping();
  for (const name of names) {
    const workers = await openQueue(name, client, queuePrefix).getWorkersCount();
    if (workers === 0) throw new Error(`no worker listens to queue ${name}`);
  }
}
