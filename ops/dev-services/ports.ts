/** Free loopback ports: the one asked for, else the nearest above it, so that a second MusicDB of the same machine moves aside. */
import { createServer } from 'node:net';
import { ConfigError } from '../../src/core/errors.ts';

/** How many ports above the preferred one are tried before any free one is taken. */
const NEIGHBOURS = 20;

/**
 * A port of 127.0.0.1 that nobody listens on: `preferred`, else one of the next, else any. Free at the moment of asking: the
 * server that takes it must still be ready to find it taken. `preferred` 0 means any.
 */
export async function freePort(preferred: number): Promise<number> {
  const near = preferred === 0 ? [] : Array.from({ length: NEIGHBOURS }, (_, index) => preferred + index);
  for (const port of [...near.filter((candidate) => candidate <= 65_535), 0]) {
    const free = await tryPort(port);
    if (free !== null) return free;
  }
  throw new ConfigError('No free port on 127.0.0.1. End some of the programs that listen there.');
}

/**
 * Runs `start` on a free port near `preferred`. When it fails and the port is taken by now, another program was quicker: that costs one of
 * three attempts. Any other failure is the caller's.
 */
export async function onFreePort<T>(preferred: number, start: (port: number) => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    const port = await freePort(preferred);
    try {
      return await start(port);
    } catch (thrown) {
      if (attempt === 3 || (await tryPort(port)) !== null) throw thrown;
    }
  }
}

function tryPort(port: number): Promise<number | null> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(null));
    server.listen({ port, host: '127.0.0.1', exclusive: true }, () => {
      const address = server.address();
      const found = address !== null && typeof address === 'object' ? address.port : null;
      server.close(() => resolve(found));
    });
  });
}
