/** Vitest runs this before the integration and before the end-to-end tests; both get the same services. */
import type { TestProject } from 'vitest/node';
import { startTestServices, type TestRunServices } from './test-services.ts';

/** Vitest loads this file anew for each project, so what they share cannot be kept in it. */
interface Shared {
  users: number;
  running: Promise<TestRunServices>;
}

const KEY = Symbol.for('musicdb.test-services');
const place = globalThis as { [KEY]?: Shared };

/** Brings the services up for the first project that asks. */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  place[KEY] ??= { users: 0, running: startTestServices() };
  const shared = place[KEY];
  shared.users += 1;
  if (shared.users === 1) stopOnSignal(shared);
  project.provide('servers', (await shared.running).servers);
  return async () => {
    shared.users -= 1;
    if (shared.users > 0) return;
    delete place[KEY];
    await (await shared.running).stop();
  };
}

/** Ctrl-C ends Vitest without its teardown; the servers would outlive it. */
function stopOnSignal(shared: Shared): void {
  for (const [signal, status] of [
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const) {
    process.once(signal, async () => {
      await shared.running.then(({ stop }) => stop()).catch(() => undefined); // What could not be started needs no stopping.
      process.exit(status);
    });
  }
}
