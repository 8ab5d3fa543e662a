/**
 * The one folder that holds everything a MusicDB of this machine keeps: servers' data, their logs, their secrets. One process holds it at
 * a time (see lock-file.ts).
 */
import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, realpathSync, renameSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { asError, ConfigError } from '../../src/core/errors.ts';
import { takeLock } from './lock-file.ts';

/** Where things are inside a data folder. All absolute. */
export interface DataFolder {
  root: string;
  /** Postgres' own folder; it belongs to the OS user that Postgres runs as. */
  postgres: string;
  redis: string;
  elasticsearch: string;
  logs: string;
  /** Pid files of the servers that run. */
  run: string;
  /** Files of mode 0600, one secret each. */
  secrets: string;
}

/** A data folder that this process holds until `release`. */
export interface HeldDataFolder {
  folder: DataFolder;
  release: () => void;
}

/** Makes the folder where it is missing and says where things are in it. Throws ConfigError when it cannot be made. */
export function openDataFolder(dataDir: string): DataFolder {
  try {
    mkdirSync(resolve(dataDir), { recursive: true, mode: 0o711 });
    const root = realpathSync(resolve(dataDir));
    const folder = layoutOf(root);
    for (const path of [folder.redis, folder.logs, folder.run]) mkdirSync(path, { recursive: true });
    mkdirSync(folder.secrets, { recursive: true, mode: 0o700 });
    return folder;
  } catch (thrown) {
    const cause = asError(thrown);
    throw new ConfigError(`Cannot make the data folder ${dataDir}: ${cause.message}. Name another one with --data.`, {
      cause,
    });
  }
}

/** Takes the folder for this process. Throws ConfigError `DATA_FOLDER_IN_USE`, naming the holder, while another process has it. */
export function holdDataFolder(dataDir: string): HeldDataFolder {
  const folder = openDataFolder(dataDir);
  const lock = takeLock(join(folder.root, 'lock'));
  if (!lock.held) throw inUse(folder.root, lock.pid);
  return { folder, release: lock.release };
}

/** The secret of this name, made on first use and kept for the life of the folder; URL-safe, readable by its owner only. */
export function secretOf(folder: DataFolder, name: string): string {
  const file = join(folder.secrets, name);
  if (!existsSync(file)) {
    writeFileSync(`${file}.new`, randomBytes(24).toString('base64url'), { mode: 0o600 });
    renameSync(`${file}.new`, file);
  }
  return readFileSync(file, 'utf8').trim();
}

/** The file that names the process of a server while it runs. */
export function pidFileOf(folder: DataFolder, server: string): string {
  return join(folder.run, `${server}.json`);
}

/** The log of a server. */
export function logFileOf(folder: DataFolder, server: string): string {
  return join(folder.logs, `${server}.log`);
}

function layoutOf(root: string): DataFolder {
  return {
    root,
    postgres: join(root, 'postgres'),
    redis: join(root, 'redis'),
    elasticsearch: join(root, 'elasticsearch'),
    logs: join(root, 'logs'),
    run: join(root, 'run'),
    secrets: join(root, 'secrets'),
  };
}

function inUse(root: string, pid: number): ConfigError {
  return new ConfigError(
    `The data folder ${root} is in use by process ${pid}. Stop that one first, or name another folder with --data.`,
    {
      code: 'DATA_FOLDER_IN_USE',
    },
  );
}
