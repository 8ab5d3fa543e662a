/** Whether a source may be asked over the network: its facts against what the operator has set. */
import type { AccessCondition, SourceFacts } from '../src/core/source.ts';

/** Conditions that do not hold yet, in the order the source names them; empty when it may run live. */
export function missingConditions(
  facts: SourceFacts,
  credentials: Readonly<Record<string, string | undefined>>,
): AccessCondition[] {
  return facts.conditions.filter(({ variable }) => (credentials[variable] ?? '') === '');
}

/** The source's hosts that a sandbox stands in for. In the sandbox only these may be asked: the others are real. */
export function sandboxedHosts(facts: SourceFacts, sandboxHosts: Readonly<Record<string, string>>): string[] {
  return facts.hosts.filter((host) => sandboxHosts[host] !== undefined);
}
