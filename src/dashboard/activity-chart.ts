/** Pages that came in over time, a column a step, stacked by source. */
import type { SourceFacts } from '../core/source.ts';
import { count, counted } from './format.ts';
import { type Html, html } from './html.ts';
import { type Activity, RANGES, type RangeName } from './overview-data.ts';
import { sourceTitle } from './parts.ts';

const WIDTH = 10;
const GAP = 2;
const HEIGHT = 100;

interface Column {
  readonly at: Date;
  readonly total: number;
  readonly parts: readonly { source: string; pages: number }[];
}

/** The chart with its choice of ranges; sources stack in the order given. */
export function activityChart(sources: readonly SourceFacts[], activity: Activity): Html {
  const columns = toColumns(sources, activity);
  const highest = Math.max(1, ...columns.map(({ total }) => total));
  const pages = columns.reduce((sum, { total }) => sum + total, 0);
  return html`<div class="chart-head">
      <p><b class="number">${count(pages)}</b> <span class="quiet">${pages === 1 ? 'page' : 'pages'} in the last ${RANGES[activity.range].title}</span></p>
      <span class="ranges">${(Object.keys(RANGES) as RangeName[]).map(
        (name) => html`<a href="/?range=${name}"${name === activity.range && html` aria-current="true"`}>${name}</a>`,
      )}</span>
    </div>
    <div class="chart">
      <span class="peak number">${highest > 1 && count(highest)}</span>
      <svg viewBox="0 0 ${columns.length * WIDTH} ${HEIGHT}" preserveAspectRatio="none" role="img" aria-label="${counted(pages, 'page')} over time, by source">
        ${columns.map((column, n) => drawColumn(sources, column, n, highest))}
      </svg>
    </div>
    <div class="axis">${axis(activity.range).map((label) => html`<span>${label}</span>`)}</div>`;
}

/** Steps without a page are columns too. */
export function toColumns(sources: readonly SourceFacts[], { range, from, cells }: Activity): Column[] {
  const { steps, stepSeconds } = RANGES[range];
  return Array.from({ length: steps }, (_, n) => {
    const at = new Date(from.getTime() + n * stepSeconds * 1000);
    const parts = sources.flatMap(({ name }) => {
      const cell = cells.find((one) => one.source === name && one.at.getTime() === at.getTime());
      return cell === undefined ? [] : [{ source: name, pages: cell.pages }];
    });
    return { at, parts, total: parts.reduce((sum, { pages }) => sum + pages, 0) };
  });
}

function drawColumn(sources: readonly SourceFacts[], { at, parts, total }: Column, n: number, highest: number): Html {
  let top = HEIGHT;
  const said = parts.map(({ source, pages }) => `${sourceTitle(sources, source)}: ${count(pages)}`);
  const title = [`${at.toISOString().slice(0, 16).replace('T', ' ')} UTC`, ...(total === 0 ? ['nothing'] : said)].join(
    '\n',
  );
  const bars = parts.map(({ source, pages }) => {
    const height = (pages / highest) * HEIGHT;
    top -= height;
    return html`<rect class="fill source-${source}" x="${n * WIDTH + GAP / 2}" y="${round(top)}" width="${WIDTH - GAP}" height="${round(height)}"/>`;
  });
  const rest =
    total === 0 &&
    html`<rect class="rest" x="${n * WIDTH + GAP / 2}" y="${HEIGHT - 1}" width="${WIDTH - GAP}" height="1"/>`;
  return html`<g><rect class="hit" x="${n * WIDTH}" y="0" width="${WIDTH}" height="${HEIGHT}"/>${rest}${bars}<title>${title}</title></g>`;
}

function axis(range: RangeName): string[] {
  if (range === '1h') return ['60 min ago', '45', '30', '15', 'now'];
  return range === '24h' ? ['24 h ago', '18', '12', '6', 'now'] : ['30 days ago', '20', '10', 'today'];
}

function round(number: number): number {
  return Math.round(number * 100) / 100;
}
