/** Measures one run of one side: from the start of its processes until its last row is committed. */
import { setTimeout as sleep } from 'node:timers/promises';
import { cpuSecondsOf, endedChildrenSeconds, machineBusySeconds, memoryOf } from '../proc.ts';

/** Time between two looks at a side that works, milliseconds. */
const LOOK_EVERY_MS = 50;

/** One run. */
export interface Measured {
  readonly seconds: number;
  /** CPU seconds of the side's processes, the web server, Redis and Postgres. */
  readonly cpuSeconds: number;
  /** The same by part: "Postgres", "nginx", what a worker is for. */
  readonly cpuByPart: Readonly<Record<string, number>>;
  /** CPU seconds of the whole machine in the same time: more than the former when others use it too. */
  readonly machineSeconds: number;
  /** Highest memory of the side's own processes, MB: each one's own peak, summed. */
  readonly peakMb: number;
  /** Memory over time, to see whether it grows. */
  readonly samples: readonly Sample[];
}

export interface Sample {
  readonly pages: number;
  readonly rssMb: number;
}

export interface Runner {
  /** Starts the side's processes; the clock runs already. */
  readonly start: () => readonly Part[];
  /** Pages dealt with so far, and whether every row is committed. @throws when the side failed. */
  readonly look: () => Promise<{ pages: number; done: boolean }>;
}

/** A process whose CPU is told by name. */
export interface Part {
  readonly name: string;
  readonly pid: number;
}

/** @param servers what serves both sides. */
export async function measure({ start, look }: Runner, servers: readonly Part[]): Promise<Measured> {
  const before = {
    at: performance.now(),
    cpu: cpuOf(servers),
    ended: endedChildrenSeconds(),
    machine: machineBusySeconds(),
  };
  const own = start();
  const samples: Sample[] = [];
  let peakMb = 0;
  for (;;) {
    const { pages, done } = await look();
    const seconds = (performance.now() - before.at) / 1_000;
    const { rss, peak } = memoryOf(own.map(({ pid }) => pid));
    // A process that has ended tells its memory no more; those that run on are looked at before they are stopped.
    peakMb = Math.max(peakMb, peak);
    samples.push({ pages, rssMb: rss });
    if (done) {
      const machineSeconds = machineBusySeconds() - before.machine;
      const after = cpuOf([...servers, ...own]);
      const cpuByPart = Object.fromEntries(
        after.map(([name, cpu], index) => [name, cpu - (before.cpu[index]?.[1] ?? 0)]),
      );
      const ended = endedChildrenSeconds() - before.ended;
      if (ended > 0) cpuByPart[own[0]?.name ?? 'ended'] = ended;
      const cpuSeconds = Object.values(cpuByPart).reduce((sum, cpu) => sum + cpu, 0);
      return { seconds, cpuSeconds, cpuByPart, machineSeconds, peakMb, samples };
    }
    await sleep(LOOK_EVERY_MS);
  }
}

function cpuOf(parts: readonly Part[]): [string, number][] {
  return parts.map(({ name, pid }) => [name, cpuSecondsOf([pid])]);
}

/** Memory when `pages` pages were dealt with, and at the end, MB; null when the run was over before. */
export function growth(samples: readonly Sample[], pages: number): { early: number; end: number } | null {
  const early = samples.find((sample) => sample.pages >= pages && sample.rssMb > 0);
  const end = samples.findLast((sample) => sample.rssMb > 0);
  return early === undefined || end === undefined ? null : { early: early.rssMb, end: end.rssMb };
}
