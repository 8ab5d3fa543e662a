/** The first minutes of a newcomer: clone, `npm ci`, `npm start -- --once`, each measured apart; every start on a data folder of its own. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { note, printLine, table } from '../../src/cli/output.ts';
import { machineLine } from './machine.ts';
import { spreadOf, spreadText } from './stats.ts';

const ROUNDS = 3;
const REPOSITORY = fileURLToPath(new URL('../..', import.meta.url));

/** What is read of the summary of `up --once --json`. */
interface Summary {
  readonly sources: Readonly<Record<string, { readonly documents: number }>>;
  /** Seconds that the command itself counts. */
  readonly seconds: number;
}

/** Clones what is committed; what npm and MusicDB cached for this user before is used, and said. */
export async function run(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'musicdb-fresh-'));
  try {
    const clone = join(folder, 'clone');
    execFileSync('git', ['clone', '--quiet', REPOSITORY, clone], { stdio: ['ignore', 'ignore', 'inherit'] });
    note('npm ci');
    const install = timed(() => npm(clone, ['ci', '--no-audit', '--no-fund']));
    const starts = Array.from({ length: ROUNDS }, (_, round) => {
      note(`npm start -- --once, round ${round + 1}`);
      return timed(() =>
        npm(clone, ['start', '--silent', '--', '--once', '--json', '--data', join(folder, `data-${round}`)]),
      );
    });
    printReport(install.seconds, starts);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function printReport(installSeconds: number, starts: readonly { seconds: number; printed: string }[]): void {
  const summaries = starts.map(({ printed }) => JSON.parse(printed.trim().split('\n').at(-1) ?? '{}') as Summary);
  const documents = summaries.map(({ sources }) => Object.values(sources).reduce((sum, one) => sum + one.documents, 0));
  const cell = (values: readonly number[], digits: number) => spreadText(spreadOf(values), digits);
  const rows = [
    ['npm ci, s (once; npm’s cache as it was)', installSeconds.toFixed(1)],
    [
      'npm start -- --once, s from call to exit',
      cell(
        starts.map(({ seconds }) => seconds),
        1,
      ),
    ],
    [
      'of it counted by MusicDB itself, s',
      cell(
        summaries.map(({ seconds }) => seconds),
        1,
      ),
    ],
    [
      'sources in the summary',
      cell(
        summaries.map(({ sources }) => Object.keys(sources).length),
        0,
      ),
    ],
    ['documents', cell(documents, 0)],
  ];
  printLine(table(['figure', 'median [least..greatest]'], rows));
  printLine(`\n${ROUNDS} starts; ${machineLine(new Date())}`);
}

function npm(folder: string, args: readonly string[]): string {
  return execFileSync('npm', args, {
    cwd: folder,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
    env: withoutOwnNode(),
  });
}

/** `npm run` puts this checkout's programs first in PATH: a newcomer has the machine's own. */
function withoutOwnNode(): NodeJS.ProcessEnv {
  const kept = (process.env.PATH ?? '').split(':').filter((entry) => !entry.includes('node_modules'));
  return { ...process.env, PATH: kept.join(':') };
}

function timed(work: () => string): { seconds: number; printed: string } {
  const started = performance.now();
  const printed = work();
  return { seconds: (performance.now() - started) / 1_000, printed };
}
