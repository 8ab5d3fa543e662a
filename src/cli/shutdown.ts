/** Graceful stop: the first SIGTERM or SIGINT asks everything to finish or give back; a second one, or too long a wait, ends the process. */
import { note } from './output.ts';

/** How long stopping may take before the process ends anyway, milliseconds. */
const GRACE_MS = 30_000;

export interface Shutdown {
  readonly signal: AbortSignal;
  /** Resolves when a stop was asked for. */
  readonly requested: Promise<void>;
  /** Stops listening: what follows is an ordinary end. */
  done(): void;
}

export function listenForShutdown(): Shutdown {
  const controller = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  const onSignal = (name: NodeJS.Signals) => {
    if (controller.signal.aborted) process.exit(1);
    note(`${name}: stopping (again to end at once)`);
    controller.abort();
    timer = setTimeout(() => {
      note(`did not stop within ${GRACE_MS / 1_000} s, ending`);
      process.exit(1);
    }, GRACE_MS);
    timer.unref();
  };
  process.on('SIGTERM', onSignal);
  process.on('SIGINT', onSignal);
  return {
    signal: controller.signal,
    requested: new Promise((resolve) => controller.signal.addEventListener('abort', () => resolve(), { once: true })),
    done: () => {
      clearTimeout(timer);
      process.off('SIGTERM', onSignal);
      process.off('SIGINT', onSignal);
    },
  };
}
