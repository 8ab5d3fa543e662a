/**
 * Starts servers that outlive a Ctrl-C of the terminal (they have their own process group, so that we choose the order of stopping) and
 * stops them by pid. A server's identity is on disk from the moment it runs: a start after `kill -9` of the parent finds it there.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import {
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { MusicDbError } from '../../src/core/errors.ts';
import { trackServer } from './live-servers.ts';
import { identifyProcess, isRunning, type ProcessIdentity } from './process-identity.ts';

/** Bytes at which a server's log is put aside as `<name>.1` at the next start. */
const LOG_LIMIT = 10_000_000;

/** What to run and where its traces go. */
export interface ServerCommand {
  command: string;
  args: string[];
  /** Output and errors of the server are appended here. */
  logFile: string;
  /** Holds the ProcessIdentity as JSON while the server runs. */
  pidFile: string;
  cwd?: string;
  env?: NodeJS.ProcessEnv;
  stopBy: StopOptions;
  /** Another user to run as (only root can). */
  uid?: number;
  gid?: number;
}

/** A server that runs. */
export interface RunningServer extends ProcessIdentity {
  /** The reason once the process has ended, wanted or not; until then null. */
  exited: () => string | null;
  /** Ends it in order and removes its pid file. */
  stop: () => Promise<void>;
}

/** The signal that asks a server to end in order, and how long it is given before SIGKILL. */
export interface StopOptions {
  signal: 'SIGTERM' | 'SIGINT';
  timeoutMs: number;
}

/** Starts a detached server and records who it is. Throws when the command cannot be run at all; readiness is the caller's to wait for. */
export async function spawnServer(command: ServerCommand): Promise<RunningServer> {
  const { logFile, pidFile } = command;
  mkdirSync(dirname(logFile), { recursive: true });
  rotate(logFile);
  const child = spawnDetached(command);
  const exited = watchExit(child);
  const identity = child.pid === undefined ? null : identifyProcess(child.pid);
  if (identity !== null) writeFileSync(pidFile, JSON.stringify(identity));
  await spawned(child, command.command);
  child.unref();
  if (identity === null) throw new MusicDbError(`${command.command} ended at once: ${lastLines(logFile)}`);
  const untrack = trackServer(() => signalProcess(identity, command.stopBy.signal));
  const stop = async () => {
    await stopProcess(identity, command.stopBy);
    untrack();
    rmSync(pidFile, { force: true });
  };
  return { ...identity, exited, stop };
}

/** Asks a process to end, then makes it. Returns when it is gone; a process that is gone already (or whose pid is now another's) is left alone. */
export async function stopProcess(identity: ProcessIdentity, { signal, timeoutMs }: StopOptions): Promise<void> {
  if (!isRunning(identity)) return;
  signalProcess(identity, signal);
  if (await goneWithin(identity, timeoutMs)) return;
  signalProcess(identity, 'SIGKILL');
  if (await goneWithin(identity, 5_000)) return;
  throw new MusicDbError(
    `Process ${identity.pid} does not end, not even by SIGKILL. Stop it by hand: kill -9 ${identity.pid}`,
  );
}

/** Stops whatever an earlier start left behind in this pid file, and removes the file. Returns the pid that was stopped, else null. */
export async function stopLeftover(pidFile: string, options: StopOptions): Promise<number | null> {
  const identity = readIdentity(pidFile);
  const wasRunning = identity !== null && isRunning(identity);
  if (wasRunning) await stopProcess(identity, options);
  rmSync(pidFile, { force: true });
  return wasRunning ? identity.pid : null;
}

/** The identity that a pid or lock file holds; null when there is no such file or it was cut off while being written. */
export function readIdentity(file: string): ProcessIdentity | null {
  if (!existsSync(file)) return null;
  try {
    const value: unknown = JSON.parse(readFileSync(file, 'utf8'));
    return isIdentity(value) ? { pid: value.pid, started: value.started } : null;
  } catch {
    return null; // Half a file: its writer died while writing, so it names nobody.
  }
}

/** The end of a server's log, for the message of its failure. */
export function lastLines(logFile: string, count = 5): string {
  if (!existsSync(logFile)) return '(it logged nothing)';
  const lines = readFileSync(logFile, 'utf8').trim().split('\n').slice(-count);
  return lines.join(' | ') || '(it logged nothing)';
}

/** Waits until `probe` answers true. Throws when the server ends first or the time is over; the end of the log says why. */
export async function waitUntilReady(
  server: RunningServer,
  {
    name,
    logFile,
    timeoutMs,
    probe,
  }: { name: string; logFile: string; timeoutMs: number; probe: () => Promise<boolean> },
): Promise<void> {
  const deadline = Date.now() + timeoutMs;
  while (Date.now() < deadline) {
    const reason = server.exited();
    if (reason !== null)
      throw new MusicDbError(`${name} did not start (${reason}). The end of ${logFile}: ${lastLines(logFile)}`);
    if (await probe()) return;
    await sleep(50);
  }
  throw new MusicDbError(
    `${name} was not ready within ${timeoutMs / 1000} s. The end of ${logFile}: ${lastLines(logFile)}`,
  );
}

function spawnDetached({ command, args, logFile, cwd, env, uid, gid }: ServerCommand): ChildProcess {
  const log = openSync(logFile, 'a', 0o600);
  try {
    const place = {
      ...(cwd && { cwd }),
      ...(env && { env }),
      ...(uid !== undefined && { uid }),
      ...(gid !== undefined && { gid }),
    };
    return spawn(command, args, { ...place, detached: true, stdio: ['ignore', log, log] });
  } finally {
    closeSync(log);
  }
}

function isIdentity(value: unknown): value is ProcessIdentity {
  if (typeof value !== 'object' || value === null) return false;
  return 'pid' in value && Number.isInteger(value.pid) && 'started' in value && typeof value.started === 'string';
}

function rotate(logFile: string): void {
  if (existsSync(logFile) && statSync(logFile).size > LOG_LIMIT) renameSync(logFile, `${logFile}.1`);
}

function watchExit(child: ChildProcess): () => string | null {
  let reason: string | null = null;
  child.once('exit', (code, signal) => {
    reason = signal === null ? `exit status ${code}` : `ended by ${signal}`;
  });
  return () => reason;
}

function spawned(child: ChildProcess, command: string): Promise<void> {
  return new Promise((resolve, reject) => {
    child.once('spawn', resolve);
    child.once('error', (cause) => reject(new MusicDbError(`Cannot run ${command}: ${cause.message}`, { cause })));
  });
}

/** The check and the signal are one step in this process; no await may come between them. */
function signalProcess(identity: ProcessIdentity, signal: NodeJS.Signals): void {
  if (!isRunning(identity)) return;
  try {
    process.kill(identity.pid, signal);
  } catch (thrown) {
    // It ended between the check and the signal: that is what was wanted.
    if (isRunning(identity)) throw thrown;
  }
}

async function goneWithin(identity: ProcessIdentity, timeoutMs: number): Promise<boolean> {
  const deadline = Date.now() + timeoutMs;
  while (isRunning(identity)) {
    if (Date.now() >= deadline) return false;
    await sleep(20);
  }
  return true;
}
