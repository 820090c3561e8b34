/** A worker as another machine would run it: `npm run start:worker` with the two addresses. */
import { type ChildProcess, spawn } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { NODE_ARGUMENTS } from '../../src/supervisor/role-process.ts';
import type { System } from './system.ts';
import { HANGS_AFTER_MS, until } from './until.ts';

const ROOT = join(import.meta.dirname, '../..');

/** With its supervisor, or the bare process, which a test can hold still without anybody ending it. */
export async function startWorker(
  system: System,
  how: 'supervised' | 'bare' = 'supervised',
  settings: Record<string, string> = {},
): Promise<ChildProcess> {
  const args = how === 'supervised' ? ['src/main.ts', 'worker'] : ['workers/main.ts'];
  const worker = spawn(process.execPath, [...NODE_ARGUMENTS, ...args], {
    cwd: ROOT,
    env: {
      PATH: process.env['PATH'],
      REDIS_URL: await system.redis_url(),
      CLICKHOUSE_URL: (await readFile(join(system.data_dir, 'clickhouse.url'), 'utf8')).trim(),
      DATA_DIR: system.data_dir,
      LOG_LEVEL: how === 'supervised' ? 'warn' : 'info',
      ...(how === 'bare' ? { TRACKLY_PROCESS: 'worker-bare' } : {}),
      ...settings,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let said = '';
  for (const stream of [worker.stdout, worker.stderr]) {
    stream?.on('data', (text) => {
      said = `${said}${text}`.slice(-10_000);
    });
  }
  await until(
    () => said.includes('worker is ready') || said.includes('"msg":"ready"'),
    HANGS_AFTER_MS,
    () => `the worker did not start: ${said}`,
  );
  return worker;
}
