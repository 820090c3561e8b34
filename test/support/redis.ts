/** A Redis of a test's own: on a free port, in a folder of its own, append-only file on. */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  connectRedis,
  probeRedis,
  type RedisClient,
  type RedisTarget,
  untilReady,
} from '../../src/platform/redis.ts';
import { findRedisServer, REDIS_SETTINGS } from '../../src/supervisor/private-redis.ts';
import { testPorts } from './ports.ts';
import { until } from './until.ts';

/** It reads its append-only file first: after minutes of load some gigabytes. */
const STARTED_WITHIN_MS = 60_000;

export interface TestRedis {
  url: string;
  target: RedisTarget;
  /** The folder of its data. */
  dir: string;
  /** A client as requests have it, ready to be asked; `stop` ends it. */
  connect(): Promise<RedisClient>;
  /** SIGKILL. */
  kill(): Promise<void>;
  /** Runs it again on the same data and port. */
  start(): Promise<void>;
  /** SIGKILL, and runs an empty one in its place. */
  lose(): Promise<void>;
  freeze(): void;
  thaw(): void;
  /** Ends it and removes its data. */
  stop(): Promise<void>;
}

export async function startRedis(): Promise<TestRedis> {
  const dir = await mkdtemp(join(tmpdir(), 'trackly-redis-'));
  const [port = 0] = await testPorts(1);
  const url = `redis://127.0.0.1:${port}`;
  let server: ChildProcess;

  async function start(): Promise<void> {
    const args = [
      '--port',
      String(port),
      '--dir',
      dir,
      ...REDIS_SETTINGS.flatMap(([name, value]) => [`--${name}`, value]),
      '--bind',
      '127.0.0.1',
    ];
    server = spawn(findRedisServer(process.env['PATH']), args, { stdio: 'ignore' });
    await until(
      () =>
        probeRedis(url).then(
          () => true,
          () => false,
        ),
      STARTED_WITHIN_MS,
      () => 'redis-server did not start',
    );
  }

  async function end(signal: NodeJS.Signals): Promise<void> {
    if (server.exitCode !== null || server.signalCode !== null) return;
    const ended = new Promise((resolve) => server.once('exit', resolve));
    server.kill(signal);
    await ended;
  }

  await start();
  const target = await probeRedis(url);
  const clients: RedisClient[] = [];
  return {
    url,
    target,
    dir,
    async connect() {
      const client = connectRedis(target, 'fast');
      clients.push(client);
      await untilReady(client, STARTED_WITHIN_MS);
      return client;
    },
    kill: () => end('SIGKILL'),
    start,
    async lose() {
      await end('SIGKILL');
      await rm(dir, { recursive: true, force: true });
      await mkdir(dir);
      await start();
    },
    freeze: () => void server.kill('SIGSTOP'),
    thaw: () => void server.kill('SIGCONT'),
    async stop() {
      for (const client of clients) client.disconnect();
      server.kill('SIGCONT');
      await end('SIGKILL');
      await rm(dir, { recursive: true, force: true });
    },
  };
}
