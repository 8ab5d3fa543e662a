/** Counts what a test run did, and why it left out what it left out. */
import type { Reporter, TestCase, TestModule } from 'vitest/node';

/** Counts of a run, filled by its reporter. */
export interface Tally {
  reporter: Reporter;
  failed: () => number;
  /** One line a reason, e.g. `3 tests: no Elasticsearch could be had`. */
  skipReasons: () => string[];
  /** `N passed, N failed, N skipped`. */
  summary: () => string;
}

/** A new tally at zero. A file that cannot be loaded, a hook that throws and an error outside of any test count as one failure each. */
export function createTally(): Tally {
  const counts = { passed: 0, failed: 0, skipped: 0 };
  const reasons = new Map<string, number>();
  const countTest = (test: TestCase) => {
    const result = test.result();
    if (result.state === 'passed' || result.state === 'failed') counts[result.state] += 1;
    else {
      counts.skipped += 1;
      const reason =
        (result.state === 'skipped' && result.note) || `${test.module.relativeModuleId}: ${nameOfSkipped(test)}`;
      reasons.set(reason, (reasons.get(reason) ?? 0) + 1);
    }
  };
  return {
    reporter: {
      onTestRunEnd: (modules, unhandledErrors) => {
        for (const module of modules) {
          for (const test of module.children.allTests()) countTest(test);
          counts.failed += failuresOutsideTests(module);
        }
        counts.failed += unhandledErrors.length;
      },
    },
    failed: () => counts.failed,
    skipReasons: () => [...reasons].map(([reason, tests]) => (tests === 1 ? reason : `${tests} tests: ${reason}`)),
    summary: () => `${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped`,
  };
}

/** The name of the outermost suite that is skipped as a whole, where names say why; else of the test itself. */
function nameOfSkipped(test: TestCase): string {
  let name = test.fullName;
  for (let suite = test.parent; suite.type === 'suite'; suite = suite.parent) {
    if ([...suite.children.allTests()].every((sibling) => sibling.result().state === 'skipped')) name = suite.fullName;
  }
  return name;
}

function failuresOutsideTests(module: TestModule): number {
  const suites = [...module.children.allSuites()].reduce((sum, suite) => sum + suite.errors().length, 0);
  return module.errors().length + suites;
}
