/**
 * What waits in each partition of the logs, since when, and which shard of ClickHouse holds its rows. Only reads. With Redis
 * down it rejects.
 */
import type { ClickHouseClient } from '../clickhouse/client.ts';
import { backlogOf } from '../log/backlog.ts';
import { openKey, streamKey } from '../log/keys.ts';
import { refreshLayouts } from '../log/layouts.ts';
import { currentLayout, type Layout, layoutOf, partitionsIn, shardOf } from '../log/partitions.ts';
import { type Command, type RedisClient, runAll } from '../platform/redis.ts';
import { LOGS } from '../records/backup/redis-keys.ts';

export const LAYOUT_STATES = ['opening', 'taking', 'emptying', 'empty'] as const;

export interface ListedLayout {
  first: number;
  count: number;
  shards: number;
  state: (typeof LAYOUT_STATES)[number];
}

export interface ListedPartition {
  partition: number;
  /** Of ClickHouse, from 1. */
  shard: number;
  /** Whether the shard is away: what waits here waits for it. */
  shard_away: boolean;
  takes_rows: boolean;
  entries: number;
  bytes: number;
  /** Age of the oldest entry that waits; 0 if none does. */
  behind_ms: number;
  /** Logs of it that hold entries. */
  logs: { log: string; entries: number; bytes: number; behind_ms: number; batch_rows: number }[];
}

/** Every partition of every layout that is remembered, what waits longest first. */
export async function listPartitions(
  redis: RedisClient,
  clickhouse: ClickHouseClient,
  now_ms: number,
): Promise<{ layouts: ListedLayout[]; partitions: ListedPartition[] }> {
  const { layouts, opening } = await refreshLayouts(redis);
  const partitions = layouts.flatMap(partitionsIn);
  const logs = await Promise.all(LOGS.map((log) => logIn(redis, log, partitions, now_ms)));
  const away = clickhouse.shards?.away() ?? [];
  const listed = partitions.map((partition, at): ListedPartition => {
    const shard = shardOf(partition) + 1;
    const held = logs.flatMap((of_log) => of_log[at] ?? []).filter(({ entries }) => entries > 0);
    return {
      ...{ partition, shard, shard_away: away.includes(shard), takes_rows: isTaking(partition) },
      entries: held.reduce((sum, one) => sum + one.entries, 0),
      bytes: held.reduce((sum, one) => sum + one.bytes, 0),
      behind_ms: Math.max(0, ...held.map((one) => one.behind_ms)),
      logs: held,
    };
  });
  return {
    layouts: [...layouts, ...(opening === undefined ? [] : [opening])].map((layout) => ({
      ...{ first: layout.first, count: layout.count, shards: layout.shards },
      state: stateOf(layout, layout === opening),
    })),
    partitions: listed.toSorted((a, b) => b.behind_ms - a.behind_ms || a.partition - b.partition),
  };
}

const isTaking = (partition: number): boolean => layoutOf(partition) === currentLayout();

function stateOf(layout: Layout, is_opening: boolean): ListedLayout['state'] {
  if (is_opening) return 'opening';
  if (layout.first === currentLayout().first) return 'taking';
  return layout.drained_at_ms === undefined ? 'emptying' : 'empty';
}

/** The same log of each partition, in order. */
async function logIn(
  redis: RedisClient,
  log: string,
  partitions: readonly number[],
  now_ms: number,
): Promise<ListedPartition['logs']> {
  const [{ entries, bytes }, oldest, open] = await Promise.all([
    backlogOf(redis, log),
    runAll(
      redis,
      partitions.map((partition): Command => ['XRANGE', streamKey(log, partition), '-', '+', 'COUNT', 1]),
    ),
    runAll(
      redis,
      partitions.map((partition): Command => ['HGET', openKey(log, partition), 'rows']),
    ),
  ]);
  return partitions.map((_, at) => {
    const [first] = oldest[at] as [id: string, fields: string[]][];
    const logged_ms = first === undefined ? now_ms : Number(first[0].split('-')[0]);
    return {
      log,
      entries: entries[at] ?? 0,
      bytes: bytes[at] ?? 0,
      behind_ms: Math.max(0, now_ms - logged_ms),
      batch_rows: Number(open[at] ?? 0),
    };
  });
}
