/** Numbers over time, a column a step, stacked by part. */
import { count } from './format.ts';
import { type Html, html } from './html.ts';
import { RANGES, type RangeName } from './overview-data.ts';

const WIDTH = 10;
const GAP = 2;
const HEIGHT = 100;

/** One part of a column. */
export interface Part {
  /** Names it on hover. */
  readonly title: string;
  /** Class that gives its colour. */
  readonly colour: string;
  readonly pages: number;
}

export interface Column {
  readonly at: Date;
  readonly parts: readonly Part[];
}

export interface ColumnChart {
  readonly range: RangeName;
  /** Address of the page; the choice of ranges leads to it. */
  readonly path: string;
  /** What the whole is, after its number: "pages". */
  readonly of: readonly [one: string, many: string];
  readonly columns: readonly Column[];
}

export function columnChart({ range, path, of, columns }: ColumnChart): Html {
  const highest = Math.max(1, ...columns.map(total));
  const all = columns.reduce((sum, column) => sum + total(column), 0);
  const noun = all === 1 ? of[0] : of[1];
  return html`<div class="chart-head">
      <p><b class="number">${count(all)}</b> <span class="quiet">${noun} in the last ${RANGES[range].title}</span></p>
      <span class="ranges">${(Object.keys(RANGES) as RangeName[]).map(
        (name) => html`<a href="${path}?range=${name}"${name === range && html` aria-current="true"`}>${name}</a>`,
      )}</span>
    </div>
    <div class="chart">
      <span class="peak number">${highest > 1 && count(highest)}</span>
      <svg viewBox="0 0 ${columns.length * WIDTH} ${HEIGHT}" preserveAspectRatio="none" role="img" aria-label="${count(all)} ${noun} over time">
        ${columns.map((column, n) => drawColumn(column, n, highest))}
      </svg>
    </div>
    <div class="axis">${axis(range).map((label) => html`<span>${label}</span>`)}</div>`;
}

/** Start of every step of a range. */
export function stepsOf(range: RangeName, from: Date): Date[] {
  const { steps, stepSeconds } = RANGES[range];
  return Array.from({ length: steps }, (_, n) => new Date(from.getTime() + n * stepSeconds * 1_000));
}

function drawColumn(column: Column, n: number, highest: number): Html {
  const { at, parts } = column;
  let top = HEIGHT;
  const said = parts.length === 0 ? ['nothing'] : parts.map(({ title, pages }) => `${title}: ${count(pages)}`);
  const title = [`${at.toISOString().slice(0, 16).replace('T', ' ')} UTC`, ...said].join('\n');
  const bars = parts.map(({ colour, pages }) => {
    const height = (pages / highest) * HEIGHT;
    top -= height;
    return html`<rect class="fill ${colour}" x="${n * WIDTH + GAP / 2}" y="${round(top)}" width="${WIDTH - GAP}" height="${round(height)}"/>`;
  });
  const rest =
    total(column) === 0 &&
    html`<rect class="rest" x="${n * WIDTH + GAP / 2}" y="${HEIGHT - 1}" width="${WIDTH - GAP}" height="1"/>`;
  return html`<g><rect class="hit" x="${n * WIDTH}" y="0" width="${WIDTH}" height="${HEIGHT}"/>${rest}${bars}<title>${title}</title></g>`;
}

function total({ parts }: Column): number {
  return parts.reduce((sum, { pages }) => sum + pages, 0);
}

function axis(range: RangeName): string[] {
  if (range === '1h') return ['60 min ago', '45', '30', '15', 'now'];
  return range === '24h' ? ['24 h ago', '18', '12', '6', 'now'] : ['30 days ago', '20', '10', 'today'];
}

function round(number: number): number {
  return Math.round(number * 100) / 100;
}
