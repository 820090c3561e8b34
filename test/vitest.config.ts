/**
 * How `npm test` runs: every test/**\/*.test.ts under Node 22. Each file starts servers of its own, so two go at a
 * time; those that look at times, or that need both cores for it, go alone afterwards. Called as
 * `node_modules/.bin/vitest run --config test/vitest.config.ts`.
 */
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

const RUNTIME_MAJOR = '22';
if (process.versions.node.split('.')[0] !== RUNTIME_MAJOR) {
  throw new Error(`Tests run under Node ${RUNTIME_MAJOR}, this is ${process.version}: use "npm test".`);
}

/** Processes are killed here too, but nobody looks at the clock. */
const CHAOS_TOGETHER = ['ledger', 'rejudge', 'backup', 'sends'];
const ALONE = [
  `test/chaos/!(${CHAOS_TOGETHER.join('|')}).test.ts`,
  ...['click-ack', 'click-log', 'dashboard', 'journey', 'public-listener', 'start-obstacles'].map(
    (name) => `test/integration/${name}.test.ts`,
  ),
];
const COMMON = { environment: 'node', pool: 'forks', testTimeout: 60_000, hookTimeout: 60_000 } as const;

export default defineConfig({
  root: fileURLToPath(new URL('..', import.meta.url)),
  test: {
    projects: [
      {
        test: {
          ...COMMON,
          name: 'together',
          include: ['test/**/*.test.ts'],
          exclude: ALONE,
          maxWorkers: 2,
          sequence: { groupOrder: 0 },
        },
      },
      {
        test: {
          ...COMMON,
          name: 'alone',
          include: ALONE,
          fileParallelism: false,
          sequence: { groupOrder: 1 },
        },
      },
    ],
  },
});
