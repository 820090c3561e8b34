/**
 * The server that takes a batch: all of its tables are those of one shard, so that its token always meets the same ones. Records
 * are replaced by their key, which is not what divides every log: the first shard keeps them all.
 */
import type { ShardNode } from '../../src/clickhouse/client.ts';
import type { WithoutRoom } from '../../src/clickhouse/open.ts';
import { firstNode, nodeOfEachShard, nodeOfPartition, ShardAwayError } from '../../src/clickhouse/shards.ts';
import { CONVERSIONS_LOG } from '../../src/conversions/conversion.ts';
import type { Batch } from '../../src/log/batches.ts';
import { shardOf } from '../../src/log/partitions.ts';
import { EVENTS_LOG } from '../../src/messages/message-event.ts';
import { RECORDS_LOG } from '../../src/records/record.ts';
import type { WorkerContext } from '../worker-context.ts';

/** What is decided about a conversion, or an event of a message, depends on rows that may be on any shard. */
const READS_ALL: readonly string[] = [CONVERSIONS_LOG, EVENTS_LOG];

/**
 * Throws ShardAwayError where a batch can't be processed now: at once, and not after half of its work, because batches that wait
 * for a shard must not keep the others from their turn.
 */
export function assertServed(
  context: Pick<WorkerContext, 'clickhouse'> & { without_room: WithoutRoom },
  batch: Batch,
): void {
  const full = context.without_room.get(nodeOfBatch(context, batch).client);
  if (full !== undefined) throw new ShardAwayError(shardOfBatch(batch) + 1, full);
  if (READS_ALL.includes(batch.log)) nodeOfEachShard(context.clickhouse);
}

/** Throws ShardAwayError where it is away; the batch waits, and others go on. */
export function nodeOfBatch(
  { clickhouse }: Pick<WorkerContext, 'clickhouse'>,
  { log, partition }: Pick<Batch, 'log' | 'partition'>,
): ShardNode {
  return log === RECORDS_LOG ? firstNode(clickhouse) : nodeOfPartition(clickhouse, partition);
}

const shardOfBatch = ({ log, partition }: Batch): number => (log === RECORDS_LOG ? 0 : shardOf(partition));
