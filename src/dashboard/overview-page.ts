/** The first page: what came in, from where, how fresh, what failed. Each piece with a `data-live` name is refreshed by itself. */
import type { SourceFacts } from '../core/source.ts';
import type { SourceOverview } from '../repositories/overview.ts';
import { activityChart } from './activity-chart.ts';
import { ago, count, counted, titleText } from './format.ts';
import { type Html, html } from './html.ts';
import { layout } from './layout.ts';
import type { OverviewData } from './overview-data.ts';
import { outLink, setLine, sourceChip, timeAgo } from './parts.ts';

/** Markup of every living piece by its name; the page is made of them, and `/dashboard.json` sends them again. */
export type LivePieces = Record<string, Html>;

export function livePieces(sources: readonly SourceFacts[], data: OverviewData): LivePieces {
  return {
    ...totals(data),
    freshness: freshness(data),
    activity: activityChart(sources, data.activity),
    sources: html`${data.sources.map((source) => sourceRow(sources, source, data))}`,
    sets: setList(sources, data),
    popular: popularList(data),
    failures: failures(sources, data),
    queues: queueTable(data),
  };
}

export function overviewPage(sources: readonly SourceFacts[], data: OverviewData): string {
  const pieces = livePieces(sources, data);
  const live = (name: string): Html => html`${pieces[name] ?? null}`;
  const body = html`
    <div class="intro"><h1>What was played, by whom, where and when</h1><p class="quiet" data-live="freshness">${live('freshness')}</p></div>
    <section class="tiles" aria-label="Totals">${TILES.map(
      ({ key, label }) => html`<div class="tile"><span class="label">${label}</span>
        <b class="number" data-live="${key}">${live(key)}</b><small data-live="${key}-note">${live(`${key}-note`)}</small></div>`,
    )}</section>
    <section class="card"><h2>What came in</h2><div data-live="activity">${live('activity')}</div></section>
    <section class="card"><h2>From where</h2><div class="scroll"><table class="sources">
      <thead><tr><th>Source</th><th>Share of items</th><th class="right">Documents</th><th class="right">Items</th><th class="right">Sets</th><th class="right">Due</th><th>Last page</th><th>State</th></tr></thead>
      <tbody data-live="sources">${live('sources')}</tbody></table></div></section>
    <div class="columns">
      <section class="card"><h2>Latest sets</h2><div data-live="sets">${live('sets')}</div></section>
      <section class="card"><h2>Most played</h2><div data-live="popular">${live('popular')}</div></section>
    </div>
    <div class="columns">
      <section class="card"><h2>What failed</h2><div data-live="failures">${live('failures')}</div></section>
      <section class="card"><h2>Queues</h2><div data-live="queues">${live('queues')}</div></section>
    </div>`;
  return layout({ title: 'Dashboard', body, live: true, invented: data.invented });
}

const TILES = [
  { key: 'documents', label: 'Documents' },
  { key: 'setlists', label: 'Sets' },
  { key: 'tracks', label: 'Tracks' },
  { key: 'artists', label: 'Artists' },
  { key: 'failed', label: 'Held back' },
];

function totals({ totals: { deadLetters, quarantined, ...all } }: OverviewData): LivePieces {
  return {
    documents: html`${count(all.documents)}`,
    'documents-note': html`${counted(all.items, 'item')} read from them`,
    setlists: html`${count(all.setlists)}`,
    'setlists-note': html`${counted(all.setlistTracks, 'row')} played`,
    tracks: html`${count(all.tracks)}`,
    'tracks-note': html`${counted(all.mentions, 'mention')} by people`,
    artists: html`${count(all.artists)}`,
    'artists-note': html`credited`,
    failed: html`${count(quarantined + deadLetters)}`,
    'failed-note': html`${counted(deadLetters, 'dead job')}, ${counted(quarantined, 'item')}`,
  };
}

function freshness({ sources, generatedAt }: OverviewData): Html {
  const times = sources.flatMap(({ lastFetchedAt }) => (lastFetchedAt === null ? [] : [lastFetchedAt.getTime()]));
  if (times.length === 0)
    return html`Nothing came in yet. <code>musicdb crawl</code> or <code>musicdb import</code> brings the first pages.`;
  const giving = sources.filter(({ documents }) => documents > 0).length;
  return html`${giving} of ${counted(sources.length, 'source')} gave something; the last page came ${ago(new Date(Math.max(...times)), generatedAt)}.`;
}

