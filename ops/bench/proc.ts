/** CPU and memory of processes and of the whole machine, as Linux counts them in /proc. */
import { readdirSync, readFileSync } from 'node:fs';
import { ConfigError } from '../../src/core/errors.ts';

/** /proc counts CPU time in hundredths of a second on every Linux that Node runs on (USER_HZ). */
const TICKS_PER_SECOND = 100;

/** One process as `/proc/<pid>/stat` tells it. */
export interface ProcessStat {
  readonly pid: number;
  readonly parent: number;
  /** CPU seconds of its own and of its children that have ended and were collected. */
  readonly cpuSeconds: number;
  /** The share of the children. */
  readonly childSeconds: number;
}

/** Resident memory of a process, MB (10^6 bytes). */
export interface ProcessMemory {
  readonly rss: number;
  /** Highest since it started. */
  readonly peak: number;
}

/** @throws ConfigError where there is no /proc. */
export function assertProc(): void {
  if (process.platform !== 'linux') {
    throw new ConfigError(`this bench reads CPU and memory from Linux's /proc; this is ${process.platform}`, {
      hint: 'Run it on Linux, or in a container of it.',
    });
  }
}

/** Seconds of CPU that the whole machine has spent on anything since it started, over all cores; waiting and stolen time left out. */
export function machineBusySeconds(stat: string = readFileSync('/proc/stat', 'utf8')): number {
  const line = /^cpu +(.*)$/m.exec(stat)?.[1];
  if (line === undefined) throw new TypeError(`/proc/stat has no line "cpu": ${stat.slice(0, 200)}`);
  const [user = 0, nice = 0, system = 0, , , irq = 0, softirq = 0] = line.split(' ').map(Number);
  return (user + nice + system + irq + softirq) / TICKS_PER_SECOND;
}

/** Reads one line of `/proc/<pid>/stat`; the name between the brackets may hold spaces and brackets. */
export function parseProcessStat(stat: string): ProcessStat {
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const [user = 0, system = 0, childUser = 0, childSystem = 0] = fields.slice(11, 15).map(Number);
  return {
    pid: Number.parseInt(stat, 10),
    parent: Number(fields[1]),
    cpuSeconds: (user + system + childUser + childSystem) / TICKS_PER_SECOND,
    childSeconds: (childUser + childSystem) / TICKS_PER_SECOND,
  };
}

/** Reads `/proc/<pid>/status`; zeros for a process that has ended and holds no memory any more. */
export function parseMemory(status: string): ProcessMemory {
  const megabytes = (name: string): number => {
    const kibibytes = new RegExp(`^${name}:\\s+(\\d+) kB$`, 'm').exec(status)?.[1];
    return (Number(kibibytes ?? 0) * 1_024) / 1e6;
  };
  return { rss: megabytes('VmRSS'), peak: megabytes('VmHWM') };
}

/** The processes of these pids and all their descendants, by the list of all processes. */
export function familyOf(pids: readonly number[], all: readonly ProcessStat[]): ProcessStat[] {
  const children = Map.groupBy(all, ({ parent }) => parent);
  const family = all.filter(({ pid }) => pids.includes(pid));
  for (const member of family) family.push(...(children.get(member.pid) ?? []));
  return [...new Set(family)];
}

/** The processes of these pids and all their descendants, now. */
export function familyNow(pids: readonly number[]): number[] {
  return familyOf(pids, readProcesses()).map(({ pid }) => pid);
}

/** CPU seconds that these processes and their descendants have used so far. */
export function cpuSecondsOf(pids: readonly number[]): number {
  return familyOf(pids, readProcesses()).reduce((sum, { cpuSeconds }) => sum + cpuSeconds, 0);
}

/** CPU seconds of the processes that this one started and that have ended. */
export function endedChildrenSeconds(): number {
  return parseProcessStat(readFileSync('/proc/self/stat', 'utf8')).childSeconds;
}

/** Memory of these processes, summed. */
export function memoryOf(pids: readonly number[]): ProcessMemory {
  const each = pids.map((pid) => parseMemory(readIfThere(`/proc/${pid}/status`)));
  return {
    rss: each.reduce((sum, { rss }) => sum + rss, 0),
    peak: each.reduce((sum, { peak }) => sum + peak, 0),
  };
}

/** Memory of these processes, MB, with what several of them share counted once (Postgres' cache, above all). */
export function proportionalMemoryOf(pids: readonly number[]): number {
  return pids.reduce((sum, pid) => sum + parseProportional(readIfThere(`/proc/${pid}/smaps_rollup`)), 0);
}

/** Reads `/proc/<pid>/smaps_rollup`. */
export function parseProportional(rollup: string): number {
  return (Number(/^Pss:\s+(\d+) kB$/m.exec(rollup)?.[1] ?? 0) * 1_024) / 1e6;
}

function readProcesses(): ProcessStat[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map((pid) => readIfThere(`/proc/${pid}/stat`))
    .filter((stat) => stat !== '')
    .map(parseProcessStat);
}

/** "" for a process that ended between two looks. */
function readIfThere(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
