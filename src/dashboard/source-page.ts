/** One source at work: what came in, whether it lets us, what was refused, what its pages hold, what waits, and the rules that hold for it. */
import type { SourceFacts } from '../core/source.ts';
import type { PageYield } from '../repositories/page-yields.ts';
import type { SourceDetail, Trouble, VerdictCount } from '../repositories/source-detail.ts';
import { ago, count, counted } from './format.ts';
import { type Html, html } from './html.ts';
import { layout } from './layout.ts';
import { outLink, sourceChip, timeAgo } from './parts.ts';
import { type VerdictsOverTime, verdictChart, verdictClass } from './verdict-chart.ts';

/** What of a source may run live. */
export interface SourceAccess {
  /** Hosts that may be asked. */
  readonly open: readonly string[];
  /** Conditions that are missing before the others are, in words. */
  readonly missing: readonly string[];
  /** Hosts whose requests wait for that; none where a sandbox stands in. */
  readonly waitingHosts: readonly string[];
}

export interface SourcePageParts {
  readonly facts: SourceFacts;
  readonly sources: readonly SourceFacts[];
  readonly detail: SourceDetail;
  readonly overTime: VerdictsOverTime;
  readonly access: SourceAccess;
  /** Whether pages of the sandbox are among what came in. */
  readonly invented: boolean;
  readonly now: Date;
}

export function sourcePage(parts: SourcePageParts): string {
  const { facts, sources, detail, overTime, now } = parts;
  const body = html`
    <div class="intro"><p class="crumb">${sourceChip(sources, facts.name)}</p><h1>${facts.title}</h1>
      <p class="quiet">${stateLine(detail, now)}</p></div>
    ${breakerNote(detail, now)}
    ${waitingNote(parts)}
    ${alarmNote(detail.yields)}
    <section class="tiles four" aria-label="Requests">${tiles(parts)}</section>
    <section class="card"><h2>What came in</h2>${verdictChart(facts.name, overTime)}</section>
    <div class="columns">
      <section class="card"><h2>Answers by verdict</h2>${verdictTable(detail.verdicts, now)}</section>
      <section class="card"><h2>What its pages hold</h2>${yieldTable(detail.yields)}</section>
    </div>
    <section class="card"><h2>Refusals and trouble</h2>${troubleList(detail.troubles, now)}</section>
    <div class="columns">
      <section class="card"><h2>What happened</h2>${eventList(detail, now)}</section>
      <section class="card"><h2>Rules</h2>${rules(parts)}</section>
    </div>`;
  return layout({ title: facts.title, body, invented: parts.invented });
}

function stateLine({ verdicts }: SourceDetail, now: Date): Html {
  const latest = Math.max(...verdicts.map(({ latestAt }) => latestAt.getTime()));
  return verdicts.length === 0
    ? html`Nothing came in within 30 days.`
    : html`The last answer came ${ago(new Date(latest), now)}.`;
}

/** Why nothing, or only one request, is asked of it now. */
function breakerNote({ state, pauses }: SourceDetail, now: Date): Html {
  const { enabled, breaker, breakerUntil, breakerReason, breakerDocument } = state;
  const page =
    breakerDocument === null ? null : html` <a href="/documents/${breakerDocument}">The page that shows it</a>`;
  if (!enabled)
    return note('off', html`<b>Switched off.</b> Nothing is asked until <code>musicdb source enable</code>.`);
  if (breaker === 'half-open')
    return note('warn', html`<b>Trying again with one request.</b> It was stopped: ${breakerReason}.${page}`);
  if (breaker === 'open') {
    const when =
      breakerUntil === null
        ? 'until a person closes it'
        : breakerUntil <= now
          ? 'until the next request tries'
          : `tried again ${ago(breakerUntil, now)}`;
    return note('bad', html`<b>Circuit breaker open, ${when}.</b> ${breakerReason}.${page}`);
  }
  return html`${pauses.map(({ host, until, reason }) => note('warn', html`<b>${host} asked us to wait</b>, again ${ago(until, now)}: ${reason}`))}`;
}

function waitingNote({ access, detail }: SourcePageParts): Html | null {
  const { waiting } = detail.requests;
  if (waiting === 0) return null;
  const verb = waiting === 1 ? 'waits' : 'wait';
  return note(
    'warn',
    html`<b>${counted(waiting, 'request')} to ${access.waitingHosts.join(', ')} ${verb} for settings.</b> ${access.missing.join('; ')}`,
  );
}

function alarmNote(yields: readonly PageYield[]): Html | null {
  const alarms = yields.filter(({ alarmSince }) => alarmSince !== null);
  if (alarms.length === 0) return null;
  const words = alarms.map(({ kind, measure }) => `${measure} of ${kind} pages`).join(', ');
  return note(
    'bad',
    html`<b>The layout may have changed:</b> ${words} vanished from the latest pages. Pages that lack what they must say are held back.`,
  );
}

function note(tone: 'off' | 'warn' | 'bad', text: Html): Html {
  return html`<p class="note ${tone}" role="status"><span>${text}</span></p>`;
}

function tiles({ facts, detail }: SourcePageParts): Html {
  const { requests, liveToday } = detail;
  const { due = 0, leased = 0, failed = 0, done = 0, gone = 0, dueNow } = requests;
  const { perDay } = facts.limits;
  const tile = (label: string, value: number, small: string) =>
    html`<div class="tile"><span class="label">${label}</span><b class="number">${count(value)}</b><small>${small}</small></div>`;
  return html`${tile('Due', due, `${count(dueNow)} of them now`)}${tile('Leased', leased, 'being asked for')}
    ${tile('Done', done, `${count(gone)} gone, ${count(failed)} failed`)}
    ${tile('Live today', liveToday, perDay === null ? 'no daily limit is named' : `of ${count(perDay)} in 24 hours`)}`;
}

