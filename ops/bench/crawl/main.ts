/** `npm run bench -- crawl`: crawl, archive and parse alone, in one process, alternating with Scrapy's crawl and parse over the same pages. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { numberArgument } from '../../../src/cli/arguments.ts';
import { note, printLine, table } from '../../../src/cli/output.ts';
import { MusicDbError } from '../../../src/core/errors.ts';
import { type Measured, measure } from '../e2e/measure.ts';
import { preparePython, runPeerWithoutStorage } from '../e2e/peer.ts';
import { type BenchSite, defaultSiteKind, makeSite } from '../e2e/site.ts';
import { serveFolder, type WebServer } from '../e2e/web-server.ts';
import { machineLine } from '../machine.ts';
import { assertProc } from '../proc.ts';
import { spreadOf, spreadText } from '../stats.ts';

const SPIDER = fileURLToPath(new URL('./spider.ts', import.meta.url));
/** Memory after so many pages is what it is compared with at the end. */
const WARM_PAGES = 1_000;

type Run = Measured & {
  readonly pages: number;
  readonly rows: number;
  /** Memory of our process as it goes on; the peer's is not asked. */
  readonly memory?: readonly { readonly pages: number; readonly rssMb: number }[];
};

interface Options {
  readonly pages: number;
  readonly rounds: number;
  readonly concurrency: number;
  readonly only: string | undefined;
}

export async function run(argv: string[]): Promise<void> {
  assertProc();
  const options = readOptions(argv);
  const folder = mkdtempSync(join(tmpdir(), 'musicdb-bench-'));
  note(`making ${options.pages} pages`);
  const site = makeSite(defaultSiteKind(), join(folder, 'site'), options.pages);
  const server = await serveFolder(site.folder, note);
  try {
    await alternate(options, folder, site, server);
  } finally {
    await server.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

async function alternate(options: Options, folder: string, site: BenchSite, server: WebServer): Promise<void> {
  const python = options.only === 'ours' ? null : preparePython(note);
  const peer: Run[] = [];
  const ours: Run[] = [];
  for (let round = 1; round <= options.rounds; round += 1) {
    if (python !== null) peer.push(tell('Scrapy', await runPeerWithoutStorage({ ...options, python, site, server })));
    if (options.only !== 'peer')
      ours.push(tell('MusicDB', await runOurs(options, join(folder, `run-${round}`), site, server)));
  }
  report(site, server, { 'Scrapy (crawl, parse)': peer, 'MusicDB (crawl, archive, parse)': ours });
  printLine([...(python === null ? [] : [python.versions]), machineLine(new Date())].join('; '));
}

/** What it wrote stays to the end of the bench: making files costs more while ext4 remembers many that were deleted lately. */
async function runOurs(options: Options, folder: string, site: BenchSite, server: WebServer): Promise<Run> {
  const args = [server.origin, join(site.folder, 'urls.txt'), join(folder, 'archive'), String(options.concurrency)];
  let said = '';
  let ended: number | null = null;
  const start = () => {
    const child = spawn(process.execPath, [SPIDER, ...args], { stdio: ['ignore', 'pipe', 'inherit'] });
    child.stdout.on('data', (text) => (said += text));
    void once(child, 'close').then(([status]) => (ended = status ?? 1));
    return [{ name: 'MusicDB', pid: child.pid ?? 0 }];
  };
  const measured = await measure({ start, look: async () => ({ pages: 0, done: ended !== null }) }, [server]);
  if (ended !== 0) throw new MusicDbError(`the crawl ended with status ${ended}`);
  const { failed, ...done } = JSON.parse(said) as Pick<Run, 'pages' | 'rows'> & { failed: string[] };
  if (failed.length > 0) throw new MusicDbError(`${failed.length} pages failed, the first: ${failed[0]}`);
  return { ...measured, ...done };
}

function tell(side: string, run: Run): Run {
  note(
    `${side}: ${run.seconds.toFixed(1)} s, ${(run.pages / run.seconds).toFixed(0)} pages/s, ${msPerPage(run).toFixed(2)} ms CPU/page`,
  );
  return run;
}

function report(site: BenchSite, server: WebServer, sides: Readonly<Record<string, readonly Run[]>>): void {
  const shown = Object.entries(sides).filter(([, runs]) => runs.length > 0);
  const cell = (runs: readonly Run[], digits: number, figure: (run: Run) => number) =>
    spreadText(spreadOf(runs.map(figure)), digits);
  printLine();
  printLine(
    `${site.paths.length} pages (${site.kind}, mean ${Math.round(site.meanBytes / 1_000)} kB), ${site.rows} rows, by ${server.name}; median [least..greatest]`,
  );
  printLine(
    table(
      ['', 'wall s', 'pages/s', 'CPU ms/page', 'peak RSS MB'],
      shown.map(([name, runs]) => [
        name,
        cell(runs, 1, ({ seconds }) => seconds),
        cell(runs, 0, speed),
        cell(runs, 2, msPerPage),
        cell(runs, 0, ({ peakMb }) => peakMb),
      ]),
    ),
  );
  const [peer, ours] = Object.values(sides).map((runs) => runs.map(speed));
  if (peer?.length && ours?.length)
    printLine(`ratio of medians: ${(spreadOf(ours).median / spreadOf(peer).median).toFixed(2)} × Scrapy's pages/s`);
  for (const line of shown.flatMap(([name, runs]) => [...checkLine(name, runs, site), ...memoryLine(runs)]))
    printLine(line);
}

/** A fast run that lost pages or rows is no figure. */
function checkLine(name: string, runs: readonly Run[], { paths, rows }: BenchSite): string[] {
  const wrong = runs.find((run) => run.pages !== paths.length || run.rows !== rows);
  if (wrong === undefined) return [`${name}: every page and row in each run`];
  return [`${name}: WRONG: ${wrong.pages} pages, ${wrong.rows} rows; the truth: ${paths.length}, ${rows}`];
}

function memoryLine(runs: readonly Run[]): string[] {
  const memory = runs.at(-1)?.memory;
  const early = memory?.find(({ pages }) => pages >= WARM_PAGES)?.rssMb;
  const end = memory?.at(-1);
  if (early === undefined || end === undefined) return [];
  const ratio = (end.rssMb / early).toFixed(2);
  return [
    `memory after ${WARM_PAGES} pages ${early.toFixed(0)} MB, after ${end.pages} ${end.rssMb.toFixed(0)} MB: ${ratio} ×`,
  ];
}

function speed({ pages, seconds }: Run): number {
  return pages / seconds;
}

function msPerPage({ cpuSeconds, pages }: Run): number {
  return (cpuSeconds * 1_000) / pages;
}

function readOptions(argv: string[]): Options {
  const { values } = parseArgs({
    args: argv,
    options: {
      pages: { type: 'string', default: '5000' },
      rounds: { type: 'string', default: '3' },
      concurrency: { type: 'string', default: '16' },
      only: { type: 'string' },
    },
  });
  return {
    pages: numberArgument(values.pages, '--pages', { min: 10, max: 100_000 }),
    rounds: numberArgument(values.rounds, '--rounds', { min: 1, max: 20 }),
    concurrency: numberArgument(values.concurrency, '--concurrency', { min: 1, max: 256 }),
    only: values.only,
  };
}
