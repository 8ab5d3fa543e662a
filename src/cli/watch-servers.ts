/**
 * Servers of our own have nobody but us: when one of them dies (killed, out of memory), no work of this process can end well. Their owner
 * says so and stops; what was committed stays, and the next start recovers by itself.
 */
import { openDataFolder, pidFileOf } from '../../ops/dev-services/data-folder.ts';
import { readIdentity } from '../../ops/dev-services/process.ts';
import { isRunning } from '../../ops/dev-services/process-identity.ts';
import { TransientError } from '../core/errors.ts';
import type { Releasable } from '../platform/releases.ts';
import type { Shutdown } from './shutdown.ts';

/** Time between two looks, milliseconds. */
const LOOK_EVERY_MS = 500;
const SERVERS = ['postgres', 'redis'] as const;

/** Watches the servers that this process has just started on the folder: the first that ends by itself asks for a stop. */
export function watchServers(dataDir: string, shutdown: Pick<Shutdown, 'fail' | 'explainBy'>): Releasable {
  const folder = openDataFolder(dataDir);
  const watched = SERVERS.flatMap((name) => {
    const identity = readIdentity(pidFileOf(folder, name));
    return identity === null ? [] : [{ name, identity }];
  });
  const look = () => {
    const gone = watched.find(({ identity }) => !isRunning(identity));
    return gone === undefined ? null : faultOf(gone.name, gone.identity.pid, folder.logs);
  };
  const timer = setInterval(() => {
    const fault = look();
    if (fault !== null) shutdown.fail(fault);
  }, LOOK_EVERY_MS);
  timer.unref();
  shutdown.explainBy(look);
  return {
    release: async () => {
      clearInterval(timer);
      // From here on they end because we stop them.
      shutdown.explainBy(() => null);
    },
  };
}

function faultOf(name: string, pid: number, logs: string): TransientError {
  return new TransientError(`${name} (process ${pid}) ended unexpectedly`, {
    code: 'SERVER_GONE',
    hint: `${logs}/${name}.log may say why. Nothing that was taken in is lost: run the command again.`,
  });
}
