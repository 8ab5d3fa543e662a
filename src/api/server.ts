/** The role `api`: the app of app.ts, listening. */
import { ConfigError } from '../core/errors.ts';
import type { Releasable } from '../platform/releases.ts';
import { type AppOptions, makeApp } from './app.ts';

export interface ApiOptions extends AppOptions {
  /** 0 takes any free port. */
  readonly port: number;
}

export interface Api extends Releasable {
  /** Origin under which it answers, e.g. `http://127.0.0.1:8082`. */
  readonly url: string;
}

/**
 * Starts to serve. Releasing it answers what has begun and takes nothing new; what was passed in stays open.
 * @throws ConfigError when the address cannot be listened on.
 */
export async function startApi({ port, ...options }: ApiOptions): Promise<Api> {
  const app = await makeApp(options);
  try {
    await app.listen({ host: options.host, port });
  } catch (error) {
    await app.close();
    const reason =
      (error as NodeJS.ErrnoException).code === 'EADDRINUSE' ? 'the port is taken' : (error as Error).message;
    throw new ConfigError(`the API cannot listen on ${options.host}:${port}: ${reason}`, {
      hint: 'Set MUSICDB_API_PORT to a free port (0 takes any), MUSICDB_API_HOST to an address of this machine.',
      cause: error,
    });
  }
  const address = app.server.address();
  const bound = typeof address === 'object' && address !== null ? address.port : port;
  return { url: `http://${urlHost(options.host)}:${bound}`, release: () => app.close() };
}

/** A name that can be opened on this machine: "any address" is no address. */
function urlHost(host: string): string {
  if (host === '0.0.0.0') return '127.0.0.1';
  if (host === '::') return '[::1]';
  return host.includes(':') ? `[${host}]` : host;
}
