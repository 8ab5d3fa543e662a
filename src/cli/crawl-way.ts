/** By which way a crawl gets its pages: live, from the sandbox, from an archive; and whether it may begin. */
import { crawlVia, describeMissing, liveAccess, missingAt } from '../../jobs/access.ts';
import type { JobCtx } from '../../jobs/job.ts';
import type { Config } from '../config/config.ts';
import { ConfigError, UsageError } from '../core/errors.ts';
import type { PageRequest } from '../core/parse-result.ts';
import type { Source } from '../core/source.ts';
import { timeArgument } from './arguments.ts';
import { conditionsMissing, whyHeld } from './not-crawled.ts';
import { note } from './output.ts';
import { type ReplayFrom, replayFrom } from './replay-from.ts';

export interface WayOptions {
  readonly live?: boolean;
  readonly sandbox?: boolean;
  readonly from?: string;
  readonly at?: string;
}

export interface Way {
  /** Null when nothing was said: as this installation reaches the source. */
  readonly via: 'live' | 'sandbox' | 'replay' | null;
  /** What a replay reads, null for every other crawl. */
  readonly replay: { readonly place: ReplayFrom; readonly at: Date | null } | null;
}

/** @throws UsageError for options that exclude each other, or that name no archive. */
export async function readWay({ live = false, sandbox = false, from, at }: WayOptions): Promise<Way> {
  if ([live, sandbox, from !== undefined].filter(Boolean).length > 1)
    throw new UsageError('--live, --sandbox and --from exclude each other', {
      hint: 'Say --sandbox for the local stand-in, --live for the real site, --from for an archive.',
    });
  if (at !== undefined && from === undefined)
    throw new UsageError('--at goes with --from', { hint: 'Only an archive can answer as of a time.' });
  const asOf = at === undefined ? null : timeArgument(at, '--at');
  if (from !== undefined) return { via: 'replay', replay: { place: await replayFrom(from), at: asOf } };
  return { via: live ? 'live' : sandbox ? 'sandbox' : null, replay: null };
}

/** How the source is reached. @throws ConfigError when it may not be asked: conditions are missing, it is switched off, its breaker is open. */
export async function enterBy(
  ctx: JobCtx,
  source: Source,
  { via: said, seeds }: { via: Way['via']; seeds: readonly PageRequest[] },
): Promise<NonNullable<Way['via']>> {
  if (said === 'replay') return said;
  const via = said ?? crawlVia(ctx, source);
  if (via === null) throw conditionsMissing(ctx.config, source);
  if (said === null && via === 'live') assertLive(ctx.config, source, seeds);
  const held = await whyHeld(ctx, source, via);
  if (held !== null) throw held;
  return via;
}

/**
 * Of a source whose hosts are not all open: pages of the closed ones are known from now on, and asked for when they are open.
 * @throws ConfigError naming what is missing where there is no other page to begin with.
 */
export function assertLive(config: Config, source: Source, seeds: readonly PageRequest[]): void {
  const { open, closed, missing } = liveAccess(source.facts, config.credentials);
  if (open.length === 0) throw conditionsMissing(config, source);
  const waiting = seeds.map(({ url }) => new URL(url).hostname).filter((host) => closed.includes(host));
  if (waiting.length === 0) return;
  const hosts = [...new Set(waiting)];
  const why = describeMissing(missingAt(hosts, missing));
  if (waiting.length === seeds.length)
    throw new ConfigError(`${source.facts.title} may not be asked at ${hosts.join(', ')} yet: ${why}`, {
      code: 'ACCESS',
      hint: `Set what is missing, or begin at ${open.join(', ')}: ops/runbooks/seeds.md says how.`,
    });
  note(`${waiting.length} of ${seeds.length} pages to begin with wait: ${hosts.join(', ')} is not asked yet: ${why}`);
}
