/** Whether a source may be asked over the network: its facts against what the operator has set. */
import type { AccessCondition, Source, SourceFacts } from '../src/core/source.ts';
import type { Ctx } from '../src/platform/context.ts';

export interface MissingCondition extends AccessCondition {
  readonly problem: 'is not set' | 'is not usable';
}

/** Conditions that do not hold yet, in the order the source names them; empty when it may run live. */
export function missingConditions(
  facts: SourceFacts,
  credentials: Readonly<Record<string, string | undefined>>,
): MissingCondition[] {
  return facts.conditions.flatMap((condition) => {
    const value = credentials[condition.variable] ?? '';
    if (value === '') return { ...condition, problem: 'is not set' as const };
    const isUsable = condition.pattern === undefined || new RegExp(condition.pattern).test(value);
    return isUsable ? [] : { ...condition, problem: 'is not usable' as const };
  });
}

/** The same for people, in one sentence. Values are not quoted: most are secrets. */
export function describeMissing(missing: readonly MissingCondition[]): string {
  return missing.map(({ variable, problem, why }) => `${variable} ${problem} (${why})`).join('; ');
}

/** The source's hosts that a sandbox stands in for. In the sandbox only these may be asked: the others are real. */
export function sandboxedHosts(facts: SourceFacts, sandboxHosts: Readonly<Record<string, string>>): string[] {
  return facts.hosts.filter((host) => sandboxHosts[host] !== undefined);
}

/** How this installation reaches a source: the sandbox when one stands in for it, else live when its conditions hold, else not at all. */
export function crawlVia({ config }: Pick<Ctx, 'config'>, { facts }: Source): 'live' | 'sandbox' | null {
  if (sandboxedHosts(facts, config.sandboxHosts).length > 0) return 'sandbox';
  return missingConditions(facts, config.credentials).length === 0 ? 'live' : null;
}
