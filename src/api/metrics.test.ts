import { expect, it } from 'vitest';
import { metricsText } from './metrics.ts';

it('a metric has its help and type once, and a line a sample', () => {
  const samples = [
    { labels: { source: 'reddit', state: 'due' }, value: 3 },
    { labels: { source: 'reddit', state: 'done' }, value: 1.5 },
  ];
  expect(metricsText([{ name: 'frontier', help: 'Known requests.', type: 'gauge', samples }])).toBe(
    [
      '# HELP musicdb_frontier Known requests.',
      '# TYPE musicdb_frontier gauge',
      'musicdb_frontier{source="reddit",state="due"} 3',
      'musicdb_frontier{source="reddit",state="done"} 1.5',
      '',
    ].join('\n'),
  );
});

it('a sample without labels has no braces', () => {
  expect(metricsText([{ name: 'x', help: 'X.', type: 'counter', samples: [{ labels: {}, value: 0 }] }])).toMatch(
    /^musicdb_x 0$/m,
  );
});

it('quotes, backslashes and line ends in a label are escaped', () => {
  const samples = [{ labels: { outcome: 'a"b\\c\nd' }, value: 1 }];
  expect(metricsText([{ name: 'x', help: 'X.', type: 'gauge', samples }])).toContain('{outcome="a\\"b\\\\c\\nd"} 1');
});
