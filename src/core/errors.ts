/**
 * Faults, classed by the cure and not by the place they came from. Expected ends ("unchanged", "not found") are values, never errors.
 * `jobs/job-errors.ts` and `spiders/run-spider.ts` are the only translators to the queue's and the crawler's own classes.
 */
import type { FetchedPage } from './fetching.ts';

interface FaultOptions {
  /** Machine-readable name that scripts may rely on, e.g. `EGRESS_BLOCKED`. */
  code?: string;
  /** What the reader should do next, one sentence. */
  hint?: string;
  cause?: unknown;
}

/** Base of every fault that MusicDB raises on purpose. */
export class MusicDbError extends Error {
  readonly code: string;
  readonly hint: string | null;

  constructor(message: string, { code = 'FAILED', hint, cause }: FaultOptions = {}) {
    super(message, cause === undefined ? undefined : { cause });
    this.name = new.target.name;
    this.code = code;
    this.hint = hint ?? null;
  }
}

/** Wrong words on the command line. Exit status 2. */
export class UsageError extends MusicDbError {
  constructor(message: string, options: FaultOptions = {}) {
    super(message, { code: 'USAGE', ...options });
  }
}

/** Configuration that cannot work: the process must not start. Exit status 2. */
export class ConfigError extends MusicDbError {
  constructor(message: string, options: FaultOptions = {}) {
    super(message, { code: 'CONFIG', ...options });
  }
}

/** Trying again cannot help: do not retry, record a dead letter. */
export class PermanentError extends MusicDbError {}

/** Trying again later may help: retry with backoff, costs an attempt. */
export class TransientError extends MusicDbError {}

/**
 * The answer ended before its end, or its time did. `page` is what came of it: its `bodyFault` says so, and nothing may be read in it. Code
 * `TRUNCATED` or `TIMEOUT`.
 */
export class CutOffError extends TransientError {
  readonly page: FetchedPage;

  constructor(message: string, { page, ...options }: FaultOptions & { page: FetchedPage }) {
    super(message, options);
    this.page = page;
  }
}

/** The other side asked us to wait: costs neither an attempt nor a session. `retryAfterMs` in milliseconds. */
export class ThrottledError extends MusicDbError {
  readonly retryAfterMs: number;

  constructor(message: string, { retryAfterMs, ...options }: FaultOptions & { retryAfterMs: number }) {
    super(message, { code: 'THROTTLED', ...options });
    this.retryAfterMs = retryAfterMs;
  }
}

/** Not asked yet: a pause, a quota or a robots.txt that cannot be had says so. Costs no attempt; may be asked again at `until`. */
export class HeldError extends MusicDbError {
  readonly until: Date;
  /** Name of the host that may not be asked; null: none may. */
  readonly host: string | null;

  constructor(message: string, { until, host, ...options }: FaultOptions & { until: Date; host: string | null }) {
    super(message, { code: 'HELD', ...options });
    this.until = until;
    this.host = host;
  }
}

/** An answer that is no page, by its status. What came is kept as evidence and read by no parser; `fault` names the cure. */
export class RefusedAnswer extends Error {
  readonly page: FetchedPage;
  readonly fault: MusicDbError;

  constructor(page: FetchedPage, fault: MusicDbError) {
    super(fault.message, { cause: fault });
    this.name = new.target.name;
    this.page = page;
    this.fault = fault;
  }
}

/** Turns anything that was thrown into an Error, keeping the original as `cause`. */
export function asError(thrown: unknown): Error {
  return thrown instanceof Error ? thrown : new Error(String(thrown), { cause: thrown });
}
