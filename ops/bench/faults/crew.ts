/** MusicDB's processes as an operator starts them, and the kill -9 that befalls one of the crawlers now and then. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { CRAWL_QUEUE_NAMES } from '../../../jobs/queues.ts';
import { MusicDbError } from '../../../src/core/errors.ts';
import type { Ground } from './ground.ts';

const BIN = fileURLToPath(new URL('../../../src/cli/bin.js', import.meta.url));
const CRAWLER = ['worker', '--queues', CRAWL_QUEUE_NAMES.join(',')];
/** Command lines; the first two are the crawlers. */
const ROLES = [CRAWLER, CRAWLER, ['worker', '--queues', 'transform,load,index'], ['orchestrator']];
const CRAWLERS = 2;

export interface Crew {
  /** The log of all processes, pino's JSON Lines. */
  readonly log: string;
  /** Kills one crawler, in turn, and starts it again. Resolves with the pid that was killed. */
  readonly killOne: () => Promise<number>;
  /** @throws MusicDbError when a process ended that nobody killed. */
  readonly assertAlive: () => void;
  readonly stop: () => Promise<void>;
}

export function startCrew(ground: Ground, hosts: Readonly<Record<string, string>>): Crew {
  const log = join(ground.folder, 'processes.log');
  const start = (args: readonly string[]): ChildProcess => spawnRole(args, { ground, hosts, log });
  const crew = ROLES.map(start);
  let kills = 0;
  return {
    log,
    killOne: async () => {
      const place = kills++ % CRAWLERS;
      const victim = crew[place];
      if (victim?.pid === undefined) throw new MusicDbError('a crawler could not be started');
      await end(victim, 'SIGKILL');
      crew[place] = start(CRAWLER);
      return victim.pid;
    },
    assertAlive: () => {
      const dead = crew.findIndex(hasEnded);
      if (dead >= 0) throw new MusicDbError(`musicdb ${ROLES[dead]?.join(' ')} ended by itself; see ${log}`);
    },
    stop: async () => {
      await Promise.all(crew.map((one) => end(one, 'SIGTERM')));
    },
  };
}

interface Place {
  readonly ground: Ground;
  readonly hosts: Readonly<Record<string, string>>;
  readonly log: string;
}

function spawnRole(args: readonly string[], { ground, hosts, log }: Place): ChildProcess {
  const inherited = Object.entries(process.env).filter(([name]) => !name.startsWith('MUSICDB_'));
  const output = openSync(log, 'a');
  try {
    return spawn(process.execPath, [BIN, ...args], {
      stdio: ['ignore', output, output],
      env: {
        ...Object.fromEntries(inherited),
        DATABASE_URL: ground.databaseUrl,
        REDIS_URL: ground.redisUrl,
        MUSICDB_QUEUE_PREFIX: ground.queuePrefix,
        MUSICDB_DATA: ground.folder,
        MUSICDB_CONTACT: 'faults@bench.invalid',
        MUSICDB_LOG_LEVEL: 'warn',
        MUSICDB_SANDBOX_HOSTS: Object.entries(hosts)
          .map(([host, origin]) => `${host}=${origin}`)
          .join(','),
      },
    });
  } finally {
    closeSync(output);
  }
}

async function end(child: ChildProcess, signal: 'SIGKILL' | 'SIGTERM'): Promise<void> {
  if (hasEnded(child)) return;
  const ended = once(child, 'exit');
  child.kill(signal);
  await ended;
}

function hasEnded({ exitCode, signalCode }: ChildProcess): boolean {
  return exitCode !== null || signalCode !== null;
}
