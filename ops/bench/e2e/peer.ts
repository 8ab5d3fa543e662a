/** The peer: what a Scrapy user would have, run in a Python of its own. */
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { ConfigError, MusicDbError } from '../../../src/core/errors.ts';
import { openDatabase } from '../../../src/platform/database.ts';
import { cacheDir } from '../../dev-services/os-user.ts';
import { whichOf } from '../../dev-services/programs.ts';
import { type Measured, measure, type Part } from './measure.ts';
import type { BenchSite } from './site.ts';
import type { Stage } from './stage.ts';
import type { WebServer } from './web-server.ts';

export interface Python {
  /** The interpreter of the virtual environment. */
  readonly path: string;
  /** "Scrapy 2.19.0, Python 3.11.7" */
  readonly versions: string;
}

export interface PeerOptions {
  readonly python: Python;
  readonly site: BenchSite;
  readonly stage: Stage;
  readonly server: WebServer;
  readonly concurrency: number;
}

export interface PeerRun extends Measured {
  /** Rows and pages that it committed. */
  readonly rows: number;
  readonly pages: number;
  /** Sets in its table: fewer, where pages give the same id and day and overwrite each other. */
  readonly sets: number;
}

/** A Python with Scrapy and psycopg2, made once per user. @throws ConfigError that says what to install. */
export function preparePython(say: (line: string) => void): Python {
  const folder = join(cacheDir(null), 'bench', 'venv');
  const path = join(folder, 'bin', 'python');
  const versions = () =>
    execFileSync(
      path,
      [
        '-c',
        'import platform, scrapy, psycopg2; print(f"Scrapy {scrapy.__version__}, Python {platform.python_version()}")',
      ],
      { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] },
    ).trim();
  try {
    if (existsSync(path)) return { path, versions: versions() };
  } catch {
    say('The peer’s Python is not complete: making it again.');
  }
  install(folder, say);
  return { path, versions: versions() };
}

function install(folder: string, say: (line: string) => void): void {
  const python = whichOf(['python3'], process.env);
  const hint =
    'Install Python 3.10 or newer with venv (Debian and Ubuntu: apt-get install python3-venv), or run with --only ours.';
  if (python === null) throw new ConfigError('the Scrapy peer needs Python, and there is no python3', { hint });
  say(`Installing Scrapy and psycopg2 into ${folder} (once).`);
  mkdirSync(folder, { recursive: true });
  try {
    execFileSync(python, ['-m', 'venv', '--clear', folder], { stdio: 'pipe' });
    execFileSync(join(folder, 'bin', 'pip'), ['install', '--quiet', 'scrapy', 'psycopg2-binary'], { stdio: 'pipe' });
  } catch (cause) {
    throw new ConfigError(`Scrapy could not be installed: ${String(cause).slice(0, 1_000)}`, { hint, cause });
  }
}

/** Runs once on a fresh database, a transaction a page; the process ends after its last commit. @throws MusicDbError when it fails. */
export async function runPeer({ stage, ...options }: PeerOptions): Promise<PeerRun> {
  const databaseUrl = await stage.reset('peer');
  const run = await runProgram(options, ['--dsn', databaseUrl, '--db', 'page'], [...stage.parts, options.server]);
  return { ...run, sets: await countSets(databaseUrl) };
}

/** Crawls and parses, and stores nothing. @throws MusicDbError when it fails. */
export function runPeerWithoutStorage(options: Omit<PeerOptions, 'stage'>): Promise<Omit<PeerRun, 'sets'>> {
  return runProgram(options, ['--db', 'none'], [options.server]);
}

async function runProgram(
  { python, site, server, concurrency }: Omit<PeerOptions, 'stage'>,
  storage: readonly string[],
  servers: readonly Part[],
): Promise<Omit<PeerRun, 'sets'>> {
  const pages = ['--base-url', server.origin, '--start', 'list', '--urls', join(site.folder, 'urls.txt')];
  const args = [site.peer.program, ...pages, '--concurrency', String(concurrency), ...storage];
  const said = { out: '', err: '' };
  let ended: number | null = null;
  const start = () => {
    const child = spawn(python.path, args, { stdio: ['ignore', 'pipe', 'pipe'] });
    child.stdout.on('data', (text) => (said.out += text));
    child.stderr.on('data', (text) => (said.err += text));
    void once(child, 'close').then(([status]) => (ended = status ?? 1));
    return [{ name: 'Scrapy', pid: child.pid ?? 0 }];
  };
  const measured = await measure({ start, look: async () => ({ pages: 0, done: ended !== null }) }, servers);
  if (ended !== 0 || /Traceback|ERROR/.test(said.err))
    throw new MusicDbError(`the peer failed: ${said.err.slice(-2_000)}`);
  const { N, rows } = JSON.parse(said.out) as { N: number; rows: number };
  return { ...measured, pages: N, rows };
}

async function countSets(databaseUrl: string): Promise<number> {
  const db = openDatabase(databaseUrl, { max: 1, applicationName: 'musicdb-bench' });
  try {
    const { rows } = await db.query<{ sets: number }>('select count(*)::int as sets from sets');
    return rows[0]?.sets ?? 0;
  } finally {
    await db.release();
  }
}
