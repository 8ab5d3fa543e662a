/** Which of a source's hosts may be asked over the network: its facts against what the operator has set. */
import { loadAllSources } from '../spiders/registry.ts';
import { ConfigError } from '../src/core/errors.ts';
import type { AccessCondition, Source, SourceFacts } from '../src/core/source.ts';
import type { Credentials } from '../src/core/tokens.ts';
import type { Ctx } from '../src/platform/context.ts';
import type { SourceHost } from '../src/repositories/frontier.ts';
import { readWeb } from '../src/repositories/page-yields.ts';

export interface MissingCondition extends AccessCondition {
  readonly problem: 'is not set' | 'is not usable';
}

/** What of a source may run live. It runs when a host is open; requests of the closed ones wait until the missing conditions hold. */
export interface LiveAccess {
  readonly open: readonly string[];
  readonly closed: readonly string[];
  /** In the order the source names them; empty when all of it may run. */
  readonly missing: readonly MissingCondition[];
}

export function liveAccess(facts: SourceFacts, credentials: Credentials): LiveAccess {
  const missing = missingConditions(facts, credentials);
  const { open = [], closed = [] } = Object.groupBy(facts.hosts, (host) =>
    missingAt([host], missing).length === 0 ? 'open' : 'closed',
  );
  return { open, closed, missing };
}

function missingConditions(facts: SourceFacts, credentials: Credentials): MissingCondition[] {
  return facts.conditions.flatMap((condition) => {
    const value = credentials[condition.variable] ?? '';
    if (value === '') return { ...condition, problem: 'is not set' as const };
    const isUsable = condition.pattern === undefined || new RegExp(condition.pattern).test(value);
    return isUsable ? [] : { ...condition, problem: 'is not usable' as const };
  });
}

/** Those that one of these hosts waits for. */
export function missingAt(hosts: readonly string[], missing: readonly MissingCondition[]): MissingCondition[] {
  return missing.filter(({ hosts: only }) => only === undefined || only.some((host) => hosts.includes(host)));
}

/** The same for people, in one sentence. Values are not quoted: most are secrets. */
export function describeMissing(missing: readonly MissingCondition[]): string {
  return missing.map(({ variable, problem, why }) => `${variable} ${problem} (${why})`).join('; ');
}

/** The source's hosts that a sandbox stands in for. In the sandbox only these may be asked: the others are real. */
export function sandboxedHosts(facts: SourceFacts, sandboxHosts: Readonly<Record<string, string>>): string[] {
  return facts.hosts.filter((host) => sandboxHosts[host] !== undefined);
}

/** How this installation reaches a source: the sandbox when one stands in for it, else live when a host is open, else not at all. */
export function crawlVia({ config }: Pick<Ctx, 'config'>, { facts }: Pick<Source, 'facts'>): 'live' | 'sandbox' | null {
  if (sandboxedHosts(facts, config.sandboxHosts).length > 0) return 'sandbox';
  return liveAccess(facts, config.credentials).open.length > 0 ? 'live' : null;
}

/**
 * A database holds the sandbox's pages of a source or the real site's, never both: links that the sandbox made up would be asked of the real
 * site. Null when this way may be gone.
 */
export async function whyOtherWeb(
  { db }: Pick<Ctx, 'db'>,
  { facts }: Pick<Source, 'facts'>,
  via: 'live' | 'sandbox',
): Promise<ConfigError | null> {
  const web = await readWeb(db, facts.name);
  if (web === null || web === via) return null;
  const [held, wanted] = web === 'sandbox' ? ['the sandbox', 'the real site'] : ['the real site', 'the sandbox'];
  return new ConfigError(`this database holds pages of ${facts.title} from ${held}; ${wanted} is not crawled into it`, {
    code: 'OTHER_WEB',
    hint: 'Use another folder (--data DIR), or another DATABASE_URL.',
  });
}

/** The source's hosts whose requests wait for settings, however they came into the frontier. Sandbox and archive want none. */
export function closedHosts(
  { config }: Pick<Ctx, 'config'>,
  { facts }: Pick<Source, 'facts'>,
  via: 'live' | 'sandbox' | 'replay' | null,
): readonly string[] {
  return via === 'sandbox' || via === 'replay' ? [] : liveAccess(facts, config.credentials).closed;
}

/** Those of all sources, each reached as this installation reaches it. */
export async function allClosedHosts(ctx: Pick<Ctx, 'config'>): Promise<SourceHost[]> {
  const sources = await loadAllSources();
  return sources.flatMap((source) =>
    closedHosts(ctx, source, crawlVia(ctx, source)).map((host) => ({ source: source.facts.name, host })),
  );
}
