/** The real command line as a child process: on a data folder of its own, in an environment that holds nothing of the person who runs the tests. */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { describeProcess } from '../../ops/dev-services/process-identity.ts';
import { configVariables } from '../config/config.ts';

export const BIN = fileURLToPath(new URL('../cli/bin.js', import.meta.url));

export interface CliResult {
  /** Null when a signal ended it. */
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunningCli {
  readonly child: ChildProcess;
  readonly pid: number;
  readonly stdout: () => string;
  readonly stderr: () => string;
  readonly ended: Promise<CliResult>;
}

interface CliOptions {
  /** What it reads from standard input; default nothing. */
  readonly stdin?: string | Buffer;
  readonly env?: Readonly<Record<string, string>>;
  /** The Node that runs it; default the one that runs the tests. */
  readonly node?: string;
}

/** Starts `musicdb …`. Await `ended`, or stop it. */
export function startCli(
  args: readonly string[],
  { stdin, env = {}, node = process.execPath }: CliOptions = {},
): RunningCli {
  const child = spawn(node, [BIN, ...args], {
    env: { ...plainEnvironment(), ...env },
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  if (child.pid === undefined) throw new Error(`${node} could not be started`);
  let stdout = '';
  let stderr = '';
  child.stdout?.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
  });
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
  });
  // A command that does not read its input may end before all of it is written.
  child.stdin?.on('error', () => undefined);
  child.stdin?.end(stdin);
  const ended = new Promise<CliResult>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (status) => resolve({ status, stdout, stderr }));
  });
  return { child, pid: child.pid, stdout: () => stdout, stderr: () => stderr, ended };
}

/** Runs `musicdb …` to its end. */
export function runCli(args: readonly string[], options: CliOptions = {}): Promise<CliResult> {
  return startCli(args, options).ended;
}

/** The one JSON value that a command with `--json` printed. @throws when it printed anything else. */
export function jsonOf<T = Record<string, unknown>>({ stdout, stderr, status }: CliResult): T {
  try {
    return JSON.parse(stdout) as T;
  } catch {
    throw new Error(
      `expected one JSON value on stdout (exit ${status}), found ${JSON.stringify(stdout)}; stderr: ${stderr}`,
    );
  }
}

/** Resolves when `look` says something; null and undefined are nothing yet. @throws after `withinMs`. */
export async function until<T>(
  what: string,
  look: () => T | null | undefined | Promise<T | null | undefined>,
  withinMs = 60_000,
): Promise<T> {
  for (const deadline = Date.now() + withinMs; Date.now() < deadline; await sleep(20)) {
    const seen = await look();
    if (seen !== null && seen !== undefined) return seen;
  }
  throw new Error(`not within ${withinMs} ms: ${what}`);
}

/** A folder for one test file; `release` ends by force what still runs on it and removes it. */
export async function temporaryFolder(): Promise<{ path: string; release: () => Promise<void> }> {
  const path = await mkdtemp(join(tmpdir(), 'musicdb-e2e-'));
  return {
    path,
    release: async () => {
      for (const { pid } of await processesOn(path)) killNow(pid);
      await until('the processes of the folder to end', async () =>
        (await processesOn(path)).length === 0 ? true : null,
      );
      await rm(path, { recursive: true, force: true });
    },
  };
}

/** Processes that name the folder in their command or work in it: servers, the command line, what they started. */
export async function processesOn(folder: string): Promise<{ pid: number; command: string }[]> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name)).map(Number);
  return pids.flatMap((pid) => {
    const about = describeProcess(pid);
    if (about === null || pid === process.pid) return [];
    const { command, cwd } = about;
    return command.includes(folder) || cwd?.startsWith(folder) ? [{ pid, command }] : [];
  });
}

/** `kill -9`; a process that ended meanwhile is no fault. */
export function killNow(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

/** Ours without any setting of MusicDB: tests give their own. */
function plainEnvironment(): NodeJS.ProcessEnv {
  const settings = new Set(configVariables().flatMap((name) => [name, `${name}_FILE`]));
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !settings.has(name)));
}

/** The settings of a command line on these servers, in a folder of its own, with these stand-ins for the real sites. */
export function settingsOf(
  { databaseUrl, redisUrl }: { readonly databaseUrl: string; readonly redisUrl: string },
  data: string,
  hosts: Readonly<Record<string, string>>,
): Record<string, string> {
  return {
    DATABASE_URL: databaseUrl,
    REDIS_URL: redisUrl,
    MUSICDB_DATA: data,
    MUSICDB_SANDBOX_HOSTS: Object.entries(hosts)
      .map(([host, origin]) => `${host}=${origin}`)
      .join(','),
  };
}
