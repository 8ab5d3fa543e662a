import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

const root = fileURLToPath(new URL('../..', import.meta.url));
const globalSetup = fileURLToPath(new URL('./global-setup.ts', import.meta.url));
const ROOMS = '{src,spiders,pipelines,jobs,ops,prisma}';
const NOT_OURS = ['**/node_modules/**', '**/fixtures/**', '**/_template/**'];

/**
 * Unit tests (`*.test.ts`) need no services; integration (`*.int.test.ts`) and end-to-end (`*.e2e.test.ts`) tests use real ones, which
 * global-setup.ts brings up once for both. The kinds run one after the other; services and two workers are all that two cores carry.
 */
export default defineConfig({
  test: {
    root,
    maxWorkers: 2,
    // Node runs the tests as it runs the program, stripping types itself: so that lines executed in the processes that tests start (the
    // command line, the dev services) count as the same lines.
    experimental: { viteModuleRunner: false, nodeLoader: false },
    coverage: {
      provider: 'v8',
      autoAttachSubprocess: true,
      reportOnFailure: true,
      include: ['{src,spiders,pipelines,jobs}/**/*.ts', 'ops/{sandbox,dev-services}/**/*.ts'],
      exclude: ['**/*.test.ts', 'src/testing/**', '**/fixtures/**', '**/_template/**'],
      reporter: ['text-summary', 'json-summary', 'html'],
      reportsDirectory: 'coverage',
    },
    projects: [
      {
        test: {
          name: 'unit',
          root,
          include: [`${ROOMS}/**/*.test.ts`],
          exclude: ['**/*.int.test.ts', '**/*.e2e.test.ts', ...NOT_OURS],
          // Against hanging, not against slowness: a busy machine must not fail a test.
          testTimeout: 60_000,
          // Pure code needs no process of its own for each file.
          isolate: false,
          sequence: { groupOrder: 0 },
        },
      },
      {
        test: {
          name: 'int',
          root,
          include: [`${ROOMS}/**/*.int.test.ts`],
          exclude: NOT_OURS,
          globalSetup,
          testTimeout: 60_000,
          hookTimeout: 120_000,
          sequence: { groupOrder: 1 },
        },
      },
      {
        test: {
          name: 'e2e',
          root,
          include: [`${ROOMS}/**/*.e2e.test.ts`],
          exclude: NOT_OURS,
          globalSetup,
          testTimeout: 300_000,
          hookTimeout: 300_000,
          sequence: { groupOrder: 2 },
        },
      },
    ],
  },
});
