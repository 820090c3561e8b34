/**
 * How `npm test` runs: every test/**\/*.test.ts under Node 22. Each file starts servers of its own, so two go at a
 * time; those that take processes away, or look at times that recipients wait, go alone afterwards. Called as
 * `node_modules/.bin/vitest run --config test/vitest.config.ts`.
 */
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

const RUNTIME_MAJOR = '22';
if (process.versions.node.split('.')[0] !== RUNTIME_MAJOR) {
  throw new Error(`Tests run under Node ${RUNTIME_MAJOR}, this is ${process.version}: use "npm test".`);
}

const ALONE = [
  'test/chaos/**/*.test.ts',
  ...[
    'click-ack',
    'click-log',
    'dashboard',
    'exact-counts',
    'journey',
    'public-listener',
    'start-obstacles',
  ].map((name) => `test/integration/${name}.test.ts`),
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
