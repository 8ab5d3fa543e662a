import { defineConfig } from 'vitest/config';

/** Unit tests (`*.test.ts`) need no services; integration (`*.int.test.ts`) and end-to-end (`*.e2e.test.ts`) tests use real ones. */
export default defineConfig({
  test: {
    root: new URL('../..', import.meta.url).pathname,
    projects: [
      {
        test: {
          name: 'unit',
          root: new URL('../..', import.meta.url).pathname,
          include: ['{src,spiders,pipelines,jobs,ops,prisma}/**/*.test.ts'],
          exclude: ['**/*.int.test.ts', '**/*.e2e.test.ts', '**/node_modules/**'],
        },
      },
    ],
  },
});
