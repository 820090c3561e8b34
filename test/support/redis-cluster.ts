/** A Redis Cluster on free ports, in folders of its own, append-only files on. */
import { execFileSync, spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { freePort } from '../../src/supervisor/ports.ts';
import { findRedisServer } from '../../src/supervisor/private-redis.ts';
import { until } from './until.ts';

const NODES = 3;
/** The highest port of which Redis can derive the one that its nodes talk over: 10,000 above. */
const PORT_MAX = 55_000;

export interface TestRedisCluster {
  url: string;
  pids: number[];
  stop(): Promise<void>;
}

async function nodePort(): Promise<number> {
  for (;;) {
    const port = await freePort();
    if (port <= PORT_MAX) return port;
  }
}

export async function startRedisCluster(count = NODES): Promise<TestRedisCluster> {
  const server = findRedisServer();
  const cli = (...args: string[]): string =>
    execFileSync(join(dirname(server), 'redis-cli'), args, {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'pipe'],
    });
  const nodes = await Promise.all(
    Array.from({ length: count }, async () => {
      const dir = await mkdtemp(join(tmpdir(), 'trackly-node-'));
      const port = await nodePort();
      const args = [
        '--port',
        port,
        '--dir',
        dir,
        '--bind',
        '127.0.0.1',
        '--cluster-enabled',
        'yes',
        '--appendonly',
        'yes',
        '--save',
        '',
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
    10_000,
    () => 'a node did not start',
  );
  cli('--cluster', 'create', ...nodes.map(({ port }) => `127.0.0.1:${port}`), '--cluster-yes');
  await until(
    () => nodes.every(({ port }) => answers(port, ['cluster', 'info'], /cluster_state:ok/)),
    20_000,
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
