import { defineConfig } from 'vitest/config';

/** What waits for real programs and machines; a busy machine is no failure. */
const patient = { testTimeout: 120_000, hookTimeout: 300_000 };

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
          globalSetup: ['test/integration/build.ts'],
          // They mostly wait. The kernel has room for two labs at once (docs/lab.md, inotify).
          maxWorkers: 2,
          ...patient,
        },
      },
      {
        test: {
          name: 'e2e',
          include: ['test/e2e/**/*.test.ts'],
          globalSetup: ['test/e2e/pack.ts'],
          // An editor and a browser at a time: both are heavy.
          fileParallelism: false,
          ...patient,
          // What is waited for is drawn by an editor in a browser.
          expect: { poll: { timeout: 20_000 } },
        },
      },
    ],
  },
});
