/** Start-up of the commands that need no service: the whole process, as a person waits for it. */
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { table } from '../../src/cli/output.ts';
import { machineLine } from './machine.ts';
import { spreadOf, spreadText } from './stats.ts';

const RUNS = 11;
const BIN = fileURLToPath(new URL('../../src/cli/bin.js', import.meta.url));
const PAGE = fileURLToPath(new URL('../../spiders/1001tracklists/fixtures/block-captcha.html', import.meta.url));
const COMMANDS = [['--help'], ['config'], ['list'], ['parse', '1001tracklists', PAGE]];

/** Prints medians over the runs; the first run of each, which fills the compile cache, is not counted. */
export async function run(): Promise<void> {
  const rows = COMMANDS.map((command) => {
    const times = Array.from({ length: RUNS + 1 }, () => millisecondsOf(command)).slice(1);
    return [command.slice(0, 2).join(' '), spreadText(spreadOf(times), 0)];
  });
  console.log(table(['command', 'ms, median [least..greatest]'], rows));
  console.log(`\n${RUNS} runs each; ${machineLine(new Date())}`);
}

function millisecondsOf(command: readonly string[]): number {
  const started = performance.now();
  spawnSync(process.execPath, [BIN, ...command], { stdio: 'ignore' });
  return performance.now() - started;
}
