/**
 * Finds a Chromium to render pages with: the one that is named, one that is installed, else the one inside the npm package
 * `@sparticuz/chromium`, unpacked once into the cache. Playwright's own download is never used: it fails on closed networks.
 */
import { execFile, spawn } from 'node:child_process';
import { createReadStream, createWriteStream, existsSync, mkdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { promisify } from 'node:util';
import { createBrotliDecompress } from 'node:zlib';
import { asError, ConfigError } from '../../src/core/errors.ts';
import { withLock } from './lock-file.ts';
import { cacheDir, isRoot } from './os-user.ts';
import { isExecutable, whichOf } from './programs.ts';
import type { Log } from './server.ts';

const run = promisify(execFile);

/** How Playwright's `launch` is to be called: `executablePath`, `args`, and `env` in addition to the process's own. */
export interface Chromium {
  path: string;
  args: string[];
  env: Record<string, string>;
}

const PROGRAMS = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable', 'chrome', 'microsoft-edge'];

const MAC_PROGRAMS = [
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
];

const ADVICE =
  'Install Chromium (Debian and Ubuntu: apt-get install chromium), or set CHROMIUM_PATH to a Chrome or Chromium.';

/** Finds or unpacks a Chromium. Throws ConfigError that says what to install. */
export async function findChromium({
  env = process.env,
  log = () => undefined,
}: {
  env?: NodeJS.ProcessEnv;
  log?: Log;
} = {}): Promise<Chromium> {
  // Chromium's own sandbox refuses to work for root.
  const args = isRoot() ? ['--no-sandbox'] : [];
  const named = env.CHROMIUM_PATH;
  if (named !== undefined && named !== '') {
    if (!isExecutable(named))
      throw new ConfigError(`CHROMIUM_PATH is ${named}, which is no program that can be run. ${ADVICE}`);
    return { path: named, args, env: {} };
  }
  const installed = whichOf(PROGRAMS, env) ?? MAC_PROGRAMS.find(isExecutable);
  if (installed !== undefined) return { path: installed, args, env: {} };
  const folder = await unpackedPackage(env, log);
  return { path: join(folder, 'chromium'), args, env: await extraEnvironment(folder) };
}

/** The folder of the package's Chromium, unpacked on first use. */
async function unpackedPackage(env: NodeJS.ProcessEnv, log: Log): Promise<string> {
  const bin = packageFolder();
  const manifest: { version?: string } = JSON.parse(readFileSync(join(bin, '..', 'package.json'), 'utf8'));
  const folder = join(cacheDir(null, env), `chromium-${manifest.version}`);
  if (existsSync(folder)) return folder;
  mkdirSync(dirname(folder), { recursive: true });
  const work = async () => {
    if (!existsSync(folder)) await unpack(bin, folder, log);
  };
  await withLock(`${folder}.lock`, work, (pid) => log(`Process ${pid} is unpacking Chromium: waiting for it.`));
  return folder;
}

function packageFolder(): string {
  if (process.platform !== 'linux' || process.arch !== 'x64') {
    throw new ConfigError(
      `No Chromium on this machine, and none in the npm packages for ${process.platform} on ${process.arch}. ${ADVICE}`,
    );
  }
  try {
    const require = createRequire(import.meta.url);
    return join(dirname(require.resolve('@sparticuz/chromium')), '..', 'bin');
  } catch (cause) {
    throw new ConfigError(
      `No Chromium on this machine, and the npm package @sparticuz/chromium is not installed. ${ADVICE}`,
      { cause },
    );
  }
}

async function unpack(bin: string, folder: string, log: Log): Promise<void> {
  log(`Unpacking the Chromium of @sparticuz/chromium to ${folder}.`);
  const unfinished = `${folder}.unpacking`;
  rmSync(unfinished, { recursive: true, force: true });
  mkdirSync(unfinished);
  const program = createWriteStream(join(unfinished, 'chromium'), { mode: 0o755 });
  await pipeline(createReadStream(join(bin, 'chromium.br')), createBrotliDecompress(), program);
  for (const archive of ['swiftshader.tar.br', 'fonts.tar.br', 'al2023.tar.br'])
    await untar(join(bin, archive), unfinished);
  renameSync(unfinished, folder);
}

/** What a writer is told when its reader has read enough. */
const STOPPED_READING = new Set(['ERR_STREAM_PREMATURE_CLOSE', 'EPIPE']);

async function untar(archive: string, folder: string): Promise<void> {
  const tar = spawn('tar', ['-x', '-f', '-', '-C', folder], { stdio: ['pipe', 'ignore', 'inherit'] });
  const ended = new Promise<void>((resolve, reject) => {
    tar.once('error', reject);
    tar.once('exit', (code) =>
      code === 0 ? resolve() : reject(new ConfigError(`tar could not unpack ${archive}: exit status ${code}.`)),
    );
  });
  // tar stops reading at the archive's end mark, which may be before the last byte: whether all came out is its exit status to say.
  const fed = pipeline(createReadStream(archive), createBrotliDecompress(), tar.stdin).catch((fault: unknown) => {
    if (!STOPPED_READING.has(String((fault as NodeJS.ErrnoException).code))) throw fault;
  });
  await Promise.all([fed, ended]);
}

/** The package's own copies of NSS and NSPR are used only where the system has none: mixed with the system's they may not fit. */
async function extraEnvironment(folder: string): Promise<Record<string, string>> {
  const fonts = existsSync('/etc/fonts') ? {} : { FONTCONFIG_PATH: folder };
  const libraries = { LD_LIBRARY_PATH: join(folder, 'lib') };
  const failures: string[] = [];
  for (const extra of [fonts, { ...fonts, ...libraries }]) {
    try {
      await run(join(folder, 'chromium'), ['--version'], { env: { ...process.env, ...extra }, timeout: 20_000 });
      return extra;
    } catch (thrown) {
      failures.push(asError(thrown).message.trim());
    }
  }
  throw new ConfigError(`The Chromium in ${folder} does not run: ${failures.at(-1)}. ${ADVICE}`);
}
