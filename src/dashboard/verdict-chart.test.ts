import { expect, it } from 'vitest';
import { VERDICTS } from '../core/verdicts.ts';
import { verdictChart, verdictClass } from './verdict-chart.ts';

const from = new Date('2026-11-20T11:00:00Z');

it('stacks the answers of a step from data at the bottom to refusals at the top', () => {
  const cells = (['block', 'ok', 'throttled', 'empty'] as const).map((verdict, n) => ({
    at: from,
    verdict,
    pages: n + 1,
  }));
  const { markup } = verdictChart('reddit', { range: '1h', from, cells });
  expect(markup).toContain('2026-11-20 11:00 UTC\nok: 2\nempty: 4\nthrottled: 3\nblock: 1');
  expect(markup).toContain('<a href="/sources/reddit?range=1h" aria-current="true">1h</a>');
  expect(markup).toContain('<b class="number">10</b>');
});

it('a source that gave nothing has a chart, and every verdict a colour', () => {
  expect(verdictChart('reddit', { range: '30d', from, cells: [] }).markup).not.toMatch(/NaN|undefined/);
  expect(new Set(VERDICTS.map(verdictClass)).size).toBe(4);
});
