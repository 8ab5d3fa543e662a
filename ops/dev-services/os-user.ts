/**
 * Postgres and Elasticsearch refuse to run as root. Started by root they run as an OS user of their own, and what they read must lie where
 * that user can go: root's home is closed to it, so copies for it go to the machine's cache instead.
 */
import { execFileSync } from 'node:child_process';
import { existsSync, statSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { asError, ConfigError } from '../../src/core/errors.ts';

/** The numbers of an OS user, as `spawn` takes them. */
export interface OsUser {
  uid: number;
  gid: number;
}

/** True when this process runs as root, so servers that refuse root need a user of their own. */
export function isRoot(): boolean {
  return process.getuid?.() === 0;
}

/** The user that a server runs as when root starts it, made where it is missing; null when we are not root and run it as ourselves. */
export function serverUser(name: string): OsUser | null {
  if (!isRoot()) return null;
  const known = findUser(name);
  if (known !== null) return known;
  try {
    execFileSync('groupadd', ['--system', name], { stdio: 'ignore' });
    execFileSync('useradd', ['--system', '--gid', name, '--no-create-home', '--shell', '/usr/sbin/nologin', name], {
      stdio: 'ignore',
    });
  } catch (thrown) {
    const hint = `Make it by hand (useradd --system ${name}), or start MusicDB as an ordinary user.`;
    throw new ConfigError(
      `Root cannot run this server, and the OS user ${name} could not be made: ${asError(thrown).message}. ${hint}`,
    );
  }
  const made = findUser(name);
  if (made === null) throw new ConfigError(`The OS user ${name} is not there although useradd made it.`);
  return made;
}

/** True when the user may enter every folder on the way to `path`, and `path` itself. */
export function canReach(path: string, user: OsUser): boolean {
  for (let folder = path; ; folder = dirname(folder)) {
    if (existsSync(folder) && !canEnter(folder, user)) return false;
    if (folder === dirname(folder)) return true;
  }
}

/**
 * The folder for what is fetched or unpacked once per machine: `$XDG_CACHE_HOME/musicdb`, else `~/.cache/musicdb`; where `user` cannot go
 * there, `/var/cache/musicdb`.
 */
export function cacheDir(user: OsUser | null, env: NodeJS.ProcessEnv = process.env): string {
  const own = join(env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'musicdb');
  return user === null || canReach(own, user) ? own : '/var/cache/musicdb';
}

function findUser(name: string): OsUser | null {
  try {
    const id = (flag: string) =>
      Number(execFileSync('id', [flag, name], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }));
    return { uid: id('-u'), gid: id('-g') };
  } catch {
    return null; // `id` exits 1 when there is no such user.
  }
}

function canEnter(path: string, { uid, gid }: OsUser): boolean {
  const stat = statSync(path);
  const bit = stat.uid === uid ? 0o100 : stat.gid === gid ? 0o010 : 0o001;
  return !stat.isDirectory() || (stat.mode & bit) !== 0;
}
