import { expect, it } from 'vitest';
import { loadAllSources } from '../../spiders/registry.ts';
import { activityChart, toColumns } from './activity-chart.ts';
import { rangeSince } from './overview-data.ts';

const sources = (await loadAllSources()).map(({ facts }) => facts);
const from = new Date('2026-11-20T11:00:00Z');
const at = (minute: number): Date => new Date(from.getTime() + minute * 60_000);
const cells = [
  { at: at(3), source: 'reddit', pages: 5 },
  { at: at(3), source: 'mixesdb', pages: 7 },
  { at: at(59), source: 'gone-since', pages: 1 },
];

it('every step is a column, stacked in the order of the sources', () => {
  const columns = toColumns(sources, { range: '1h', from, cells });
  expect(columns).toHaveLength(60);
  expect(columns[3]).toEqual({
    at: at(3),
    parts: [
      { title: 'MixesDB', colour: 'source-mixesdb', pages: 7 },
      { title: 'Reddit', colour: 'source-reddit', pages: 5 },
    ],
  });
  expect(columns[4]?.parts).toEqual([]);
});

it('the chart says its total, its highest column and the chosen range', () => {
  const { markup } = activityChart(sources, { range: '1h', from, cells });
  expect(markup).toContain('<b class="number">12</b>');
  expect(markup).toContain('<a href="/?range=1h" aria-current="true">1h</a>');
  expect(markup).toContain('2026-11-20 11:03 UTC\nMixesDB: 7\nReddit: 5');
});

it('a chart without a page is a chart', () => {
  const { markup } = activityChart(sources, { range: '30d', from, cells: [] });
  expect(markup).toContain('pages in the last 30 days');
  expect(markup).not.toMatch(/NaN|Infinity/);
});

it('the range is the shortest that shows all there is', () => {
  const now = new Date('2026-11-20T12:00:00Z');
  const since = (hours: number) => rangeSince(new Date(now.getTime() - hours * 3_600_000), now);
  expect([since(0.5), since(1), since(2), since(24), since(25), since(9_999)]).toEqual([
    '1h',
    '1h',
    '24h',
    '24h',
    '30d',
    '30d',
  ]);
  expect(rangeSince(null, now)).toBe('24h');
});
