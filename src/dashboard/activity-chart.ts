/** Pages that came in over time, stacked by source. */
import type { SourceFacts } from '../core/source.ts';
import { type Column, columnChart, stepsOf } from './column-chart.ts';
import type { Html } from './html.ts';
import type { Activity } from './overview-data.ts';

/** The chart with its choice of ranges; sources stack in the order given. */
export function activityChart(sources: readonly SourceFacts[], activity: Activity): Html {
  return columnChart({
    range: activity.range,
    path: '/',
    of: ['page', 'pages'],
    columns: toColumns(sources, activity),
  });
}

/** Steps without a page are columns too. */
export function toColumns(sources: readonly SourceFacts[], { range, from, cells }: Activity): Column[] {
  return stepsOf(range, from).map((at) => {
    const parts = sources.flatMap(({ name, title }) => {
      const cell = cells.find((one) => one.source === name && one.at.getTime() === at.getTime());
      return cell === undefined ? [] : [{ title, colour: `source-${name}`, pages: cell.pages }];
    });
    return { at, parts };
  });
}
