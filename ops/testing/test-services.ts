/**
 * The real services of a test run, brought up once and stopped at its end. Each run takes the first free data folder of a row of them, so
 * that two runs at once do not meet; a folder that a killed run left behind recovers by itself and is emptied.
 */
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { Client, escapeIdentifier } from 'pg';
import { MusicDbError } from '../../src/core/errors.ts';
import { migrate } from '../../src/platform/migrate.ts';
import { databaseAt, deleteIndices, type SharedServers, TEMPLATE_DATABASE } from '../../src/testing/shared-servers.ts';
import { cacheDir } from '../dev-services/os-user.ts';
import { type Services, type StartServicesOptions, startServices } from '../dev-services/start-services.ts';

/** How many test runs one user may have at the same time. */
const FOLDERS = 16;

/** The services of a run and how to end them. */
export interface TestRunServices {
  servers: SharedServers;
  stop: () => Promise<void>;
}

/**
 * Starts Postgres, Redis and Elasticsearch and makes the migrated template. `MUSICDB_TEST_ELASTICSEARCH` is `required` (failure to have it
 * fails the run), `off`, or the URL of one to use; unset, its tests are skipped with the reason where it cannot be had.
 */
export async function startTestServices(env: NodeJS.ProcessEnv = process.env): Promise<TestRunServices> {
  const choice = env.MUSICDB_TEST_ELASTICSEARCH ?? '';
  const given = choice.startsWith('http') ? choice : null;
  const services = await startInFreeFolder(
    choice === 'off' || given !== null ? false : choice === 'required' || 'if-available',
  );
  try {
    const adminUrl = databaseAt(services.databaseUrl, 'postgres');
    await emptyServices(adminUrl, services);
    await makeTemplate(adminUrl);
    const elasticsearchUrl = given ?? services.elasticsearchUrl;
    const missing = choice === 'off' ? 'MUSICDB_TEST_ELASTICSEARCH=off' : services.elasticsearchMissing;
    return {
      servers: { adminUrl, redisUrl: services.redisUrl, elasticsearchUrl, elasticsearchMissing: missing },
      stop: services.stop,
    };
  } catch (thrown) {
    await services.stop();
    throw thrown;
  }
}

type RunServices = Services<{ postgres: true; redis: true; elasticsearch: boolean }>;

async function startInFreeFolder(elasticsearch: StartServicesOptions['want']['elasticsearch']): Promise<RunServices> {
  for (let number = 1; ; number += 1) {
    try {
      return await startServices({
        dataDir: join(cacheDir(null), 'tests', String(number)),
        want: { postgres: true, redis: true, elasticsearch },
        // Any free port: the usual ones belong to a MusicDB that may be running beside the tests.
        ports: { postgres: 0, redis: 0, elasticsearch: 0 },
        log: say,
        onProgress: ({ service, state, detail }) => say(`${service}: ${state} ${detail}`.trimEnd()),
      });
    } catch (thrown) {
      const inUse = thrown instanceof MusicDbError && thrown.code === 'DATA_FOLDER_IN_USE';
      if (!inUse || number === FOLDERS) throw thrown;
    }
  }
}

/** What an earlier run that was killed left: its databases, its queues, its indices. */
async function emptyServices(adminUrl: string, { redisUrl, elasticsearchUrl }: RunServices): Promise<void> {
  await withClient(adminUrl, async (client) => {
    const { rows } = await client.query<{ datname: string }>(
      `select datname from pg_database where datname like 'musicdb\\_%'`,
    );
    for (const { datname } of rows) await client.query(`drop database ${escapeIdentifier(datname)} with (force)`);
  });
  const redis = new Redis(redisUrl);
  await redis.flushall();
  await redis.quit();
  if (elasticsearchUrl !== null) await deleteIndices(elasticsearchUrl, '*');
}

async function makeTemplate(adminUrl: string): Promise<void> {
  await withClient(adminUrl, (client) => client.query(`create database ${TEMPLATE_DATABASE}`));
  await migrate(databaseAt(adminUrl, TEMPLATE_DATABASE));
}

async function withClient<T>(url: string, work: (client: Client) => Promise<T>): Promise<T> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

function say(line: string): void {
  process.stderr.write(`services: ${line}\n`);
}
