import { afterEach, expect, it } from 'vitest';
import type { ClickHouseClient, ShardNode } from '../../../src/clickhouse/client.ts';
import { everyNode, firstNode, nodeOfEachShard, nodeOfPartition } from '../../../src/clickhouse/shards.ts';
import { FIRST_LAYOUTS, useLayouts } from '../../../src/log/partitions.ts';
import { nodeOfBatch } from '../../../workers/batch/node-of-batch.ts';

const one = {} as ClickHouseClient;
const nodes = ['a', 'b', 'c'].map((tables_in) => ({ client: {}, tables_in }) as ShardNode);
const cluster = {
  shards: { count: 3, replicaOf: (shard: number) => nodes[shard], all: () => nodes },
} as unknown as ClickHouseClient;
const names = (found: ShardNode[]): string[] => found.map(({ tables_in }) => tables_in);

afterEach(() => useLayouts(FIRST_LAYOUTS));

it('is one server where there is one', () => {
  for (const node of [nodeOfPartition(one, 3), firstNode(one), ...nodeOfEachShard(one), ...everyNode(one)]) {
    expect(node).toEqual({ client: one, tables_in: 'trackly' });
    expect(node.client).toBe(one);
  }
});

it('gives each partition a shard, and all batches of records the first', () => {
  useLayouts({ layouts: [{ first: 0, count: 5, shards: 3 }] });
  expect(names([0, 1, 2, 3, 4].map((partition) => nodeOfPartition(cluster, partition)))).toEqual([
    ...['a', 'b', 'c', 'a', 'b'],
  ]);
  expect(names([firstNode(cluster)])).toEqual(['a']);
  expect(names(nodeOfEachShard(cluster))).toEqual(['a', 'b', 'c']);
  expect(nodeOfBatch({ clickhouse: cluster }, { log: 'clicks', partition: 1 }).tables_in).toBe('b');
  expect(nodeOfBatch({ clickhouse: cluster }, { log: 'records', partition: 1 }).tables_in).toBe('a');
});
