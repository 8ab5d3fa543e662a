import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createProgress } from './progress.ts';

let shown = '';

beforeEach(() => {
  shown = '';
  vi.spyOn(process.stderr, 'write').mockImplementation((text) => {
    shown += text;
    return true;
  });
});
afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});

const pages = (done: number, remark = '') => [{ name: 'reddit', done, total: 9, remark }];

describe('progress where nobody watches', () => {
  it('is a plain line at first, then one now and then, and the last one at the end', () => {
    vi.useFakeTimers();
    const progress = createProgress(false);
    for (let done = 0; done <= 9; done += 1) {
      progress.show(pages(done));
      vi.advanceTimersByTime(500);
    }
    progress.end();
    expect(shown.trimEnd().split('\n')).toEqual(['reddit 0/9', 'reddit 4/9', 'reddit 8/9', 'reddit 9/9']);
  });

  it('says a line once, and nothing where nothing was shown', () => {
    const progress = createProgress(false);
    progress.show(pages(9));
    progress.show(pages(9));
    progress.end();
    createProgress(false).end();
    expect(shown).toBe('reddit 9/9\n');
  });

  it('puts several gauges and their remarks on one line', () => {
    const progress = createProgress(false);
    progress.show([...pages(1, '2 failed'), { name: 'loading', done: 0, total: 0, remark: '' }]);
    expect(shown).toBe('reddit 1/9 2 failed · loading 0/0\n');
  });

  it('remarks are said at once', () => {
    createProgress(false).say('a.json: empty');
    expect(shown).toBe('a.json: empty\n');
  });
});

describe('progress on a terminal', () => {
  it('is bars, and remarks come below them', () => {
    const progress = createProgress(true);
    progress.show(pages(3));
    progress.say('a.json: empty');
    expect(shown).not.toContain('a.json');
    progress.show(pages(9));
    progress.end();
    expect(shown.endsWith('a.json: empty\n')).toBe(true);
  });
});
