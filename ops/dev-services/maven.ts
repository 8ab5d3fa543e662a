/** Gets one artifact by the machine's own `mvn`, so that mirrors and proxies of its settings apply, and keeps nothing of it. */
import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { asError, ConfigError, TransientError } from '../../src/core/errors.ts';
import { whichOf } from './programs.ts';

const run = promisify(execFile);

/** Half an hour: 947 MB over a slow line. */
const TIMEOUT_MS = 30 * 60_000;

/** What to get and about how large it is. */
export interface MavenArtifact {
  group: string;
  artifact: string;
  version: string;
  type: 'jar' | 'zip';
  /** About how many bytes, for progress. */
  bytes: number;
}

/** How to get it. */
export interface FetchOptions {
  /** A folder of ours to work in; the caller holds a lock on it. What an interrupted fetch left there is removed. */
  workDir: string;
  env: NodeJS.ProcessEnv;
  /** Gets the part done, 0 to 1, once a second. */
  onProgress?: (part: number) => void;
}

/** Fetches the artifact into a Maven repository of its own, hands the file to `use`, and removes the repository. */
export async function fetchFromMaven<T>(
  wanted: MavenArtifact,
  { workDir, env, onProgress }: FetchOptions,
  use: (file: string) => Promise<T>,
): Promise<T> {
  const mvn = whichOf(['mvn'], env);
  if (mvn === null) throw new ConfigError('Maven (mvn) is not installed');
  rmSync(workDir, { recursive: true, force: true });
  mkdirSync(workDir, { recursive: true });
  const folder = join(workDir, ...wanted.group.split('.'), wanted.artifact, wanted.version);
  const ticker = setInterval(() => onProgress?.(Math.min(1, bytesIn(folder) / wanted.bytes)), 1_000);
  try {
    await runMaven(mvn, wanted, workDir, env).finally(() => clearInterval(ticker));
    return await use(join(folder, `${wanted.artifact}-${wanted.version}.${wanted.type}`));
  } finally {
    rmSync(workDir, { recursive: true, force: true });
  }
}

async function runMaven(mvn: string, wanted: MavenArtifact, repository: string, env: NodeJS.ProcessEnv): Promise<void> {
  const coordinates = [wanted.group, wanted.artifact, wanted.version, wanted.type].join(':');
  const args = [
    '-q',
    '-B',
    '--strict-checksums',
    `-Dmaven.repo.local=${repository}`,
    'dependency:get',
    '-Dtransitive=false',
  ];
  try {
    await run(mvn, [...args, `-Dartifact=${coordinates}`], { env, cwd: repository, timeout: TIMEOUT_MS });
  } catch (thrown) {
    const { message } = asError(thrown);
    const why = message.split('\n').find((line) => line.includes('ERROR')) ?? message;
    throw new TransientError(`mvn could not fetch ${coordinates}: ${why.trim()}`, { cause: thrown });
  }
}

function bytesIn(folder: string): number {
  if (!existsSync(folder)) return 0;
  const sizes = readdirSync(folder).map((name) => statSync(join(folder, name), { throwIfNoEntry: false })?.size ?? 0);
  return sizes.reduce((sum, size) => sum + size, 0);
}
