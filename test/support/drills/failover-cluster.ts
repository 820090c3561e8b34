/** A Redis Cluster of three primaries with a replica each, which takes over within seconds. */
import { execFileSync } from 'node:child_process';
import { HANGS_AFTER_MS, until } from '../until.ts';
import { type RedisOptions, type RedisServer, startRedisServer } from './installation.ts';
import type { LeftBehind } from './left-behind.ts';

const PRIMARIES = 3;
const NODE_TIMEOUT_MS = 3_000;

export interface FailoverCluster {
  /** Of every node. */
  url: string;
  /** SIGKILL to one that is not the first node. */
  killPrimary(): Promise<void>;
  /** Runs it again: as a replica of the one that took over. */
  startKilled(): Promise<void>;
  /** Every slot is served again. */
  untilWhole(): Promise<void>;
}

/** `at`: where all nodes run; on this machine's loopback by default. */
export async function startFailoverCluster(
  left: LeftBehind,
  at: Pick<RedisOptions, 'address' | 'place'> = {},
): Promise<FailoverCluster> {
  const { address = '127.0.0.1' } = at;
  const nodes: RedisServer[] = [];
  for (let i = 1; i <= 2 * PRIMARIES; i++) {
    const args = ['--cluster-enabled', 'yes', '--cluster-node-timeout', String(NODE_TIMEOUT_MS)];
    nodes.push(await startRedisServer(left, { name: `node-${i}`, args, ...at }));
  }
  const [first] = nodes;
  if (first === undefined) throw new Error('there are nodes');
  const addresses = nodes.map(({ port }) => `${address}:${port}`);
  execFileSync(
    'redis-cli',
    ['--cluster', 'create', ...addresses, '--cluster-replicas', '1', '--cluster-yes'],
    { stdio: 'pipe' },
  );
  let killed: RedisServer | undefined;
  let killed_id = '';
  const lines = async (): Promise<string[]> => (await first.ask('cluster', 'nodes')).split('\n');
  /** Every slot is served, and the others know that the killed one is not there. */
  const whole = async (): Promise<boolean> => {
    const info = await first.ask('cluster', 'info');
    const noticed =
      killed === undefined ||
      (await lines()).some((line) => line.startsWith(killed_id) && /\bfail\b(?!\?)/.test(line));
    return /cluster_state:ok/.test(info) && /cluster_slots_ok:16384/.test(info) && noticed;
  };
  const untilWhole = (): Promise<void> =>
    until(whole, HANGS_AFTER_MS, () => 'the cluster does not serve every slot');
  /** All others follow somebody, and have what it has. */
  const untilFollowed = (): Promise<void> =>
    until(
      async () => {
        const infos = await Promise.all(nodes.map((node) => node.ask('info', 'replication')));
        return infos.filter((info) => /master_link_status:up/.test(info)).length === PRIMARIES;
      },
      HANGS_AFTER_MS,
      () => 'the replicas do not join',
    );
  await untilWhole();
  await untilFollowed();
  return {
    url: `redis://${addresses.join(',')}`,
    async killPrimary() {
      const line = (await lines()).find((one) => /\bmaster\b/.test(one) && !/myself|fail/.test(one)) ?? '';
      killed_id = line.split(' ')[0] ?? '';
      const port = Number(/:(\d+)@/.exec(line)?.[1]);
      killed = nodes.find((node) => node.port === port);
      await killed?.kill();
    },
    async startKilled() {
      const server = killed;
      killed = undefined;
      await server?.start();
      await untilFollowed();
      await untilWhole();
    },
    untilWhole,
  };
}