function verdictTable(verdicts: readonly VerdictCount[], now: Date): Html {
  if (verdicts.length === 0) return html`<p class="empty">No answer yet.</p>`;
  return html`<div class="scroll"><table><thead><tr><th>Verdict</th><th class="right">24 hours</th><th class="right">30 days</th><th>Latest</th></tr></thead>
    <tbody>${verdicts.map(
      ({
        verdict,
        today,
        month,
        latestAt,
      }) => html`<tr><td><span class="verdict ${verdictClass(verdict)}"><i></i>${verdict}</span></td>
        <td class="right number${today === 0 && html` zero`}">${count(today)}</td><td class="right number">${count(month)}</td><td>${timeAgo(latestAt, now)}</td></tr>`,
    )}</tbody></table></div>`;
}

/** Fields by kind of page: what they usually say beside what they said lately. */
function yieldTable(yields: readonly PageYield[]): Html {
  if (yields.length === 0) return html`<p class="empty">No page has been measured yet.</p>`;
  return html`${[...Map.groupBy(yields, ({ kind }) => kind)].map(([kind, measures]) => {
    const items = measures.find(({ measure }) => measure === 'items');
    const fields = measures.filter(({ measure }) => measure !== 'items');
    return html`<h3>${kind} <small>${items === undefined ? '' : `${mean(items.recent)} a page lately, usually ${mean(items.usual)}`}</small></h3>
      <ul class="yields">${fields.map(yieldBar)}</ul>`;
  })}`;
}

function yieldBar({ measure, usual, recent, alarmSince }: PageYield): Html {
  const percent = (share: number) => Math.round(Math.min(1, share) * 100);
  return html`<li class="${alarmSince === null ? 'fine' : 'alarm'}" title="usually ${percent(usual)} %"><span>${measure}</span>
    <svg viewBox="0 0 100 8" preserveAspectRatio="none" aria-hidden="true"><rect class="track" width="100" height="8"/><rect class="now" width="${percent(recent)}" height="8"/><rect class="usual" x="${Math.max(0, percent(usual) - 1)}" width="1" height="8"/></svg>
    <b class="number">${percent(recent)} %</b></li>`;
}

/** Troubles shown at once; the rest unfold. */
const TROUBLES_AT_FIRST = 5;

function troubleList(troubles: readonly Trouble[], now: Date): Html {
  if (troubles.length === 0) return html`<p class="empty good">Nothing was refused, and nothing failed.</p>`;
  const lines = troubles.map((trouble) => troubleLine(trouble, now));
  const rest = lines.slice(TROUBLES_AT_FIRST);
  return html`<ul class="messages">${lines.slice(0, TROUBLES_AT_FIRST)}</ul>
    ${rest.length > 0 && html`<details><summary>${rest.length} more</summary><ul class="messages">${rest}</ul></details>`}`;
}

function troubleLine({ at, verdict, kind, url, reason, document }: Trouble, now: Date): Html {
  return html`<li><div><span class="verdict ${verdictClass(verdict)}"><i></i>${verdict}</span>
      <span class="quiet">${kind}</span> ${document !== null && html`<a href="/documents/${document}">what came</a>`} ${timeAgo(at, now)}</div>
    <p class="break">${(reason ?? '').slice(0, 240)}</p><p class="one-line" title="${url}">${url}</p></li>`;
}

function eventList({ events }: SourceDetail, now: Date): Html {
  if (events.length === 0) return html`<p class="empty">Nothing out of the ordinary.</p>`;
  return html`<ul class="messages">${events.map(
    ({ at, name, detail }) => html`<li><div><span class="reason">${name}</span> ${timeAgo(at, now)}</div>
      <p class="break">${String(detail.reason ?? detail.measure ?? detail.by ?? detail.openedFor ?? '').slice(0, 240)}</p></li>`,
  )}</ul>`;
}

function rules({ facts, access }: SourcePageParts): Html {
  const { terms, limits, accessMode, experimental } = facts;
  const line = (label: string, text: Html | string | null) =>
    text !== null && html`<div><dt>${label}</dt><dd>${text}</dd></div>`;
  const { open, missing } = access;
  const live = html`${open.length > 0 && html`<span class="state good">may run live${missing.length > 0 && `, ${open.join(', ')}`}</span>`}
    ${missing.length > 0 && html`<ul class="missing">${missing.map((one) => html`<li>${one}</li>`)}</ul>`}`;
  return html`<dl class="facts">
    ${line('Live', live)}
    ${line('Access', `${accessMode}${experimental ? ', experimental' : ''}`)}
    ${line('Pace', `one request in ${limits.minDelayMs / 1000} s, ${counted(limits.maxConcurrency, 'request')} at a time${limits.perDay === null ? '' : `, ${count(limits.perDay)} a day`}`)}
    ${line('Terms', html`${terms.summary} ${terms.url !== null && outLink(terms.url, 'Read them')}`)}
    ${line('Licence', terms.licence)}
    ${line('Credit', terms.attribution)}
    ${line('Reads', facts.pageKinds.join(', '))}
    ${facts.gaps.map((gap) => line('Does not read', gap))}
  </dl>`;
}

function mean(number: number): string {
  return (Math.round(number * 10) / 10).toLocaleString('en-US');
}
