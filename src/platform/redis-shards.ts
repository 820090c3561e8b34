/**
 * The shards of Redis, each a master with its replicas, as its nodes see them: of a cluster all of them, of a single server
 * one. Only reads. Answers also while a shard is away, as long as any node does; rejects when none does.
 */
import { Cluster, type RedisClient } from './redis.ts';
import { infoField } from './redis-faults.ts';
import { within } from './within.ts';

export interface RedisShard {
  /** From 1, in the order of the first slots: stays while masters and replicas change places. */
  shard: number;
  /** `host:port` of the master; '' where there is none. */
  master: string;
  /** Whether its slots have a master that answers the other nodes and this process. */
  up: boolean;
  /** Replicas that are connected. */
  replicas: number;
  /** Share of its maxmemory; 0 where none is set, undefined where it was not to be asked. */
  used_ratio: number | undefined;
}

/** Nodes are asked in turn: one that hangs is not to hide the others. */
const ASK_NODE_WITHIN_MS = 400;

export async function readShards(client: RedisClient): Promise<RedisShard[]> {
  if (!(client instanceof Cluster)) {
    const [replication, memory] = await Promise.all([client.info('replication'), client.info('memory')]);
    const master = `${client.options.host ?? ''}:${client.options.port ?? ''}`;
    const replicas = replication.match(/^slave\d+:.*state=online/gm)?.length ?? 0;
    const up = /^role:master/m.test(replication);
    return [{ shard: 1, master, up, replicas, used_ratio: usedRatio(memory) }];
  }
  const shards = shardsOf(await askAnyNode(client));
  const asked = new Map<string, number | undefined>();
  await Promise.all(
    client.nodes('master').map(async (node) => {
      const memory = await within(ASK_NODE_WITHIN_MS, () => node.info('memory')).catch(() => undefined);
      asked.set(
        `${node.options.host}:${node.options.port}`,
        memory === undefined ? undefined : usedRatio(memory),
      );
    }),
  );
  return shards.map((shard) => {
    const used_ratio = asked.get(shard.master);
    // The others notice a master that hangs only after the timeout of the cluster.
    return { ...shard, up: shard.up && (used_ratio !== undefined || !asked.has(shard.master)), used_ratio };
  });
}

async function askAnyNode(cluster: Cluster): Promise<unknown> {
  let failure: unknown = new Error('no node of the cluster is known');
  for (const node of cluster.nodes('all')) {
    try {
      return await within(ASK_NODE_WITHIN_MS, () => node.cluster('SHARDS'));
    } catch (error) {
      failure = error;
    }
  }
  throw failure;
}

const usedRatio = (memory: string): number => {
  const most = Number(infoField(memory, 'maxmemory'));
  return most > 0 ? Number(infoField(memory, 'used_memory')) / most : 0;
};

/** A map as the protocol of Redis 2 to 6 has it: names and values in turn. */
function entriesOf(flat: unknown): Map<string, unknown> {
  const list = flat as unknown[];
  return new Map(list.flatMap((name, i) => (i % 2 === 0 ? [[String(name), list[i + 1]] as const] : [])));
}

/**
 * Reads the reply of CLUSTER SHARDS. A master without slots, such as one that is being added, is no shard yet; one that
 * failed keeps its slots.
 */
export function shardsOf(reply: unknown): Omit<RedisShard, 'used_ratio'>[] {
  const found = (reply as unknown[]).map((flat) => {
    const shard = entriesOf(flat);
    const nodes = (shard.get('nodes') as unknown[]).map(entriesOf);
    const online = nodes.filter((node) => node.get('health') === 'online');
    const master = online.find((node) => node.get('role') === 'master');
    const first_slot = Number((shard.get('slots') as unknown[])[0] ?? Number.POSITIVE_INFINITY);
    return {
      ...{ first_slot, up: master !== undefined },
      master:
        master === undefined ? '' : `${master.get('ip')}:${master.get('tls-port') ?? master.get('port')}`,
      replicas: online.filter((node) => node.get('role') === 'replica').length,
    };
  });
  return found
    .filter(({ first_slot }) => Number.isFinite(first_slot))
    .toSorted((a, b) => a.first_slot - b.first_slot)
    .map(({ first_slot: _, ...shard }, i) => ({ shard: i + 1, ...shard }));
}
