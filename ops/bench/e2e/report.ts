/** What a bench prints in the end: one table of medians and ranges, and every remark that a reader of it needs. */
import { table } from '../../../src/cli/output.ts';
import { machineLine } from '../machine.ts';
import { spreadOf, spreadText } from '../stats.ts';
import { growth, type Measured } from './measure.ts';
import type { OursRun } from './ours.ts';
import type { PeerRun } from './peer.ts';
import type { BenchSite } from './site.ts';

export interface About {
  readonly site: BenchSite;
  readonly server: string;
  readonly postgres: string;
  /** Versions of the peer; null when it did not run. */
  readonly peer: string | null;
  readonly split: readonly string[];
  readonly concurrency: number;
}

/** A run of either side. */
type Run = Measured & { readonly pages: number; readonly rows: number };

/** Other programs used more than this share of what the bench itself used: its times say little. */
const NOISE = 0.15;
/** Pages after which memory should not grow any more. */
const WARM_PAGES = 1_000;

export function reportLines(peer: readonly PeerRun[], ours: readonly OursRun[], about: About): string[] {
  const { site } = about;
  const sides: [string, readonly Run[]][] = [
    ['Scrapy peer', peer],
    ['MusicDB', ours],
  ];
  const rows = sides.filter(([, runs]) => runs.length > 0).map(([name, runs]) => resultRow(name, runs));
  return [
    `${site.paths.length} pages (${site.kind}, mean ${Math.round(site.meanBytes / 1_000)} kB), ${site.rows} rows; median [least..greatest] of the rounds`,
    '',
    table(['', 'wall s', 'items/s', 'pages/s', 'CPU ms/page', 'machine ms/page', 'peak RSS MB'], rows),
    '',
    ...ratioLines(peer, ours),
    ...partLines('Scrapy peer', peer),
    ...partLines('MusicDB', ours),
    ...memoryLines(ours),
    ...checkLines('Scrapy peer', peer, site),
    ...overwrittenLines(peer),
    ...checkLines('MusicDB', ours, site),
    ...ours.slice(-1).map(({ counts }) => `last run of MusicDB left: ${countsText(counts)}`),
    ...noiseLines([...peer, ...ours]),
    ...new Set(ours.flatMap(({ log }) => logLines(log))),
    `clock: from process start until every row is committed (MusicDB: documents archived, raw items, claims, entities, outbox; search indexing is not part of it)`,
    `CPU: all processes of the side, ${about.server}, Redis and Postgres; "machine" is everything that ran in that time`,
    `Postgres ${about.postgres}; ${about.concurrency} pages in flight; MusicDB as ${about.split.length} process(es): ${about.split.join(' + ')}`,
    ...(about.peer === null ? [] : [about.peer]),
    machineLine(new Date()),
  ];
}

function resultRow(name: string, runs: readonly Run[]): string[] {
  const cell = (digits: number, figure: (run: Run) => number) => spreadText(spreadOf(runs.map(figure)), digits);
  return [
    name,
    cell(1, (run) => run.seconds),
    cell(0, (run) => run.rows / run.seconds),
    cell(1, (run) => run.pages / run.seconds),
    cell(2, (run) => (run.cpuSeconds * 1_000) / run.pages),
    cell(2, (run) => (run.machineSeconds * 1_000) / run.pages),
    cell(0, (run) => run.peakMb),
  ];
}

function ratioLines(peer: readonly Run[], ours: readonly OursRun[]): string[] {
  if (peer.length === 0 || ours.length === 0) return [];
  const median = (runs: readonly Run[], figure: (run: Run) => number) => spreadOf(runs.map(figure)).median;
  const speed = (run: Run) => run.rows / run.seconds;
  const cpu = (run: Run) => run.cpuSeconds / run.pages;
  const faster = median(ours, speed) / median(peer, speed);
  const cheaper = median(peer, cpu) / median(ours, cpu);
  return [
    `ratio of medians: ${faster.toFixed(2)} × the items/s of Scrapy, 1/${cheaper.toFixed(2)} of its CPU per page`,
  ];
}

/** Where the CPU of the last run went. */
function partLines(name: string, runs: readonly Run[]): string[] {
  return runs.slice(-1).map(({ cpuByPart, pages }) => {
    const parts = Object.entries(cpuByPart).map(([part, cpu]) => `${part} ${((cpu * 1_000) / pages).toFixed(2)}`);
    return `${name}, CPU ms/page of the last run by part: ${parts.join(', ')}`;
  });
}

function memoryLines(ours: readonly OursRun[]): string[] {
  const [last] = ours.slice(-1);
  const grown = last === undefined ? null : growth(last.samples, WARM_PAGES);
  if (grown === null) return [];
  const { early, end } = grown;
  return [
    `RSS of MusicDB after ${WARM_PAGES} pages ${early.toFixed(0)} MB, at the end ${end.toFixed(0)} MB (${(end / early).toFixed(2)} ×)`,
  ];
}

/** Every run must have stored every page and every row: a fast run that lost some is no figure. */
function checkLines(name: string, runs: readonly Run[], { paths, rows }: BenchSite): string[] {
  const wrong = runs.filter((run) => run.pages !== paths.length || run.rows !== rows);
  if (runs.length === 0) return [];
  if (wrong.length === 0)
    return [`${name}: ${paths.length} pages and ${rows} rows committed in each run, as in the truth`];
  return wrong.map(
    (run) => `${name}: WRONG: ${run.pages} pages and ${run.rows} rows; the truth: ${paths.length} and ${rows}`,
  );
}

/** The peer names a set by id and day, and the generator gives some pages those of another. */
function overwrittenLines(peer: readonly PeerRun[]): string[] {
  const [last] = peer.slice(-1);
  if (last === undefined || last.sets === last.pages) return [];
  return [
    `Scrapy peer: its tables hold ${last.sets} sets: the others gave the id and day of an earlier page and overwrote it`,
  ];
}

function countsText(counts: Readonly<Record<string, number>>): string {
  return Object.entries(counts)
    .map(([name, count]) => `${name} ${count}`)
    .join(', ');
}

function noiseLines(runs: readonly Run[]): string[] {
  const shares = runs.map(({ machineSeconds, cpuSeconds }) => machineSeconds / cpuSeconds - 1);
  const most = Math.max(...shares);
  if (most <= NOISE) return [];
  return [
    `NOISY: other programs used up to ${Math.round(most * 100)} % of what a run used: trust CPU ms/page, not seconds`,
  ];
}

function logLines(log: string): string[] {
  const lines = log.trim().split('\n').filter(Boolean);
  return lines.slice(0, 5).map((line) => `workers logged: ${line.slice(0, 300)}`);
}