function sourceRow(
  facts: readonly SourceFacts[],
  source: SourceOverview,
  { sources, generatedAt }: OverviewData,
): Html {
  const all = sources.reduce((sum, { items }) => sum + items, 0);
  const share = all === 0 ? 0 : source.items / all;
  return html`<tr>
    <td><a class="plain" href="/sources/${source.source}">${sourceChip(facts, source.source)}</a></td>
    <td class="share"><svg viewBox="0 0 100 8" preserveAspectRatio="none" aria-hidden="true"><rect class="track" width="100" height="8"/><rect class="fill source-${source.source}" width="${Math.round(share * 1000) / 10}" height="8"/></svg><span class="number">${Math.round(share * 100)} %</span></td>
    <td class="right number">${count(source.documents)}</td>
    <td class="right number">${count(source.items)}</td>
    <td class="right number">${count(source.setlists)}</td>
    <td class="right number">${count(source.due)}</td>
    <td>${source.lastFetchedAt === null ? html`<span class="quiet">never</span>` : timeAgo(source.lastFetchedAt, generatedAt)}</td>
    <td>${stateOf(source, generatedAt)}</td>
  </tr>`;
}

function stateOf({ enabled, breaker, breakerUntil, breakerReason, quarantined }: SourceOverview, now: Date): Html {
  const until = breakerUntil === null ? '' : `, again ${ago(breakerUntil, now)}`;
  if (!enabled) return html`<span class="state off">switched off</span>`;
  if (breaker === 'open')
    return html`<span class="state bad" title="${breakerReason ?? ''}">breaker open${until}</span>`;
  if (breaker === 'half-open') return html`<span class="state warn" title="${breakerReason ?? ''}">trying again</span>`;
  if (quarantined > 0) return html`<span class="state warn">${count(quarantined)} held back</span>`;
  return html`<span class="state good">ready</span>`;
}

function setList(facts: readonly SourceFacts[], { latestSets }: OverviewData): Html {
  if (latestSets.length === 0) return html`<p class="empty">No set yet.</p>`;
  return html`<ul class="list">${latestSets.map((set) => setLine(facts, set))}</ul>`;
}

function popularList({ popular }: OverviewData): Html {
  const most = Math.max(1, ...popular.map(({ plays }) => plays));
  if (popular.length === 0) return html`<p class="empty">No play counted yet.</p>`;
  return html`<ol class="list ranked">${popular.map(
    ({ trackId, artist, title, mixName, plays, lastPlayed }) => html`<li><a class="line" href="/tracks/${trackId}">
      <svg class="behind" viewBox="0 0 100 1" preserveAspectRatio="none" aria-hidden="true"><rect width="${Math.round((plays / most) * 100)}" height="1"/></svg>
      <span class="what"><b>${titleText(title, mixName)}</b><small>${artist}</small></span>
      <span class="side"><b class="number">${count(plays)}</b><small>${lastPlayed}</small></span></a></li>`,
  )}</ol>`;
}

function failures(facts: readonly SourceFacts[], { failureGroups, failures: latest, generatedAt }: OverviewData): Html {
  if (failureGroups.length === 0) return html`<p class="empty good">Nothing is held back.</p>`;
  const place = (what: string, where: string): Html =>
    what === 'quarantine' ? sourceChip(facts, where) : html`<span class="source"><i></i>${where}</span>`;
  return html`<ul class="groups">${failureGroups.map(
    (group) =>
      html`<li><b class="reason-count number">${count(group.count)}</b> <span class="reason">${group.reason}</span>${place(group.what, group.where)}</li>`,
  )}</ul>
  <h3>Latest</h3>
  <ul class="messages">${latest.map(
    (
      failure,
    ) => html`<li><div>${place(failure.what, failure.where)} <span class="reason">${failure.reason}</span> ${timeAgo(failure.at, generatedAt)}</div>
      <p>${failure.message.slice(0, 240)} ${failure.url !== null && outLink(failure.url, 'page')}</p></li>`,
  )}</ul>`;
}

function queueTable({ queues }: OverviewData): Html {
  if (queues === null)
    return html`<p class="fault">Redis does not answer. Nothing is lost: jobs wait in the database.</p>`;
  return html`<div class="scroll"><table class="queues"><thead><tr><th>Queue</th><th class="right">Waiting</th><th class="right">Active</th><th class="right">Delayed</th><th class="right">Failed</th></tr></thead>
    <tbody>${queues.map(
      ({
        name,
        waiting,
        active,
        delayed,
        failed,
        paused,
      }) => html`<tr><td>${name}${paused && html` <span class="state off">paused</span>`}</td>
        ${[waiting, active, delayed].map((number) => html`<td class="right number${number === 0 && html` zero`}">${count(number)}</td>`)}
        <td class="right number ${failed === 0 ? 'zero' : 'bad'}">${count(failed)}</td></tr>`,
    )}</tbody></table></div>`;
}
