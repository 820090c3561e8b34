/** A Redis Cluster on free ports, in folders of its own, append-only files on. */
import { execFileSync, spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { findRedisServer, REDIS_SETTINGS } from '../../src/supervisor/private-redis.ts';
import { testPorts } from './ports.ts';
import { HANGS_AFTER_MS, until } from './until.ts';

const NODES = 3;

export interface TestRedisCluster {
  url: string;
  pids: number[];
  stop(): Promise<void>;
}

export async function startRedisCluster(count = NODES): Promise<TestRedisCluster> {
  const server = findRedisServer(process.env['PATH']);
  const cli = (...args: string[]): string =>
    execFileSync(join(dirname(server), 'redis-cli'), args, {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'pipe'],
    });
  const nodes = await Promise.all(
    (await testPorts(count)).map(async (port) => {
      const dir = await mkdtemp(join(tmpdir(), 'trackly-node-'));
      const args = [
        '--port',
        port,
        '--dir',
        dir,
        '--bind',
        '127.0.0.1',
        '--cluster-enabled',
        'yes',
        ...REDIS_SETTINGS.flatMap(([name, value]) => [`--${name}`, value]),
      ];
      return { dir, port, process: spawn(server, args.map(String), { stdio: 'ignore' }) };
    }),
  );
  const answers = (port: number, command: string[], expected: RegExp): boolean => {
    try {
      return expected.test(cli('-p', String(port), ...command));
    } catch {
      return false;
    }
  };
  await until(
    () => nodes.every(({ port }) => answers(port, ['ping'], /PONG/)),
    HANGS_AFTER_MS,
    () => 'a node did not start',
  );
  cli('--cluster', 'create', ...nodes.map(({ port }) => `127.0.0.1:${port}`), '--cluster-yes');
  await until(
    () => nodes.every(({ port }) => answers(port, ['cluster', 'info'], /cluster_state:ok/)),
    HANGS_AFTER_MS,
    () => 'the cluster did not come together',
  );
  return {
    url: `redis://127.0.0.1:${nodes[0]?.port}`,
    pids: nodes.map((node) => node.process.pid ?? 0),
    async stop() {
      for (const node of nodes) {
        const ended = new Promise((resolve) => node.process.once('exit', resolve));
        node.process.kill('SIGKILL');
        await ended;
        await rm(node.dir, { recursive: true, force: true });
      }
    },
  };
}
