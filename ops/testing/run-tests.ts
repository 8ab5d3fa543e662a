/**
 * `npm test`: every test there is, on real services, with coverage. `npm test -- <path…> [--project unit|int|e2e]` runs some, without it.
 * The last line is always `N passed, N failed, N skipped`; the exit status is 1 when something failed or too few lines are covered.
 */
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { startVitest } from 'vitest/node';
import { asError } from '../../src/core/errors.ts';
import { createTally } from './tally.ts';

/** Per cent of lines that a full run must have executed. */
const LINES_COVERED = 90;

process.exitCode = await main();
process.exit();

async function main(): Promise<number> {
  const tally = createTally();
  const ranWell = await runVitest(tally).catch((thrown: unknown) => {
    process.stderr.write(`${asError(thrown).message}\n`);
    return false;
  });
  for (const line of tally.skipReasons()) console.log(`skipped: ${line}`);
  console.log(tally.summary());
  return ranWell && tally.failed() === 0 ? 0 : 1;
}

/** True when Vitest itself has nothing to complain about: set-up, coverage and closing included. */
async function runVitest(tally: ReturnType<typeof createTally>): Promise<boolean> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { project: { type: 'string', multiple: true } },
  });
  const all = positionals.length === 0 && values.project === undefined;
  const vitest = await startVitest('test', positionals, {
    config: fileURLToPath(new URL('./vitest.config.ts', import.meta.url)),
    run: true,
    watch: false,
    reporters: ['default', tally.reporter],
    coverage: all ? { enabled: true, thresholds: { lines: LINES_COVERED } } : { enabled: false },
    ...(values.project === undefined ? {} : { project: values.project }),
  });
  await vitest.close();
  return (process.exitCode ?? 0) === 0;
}
