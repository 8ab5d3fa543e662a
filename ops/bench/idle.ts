/** What a MusicDB costs that has nothing to do: `musicdb up` on a folder of its own, after its first crawl, with everything it started. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { table } from '../../src/cli/output.ts';
import { machineLine } from './machine.ts';
import { cpuSecondsOf, familyNow, proportionalMemoryOf } from './proc.ts';
import { spreadOf, spreadText } from './stats.ts';

const BIN = fileURLToPath(new URL('../../src/cli/bin.js', import.meta.url));
/** Seconds of one measurement, how many, and how long the stack may settle before them. */
const SECONDS = 20;
const ROUNDS = 3;
const SETTLE_SECONDS = 15;
const START_SECONDS = 120;

export async function run(): Promise<void> {
  const data = mkdtempSync(join(tmpdir(), 'musicdb-idle-'));
  const up = spawn(process.execPath, [BIN, 'up', '--data', data], { stdio: 'ignore' });
  try {
    await becomeIdle(data);
    const roots = [up.pid ?? 0];
    const percents: number[] = [];
    for (let round = 0; round < ROUNDS; round += 1) percents.push(await cpuPercent(roots));
    const memory = proportionalMemoryOf(familyNow(roots));
    console.log(
      table(
        ['figure', 'value'],
        [
          ['CPU, % of one core', spreadText(spreadOf(percents), 2)],
          ['memory, MB (shared counted once)', memory.toFixed(0)],
        ],
      ),
    );
    console.log(`\n${ROUNDS} times ${SECONDS} s; ${machineLine(new Date())}`);
  } finally {
    await stop(up);
    rmSync(data, { recursive: true, force: true });
  }
}

async function cpuPercent(roots: readonly number[]): Promise<number> {
  const before = cpuSecondsOf(roots);
  const started = performance.now();
  await sleep(SECONDS * 1_000);
  return ((cpuSecondsOf(roots) - before) / ((performance.now() - started) / 1_000)) * 100;
}

/** Waits for the first crawl to be done with, and a little longer. */
async function becomeIdle(data: string): Promise<void> {
  for (let second = 0; second < START_SECONDS; second += 1) {
    await sleep(1_000);
    const { stdout } = spawnSync(process.execPath, [BIN, 'status', '--data', data, '--json'], { encoding: 'utf8' });
    const { ready, setlists, unfinished } = JSON.parse(stdout || '{}');
    if (ready && setlists > 0 && Object.values(unfinished as Record<string, number>).every((count) => count === 0)) {
      await sleep(SETTLE_SECONDS * 1_000);
      return;
    }
  }
  throw new Error(`not idle within ${START_SECONDS} s`);
}

async function stop(child: ChildProcess): Promise<void> {
  const ended = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGTERM');
  await ended;
}
