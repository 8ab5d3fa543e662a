/** A source in lines for people: its facts, and how it does. */
import { describeMissing, type LiveAccess, liveAccess, missingAt } from '../../jobs/access.ts';
import type { SourceFacts } from '../core/source.ts';
import type { Credentials } from '../core/tokens.ts';
import type { PastEvent } from '../repositories/events.ts';
import type { SourceDetail } from '../repositories/source-detail.ts';
import { counted, table } from './output.ts';

export interface FactsAndAccess extends SourceFacts {
  /** `allowed` where a host is open, if not all of them. */
  readonly live: LiveAccess & { readonly allowed: boolean };
}

export function withAccess(facts: SourceFacts, credentials: Credentials): FactsAndAccess {
  const live = liveAccess(facts, credentials);
  return { ...facts, live: { allowed: live.open.length > 0, ...live } };
}

/** What holds of it whether it runs or not. */
export function factLines({ live, ...facts }: FactsAndAccess): string[] {
  const { limits, terms } = facts;
  const optional = (label: string, text: string | null): string[] => (text === null ? [] : [`  ${label} ${text}`]);
  const perDay = limits.perDay === null ? '' : `, ${limits.perDay} a day`;
  const windows = limits.windows.map(
    ({ requests, perMs, host }) => `, ${requests} in ${perMs / 1000} s${host === null ? '' : ` at ${host}`}`,
  );
  return [
    `${facts.name}  ${facts.title} (${facts.accessMode}${facts.experimental ? ', experimental' : ''})`,
    `  reads     ${facts.pageKinds.join(', ')}`,
    `  limits    one request in ${limits.minDelayMs / 1000} s, ${limits.maxConcurrency} at a time${windows.join('')}${perDay}`,
    `  robots    ${facts.robots.policy === 'obey' ? 'obeyed' : 'not consulted'}: ${facts.robots.why}`,
    `  terms     ${terms.summary}${terms.url === null ? '' : ` (${terms.url})`}`,
    ...optional('licence  ', terms.licence),
    ...optional('credit   ', terms.attribution),
    ...facts.gaps.map((gap) => `  not read  ${gap}`),
    ...accessLines(live),
  ];
}

function accessLines(live: LiveAccess): string[] {
  const { open, closed } = live;
  const yes =
    open.length === 0 ? [] : [closed.length === 0 ? '  live      yes' : `  live      yes, at ${open.join(', ')}`];
  return [...yes, ...missingLines(live).map((line) => `  live      not yet${open.length > 0 ? ', ' : ': '}${line}`)];
}

/** One for each condition that is missing; with the hosts it is for, where others are open. */
export function missingLines({ open, closed, missing }: LiveAccess): string[] {
  return missing.map((condition) => {
    const hosts = closed.filter((host) => missingAt([host], [condition]).length > 0);
    return `${open.length > 0 ? `at ${hosts.join(', ')}: ` : ''}${describeMissing([condition])}`;
  });
}

/** What it does at the moment. */
export function workLines(facts: SourceFacts, detail: SourceDetail, now: Date): string[] {
  const { requests, liveToday } = detail;
  const { due = 0, leased = 0, failed = 0, done = 0, gone = 0, dueNow, waiting } = requests;
  const perDay = facts.limits.perDay;
  return [
    `  switch    ${detail.state.enabled ? 'on' : 'off'}`,
    `  breaker   ${breakerText(detail.state, now)}`,
    `  requests  ${due} due (${dueNow} now${waiting > 0 ? `, ${waiting} wait for settings` : ''}), ${leased} leased, ${done} done, ${gone} gone, ${failed} failed`,
    `  quota     ${liveToday} live requests in 24 hours${perDay === null ? '' : ` of ${perDay}`}`,
    ...detail.pauses.map(({ host, until, reason }) => `  pause     ${host} until ${until.toISOString()}: ${reason}`),
    ...alarmLines(detail),
    '',
    ...verdictLines(detail),
    ...eventLines(detail.events),
  ];
}

function breakerText(
  { breaker, breakerUntil, breakerReason, breakerDocument }: SourceDetail['state'],
  now: Date,
): string {
  if (breaker === 'closed') return 'closed';
  const document = breakerDocument === null ? '' : ` (document ${breakerDocument})`;
  if (breaker === 'half-open') return `half-open: one request tries; it was opened for: ${breakerReason}${document}`;
  const until = breakerUntil === null ? 'until `musicdb source enable`' : untilText(breakerUntil, now);
  return `open ${until}: ${breakerReason}${document}`;
}

function untilText(until: Date, now: Date): string {
  return until <= now ? 'until the next request, which tries' : `until ${until.toISOString()}`;
}

function alarmLines({ yields }: SourceDetail): string[] {
  return yields
    .filter(({ alarmSince }) => alarmSince !== null)
    .map(
      ({ kind, measure, usual, recent }) =>
        `  alarm     ${kind}: "${measure}" fell from ${usual.toFixed(2)} to ${recent.toFixed(2)} a page: the layout may have changed`,
    );
}

function verdictLines({ verdicts }: SourceDetail): string[] {
  if (verdicts.length === 0) return ['nothing came in within 30 days'];
  const rows = verdicts.map(({ verdict, today, month, latestAt }) => [verdict, today, month, latestAt.toISOString()]);
  return [table(['verdict', '24 hours', '30 days', 'latest'], rows)];
}

function eventLines(events: readonly PastEvent[]): string[] {
  if (events.length === 0) return [];
  const lines = events.map(({ at, name, detail }) =>
    `${at.toISOString()}  ${name}  ${String(detail.reason ?? detail.measure ?? detail.by ?? '')}`.trimEnd(),
  );
  return ['', counted(events.length, 'latest event'), ...lines];
}
