/** `npm run bench -- e2e`: the whole pipeline, alternating with a Scrapy user's, over the same pages on the same machine. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { numberArgument } from '../../../src/cli/arguments.ts';
import { note, printLine } from '../../../src/cli/output.ts';
import { UsageError } from '../../../src/core/errors.ts';
import { assertProc } from '../proc.ts';
import { type OursRun, runOurs, SPLITS } from './ours.ts';
import { type PeerRun, type Python, preparePython, runPeer } from './peer.ts';
import { reportLines } from './report.ts';
import { type BenchSite, defaultSiteKind, makeSite, type SiteKind } from './site.ts';
import { openStage, type Stage } from './stage.ts';
import { serveFolder, type WebServer } from './web-server.ts';

interface Options {
  readonly pages: number;
  readonly rounds: number;
  readonly siteKind: SiteKind;
  readonly only: 'ours' | 'peer' | null;
  readonly split: readonly string[];
  /** Pages in flight at most, on both sides. */
  readonly concurrency: number;
}

/** What all runs share. */
interface Setting {
  readonly options: Options;
  readonly folder: string;
  readonly site: BenchSite;
  readonly server: WebServer;
  readonly stage: Stage;
  readonly python: Python | null;
}

export async function run(argv: string[]): Promise<void> {
  assertProc();
  const options = readOptions(argv);
  const folder = mkdtempSync(join(tmpdir(), 'musicdb-bench-'));
  const releases: (() => Promise<void>)[] = [async () => rmSync(folder, { recursive: true, force: true })];
  try {
    const setting = await prepare(options, folder, releases);
    const { peer, ours } = await alternate(setting);
    const { site, server, stage, python } = setting;
    const about = { site, server: server.name, postgres: stage.postgres, peer: python?.versions ?? null, ...options };
    printLine();
    for (const line of reportLines(peer, ours, about)) printLine(line);
  } finally {
    for (const release of releases.reverse()) await release();
  }
}

async function prepare(options: Options, folder: string, releases: (() => Promise<void>)[]): Promise<Setting> {
  const python = options.only === 'ours' ? null : preparePython(note);
  note(`making ${options.pages} pages`);
  const site = makeSite(options.siteKind, join(folder, 'site'), options.pages);
  const server = await serveFolder(site.folder, note);
  releases.push(server.stop);
  const stage = await openStage(join(folder, 'services'), site.peer.schema, () => undefined);
  releases.push(stage.stop);
  return { options, folder, site, server, stage, python };
}

async function alternate(setting: Setting): Promise<{ peer: PeerRun[]; ours: OursRun[] }> {
  const { options, folder, python } = setting;
  const { concurrency, split } = options;
  const peer: PeerRun[] = [];
  const ours: OursRun[] = [];
  for (let round = 1; round <= options.rounds; round += 1) {
    if (python !== null) peer.push(tell('Scrapy', round, await runPeer({ ...setting, python, concurrency })));
    if (options.only === 'peer') continue;
    const own = join(folder, `run-${round}`);
    ours.push(tell('MusicDB', round, await runOurs({ ...setting, folder: own, split, concurrency })));
    // It stays to the end: making files costs more while ext4 remembers many that were deleted lately.
  }
  return { peer, ours };
}

function tell<Run extends PeerRun | OursRun>(side: string, round: number, run: Run): Run {
  const { seconds, rows, pages, cpuSeconds } = run;
  note(
    `round ${round}, ${side}: ${seconds.toFixed(1)} s, ${Math.round(rows / seconds)} items/s, ${((cpuSeconds * 1_000) / pages).toFixed(1)} ms CPU/page`,
  );
  return run;
}

function readOptions(argv: string[]): Options {
  const { values } = parseArgs({
    args: argv,
    options: {
      pages: { type: 'string', default: '2000' },
      rounds: { type: 'string', default: '3' },
      site: { type: 'string', default: defaultSiteKind() },
      only: { type: 'string' },
      processes: { type: 'string', default: '2' },
      concurrency: { type: 'string', default: '16' },
    },
  });
  const split = SPLITS[values.processes];
  if (split === undefined) throw wrong('processes', values.processes, Object.keys(SPLITS));
  return {
    pages: numberArgument(values.pages, '--pages', { min: 10, max: 100_000 }),
    rounds: numberArgument(values.rounds, '--rounds', { min: 1, max: 20 }),
    concurrency: numberArgument(values.concurrency, '--concurrency', { min: 1, max: 256 }),
    siteKind: oneOf('site', values.site, ['shared', 'sandbox'] as const),
    only: values.only === undefined ? null : oneOf('only', values.only, ['ours', 'peer'] as const),
    split,
  };
}

function oneOf<const Known extends string>(name: string, given: string, known: readonly Known[]): Known {
  const found = known.find((each) => each === given);
  if (found === undefined) throw wrong(name, given, known);
  return found;
}

function wrong(name: string, given: string, known: readonly string[]): UsageError {
  return new UsageError(`--${name} ${given} is not usable`, { hint: `Expected one of ${known.join(', ')}.` });
}
