/**
 * How `npm test` runs: every test/**\/*.test.ts under Node 22, one file at a time, since integration tests
 * start a real Redis and a real ClickHouse engine and measure time. Called as
 * `node_modules/.bin/vitest run --config test/vitest.config.ts`.
 */
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

const RUNTIME_MAJOR = '22';
if (process.versions.node.split('.')[0] !== RUNTIME_MAJOR) {
  throw new Error(`Tests run under Node ${RUNTIME_MAJOR}, this is ${process.version}: use "npm test".`);
}

export default defineConfig({
  root: fileURLToPath(new URL('..', import.meta.url)),
  test: {
    include: ['test/**/*.test.ts'],
    environment: 'node',
    pool: 'forks',
    fileParallelism: false,
    testTimeout: 30_000,
    hookTimeout: 60_000,
  },
});
