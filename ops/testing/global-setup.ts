/** Vitest runs this before the integration and before the end-to-end tests; both get the same services. */
import type { TestProject } from 'vitest/node';
import { endServersNow } from '../dev-services/live-servers.ts';
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
  // Vitest ends the process at once on Ctrl-C, without the teardown below.
  if (shared.users === 1) process.once('exit', endServersNow);
  project.provide('servers', (await shared.running).servers);
  return async () => {
    shared.users -= 1;
    if (shared.users > 0) return;
    delete place[KEY];
    await (await shared.running).stop();
  };
}
