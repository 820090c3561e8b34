/** A primary with a replica, and a Sentinel that lets the replica take over within seconds; all with one password. */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { findRedisServer, REDIS_SETTINGS } from '../../src/supervisor/private-redis.ts';
import { testPorts } from './ports.ts';
import { HANGS_AFTER_MS, until } from './until.ts';

const PASSWORD = 'of-all';
const DOWN_AFTER_MS = 1_000;

export interface TestSentinel {
  /** Of the Sentinel. */
  url: string;
  /** What it calls the primary. */
  primary: string;
  /** Lets the Sentinel watch the same servers under another name too. */
  watchAlso(name: string): Promise<void>;
  /** SIGKILL to the first primary. */
  killPrimary(): void;
  /** Runs it again on its data; the Sentinel makes a replica of it. */
  startAgain(): Promise<void>;
  /** SIGSTOP and SIGCONT to its replica. */
  freezeReplica(): void;
  thawReplica(): void;
  stop(): Promise<void>;
}

function connect(port: number): Redis {
  const redis = new Redis({ port, password: PASSWORD });
  redis.on('error', () => {});
  return redis;
}

export async function startRedisSentinel(): Promise<TestSentinel> {
  const folder = await mkdtemp(join(tmpdir(), 'trackly-sentinel-'));
  const [first = 0, second = 0, sentinel = 0] = await testPorts(3);
  const processes: ChildProcess[] = [];
  const run = (args: string[]): ChildProcess => {
    const server = spawn(findRedisServer(process.env['PATH']), args, { stdio: 'ignore' });
    processes.push(server);
    return server;
  };
  const startServer = async (port: number, options: string[]): Promise<ChildProcess> => {
    const dir = join(folder, String(port));
    await mkdir(dir, { recursive: true });
    return run([
      ...['--port', String(port), '--dir', dir, '--bind', '127.0.0.1'],
      ...['--requirepass', PASSWORD, '--masterauth', PASSWORD, '--repl-diskless-sync-delay', '0'],
      ...REDIS_SETTINGS.flatMap(([name, value]) => [`--${name}`, value]),
      ...options,
    ]);
  };
  const primary = await startServer(first, []);
  const of_primary = await startServer(second, ['--replicaof', '127.0.0.1', String(first)]);
  // A Sentinel asks its servers every ten seconds: it is to find the replica with its first question.
  const replica = connect(second);
  await until(
    async () => /master_link_status:up/.test(await replica.info('replication').catch(() => '')),
    HANGS_AFTER_MS,
    () => 'the replica does not reach its primary',
  );
  replica.disconnect();
  const monitor = (name: string): string[] => ['monitor', name, '127.0.0.1', String(first), '1'];
  const settings = [
    `port ${sentinel}`,
    'bind 127.0.0.1',
    `requirepass ${PASSWORD}`,
    `sentinel ${monitor('main').join(' ')}`,
    `sentinel auth-pass main ${PASSWORD}`,
    `sentinel down-after-milliseconds main ${DOWN_AFTER_MS}`,
    'sentinel failover-timeout main 5000',
  ];
  await writeFile(join(folder, 'sentinel.conf'), settings.map((line) => `${line}\n`).join(''));
  run([join(folder, 'sentinel.conf'), '--sentinel']);
  const admin = connect(sentinel);
  await until(
    async () => {
      const replicas = (await admin.call('SENTINEL', 'REPLICAS', 'main').catch(() => [])) as string[][];
      return replicas.some((one) => one.includes('master-link-status') && one.includes('ok'));
    },
    HANGS_AFTER_MS,
    () => 'the Sentinel does not see the replica',
  );
  return {
    url: `redis://:${PASSWORD}@127.0.0.1:${sentinel}`,
    primary: 'main',
    async watchAlso(name) {
      await admin.call('SENTINEL', ...monitor(name));
    },
    killPrimary: () => void primary.kill('SIGKILL'),
    startAgain: async () => void (await startServer(first, [])),
    freezeReplica: () => void of_primary.kill('SIGSTOP'),
    thawReplica: () => void of_primary.kill('SIGCONT'),
    async stop() {
      admin.disconnect();
      for (const server of processes) {
        const ended = new Promise((resolve) => server.once('exit', resolve));
        if (server.exitCode === null && server.signalCode === null) {
          server.kill('SIGKILL');
          await ended;
        }
      }
      await rm(folder, { recursive: true, force: true });
    },
  };
}
