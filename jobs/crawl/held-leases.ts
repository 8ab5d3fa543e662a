/** What a slice holds of the frontier: renewed together while its requests wait for a turn, a browser, an answer or the database. */
import { TransientError } from '../../src/core/errors.ts';
import type { LeasedRequest } from '../../src/core/fetching.ts';
import { LEASE_MS, renewLeases } from '../../src/repositories/frontier.ts';
import type { JobCtx } from '../job.ts';

/** Between two renewals, milliseconds: three may fail before a lease ends. */
const RENEW_MS = LEASE_MS / 4;

type Held = Pick<LeasedRequest, 'id' | 'token'>;

export class HeldLeases {
  readonly #ctx: Pick<JobCtx, 'db' | 'clock' | 'log'>;
  readonly #owner: string;
  readonly #until = new Map<string, Date>();
  #timer: NodeJS.Timeout | null = null;
  #renewing: Promise<void> | null = null;

  constructor(ctx: Pick<JobCtx, 'db' | 'clock' | 'log'>, owner: string) {
    this.#ctx = ctx;
    this.#owner = owner;
  }

  /** From now on they are renewed, until `release`. @param now as they were leased at */
  add(leased: readonly Held[], now: Date): void {
    const until = new Date(now.getTime() + LEASE_MS);
    for (const held of leased) this.#until.set(keyOf(held), until);
    this.#timer ??= setInterval(() => this.#renewInTurn(), RENEW_MS).unref();
  }

  /** @throws TransientError `LEASE_LOST` when somebody else may have the request: asked now, its site would be asked twice. */
  assertHeld(held: Held): void {
    const until = this.#until.get(keyOf(held));
    if (until !== undefined && until > this.#ctx.clock.now()) return;
    throw new TransientError('the lease of this request was lost before it was asked', { code: 'LEASE_LOST' });
  }

  /** What was lost, or is finished, is held no more. */
  async renew(): Promise<void> {
    // What is leased while the renewal runs is not in its answer.
    const before = [...this.#until.keys()];
    const renewed = await renewLeases(this.#ctx.db, this.#owner, this.#ctx.clock.now());
    const still = new Map(renewed.map((lease) => [keyOf(lease), lease.until]));
    for (const key of before) {
      const until = still.get(key);
      if (until === undefined) this.#until.delete(key);
      else this.#until.set(key, until);
    }
  }

  /** Nothing is renewed any more. */
  async release(): Promise<void> {
    if (this.#timer !== null) clearInterval(this.#timer);
    await this.#renewing;
  }

  #renewInTurn(): void {
    this.#renewing ??= this.renew()
      // The next renewal tries again; what ends before that is not asked for.
      .catch((error: unknown) => this.#ctx.log.warn({ err: error }, 'leases were not renewed'))
      .finally(() => {
        this.#renewing = null;
      });
  }
}

function keyOf({ id, token }: Held): string {
  return `${id} ${token}`;
}
