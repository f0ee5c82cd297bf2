import { defineConfig } from 'vitest/config';

/** Unit tests run in parallel and anywhere; the others share the lab or one machine, so one file at a time. */
const serial = { fileParallelism: false, testTimeout: 120_000, hookTimeout: 300_000 };

export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: 'unit',
          include: ['test/unit/**/*.test.ts'],
          setupFiles: ['test/unit/setup.ts'],
          // A busy machine, or every case of every property (npm run test:full), is no failure.
          testTimeout: 120_000,
          // One process a core, not one a file: most files take less time than a process to start.
          pool: 'threads',
          isolate: false,
          maxWorkers: '100%',
        },
      },
      {
        test: {
          name: 'integration',
          include: ['test/integration/**/*.test.ts'],
          setupFiles: ['test/integration/setup.ts'],
          ...serial,
        },
      },
      {
        test: {
          name: 'e2e',
          include: ['test/e2e/**/*.test.ts'],
          ...serial,
          // What is waited for is drawn by an editor in a browser.
          expect: { poll: { timeout: 20_000 } },
        },
      },
    ],
  },
});
