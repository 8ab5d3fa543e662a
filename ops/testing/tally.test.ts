import { describe, expect, it } from 'vitest';
import type { TestCase, TestModule } from 'vitest/node';
import { createTally } from './tally.ts';

/** A module as Vitest reports it, with only the parts that a tally reads. */
function moduleOf(results: { state: string; note?: string }[], errors: unknown[] = []): TestModule {
  const module = {
    errors: () => errors,
    children: {
      allTests: () =>
        results.map((result, index) => ({
          result: () => result,
          module: { relativeModuleId: 'a.test.ts' },
          fullName: `test ${index}`,
          parent: { type: 'module' },
        })) as unknown as TestCase[],
      allSuites: () => [],
    },
  };
  return module as unknown as TestModule;
}

describe('the tally of a run', () => {
  it('counts each test once, and says it in the words that scripts read', async () => {
    const tally = createTally();
    await tally.reporter.onTestRunEnd?.(
      [moduleOf([{ state: 'passed' }, { state: 'failed' }, { state: 'skipped' }])],
      [],
      'failed',
    );
    expect(tally.summary()).toBe('1 passed, 1 failed, 1 skipped');
  });

  it('a file that cannot be loaded and an error outside of any test are failures', async () => {
    const tally = createTally();
    await tally.reporter.onTestRunEnd?.(
      [moduleOf([], [new Error('no such module')])],
      [{ name: 'Error', message: 'late' }],
      'failed',
    );
    expect(tally.failed()).toBe(2);
  });

  it('a suite that is skipped as a whole is one reason, by its name', async () => {
    const tests: unknown[] = [];
    const parent = {
      type: 'suite',
      fullName: 'real samples',
      parent: { type: 'module' },
      children: { allTests: () => tests },
    };
    for (const fullName of ['real samples > one', 'real samples > two']) {
      tests.push({ result: () => ({ state: 'skipped' }), module: { relativeModuleId: 'a.test.ts' }, fullName, parent });
    }
    const tally = createTally();
    const module = {
      errors: () => [],
      children: { allTests: () => tests, allSuites: () => [] },
    } as unknown as TestModule;
    await tally.reporter.onTestRunEnd?.([module], [], 'passed');
    expect(tally.skipReasons()).toEqual(['2 tests: a.test.ts: real samples']);
  });

  it('skips with the same note are one reason, one without a note is named by its test', async () => {
    const tally = createTally();
    const skipped = [
      { state: 'skipped', note: 'no Elasticsearch' },
      { state: 'skipped', note: 'no Elasticsearch' },
      { state: 'skipped' },
    ];
    await tally.reporter.onTestRunEnd?.([moduleOf(skipped)], [], 'passed');
    expect(tally.skipReasons()).toEqual(['2 tests: no Elasticsearch', 'a.test.ts: test 2']);
  });
});
