/**
 * How tests run, under Node 22. A file says itself what it needs, the rest follows from that:
 *
 * - test/unit and test/property start no server: they share threads and what they load (`npm run test:unit`);
 * - a file that imports support/shared-system.ts uses the one system that support/shared-system-setup.ts starts;
 * - a file with a line `// @alone: why` measures time or memory, or has to be done within a time, and runs after all others, by itself;
 * - every other file starts servers of its own. Three go at a time: with two the processor is idle for a third of the time;
 * - a file with a line `// @long: why` runs with `LONG=1`, or when it is named.
 *
 * The longest files go first, by test/times.json.
 */
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { configDefaults, defineConfig } from 'vitest/config';
import { LongestFirst } from './support/longest-first.ts';

const RUNTIME_MAJOR = '22';
if (process.versions.node.split('.')[0] !== RUNTIME_MAJOR) {
  throw new Error(
    `Tests run under Node ${RUNTIME_MAJOR}, this is ${process.version}: use "npm test" or "npm run test:one -- <file>".`,
  );
}

const ROOT = fileURLToPath(new URL('..', import.meta.url));
/** Without servers: started once for both cores, and nothing is loaded twice. */
const UNIT = ['test/{unit,property}/**/*.test.ts'];
const WORKERS = { unit: 2, servers: 3 };

const withServers = globSync('test/{integration,chaos}/**/*.test.ts', { cwd: ROOT }).map((file) => ({
  file,
  text: readFileSync(join(ROOT, file), 'utf8'),
}));
const filesWith = (mark: RegExp): string[] =>
  withServers.filter(({ text }) => mark.test(text)).map(({ file }) => file);
const ALONE = filesWith(/^\/\/ @alone: \S/m);
const isNamed = (file: string): boolean => process.argv.some((argument) => argument.endsWith(file));
const LEFT_OUT =
  process.env['LONG'] === undefined ? filesWith(/^\/\/ @long: \S/m).filter((file) => !isNamed(file)) : [];
const SHARED = filesWith(/^import .*'\.\.\/support\/shared-system\.ts';$/m);

/** Finds what hangs, and nothing else: a busy machine may take long. */
const HANGS_AFTER_MS = 180_000;
const COMMON = { environment: 'node', testTimeout: HANGS_AFTER_MS, hookTimeout: HANGS_AFTER_MS } as const;

export default defineConfig({
  root: ROOT,
  test: {
    sequence: { sequencer: LongestFirst },
    projects: [
      {
        test: {
          ...COMMON,
          name: 'unit',
          include: UNIT,
          pool: 'threads',
          isolate: false,
          maxWorkers: WORKERS.unit,
          sequence: { groupOrder: 0 },
        },
      },
      {
        test: {
          ...COMMON,
          name: 'shared',
          include: SHARED,
          globalSetup: ['test/support/shared-system-setup.ts'],
          pool: 'forks',
          maxWorkers: WORKERS.servers,
          sequence: { groupOrder: 1 },
        },
      },
      {
        test: {
          ...COMMON,
          name: 'own',
          include: ['test/{integration,chaos}/**/*.test.ts'],
          exclude: [...configDefaults.exclude, ...SHARED, ...ALONE, ...LEFT_OUT],
          pool: 'forks',
          maxWorkers: WORKERS.servers,
          sequence: { groupOrder: 1 },
        },
      },
      {
        test: {
          ...COMMON,
          name: 'alone',
          include: ALONE.filter((file) => !LEFT_OUT.includes(file)),
          pool: 'forks',
          fileParallelism: false,
          sequence: { groupOrder: 2 },
        },
      },
    ],
  },
});
