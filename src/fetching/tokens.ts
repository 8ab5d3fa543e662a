/**
 * Access tokens, kept in memory only: never in Postgres, Redis, logs, job data or the ledger. A process mints its own (one an hour costs
 * nothing), renews it before it ends, and once more when the source refuses it before that.
 */
import type { AccessToken } from '../core/tokens.ts';
import type { Clock } from '../platform/context.ts';

/** A token is renewed this long before its end, milliseconds: a request that waits its turn must still find it good. */
const MARGIN_MS = 60_000;

export interface Tokens {
  /** The token to use now; whoever asks while one is being minted waits for that one. Null where the credentials for one are missing. */
  current(mint: Mint): Promise<string | null>;
  /** The source refused this token: it is not given out again, unless it was replaced meanwhile. */
  refused(value: string): void;
}

type Mint = () => Promise<AccessToken | null>;

export function createTokens(clock: Clock): Tokens {
  let held: AccessToken | null = null;
  let minting: Promise<AccessToken | null> | null = null;
  const renew = (mint: Mint) => {
    minting ??= mint().finally(() => {
      minting = null;
    });
    return minting;
  };
  return {
    current: async (mint) => {
      if (held === null || held.expiresAt.getTime() - MARGIN_MS <= clock.now().getTime()) held = await renew(mint);
      return held?.value ?? null;
    },
    refused: (value) => {
      if (held?.value === value) held = null;
    },
  };
}

/** One holder a process, source and way in: a token of the sandbox is never shown to the real site, nor the other way round. */
const holders = new WeakMap<Clock, Map<string, Tokens>>();

/** @param clock the process' own: its life is that of the tokens. */
export function tokensOf(clock: Clock, source: string, via: string): Tokens {
  const ofProcess = holders.get(clock) ?? new Map<string, Tokens>();
  holders.set(clock, ofProcess);
  const key = `${source} ${via}`;
  const tokens = ofProcess.get(key) ?? createTokens(clock);
  ofProcess.set(key, tokens);
  return tokens;
}
