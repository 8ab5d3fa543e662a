/** `musicdb sandbox serve`: the six stand-in sites on loopback for crawls in other terminals, until stopped. Needs no service. */

import { once } from 'node:events';
import { createWriteStream, type WriteStream } from 'node:fs';
import { readPlan } from '../../../ops/sandbox/faults/plan.ts';
import { type Sandbox, type SandboxOptions, startSandbox } from '../../../ops/sandbox/server.ts';
import { ConfigError, UsageError } from '../../core/errors.ts';
import { numberArgument } from '../arguments.ts';
import { type CommonOptions, note, printJson, printLine, table } from '../output.ts';
import { SANDBOX_WORLD } from '../sandbox.ts';
import { listenForShutdown } from '../shutdown.ts';

interface Options extends CommonOptions {
  readonly seed?: string;
  readonly sets?: string;
  readonly port?: string;
  readonly faults?: string;
  readonly keys?: boolean;
  readonly scripted?: string;
  readonly clock?: string;
  readonly daysPerMinute?: string;
  readonly truth?: string;
  readonly log?: string;
}

const LARGEST_WORLD = 1_000_000;

export async function run([action = '']: string[], options: Options): Promise<undefined> {
  if (action !== 'serve') throw new UsageError(`unknown action "${action}"`, { hint: 'Known: serve.' });
  const { seed = String(SANDBOX_WORLD.seed), sets = String(SANDBOX_WORLD.sets), port, faults, log } = options;
  const behaviour = behaviourOf(options);
  const world = { seed, sets: numberArgument(sets, '--sets', { min: 4, max: LARGEST_WORLD }) };
  const first = port === undefined ? {} : { port: numberArgument(port, '--port', { min: 1, max: 65_500 }) };
  const plan = faults === undefined ? {} : { faults: readPlan(faults) };
  const lines = log === undefined ? null : await openFile(log);
  const shutdown = listenForShutdown();
  const sandbox = await start({
    ...world,
    ...behaviour,
    ...first,
    ...plan,
    ...(lines === null ? {} : { log: (served) => lines.write(`${JSON.stringify(served)}\n`) }),
  });
  try {
    if (options.truth !== undefined) await writeTruth(sandbox, options.truth);
    announce(sandbox, world, options);
    await shutdown.requested;
  } finally {
    await sandbox.close();
    if (lines !== null) await ended(lines);
    shutdown.done();
  }
}

/** @throws UsageError */
function behaviourOf({ keys, scripted, clock, daysPerMinute }: Options): Partial<SandboxOptions> {
  const days = numberArgument(daysPerMinute ?? '0', '--days-per-minute', { min: 0, max: 1_000_000 });
  if (clock === undefined && daysPerMinute !== undefined)
    throw new UsageError('--days-per-minute needs a day to begin on', { hint: 'Say --clock 2024-06-01 too.' });
  if (clock !== undefined && Number.isNaN(Date.parse(`${clock}T00:00:00Z`)))
    throw new UsageError(`--clock "${clock}" is no day`, { hint: 'Expected a day such as 2024-06-01.' });
  return {
    keys: keys === true,
    scripted: numberArgument(scripted ?? '0', '--scripted', { min: 0, max: 100 }) / 100,
    ...(clock === undefined ? {} : { clock: { from: clock, daysPerSecond: days / 60 } }),
  };
}

async function start(options: SandboxOptions): Promise<Sandbox> {
  try {
    return await startSandbox(options);
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw cause;
    throw new ConfigError(`a port from ${options.port} on is taken (${(cause as Error).message})`, {
      code: 'PORT_TAKEN',
      hint: 'The hosts take ports in a row: name another first one with --port, or leave it out for free ones.',
      cause,
    });
  }
}

function announce({ hosts }: Sandbox, world: { seed: string; sets: number }, { json, truth, log }: Options): void {
  const env = {
    MUSICDB_SANDBOX_HOSTS: Object.entries(hosts)
      .map(([host, origin]) => `${host}=${origin}`)
      .join(','),
  };
  if (json) {
    printJson({ ...world, hosts, env, truth: truth ?? null, log: log ?? null });
    return;
  }
  printLine(table(['host', 'served at'], Object.entries(hosts)));
  printLine(`\nMUSICDB_SANDBOX_HOSTS='${env.MUSICDB_SANDBOX_HOSTS}'`);
  note('Set that in another terminal and crawl there: musicdb crawl <source> --sandbox. Ctrl-C ends the sites.');
}

async function writeTruth(sandbox: Sandbox, path: string): Promise<void> {
  const file = await openFile(path);
  for (const line of sandbox.truthLines()) if (!file.write(`${JSON.stringify(line)}\n`)) await once(file, 'drain');
  await ended(file);
}

/** @throws UsageError when it cannot be written. */
async function openFile(path: string): Promise<WriteStream> {
  const file = createWriteStream(path);
  try {
    await once(file, 'open');
    return file;
  } catch (cause) {
    throw new UsageError(`${path} cannot be written (${(cause as Error).message})`, {
      hint: 'Name a file in a folder that exists.',
      cause,
    });
  }
}

async function ended(file: WriteStream): Promise<void> {
  file.end();
  await once(file, 'close');
}
