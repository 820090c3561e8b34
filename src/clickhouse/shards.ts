/**
 * Where rows are: with one server all in the database `trackly`; in a cluster in the tables of one shard, on each of its
 * replicas. A batch goes to the shard of its partition, so that its token always meets the same tables, and tables whose rows
 * replace each other by a key that is not the partition's are kept by the first shard. With a shard away whatever concerns it
 * rejects with ShardAwayError at once; the rest goes on.
 */
import { shardOf } from '../log/partitions.ts';
import type { ClickHouseClient, ShardNode } from './client.ts';
import { DATABASE } from './cluster-ddl.ts';

/** Nothing of a shard answers, or a node that all of it is needed from. */
export class ShardAwayError extends Error {
  readonly code = 'shard_away';
  readonly shard: number;

  /** `shard` from 1. */
  constructor(shard: number, why: string) {
    super(`shard ${shard} of ClickHouse is away (${why}): what concerns it waits`);
    this.shard = shard;
  }
}

/** Where tables live that are replaced by their keys; its absence holds up only what writes to these. */
const FIRST = 0;

/** For a layout of partitions that is made now. */
export const shardCount = (clickhouse: ClickHouseClient): number => clickhouse.shards?.count ?? 1;

/** The node that takes the batches of a partition. Throws ShardAwayError. */
export function nodeOfPartition(clickhouse: ClickHouseClient, partition: number): ShardNode {
  const { shards } = clickhouse;
  return shards === undefined ? onlyNode(clickhouse) : shards.replicaOf(shardOf(partition));
}

/** The node that takes what is kept by the first shard. Throws ShardAwayError. */
export function firstNode(clickhouse: ClickHouseClient): ShardNode {
  return clickhouse.shards?.replicaOf(FIRST) ?? onlyNode(clickhouse);
}

/** A node of the shard, from 0. Throws ShardAwayError. */
export function nodeOfShard(clickhouse: ClickHouseClient, shard: number): ShardNode {
  return clickhouse.shards?.replicaOf(shard) ?? onlyNode(clickhouse);
}

/** One node of each shard. Throws ShardAwayError. */
export function nodeOfEachShard(clickhouse: ClickHouseClient): ShardNode[] {
  const { shards } = clickhouse;
  if (shards === undefined) return [onlyNode(clickhouse)];
  return Array.from({ length: shards.count }, (_, shard) => shards.replicaOf(shard));
}

/** Every node. Throws ShardAwayError if one is away. */
export const everyNode = (clickhouse: ClickHouseClient): ShardNode[] =>
  clickhouse.shards?.all() ?? [onlyNode(clickhouse)];

const onlyNode = (client: ClickHouseClient): ShardNode => ({ client, tables_in: DATABASE });
