/** The folder and the command of an unpacked Elasticsearch: its own unix start script is not in the archive. */
import { createHash } from 'node:crypto';
import { chownSync, cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import type { DataFolder } from './data-folder.ts';
import { cacheDir, canReach, type OsUser } from './os-user.ts';
import type { ServerCommand } from './process.ts';

/** Names of data that lie in the cache, before a digest of their data folder's path; and the file in them that holds that path. */
const DATA_IN_CACHE = 'elasticsearch-data-';
const ORIGIN = 'data-folder';

/** What Elasticsearch is started with. */
export interface ElasticsearchPlace {
  folder: DataFolder;
  /** The OS user that runs it; null for ourselves. */
  user: OsUser | null;
  /** The unpacked programs, read only. */
  home: string;
  /** Home of a JDK. */
  java: string;
}

/** Makes the folders that the server writes to and its settings. Returns the folder that holds them. */
export function prepareFolder(place: ElasticsearchPlace, ports: { http: number; transport: number }): string {
  const dir = writableFolder(place);
  const config = join(dir, 'config');
  rmSync(config, { recursive: true, force: true });
  const folders = [dir, join(dir, 'data'), join(dir, 'logs'), join(dir, 'tmp')];
  for (const path of folders) mkdirSync(path, { recursive: true });
  cpSync(join(place.home, 'config'), config, { recursive: true });
  writeFileSync(join(config, 'elasticsearch.yml'), settings(dir, ports));
  const configured = readdirSync(config, { recursive: true, encoding: 'utf8' }).map((name) => join(config, name));
  if (place.user !== null) giveTo(place.user, [...folders, config, ...configured]);
  return dir;
}

/** The command that the missing script would run. The launcher starts the server as its child and ends with it. */
export function serverCommand(
  { home, java, user }: ElasticsearchPlace,
  dir: string,
): Pick<ServerCommand, 'command' | 'args' | 'cwd' | 'env' | 'uid' | 'gid'> {
  const binary = join(java, 'bin', 'java');
  return {
    command: binary,
    args: [
      ...['-Xms4m', '-Xmx64m', '-XX:+UseSerialGC'],
      ...['-cp', `${home}/lib/tools/server-launcher/*`, 'org.elasticsearch.server.launcher.ServerLauncher'],
    ],
    cwd: home, // It looks for its modules here, whatever ES_HOME says.
    env: {
      PATH: process.env.PATH,
      ES_HOME: home,
      ES_PATH_CONF: join(dir, 'config'),
      ES_JAVA_HOME: java,
      JAVA: binary,
      JAVA_TYPE: 'ES_JAVA_HOME',
      ES_DISTRIBUTION_TYPE: 'zip',
      ES_TMPDIR: join(dir, 'tmp'),
      HOSTNAME: hostname(),
      ES_JAVA_OPTS: '-Xms512m -Xmx512m',
    },
    ...user,
  };
}

/** True once it answers and every primary shard of its indices is there. */
export async function isHealthy(url: string): Promise<boolean> {
  try {
    const answer = await fetch(`${url}/_cluster/health?wait_for_status=yellow&timeout=1s`, {
      signal: AbortSignal.timeout(5_000),
    });
    return answer.ok;
  } catch {
    return false; // Not listening yet.
  }
}

/** In the data folder; where the server's user cannot go there, in the cache: what Elasticsearch holds can always be built again. */
function writableFolder({ folder, user }: ElasticsearchPlace): string {
  if (user === null || canReach(folder.root, user)) return folder.elasticsearch;
  const cache = cacheDir(user);
  removeDataWithoutFolder(cache);
  const dir = join(cache, `${DATA_IN_CACHE}${createHash('sha256').update(folder.root).digest('hex').slice(0, 12)}`);
  mkdirSync(dir, { recursive: true });
  writeFileSync(join(dir, ORIGIN), folder.root);
  return dir;
}

/** Data in the cache go when the data folder that they belong to has gone. */
function removeDataWithoutFolder(cache: string): void {
  const names = existsSync(cache) ? readdirSync(cache).filter((name) => name.startsWith(DATA_IN_CACHE)) : [];
  for (const dir of names.map((name) => join(cache, name))) {
    const origin = join(dir, ORIGIN);
    if (existsSync(origin) && !existsSync(readFileSync(origin, 'utf8'))) rmSync(dir, { recursive: true });
  }
}

/** One node, loopback, no accounts; a nearly full disk must not make the indices of a development machine read-only. */
function settings(dir: string, ports: { http: number; transport: number }): string {
  return [
    'cluster.name: musicdb-development',
    'discovery.type: single-node',
    'xpack.security.enabled: false',
    'network.host: 127.0.0.1',
    `http.port: ${ports.http}`,
    `transport.port: ${ports.transport}`,
    `path.data: ${JSON.stringify(join(dir, 'data'))}`,
    `path.logs: ${JSON.stringify(join(dir, 'logs'))}`,
    'cluster.routing.allocation.disk.threshold_enabled: false',
    '',
  ].join('\n');
}

function giveTo({ uid, gid }: OsUser, paths: string[]): void {
  for (const path of paths) chownSync(path, uid, gid);
}
