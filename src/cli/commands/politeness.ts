/**
 * `musicdb politeness`: `verify` proves from the ledger that no robots rule, delay, quota or request to wait was broken (exit 1 when one was);
 * `show` says what each site's gate waits for.
 */
import { loadAllSources } from '../../../spiders/registry.ts';
import { UsageError } from '../../core/errors.ts';
import { countViolations, type Verification, verifyPoliteness } from '../../fetching/verify-politeness.ts';
import { type GateNow, listGates } from '../../repositories/politeness-evidence.ts';
import { sourceArgument, timeArgument } from '../arguments.ts';
import { type CommonOptions, counted, printJson, printLine, table } from '../output.ts';
import { withServices } from '../with-services.ts';

interface Options extends CommonOptions {
  readonly source?: string;
  readonly since?: string;
  readonly data?: string;
}

const ACTIONS: Readonly<Record<string, (options: Options) => Promise<number>>> = { verify: runVerify, show: runShow };

export async function run([action = '']: string[], options: Options): Promise<number> {
  const known = Object.hasOwn(ACTIONS, action) ? ACTIONS[action] : undefined;
  if (known === undefined)
    throw new UsageError(`unknown action "${action}"`, { hint: `Known: ${Object.keys(ACTIONS).join(', ')}.` });
  return known(options);
}

async function runVerify({ source, since, data, json }: Options): Promise<number> {
  const chosen = source === undefined ? null : sourceArgument(source);
  const from = since === undefined ? null : timeArgument(since, '--since');
  const facts = (await loadAllSources()).map((one) => one.facts);
  return withServices({ role: 'politeness', data, mayStart: true }, async ({ db, archive }) => {
    const verification = await verifyPoliteness({ db, archive, facts, since: from, source: chosen });
    if (json) printJson(verification);
    else printVerification(verification);
    return countViolations(verification) > 0 ? 1 : 0;
  });
}

/** Who has just imported or replayed would take an empty ledger for a fault, or for proof. */
const WHO_ENTERS = 'crawls are recorded, of the network and of the sandbox; import and replay ask nobody';

function printVerification(verification: Verification): void {
  const { requests, sources, violations } = verification;
  if (requests === 0 && violations.length === 0) {
    printLine(`no requests in the ledger: nothing to prove (${WHO_ENTERS})`);
    return;
  }
  printLine(
    table(
      ['source', 'via', 'requests', 'robots', 'redirects', 'resources', 'unsettled', 'violations'],
      sources.map((s) => [s.source, s.via, s.requests, s.robots, s.redirects, s.resources, s.unsettled, s.violations]),
    ),
  );
  for (const { rule, source, via, ids, at, message } of violations)
    printLine(`${at}  ${source} (${via})  ${rule}: ${message} [ledger ${ids.join(', ')}]`);
  const told = countViolations(verification);
  printLine(told === 0 ? `${counted(requests, 'request')}: nothing was broken` : counted(told, 'violation'));
}

async function runShow({ source, data, json }: Options): Promise<number> {
  const chosen = source === undefined ? null : sourceArgument(source);
  return withServices({ role: 'politeness', data, mayStart: false }, async ({ db, clock }) => {
    const gates = await listGates(db, chosen);
    if (json) printJson({ gates });
    else if (gates.length === 0) printLine(`no gate has been passed yet (${WHO_ENTERS})`);
    else
      printLine(
        table(
          ['source', 'via', 'host', 'credential', 'last request', 'delay ms', 'waits for'],
          gates.map((g) => [
            ...[g.source, g.via, g.host, g.credential, g.lastRequestAt?.toISOString() ?? null, g.delayMs],
            waitsFor(g, clock.now()),
          ]),
        ),
      );
    return 0;
  });
}

function waitsFor({ pausedUntil, pauseReason, quotaUntil, quotaReason }: GateNow, now: Date): string {
  const waits = [
    { until: pausedUntil, reason: pauseReason },
    { until: quotaUntil, reason: quotaReason },
  ];
  return waits
    .flatMap(({ until, reason }) => (until !== null && until > now ? [`${until.toISOString()} (${reason})`] : []))
    .join('; ');
}
