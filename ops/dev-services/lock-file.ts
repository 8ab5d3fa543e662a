/** A lock that names its holder beyond reuse of the pid: one that a `kill -9` left behind is recognised and taken over. */
import { randomBytes } from 'node:crypto';
import { linkSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { asError, ConfigError } from '../../src/core/errors.ts';
import { readIdentity } from './process.ts';
import { identifyProcess, isRunning } from './process-identity.ts';

/** The lock is ours until `release`, or it is another process's. */
export type LockOutcome = { held: true; release: () => void } | { held: false; pid: number };

/** Takes the lock or says who has it. A second take by the same process is refused too. */
export function takeLock(lock: string): LockOutcome {
  const self = identifyProcess(process.pid);
  if (self === null)
    throw new ConfigError(`Cannot read the start time of process ${process.pid}: neither /proc nor ps says it.`);
  const mine = `${lock}.${process.pid}.${randomBytes(4).toString('hex')}`;
  writeFileSync(mine, JSON.stringify(self));
  try {
    return linkOrAskHolder(lock, mine);
  } finally {
    rmSync(mine, { force: true });
  }
}

/** Runs `work` while no other process of this machine is in the same work; waits for its turn however long that takes. */
export async function withLock<T>(lock: string, work: () => Promise<T>, onWait: (pid: number) => void): Promise<T> {
  for (let waits = 0; ; waits += 1) {
    const outcome = takeLock(lock);
    if (outcome.held) return await work().finally(outcome.release);
    if (waits === 0) onWait(outcome.pid);
    await sleep(500);
  }
}

/** Linking fails when the name exists, so of two at once exactly one wins; the file is complete from its first moment. */
function linkOrAskHolder(lock: string, mine: string): LockOutcome {
  for (;;) {
    if (tryLink(mine, lock)) return { held: true, release: () => rmSync(lock, { force: true }) };
    const holder = readIdentity(lock);
    if (holder !== null && isRunning(holder)) return { held: false, pid: holder.pid };
    putAside(lock, `${mine}.stale`);
  }
}

function tryLink(from: string, to: string): boolean {
  try {
    linkSync(from, to);
    return true;
  } catch (thrown) {
    if (asError(thrown).message.startsWith('EEXIST')) return false;
    throw thrown;
  }
}

/** Moves a dead holder's lock away. If a rival took the lock between the look and the move, it was the rival's that we moved: give it back. */
function putAside(lock: string, aside: string): void {
  try {
    renameSync(lock, aside);
  } catch {
    return; // A rival was first; the next look shows who holds it now.
  }
  const moved = readIdentity(aside);
  if (moved !== null && isRunning(moved)) tryLink(aside, lock);
  rmSync(aside, { force: true });
}
