/**
 * Graceful stop: the first SIGTERM, SIGINT or SIGHUP, or a fault that nothing here can cure, asks everything to finish or give back; a second signal,
 * or too long a wait, ends the process. Servers that it started are asked to end even then.
 */
import { endServersNow } from '../../ops/dev-services/live-servers.ts';
import { PermanentError } from '../core/errors.ts';
import { note, reportFailure } from './output.ts';

/** How long stopping may take before the process ends anyway, milliseconds. */
const GRACE_MS = 30_000;
/** The same after a fault: what waits for a server that is gone waits in vain. */
const GRACE_AFTER_FAULT_MS = 5_000;

/** A second signal this soon is an echo of the first, milliseconds. */
const ECHO_MS = 500;

/** SIGHUP: the terminal was closed. */
const SIGNALS = ['SIGTERM', 'SIGINT', 'SIGHUP'] as const;

export interface Shutdown {
  readonly signal: AbortSignal;
  /** Resolves when a stop was asked for. */
  readonly requested: Promise<void>;
  /** Asks for a stop because of a fault. */
  fail(fault: Error): void;
  /** `look` is asked, when something failed, whether it knows the fault behind it. */
  explainBy(look: () => Error | null): void;
  /** The fault behind a failure: the one that asked for the stop, or one that is known by now; null when there is none. */
  fault(): Error | null;
  /** Stops listening: what follows is an ordinary end. */
  done(): void;
}

export function listenForShutdown(): Shutdown {
  const controller = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  let fault: Error | null = null;
  let explain: () => Error | null = () => null;
  const stop = (graceMs: number) => {
    controller.abort();
    timer = setTimeout(
      () => endNow(fault ?? new PermanentError(`did not stop within ${graceMs / 1_000} s`, { code: 'STOPPED' })),
      graceMs,
    );
    timer.unref();
  };
  let askedAt = 0;
  const onSignal = (name: NodeJS.Signals) => {
    // A terminal signals every process of its group, and one that handed over to us passes the signal on as well: one Ctrl-C comes twice.
    if (performance.now() - askedAt < ECHO_MS && askedAt > 0) return;
    askedAt = performance.now();
    if (controller.signal.aborted) endNow(new PermanentError(`${name} again: ended at once`, { code: 'STOPPED' }));
    note(`${name}: stopping (again to end at once)`);
    stop(GRACE_MS);
  };
  for (const name of SIGNALS) process.on(name, onSignal);
  return {
    signal: controller.signal,
    requested: new Promise((resolve) => controller.signal.addEventListener('abort', () => resolve(), { once: true })),
    fail: (given) => {
      if (controller.signal.aborted) return;
      fault = given;
      stop(GRACE_AFTER_FAULT_MS);
    },
    explainBy: (look) => {
      explain = look;
    },
    fault: () => fault ?? explain(),
    done: () => {
      clearTimeout(timer);
      for (const name of SIGNALS) process.off(name, onSignal);
    },
  };
}

function endNow(why: Error): never {
  reportFailure(why, process.argv.includes('--json'));
  endServersNow();
  process.exit(1);
}
