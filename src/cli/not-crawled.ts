/**
 * Why nothing of a source may be asked now: its conditions are missing, it is switched off, or its breaker is open. One answer for `crawl` and
 * `rescrape`, which are refused with it before they begin, and for the summary of `up`, where it is a line.
 */
import { crawlVia, describeMissing, liveAccess, whyOtherWeb } from '../../jobs/access.ts';
import type { JobCtx } from '../../jobs/job.ts';
import type { Config } from '../config/config.ts';
import { ConfigError } from '../core/errors.ts';
import type { Source } from '../core/source.ts';
import { type BreakerKey, mayRun, readSourceState, type SourceState } from '../repositories/source-states.ts';

type Facts = Pick<Source, 'facts'>;

/** Null when it may be asked, one host of it at least, as this installation reaches it. */
export async function whyNotCrawled(
  ctx: Pick<JobCtx, 'config' | 'db' | 'clock'>,
  source: Facts,
): Promise<ConfigError | null> {
  const via = crawlVia(ctx, source);
  return via === null ? conditionsMissing(ctx.config, source) : whyHeld(ctx, source, via);
}

/**
 * Null when it is switched on, its breaker lets a request pass, be it the one that tries, and nothing of it came from the other of site and
 * sandbox, which are held each by a breaker of its own.
 */
export async function whyHeld(
  { db, clock }: Pick<JobCtx, 'db' | 'clock'>,
  source: Facts,
  via: BreakerKey['via'],
): Promise<ConfigError | null> {
  const otherWeb = await whyOtherWeb({ db }, source, via);
  if (otherWeb !== null) return otherWeb;
  const state = await readSourceState(db, source.facts.name, via);
  if (mayRun(state, clock.now())) return null;
  return state.enabled ? breakerOpen(source, state) : switchedOff(source);
}

export function conditionsMissing({ credentials }: Pick<Config, 'credentials'>, { facts }: Facts): ConfigError {
  const { missing } = liveAccess(facts, credentials);
  return new ConfigError(`${facts.title} may not be crawled live yet: ${describeMissing(missing)}`, {
    code: 'ACCESS',
    hint: 'Set what is missing, or crawl the local stand-in with --sandbox.',
  });
}

function switchedOff({ facts }: Facts): ConfigError {
  return new ConfigError(`${facts.title} is switched off: nothing is asked of it`, {
    code: 'SOURCE_OFF',
    hint: `\`musicdb source enable ${facts.name}\` switches it on.`,
  });
}

function breakerOpen({ facts }: Facts, { breakerUntil, breakerReason, trialUntil }: SourceState): ConfigError {
  const until = breakerUntil ?? trialUntil;
  const when = until === null ? 'until a person closes it' : `until ${until.toISOString()}`;
  const wait = until === null ? '' : 'Wait, one request then tries; or ';
  return new ConfigError(`the breaker of ${facts.title} is open ${when}: ${breakerReason ?? 'no reason given'}`, {
    code: 'BREAKER_OPEN',
    hint: `${wait}${wait === '' ? 'Look' : 'look'} at the reason (\`musicdb source show ${facts.name}\`), and close it with \`musicdb source enable ${facts.name}\`.`,
  });
}
