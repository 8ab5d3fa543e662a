/** `musicdb doctor`: what this machine has, what MusicDB needs, and what to do about the difference. Changes nothing. */
import { accessSync, constants, existsSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { findChromium } from '../../../ops/dev-services/chromium.ts';
import { whichOf } from '../../../ops/dev-services/programs.ts';
import type { Config } from '../../config/config.ts';
import { asError } from '../../core/errors.ts';
import { openDatabase } from '../../platform/database.ts';
import { openRedis } from '../../platform/redis.ts';
import { Releases } from '../../platform/releases.ts';
import { openSearch } from '../../search/open-search.ts';
import { type CommonOptions, printJson, printLine } from '../output.ts';
import { readRuntime } from '../runtime-file.ts';
import { configFor, withRuntime } from '../with-services.ts';

interface Options extends CommonOptions {
  readonly data?: string;
}

interface Check {
  readonly name: string;
  readonly ok: boolean;
  /** Whether MusicDB can do without. */
  readonly required: boolean;
  readonly detail: string;
}

export async function run(_args: string[], { data, json }: Options): Promise<number> {
  const configured = configFor(data);
  const runtime = readRuntime(configured.dataDir);
  const config = runtime === null ? configured : withRuntime(configured, runtime);
  const checks = [
    await check('node', true, async () => `Node ${process.versions.node}`),
    await check('data folder', true, async () => describeFolder(config.dataDir)),
    await check('running', false, async () =>
      runtime === null ? 'no MusicDB runs on the data folder' : `pid ${runtime.process.pid}, ${runtime.phase}`,
    ),
    await check('postgres', true, () => describePostgres(config)),
    await check('redis', true, () => describeRedis(config)),
    await check('search', true, () => describeSearch(config)),
    await check('chromium', false, async () => config.chromiumPath ?? (await findChromium()).path),
  ];
  const isHealthy = checks.every(({ ok, required }) => ok || !required);
  if (json) printJson({ ok: isHealthy, checks });
  else
    for (const { name, ok, required, detail } of checks)
      printLine(`${ok ? 'ok     ' : required ? 'FAILED ' : 'missing'}  ${name.padEnd(12)} ${detail}`);
  return isHealthy ? 0 : 1;
}

async function check(name: string, required: boolean, look: () => Promise<string>): Promise<Check> {
  try {
    return { name, required, ok: true, detail: await look() };
  } catch (error) {
    return { name, required, ok: false, detail: asError(error).message };
  }
}

function describeFolder(dataDir: string): string {
  let folder = resolve(dataDir);
  while (!existsSync(folder)) folder = dirname(folder);
  accessSync(folder, constants.W_OK);
  return folder === resolve(dataDir) ? dataDir : `${dataDir} (will be made)`;
}

async function describePostgres({ databaseUrl }: Config): Promise<string> {
  if (databaseUrl === null) return 'embedded: started by `musicdb up`';
  const releases = new Releases();
  try {
    const db = releases.add('database', openDatabase(databaseUrl, { max: 1 }));
    const { rows } = await db.query<{ version: string }>(`select current_setting('server_version') as version`);
    return `PostgreSQL ${rows[0]?.version}`;
  } finally {
    await releases.releaseAll();
  }
}

async function describeRedis({ redisUrl }: Config): Promise<string> {
  if (redisUrl === null)
    return `embedded: ${whichOf(['redis-server', 'valkey-server'], process.env) ?? 'none installed, `musicdb up` gets one'}`;
  const releases = new Releases();
  try {
    const redis = releases.add('redis', openRedis(redisUrl, 'musicdb-doctor'));
    const info = await Promise.race([
      redis.client.info(),
      new Promise<never>((_, reject) => setTimeout(() => reject(new Error('Redis does not answer')), 3_000)),
    ]);
    const policy = /maxmemory_policy:(\S+)/.exec(info)?.[1];
    if (policy !== 'noeviction')
      throw new Error(
        `maxmemory-policy is ${policy}, expected noeviction: jobs could be evicted. Set it in redis.conf.`,
      );
    return `Redis ${/redis_version:(\S+)/.exec(info)?.[1]}, ${policy}`;
  } finally {
    await releases.releaseAll();
  }
}

async function describeSearch({ elasticsearchUrl, databaseUrl, searchPrefix }: Config): Promise<string> {
  if (elasticsearchUrl === null || databaseUrl === null) return 'Postgres full text (no ELASTICSEARCH_URL)';
  const releases = new Releases();
  try {
    const db = releases.add('database', openDatabase(databaseUrl, { max: 1 }));
    const search = releases.add('search', openSearch({ elasticsearchUrl, db, prefix: searchPrefix }));
    return `Elasticsearch, ${await search.count('tracks')} tracks`;
  } finally {
    await releases.releaseAll();
  }
}
