/** What requests are dispatched on: pools of connections straight to servers, or through a proxy; the egress guard looks at both. */
import { Agent, type Dispatcher } from 'undici';
import { type EgressGuard, portOf } from './egress-guard.ts';
import { createProxyAgent, type HttpProxy } from './proxy.ts';
import type { Releasable } from './releases.ts';

const CONNECT_TIMEOUT_MS = 10_000;
const POOL = {
  connections: 64,
  // One wire form: what is archived is what was on the wire, and one parser's limits hold.
  allowH2: false,
  maxHeaderSize: 64 * 1024,
  // The exchange keeps the time, of the whole answer.
  headersTimeout: 0,
  bodyTimeout: 0,
};

export interface Connections extends Releasable {
  /** @throws what the guard says of the target's name. */
  forTarget(target: URL): Promise<Dispatcher>;
}

/** The guard checks a name's addresses for the port that will be connected to: one pool a port. */
export function straightConnections(guard: EgressGuard): Connections {
  const agents = new Map<number, Agent>();
  return {
    forTarget: async (target) => {
      const port = portOf(target);
      const agent =
        agents.get(port) ??
        new Agent({ ...POOL, connect: { lookup: guard.lookupFor(port), timeout: CONNECT_TIMEOUT_MS } });
      agents.set(port, agent);
      return agent;
    },
    release: async () => {
      await Promise.all([...agents.values()].map((agent) => agent.destroy()));
    },
  };
}

/** The proxy resolves names by itself: they are resolved and checked here too, before it is told. */
export function connectionsThrough(proxy: HttpProxy, guard: EgressGuard): Connections {
  const agent = createProxyAgent(proxy, guard, { pool: POOL, connectTimeoutMs: CONNECT_TIMEOUT_MS });
  return {
    forTarget: async (target) => {
      await guard.checkName(target);
      return agent;
    },
    release: () => agent.destroy(),
  };
}
