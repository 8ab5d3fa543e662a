/** One run: a faulty web, MusicDB's processes, a kill now and then, an operator; then the judgement. */

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { seedSource } from '../../../jobs/orchestrate.ts';
import { SOURCE_NAMES } from '../../../spiders/registry.ts';
import { systemClock } from '../../../src/platform/context.ts';
import { type Database, openDatabase } from '../../../src/platform/database.ts';
import { makeDue } from '../../../src/repositories/frontier.ts';
import type { FaultPlan } from '../../sandbox/faults/plan.ts';
import { type Sandbox, type Served, startSandbox } from '../../sandbox/server.ts';
import { type Crew, startCrew } from './crew.ts';
import { type Expected, expectedOf, SETS_PER_PAGE } from './expected.ts';
import type { Ground } from './ground.ts';
import { type Judgement, judge } from './judge.ts';
import { askAgain, closeBreakers, isDone, lookAtRobotsAgain, progressOf } from './operator.ts';
import { type Outcomes, outcomesOf, type Politeness, verifyPoliteness } from './outcomes.ts';

export interface FaultsOptions {
  readonly seed: string;
  /** Pages asked for at the start; links lead to more. */
  readonly pages: number;
  /** The run ends then, whatever is left. */
  readonly minutes: number;
  /** Whether a crawler is to be killed now. */
  readonly isKillDue: (soFar: SoFar) => boolean;
  /** What else befalls with each kill. */
  readonly onKill?: () => Promise<void>;
  /** Waits that are longer than this are ended by the operator. */
  readonly patienceSeconds: number;
  readonly faults: FaultPlan;
}

export interface SoFar {
  readonly seconds: number;
  /** Answers that the sandbox served. */
  readonly answers: number;
  readonly kills: number;
}

export interface FaultsRun {
  readonly seconds: number;
  /** Whether all work was done in time. */
  readonly finished: boolean;
  readonly kills: number;
  /** Breakers that the operator closed, by reason. */
  readonly closed: readonly string[];
  /** Times that the operator asked again for what was given up or held, and for how many requests. */
  readonly askedAgain: readonly number[];
  readonly served: readonly Served[];
  readonly judgement: Judgement;
  readonly outcomes: Outcomes;
  /** What `musicdb politeness verify` said. */
  readonly politeness: Politeness;
}

/** Times the operator asks again: an address can be hit by one rule after another. */
const MOST_ROUNDS = 12;
const LOOK_EVERY_MS = 1_000;

export async function runFaults(
  ground: Ground,
  options: FaultsOptions,
  say: (line: string) => void,
): Promise<FaultsRun> {
  const served: Served[] = [];
  const sets = Math.max(8, Math.ceil(options.pages * SETS_PER_PAGE));
  const sandbox = await startSandbox({ ...options, sets, log: (one) => served.push(one) });
  const db = openDatabase(ground.databaseUrl, { max: 2, applicationName: 'musicdb-faults' });
  try {
    const expected = await expectedOf(sandbox, options.pages);
    await ask(db, sandbox, expected);
    say(`${expected.requests.length} pages of a world of ${sets} sets are due`);
    const crew = startCrew(ground, sandbox.hosts);
    const watched = await watch({ db, crew, options, served, say }).finally(() => crew.stop());
    writeFileSync(join(ground.folder, 'requests.jsonl'), served.map((one) => `${JSON.stringify(one)}\n`).join(''));
    return {
      ...watched,
      served,
      judgement: await judge(db, expected),
      outcomes: await outcomesOf(db),
      politeness: await verifyPoliteness(ground),
    };
  } finally {
    await db.release();
    await sandbox.close();
  }
}

async function ask(db: Database, sandbox: Sandbox, { requests }: Expected): Promise<void> {
  const { readConfig } = await import('../../../src/config/config.ts');
  const config = { ...readConfig(), sandboxHosts: sandbox.hosts };
  for (const name of SOURCE_NAMES) await seedSource({ db, clock: systemClock, config }, name);
  for (let from = 0; from < requests.length; from += 5_000)
    await makeDue(db, requests.slice(from, from + 5_000), systemClock.now());
}

interface Watch {
  readonly db: Database;
  readonly crew: Crew;
  readonly options: FaultsOptions;
  readonly served: readonly Served[];
  readonly say: (line: string) => void;
}

type Watched = Pick<FaultsRun, 'seconds' | 'finished' | 'kills' | 'closed' | 'askedAgain'>;

async function watch({ db, crew, options, served, say }: Watch): Promise<Watched> {
  const started = performance.now();
  const seconds = (): number => (performance.now() - started) / 1_000;
  const closed: string[] = [];
  const askedAgain: number[] = [];
  let kills = 0;
  let finished = false;
  let told = 0;
  while (!finished && seconds() < options.minutes * 60) {
    await sleep(LOOK_EVERY_MS);
    crew.assertAlive();
    closed.push(...(await closeBreakers(db, options.patienceSeconds)));
    await lookAtRobotsAgain(db, options.patienceSeconds);
    if (options.isKillDue({ seconds: seconds(), answers: served.length, kills })) {
      kills += 1;
      say(`kill -9 ${await crew.killOne()}`);
      await options.onKill?.();
    }
    if (await isDone(db)) {
      const again = askedAgain.length < MOST_ROUNDS ? await askAgain(db) : 0;
      if (again === 0) finished = true;
      else askedAgain.push(again);
    }
    if (seconds() > told + 5) {
      told = seconds();
      const { done, open, failed, items } = await progressOf(db);
      say(
        `${Math.round(told)} s: ${served.length} answers served, requests ${done} done, ${open} open, ${failed} failed; ${items} items loaded; ${closed.length} breakers closed by hand`,
      );
    }
  }
  return { seconds: seconds(), finished, kills, closed, askedAgain };
}
