/** Redirect processes as another machine would run them, `npm run start:redirect`: on a given Redis, with a folder of their own. */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { NODE_ARGUMENTS } from '../../src/supervisor/role-process.ts';
import { testPorts } from './ports.ts';
import { HANGS_AFTER_MS, until } from './until.ts';

const MAIN = join(import.meta.dirname, '../../src/main.ts');

export interface RedirectCluster {
  redirect_url: string;
  port: number;
  tls_port: number;
  data_dir: string;
  /** What its processes wrote. */
  output(): string;
  /** SIGTERM; resolves when all are gone. The folder stays. */
  stop(): Promise<void>;
  /** Stops it and removes its folder. */
  destroy(): Promise<void>;
}

/** Two processes that share both ports. Rejects with what they wrote where they don't start. */
export async function startRedirectCluster(
  redis_url: string,
  settings: Record<string, string> = {},
): Promise<RedirectCluster> {
  const data_dir = settings['DATA_DIR'] ?? (await mkdtemp(join(tmpdir(), 'trackly-redirect-')));
  const [port = 0, tls_port = 0] = await testPorts(2);
  const child: ChildProcess = spawn(process.execPath, [...NODE_ARGUMENTS, MAIN, 'redirect'], {
    env: {
      PATH: process.env['PATH'],
      REDIS_URL: redis_url,
      DATA_DIR: data_dir,
      REDIRECT_PORT: String(port),
      TLS_PORT: String(tls_port),
      REDIRECT_PROCESSES: '2',
      LOG_LEVEL: 'info',
      ...settings,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream?.on('data', (text: Buffer) => {
      output = `${output}${text}`.slice(-400_000);
    });
  }
  const stop = async (): Promise<void> => {
    if (child.exitCode !== null) return;
    const ended = new Promise((resolve) => child.once('exit', resolve));
    child.kill('SIGTERM');
    await ended;
  };
  await until(
    () => {
      if (child.exitCode !== null) throw new Error(`the redirect processes did not start:\n${output}`);
      return output.includes('redirect is ready');
    },
    HANGS_AFTER_MS,
    () => `the redirect processes did not start in time:\n${output}`,
  );
  return {
    redirect_url: `http://127.0.0.1:${port}`,
    port,
    tls_port,
    data_dir,
    output: () => output,
    stop,
    async destroy() {
      await stop();
      await rm(data_dir, { recursive: true, force: true });
    },
  };
}
