/** `npm run bench -- faults`: every fault at once, two crawl processes, one of them killed each minute; nothing may be lost, doubled or false. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { numberArgument } from '../../../src/cli/arguments.ts';
import { note, printLine } from '../../../src/cli/output.ts';
import { readPlan } from '../../sandbox/faults/plan.ts';
import { openGround } from './ground.ts';
import { reportLines } from './report.ts';
import { type FaultsOptions, runFaults } from './run.ts';

export async function run(argv: string[]): Promise<void> {
  const { keep, ...options } = readOptions(argv);
  const folder = mkdtempSync(join(tmpdir(), 'musicdb-faults-'));
  const ground = await openGround(folder);
  try {
    const done = await runFaults(ground, options, note);
    printLine();
    for (const line of reportLines(done, options.pages)) printLine(line);
  } finally {
    await ground.stop();
    if (keep) note(`database, archive and logs are kept in ${folder}`);
    else rmSync(folder, { recursive: true, force: true });
  }
}

function readOptions(argv: string[]): FaultsOptions & { keep: boolean } {
  const { values } = parseArgs({
    args: argv,
    options: {
      pages: { type: 'string', default: '20000' },
      minutes: { type: 'string', default: '120' },
      'kill-every': { type: 'string', default: '60' },
      seed: { type: 'string', default: '42' },
      faults: { type: 'string', default: 'all' },
      keep: { type: 'boolean', default: false },
    },
  });
  const killEverySeconds = numberArgument(values['kill-every'], '--kill-every', { min: 5, max: 86_400 });
  return {
    seed: values.seed,
    pages: numberArgument(values.pages, '--pages', { min: 20, max: 200_000 }),
    minutes: numberArgument(values.minutes, '--minutes', { min: 1, max: 1_440 }),
    isKillDue: ({ seconds, kills }) => seconds > (kills + 1) * killEverySeconds,
    patienceSeconds: 45,
    faults: readPlan(values.faults),
    keep: values.keep,
  };
}
