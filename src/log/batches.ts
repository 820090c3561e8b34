/**
 * Cuts a log into batches that are processed exactly once.
 *
 *   freeze   fixes the oldest entries of a partition as its open batch, durably, before any insert
 *   read     returns the rows of a frozen batch, the same ones every time
 *   finish   after the insert: removes exactly that range and closes the batch
 *
 * A partition has at most one open batch, so its rows are processed in order. With Redis down every call rejects; each
 * is safe to repeat.
 */
import type { RedisClient } from '../platform/redis.ts';
import { loadScript } from '../platform/script.ts';
import { bytesKey, decisionKey, openKey, pausedKey, streamKey } from './keys.ts';
import { currentLayout, layoutOf } from './partitions.ts';

/** A batch ends at the entry that reaches this many rows, and so does a group: it is one insert, and must fit into one block. */
export const BATCH_ROWS_MAX = 10_000;
/** With this many bytes of payload, most of a full batch, a batch is frozen without waiting for more. */
export const BATCH_BYTES_ENOUGH = 4_194_304;
/** Of all partitions together: half of the default LOG_MB, so that none is full before its batch is enough. */
const ALL_BYTES_ENOUGH = 1_073_741_824;
const BATCH_ENTRIES_MAX = BATCH_ROWS_MAX;
/**
 * Moments in an interval. The batches of one moment are inserted together (groups.ts); while ClickHouse takes them, those of
 * the other are judged.
 */
const TURNS = 2;
/** A partition with less than this takes the first turn with all others: few rows are one insert. */
export const FEW_BYTES = 262_144;
const FREEZE_READ_ENTRIES = 16;

const FREEZE = loadScript(new URL('./lua/freeze.lua', import.meta.url));
const FINISH = loadScript(new URL('./lua/finish.lua', import.meta.url));

/** A frozen range of one partition of one log. The range never changes, and `token` identifies it for ever. */
export interface Batch {
  log: string;
  partition: number;
  first_id: string;
  last_id: string;
  rows: number;
  frozen_at_ms: number;
  token: string;
}

/** A row of a batch and its origin. */
export interface LoggedRow {
  text: string;
  /** When its entry was logged, by Redis's clock. */
  logged_at_ms: number;
  /** The process that logged it; '' if its rows are not counted. */
  process: string;
}

/**
 * The partition's open batch, or a new one over its oldest entries. Undefined when nothing waits, when the log is
 * paused, or when the next batch is not due yet and less than BATCH_BYTES_ENOUGH waits. The partitions of a shard have
 * their moments in every `interval_ms`, those of one turn the same, and all of them while few rows wait. A partition's
 * next batch is due at the first of its moments that is more than a quarter of an interval after the previous batch
 * began, so at most one and a quarter intervals after it. Safe to call from many processes.
 */
export async function freeze(
  redis: RedisClient,
  log: string,
  partition: number,
  now_ms: number | undefined,
  interval_ms: number,
): Promise<Batch | undefined> {
  const { first, count, shards } = layoutOf(partition) ?? currentLayout();
  const reply = await FREEZE.run(
    redis,
    [streamKey(log, partition), openKey(log, partition), pausedKey(log, partition), bytesKey(log, partition)],
    [
      BATCH_ROWS_MAX,
      BATCH_ENTRIES_MAX,
      FREEZE_READ_ENTRIES,
      now_ms ?? '',
      interval_ms,
      Math.floor((interval_ms * (Math.floor((partition - first) / shards) % TURNS)) / TURNS),
      Math.min(BATCH_BYTES_ENOUGH, Math.floor(ALL_BYTES_ENOUGH / count)),
      FEW_BYTES,
    ],
  );
  if (!Array.isArray(reply)) return undefined;
  const [first_id, last_id, rows, frozen_at] = reply.map(String) as [string, string, string, string];
  return {
    log,
    partition,
    first_id,
    last_id,
    rows: Number(rows),
    frozen_at_ms: Number(frozen_at),
    token: `${log}-${partition}-${first_id}-${last_id}`,
  };
}

/** The rows of a frozen batch, in order; none if the batch is finished. */
export async function read(redis: RedisClient, batch: Batch): Promise<LoggedRow[]> {
  const stream = streamKey(batch.log, batch.partition);
  const entries = (await redis.xrange(stream, batch.first_id, batch.last_id)) as [string, string[]][];
  const rows: LoggedRow[] = [];
  for (const [id, fields] of entries) {
    const logged_at_ms = Number(id.slice(0, id.indexOf('-')));
    const process = fields[5] ?? '';
    for (const text of (fields[3] ?? '').split('\n')) rows.push({ text, logged_at_ms, process });
  }
  return rows;
}

/**
 * Whether the batch is not finished yet. A worker checks this before it inserts, because it may have been stopped for
 * long, and ClickHouse forgets a token after 10,000 others.
 */
export async function isOpen(redis: RedisClient, batch: Batch): Promise<boolean> {
  const open = await redis.hmget(openKey(batch.log, batch.partition), 'first', 'last');
  return open[0] === batch.first_id && open[1] === batch.last_id;
}

/** Removes the batch's range and closes it; true if this call did so. Call it only after the insert succeeded. */
export async function finish(redis: RedisClient, batch: Batch): Promise<boolean> {
  const { log, partition, first_id, last_id } = batch;
  const [time, sequence] = last_id.split('-') as [string, string];
  const closed = await FINISH.run(
    redis,
    [
      streamKey(log, partition),
      openKey(log, partition),
      decisionKey(log, partition),
      bytesKey(log, partition),
    ],
    [first_id, last_id, `${time}-${BigInt(sequence) + 1n}`],
  );
  return closed === 1;
}
