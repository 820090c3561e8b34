/**
 * How `npm test` runs: every test/**\/*.test.ts under Node 22. Each file starts servers of its own, so two go at a
 * time, the longest first so that both end together (one run of three, beside other load, failed in reports and
 * conversions); those that look at times, or that need both cores for it, go alone afterwards. Called as
 * `node_modules/.bin/vitest run --config test/vitest.config.ts`.
 */
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

const RUNTIME_MAJOR = '22';
if (process.versions.node.split('.')[0] !== RUNTIME_MAJOR) {
  throw new Error(`Tests run under Node ${RUNTIME_MAJOR}, this is ${process.version}: use "npm test".`);
}

/** Processes are killed here too, but nobody looks at the clock. */
const CHAOS_TOGETHER = ['ledger', 'rejudge', 'backup', 'sends', 'faults', 'redis-lost', 'twice'];
const ALONE = [
  `test/chaos/!(${CHAOS_TOGETHER.join('|')}).test.ts`,
  ...['click-ack', 'click-log', 'dashboard', 'journey', 'public-listener', 'start-obstacles'].map(
    (name) => `test/integration/${name}.test.ts`,
  ),
];
const COMMON = { environment: 'node', pool: 'forks', testTimeout: 60_000, hookTimeout: 60_000 } as const;

/** Half a minute or more each, the longest first; the order of the others makes little difference. */
const LONG = [
  'chaos/faults',
  'chaos/backup',
  'chaos/twice',
  'integration/reports',
  'chaos/ledger',
  'integration/audiences',
  'integration/crowds',
  'integration/conversions',
  'integration/conversion-channels',
  'chaos/rejudge',
  'chaos/sends',
  'integration/redis-cluster',
  'integration/gate-pages',
].map((name) => `/test/${name}.test.ts`);

class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const place = ({ moduleId }: TestSpecification): number => {
      const found = LONG.findIndex((name) => moduleId.endsWith(name));
      return found < 0 ? LONG.length : found;
    };
    return files.toSorted((a, b) => place(a) - place(b));
  }
}

export default defineConfig({
  root: fileURLToPath(new URL('..', import.meta.url)),
  test: {
    sequence: { sequencer: LongestFirst },
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
