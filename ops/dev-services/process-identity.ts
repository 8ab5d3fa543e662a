/**
 * A pid alone names nobody: after a reboot or a `kill -9` the number may belong to a stranger. A pid together with the moment the process
 * started names one process for ever; nothing here is ever stopped by less than that.
 */
import { execFileSync } from 'node:child_process';
import { readFileSync, readlinkSync } from 'node:fs';

/** One process of this machine, beyond reuse of its number. */
export interface ProcessIdentity {
  pid: number;
  /** On Linux `<boot id>/<clock ticks since boot>`, elsewhere the start date that `ps` prints: equal only for the same process. */
  started: string;
}

/** The process that has this number now, or null when there is none (one that ended and was not yet collected counts as none). */
export function identifyProcess(pid: number): ProcessIdentity | null {
  const started = process.platform === 'linux' ? startedOnLinux(pid) : startedByPs(pid);
  return started === null ? null : { pid, started };
}

/** True while exactly this process runs. */
export function isRunning(identity: ProcessIdentity): boolean {
  return identifyProcess(identity.pid)?.started === identity.started;
}

/** The command line and the working folder of a process: what tells our server from a stranger when only its pid is known. */
export function describeProcess(pid: number): { command: string; cwd: string | null } | null {
  try {
    if (process.platform !== 'linux') {
      return {
        command: execFileSync('ps', ['-o', 'command=', '-p', String(pid)], { encoding: 'utf8' }).trim(),
        cwd: null,
      };
    }
    const command = readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ').trim();
    return { command, cwd: readlinkSync(`/proc/${pid}/cwd`) };
  } catch {
    // It ended meanwhile, or it belongs to somebody whose processes we may not look at: either way it is not known to be ours.
    return null;
  }
}

/** Reads `/proc/<pid>/stat`: the fields after the name (which may hold spaces and brackets) are state = 0 and start time = 19. */
function startedOnLinux(pid: number): string | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    const [state, ticks] = [fields[0], fields[19]];
    if (ticks === undefined || state === 'Z' || state === 'X') return null;
    return `${readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()}/${ticks}`;
  } catch {
    return null; // No such process.
  }
}

function startedByPs(pid: number): string | null {
  try {
    return execFileSync('ps', ['-o', 'lstart=', '-p', String(pid)], { encoding: 'utf8' }).trim() || null;
  } catch {
    return null; // `ps` exits 1 when there is no such process.
  }
}
