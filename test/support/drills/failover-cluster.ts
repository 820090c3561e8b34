/** A Redis Cluster of three primaries with a replica each, which takes over within seconds. */
import { execFileSync } from 'node:child_process';
import { HANGS_AFTER_MS, until } from '../until.ts';
import { type RedisServer, startRedisServer } from './installation.ts';
import type { LeftBehind } from './left-behind.ts';

const PRIMARIES = 3;
const NODE_TIMEOUT_MS = 3_000;

export interface FailoverCluster {
  url: string;
  /** SIGKILL to one that is not the node of `url`. */
  killPrimary(): Promise<void>;
  /** Every slot is served again. */
  untilWhole(): Promise<void>;
}

export async function startFailoverCluster(left: LeftBehind): Promise<FailoverCluster> {
  const nodes: RedisServer[] = [];
  for (let i = 1; i <= 2 * PRIMARIES; i++) {
    const args = ['--cluster-enabled', 'yes', '--cluster-node-timeout', String(NODE_TIMEOUT_MS)];
    nodes.push(await startRedisServer(left, { name: `node-${i}`, args }));
  }
  const [first] = nodes;
  if (first === undefined) throw new Error('there are nodes');
  const addresses = nodes.map(({ port }) => `127.0.0.1:${port}`);
  execFileSync(
    'redis-cli',
    ['--cluster', 'create', ...addresses, '--cluster-replicas', '1', '--cluster-yes'],
    { stdio: 'pipe' },
  );
  let killed = '';
  /** Every slot is served, and the others know that the killed one is not there. */
  const whole = async (): Promise<boolean> => {
    const info = await first.ask('cluster', 'info');
    const nodes_text = await first.ask('cluster', 'nodes');
    const noticed = killed === '' || new RegExp(`^${killed} .*\\bfail\\b(?!\\?)`, 'm').test(nodes_text);
    return /cluster_state:ok/.test(info) && /cluster_slots_ok:16384/.test(info) && noticed;
  };
  const untilWhole = (): Promise<void> =>
    until(whole, HANGS_AFTER_MS, () => 'the cluster does not serve every slot');
  await untilWhole();
  await until(
    async () =>
      (await first.ask('cluster', 'nodes')).split('\n').filter((line) => /slave/.test(line)).length ===
      PRIMARIES,
    HANGS_AFTER_MS,
    () => 'the replicas do not join',
  );
  return {
    url: first.url,
    async killPrimary() {
      const list = (await first.ask('cluster', 'nodes')).split('\n');
      const line = list.find((one) => /\bmaster\b/.test(one) && !/myself/.test(one)) ?? '';
      killed = line.split(' ')[0] ?? '';
      const port = Number(/:(\d+)@/.exec(line)?.[1]);
      await nodes.find((node) => node.port === port)?.kill();
    },
    untilWhole,
  };
}
