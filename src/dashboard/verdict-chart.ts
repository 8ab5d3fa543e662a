/** Answers of one source over time, stacked by what they were: data, nothing, trouble, refusals. */
import type { Verdict } from '../core/verdicts.ts';
import type { VerdictCell } from '../repositories/source-detail.ts';
import { columnChart, stepsOf } from './column-chart.ts';
import { type Html, html } from './html.ts';
import type { RangeName } from './overview-data.ts';

interface Group {
  readonly name: string;
  readonly verdicts: readonly Verdict[];
}

/** From the bottom of a column to its top. */
const GROUPS: Readonly<Record<'data' | 'nothing' | 'trouble' | 'refusal', Group>> = {
  data: { name: 'data', verdicts: ['ok', 'moved'] },
  nothing: { name: 'nothing there', verdicts: ['empty', 'unchanged', 'not-found', 'gone'] },
  trouble: {
    name: 'trouble',
    verdicts: ['throttled', 'truncated', 'unreadable', 'soft-error', 'source-outage', 'unfetchable'],
  },
  refusal: { name: 'refused or in doubt', verdicts: ['block', 'decoy', 'layout-drift'] },
};

export interface VerdictsOverTime {
  readonly range: RangeName;
  readonly from: Date;
  readonly cells: readonly VerdictCell[];
}

/** Class of a verdict's colour, the same in chart, legend and lists. */
export function verdictClass(verdict: Verdict): string {
  return `verdict-${Object.entries(GROUPS).find(([, { verdicts }]) => verdicts.includes(verdict))?.[0] ?? 'trouble'}`;
}

export function verdictChart(source: string, { range, from, cells }: VerdictsOverTime): Html {
  const order = Object.values(GROUPS).flatMap(({ verdicts }) => verdicts);
  const columns = stepsOf(range, from).map((at) => {
    const ofStep = cells
      .filter((cell) => cell.at.getTime() === at.getTime())
      .sort((a, b) => order.indexOf(a.verdict) - order.indexOf(b.verdict));
    const parts = ofStep.map(({ verdict, pages }) => ({ title: verdict, colour: verdictClass(verdict), pages }));
    return { at, parts };
  });
  const legend = Object.entries(GROUPS).map(([key, { name }]) => html`<li class="verdict-${key}"><i></i>${name}</li>`);
  return html`${columnChart({ range, path: `/sources/${source}`, of: ['answer', 'answers'], columns })}<ul class="legend">${legend}</ul>`;
}
