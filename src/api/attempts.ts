/** Wrong tokens, counted by address, so that guessing does not pay. In memory of one process: bounded, and gone with it. */
import type { Clock } from '../platform/context.ts';

const WINDOW_MS = 60_000;
const ALLOWED = 10;
/** Addresses and tokens remembered at most; the oldest are forgotten first. */
const REMEMBERED = 10_000;

export class Attempts {
  readonly #clock: Clock;
  readonly #failures = new Map<string, { count: number; since: number }>();
  readonly #known = new Set<string>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Whole seconds until this address is heard again; 0 when it is heard now, or when this token has worked before. */
  secondsToWait(address: string, digest: Buffer): number {
    const failures = this.#failures.get(address);
    if (failures === undefined || failures.count < ALLOWED || this.#known.has(digest.toString('hex'))) return 0;
    const left = failures.since + WINDOW_MS - this.#clock.now().getTime();
    if (left > 0) return Math.ceil(left / 1000);
    this.#failures.delete(address);
    return 0;
  }

  failed(address: string): void {
    const now = this.#clock.now().getTime();
    const before = this.#failures.get(address);
    const fresh = before !== undefined && now - before.since < WINDOW_MS;
    this.#failures.delete(address);
    this.#failures.set(address, fresh ? { count: before.count + 1, since: before.since } : { count: 1, since: now });
    forgetOldest(this.#failures);
  }

  worked(digest: Buffer): void {
    this.#known.add(digest.toString('hex'));
    forgetOldest(this.#known);
  }
}

function forgetOldest(remembered: { size: number; keys(): Iterator<string>; delete(key: string): boolean }): void {
  if (remembered.size <= REMEMBERED) return;
  const oldest = remembered.keys().next();
  if (oldest.done !== true) remembered.delete(oldest.value);
}
