/** Finds a Java that is new enough; nothing is installed. */
import { existsSync, readdirSync, readFileSync, realpathSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { ConfigError } from '../../src/core/errors.ts';
import { canReach, type OsUser } from './os-user.ts';
import { isExecutable, whichOf } from './programs.ts';

/** Folders that hold one Java each; on macOS with `Contents/Home` below. */
const JAVA_FOLDERS = ['/usr/lib/jvm', '/usr/java', '/opt/java', '/Library/Java/JavaVirtualMachines'];

/** The home of a Java of at least this major version that `user` may run. Throws ConfigError that names what was found instead. */
export function findJava(
  least: number,
  user: OsUser | null,
  { env = process.env, folders = JAVA_FOLDERS }: { env?: NodeJS.ProcessEnv; folders?: string[] } = {},
): string {
  const homes = [...new Set(candidates(env, folders))].filter((home) => isExecutable(join(home, 'bin', 'java')));
  const usable = homes.filter((home) => user === null || canReach(join(home, 'bin'), user));
  const found = usable.find((home) => majorOf(home) >= least);
  if (found !== undefined) return found;
  const seen = homes.map((home) => `${home} (${majorOf(home)})`).join(', ') || 'none';
  throw new ConfigError(
    `Elasticsearch needs Java ${least} or later; found: ${seen}. Install a JDK ${least} or later and set JAVA_HOME to it.`,
  );
}

function candidates(env: NodeJS.ProcessEnv, folders: string[]): string[] {
  const named = [env.ES_JAVA_HOME, env.JAVA_HOME].filter((home): home is string => home !== undefined && home !== '');
  const installed = folders.filter(existsSync).flatMap((folder) =>
    readdirSync(folder)
      .sort()
      .flatMap((name) => [join(folder, name), join(folder, name, 'Contents', 'Home')]),
  );
  const onPath = whichOf(['java'], env);
  return [...named, ...installed, ...(onPath === null ? [] : [dirname(dirname(realpathSync(onPath)))])];
}

/** Every JDK since 9 says its version in the file `release`; 0 where it does not. */
function majorOf(home: string): number {
  const release = join(home, 'release');
  if (!existsSync(release)) return 0;
  return Number(/^JAVA_VERSION="(\d+)/m.exec(readFileSync(release, 'utf8'))?.[1] ?? 0);
}
