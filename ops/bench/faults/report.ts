/** The run in words and figures. */
import { table } from '../../../src/cli/output.ts';
import { machineLine } from '../machine.ts';
import type { Finding, Judgement } from './judge.ts';
import type { FaultsRun } from './run.ts';

export function reportLines(run: FaultsRun, pages: number): string[] {
  const { judgement, served, outcomes, politeness } = run;
  const faults = count(served.map(({ fault }) => fault).filter((fault) => fault !== null));
  const bad = Object.values(faults).reduce((sum, one) => sum + one, 0);
  return [
    `${pages} pages asked for, ${served.length} answers served in ${Math.round(run.seconds)} s, ${bad} of them with a fault; ${run.kills} kills; ${run.finished ? 'all work done' : 'STOPPED WITH WORK LEFT'}`,
    '',
    ...verdictLines(judgement),
    found(`ledger violations (of ${politeness.requests} requests)`, {
      count: politeness.violations,
      examples: politeness.said,
    }),
    '',
    block('faults served', faults),
    block('fetches by outcome', outcomes.fetches),
    block('fetches that failed', outcomes.problems),
    block('quarantined by reason', outcomes.quarantined),
    block('requests', outcomes.requests),
    block('items', outcomes.items),
    block('events', outcomes.events),
    block('breakers closed by hand', count(run.closed.map(kindOf))),
    `asked again by hand: ${run.askedAgain.length} times, ${run.askedAgain.join(' + ') || 0} requests`,
    machineLine(new Date()),
  ];
}

/** "applemusic: the source refused us: HTTP 403" of a reason with its evidence. */
function kindOf(reason: string): string {
  return reason.split(/: (?=<|\d+ of )/)[0] ?? reason;
}

function verdictLines({ lost, doubled, falseItems, falseRows, compared }: Judgement): string[] {
  return [
    found('pages lost', lost),
    found('doubled', doubled),
    found(`false items (of ${compared} compared field by field)`, falseItems),
    found('false rows in the catalogue', falseRows),
  ];
}

function found(
  what: string,
  { count: found, examples }: Readonly<Pick<Finding, 'count'>> & { examples: readonly string[] },
): string {
  return [`${what}: ${found}`, ...examples.map((example) => `  ${example}`)].join('\n');
}

function block(title: string, counts: Readonly<Record<string, number>>): string {
  const rows = Object.entries(counts).toSorted(([, a], [, b]) => b - a);
  return rows.length === 0 ? `${title}: none\n` : `${table([title, 'count'], rows)}\n`;
}

function count(names: readonly string[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const name of names) counts[name] = (counts[name] ?? 0) + 1;
  return counts;
}
