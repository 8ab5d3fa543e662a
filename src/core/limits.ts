/** The limits that hold for a source, by the way its pages come: what its facts say for the network, the same a thousand times faster for the sandbox. */
import type { Via } from './fetching.ts';
import type { RequestWindow, SourceFacts } from './source.ts';

const DAY_MS = 86_400_000;
/** In the sandbox every time is this share of the real one: 8 s are 8 ms, a day is 86 s. Nobody is behind it, and tests must end. */
const SANDBOX_SCALE = 1 / 1_000;

export interface Limits {
  /** Smallest time between two request starts, milliseconds. */
  readonly minDelayMs: number;
  readonly windows: readonly RequestWindow[];
  /** What every time is multiplied by: 1 for the network. */
  readonly scale: number;
  /** A delay that a robots.txt asks for, in milliseconds; more than a day is a day. */
  crawlDelayMs(seconds: number | null): number;
}

export function limitsOf({ limits }: SourceFacts, via: Via): Limits {
  const scale = via === 'sandbox' ? SANDBOX_SCALE : 1;
  const day = limits.perDay === null ? [] : [{ requests: limits.perDay, perMs: DAY_MS, host: null }];
  return {
    scale,
    minDelayMs: Math.ceil(limits.minDelayMs * scale),
    windows: [...limits.windows, ...day].map((window) => ({ ...window, perMs: Math.ceil(window.perMs * scale) })),
    crawlDelayMs: (seconds) => Math.ceil(Math.min((seconds ?? 0) * 1_000, DAY_MS) * scale),
  };
}
