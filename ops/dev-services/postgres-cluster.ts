/** Makes the files of a new Postgres cluster (initdb), whole or not at all. */
import { execFileSync, spawnSync } from 'node:child_process';
import { chownSync, closeSync, existsSync, mkdirSync, openSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { MusicDbError } from '../../src/core/errors.ts';
import { type DataFolder, secretOf } from './data-folder.ts';
import type { OsUser } from './os-user.ts';
import type { PostgresBinaries } from './postgres-binaries.ts';
import type { Log } from './server.ts';

/** The superuser of a private cluster. */
export const POSTGRES_ROLE = 'musicdb';

/** A cluster's folder, the OS user that owns it (null: ourselves), and the programs that serve it. */
export interface PostgresPlace {
  folder: DataFolder;
  user: OsUser | null;
  binaries: PostgresBinaries;
}

/** How a server that is started inside `path` names it: another user may not be able to walk there from the root. */
export function pathForServer(path: string, user: OsUser | null): string {
  return user !== null && process.platform === 'linux' ? '/proc/self/cwd' : path;
}

/** Runs initdb unless the cluster exists. It works in a folder beside, renamed when complete, so an interrupted one is made afresh. */
export async function initialiseCluster({ folder, user, binaries }: PostgresPlace, log: Log): Promise<void> {
  if (existsSync(join(folder.postgres, 'PG_VERSION'))) return;
  log(`Making a new Postgres cluster in ${folder.postgres}.`);
  const unfinished = `${folder.postgres}.new`;
  rmSync(unfinished, { recursive: true, force: true });
  mkdirSync(unfinished, { mode: 0o700 });
  const passwordFile = join(folder.run, 'initdb-password');
  writeFileSync(passwordFile, `${secretOf(folder, 'postgres')}\n`, { mode: 0o600 });
  if (user !== null) {
    chownSync(unfinished, user.uid, user.gid);
    chownSync(passwordFile, user.uid, user.gid);
  }
  try {
    runInitdb({ initdb: binaries.initdb, cluster: unfinished, passwordFile, user });
  } finally {
    rmSync(passwordFile);
  }
  renameSync(unfinished, folder.postgres);
}

/** The password file is handed over as descriptor 3: on Linux it opens under that name even where the way to it is closed to `user`. */
function runInitdb({
  initdb,
  cluster,
  passwordFile,
  user,
}: {
  initdb: string;
  cluster: string;
  passwordFile: string;
  user: OsUser | null;
}) {
  const password = openSync(passwordFile, 'r');
  const pwfile = user !== null && process.platform === 'linux' ? '/proc/self/fd/3' : passwordFile;
  try {
    const { status, error, stderr } = spawnSync(
      initdb,
      [
        `--pgdata=${pathForServer(cluster, user)}`,
        `--username=${POSTGRES_ROLE}`,
        `--pwfile=${pwfile}`,
        '--auth=scram-sha-256',
        ...localeFlags(),
      ],
      {
        cwd: cluster,
        env: { PATH: process.env.PATH },
        stdio: ['ignore', 'ignore', 'pipe', password],
        encoding: 'utf8',
        ...user,
      },
    );
    if (status !== 0) throw new MusicDbError(`initdb of Postgres failed: ${error?.message ?? stderr.trim()}`);
  } finally {
    closeSync(password);
  }
}

/**
 * Order and case by Postgres' own tables of C.UTF-8, the same on every machine; the C library's locale still decides what full-text
 * search and trigrams take for a letter, so it has to be a UTF-8 one.
 */
function localeFlags(): string[] {
  const known = execFileSync('locale', ['-a'], { encoding: 'utf8' }).split('\n');
  const utf8 = ['C.UTF-8', 'C.utf8', 'en_US.UTF-8', 'en_US.utf8'].find((name) => known.includes(name)) ?? 'C';
  return [
    '--encoding=UTF8',
    '--locale-provider=builtin',
    '--builtin-locale=C.UTF-8',
    `--locale=${utf8}`,
    '--lc-messages=C',
  ];
}
