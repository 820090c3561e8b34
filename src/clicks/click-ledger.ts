/**
 * The click ledger: counts of clicks answered, logged, read, kept and inserted, per minute and process; refused taps
 * travel on the same log and are balanced with them. Each stage is
 * counted independently, where it happens: answers by the redirect process, logged rows by Redis in the step that
 * takes them, read and kept rows by the worker under the batch's token, inserted rows by a view of the table. If two
 * stages that must be equal differ, the row is reported as drift, with its stage and batches.
 */
import type { ClickHouseClient } from '../clickhouse/client.ts';
import { MINUTE_MS } from '../log/append.ts';
import { countsKey, streamKey } from '../log/keys.ts';
import { allPartitions } from '../log/partitions.ts';
import { type Command, type RedisClient, runAll } from '../platform/redis.ts';
import { CLICKS_LOG } from './click.ts';
import { readSpools, type SpoolNotice } from './spools.ts';

/** Counts being moved from Redis to ClickHouse. */
export const movingKey = (partition: number): string => `${countsKey(CLICKS_LOG, partition)}:moving`;

/** The counts of one minute and process, or of all of them. */
export interface LedgerCounts {
  answered: number;
  aborted: number;
  lost: number;
  refused: number;
  logged: number;
  read: number;
  kept: number;
  dead_lettered: number;
  inserted: number;
  /** Among `inserted`: rows of tests, which no report counts. */
  tests: number;
}

/** Stages whose counts must be equal. The first that differs shows where rows were lost or duplicated. */
export type DriftStage = 'logged' | 'read' | 'kept' | 'inserted';

export interface Drift {
  stage: DriftStage;
  /** Rows too few (negative) or too many at this stage. */
  rows: number;
}

export interface LedgerRow extends LedgerCounts {
  minute: string;
  process: string;
  /** open: rows of the minute are still being processed; afterwards balanced or drift. */
  state: 'open' | 'balanced' | 'drift';
  drift?: Drift & { batches: string[] };
}

export interface Ledger {
  from: string;
  to: string;
  rows: LedgerRow[];
  /** Answered clicks that wait in spools now, of any time: they are in no row yet. */
  spools: SpoolNotice[];
  totals: LedgerCounts & { drift_rows: number; spooled: number };
}

/** Maximum minutes per query: a week. */
export const MINUTES_MAX = 7 * 24 * 60;
const BATCHES_NAMED_MAX = 10;
const COUNTS = [
  'answered',
  'aborted',
  'lost',
  'refused',
  'logged',
  'read',
  'kept',
  'dead_lettered',
  'inserted',
  'tests',
] as const;

/**
 * The first stage that does not match the stage before it; undefined if all match:
 *   logged   every answer except the lost ones was logged, and every refused tap that was noted; more rows are possible,
 *            from processes killed before they answered
 *   read     what was logged was read, once
 *   kept     what was read was kept or is a dead letter
 *   inserted what was kept is in the table, once
 */
function driftOf(counts: LedgerCounts): Drift | undefined {
  const { answered, lost, refused, logged, read, kept, dead_lettered, inserted } = counts;
  const noted = answered - lost + refused;
  if (noted > logged) return { stage: 'logged', rows: logged - noted };
  if (read !== logged) return { stage: 'read', rows: read - logged };
  if (kept + dead_lettered !== read) return { stage: 'kept', rows: kept + dead_lettered - read };
  if (inserted !== kept) return { stage: 'inserted', rows: inserted - kept };
  return undefined;
}

/**
 * The first minute whose rows may still be in the log or whose counts may still be in Redis. Rejects when Redis is
 * down.
 */
async function openSince(redis: RedisClient, now_ms: number): Promise<number> {
  let since = Math.floor(now_ms / MINUTE_MS);
  const partitions = allPartitions();
  const held = await runAll(
    redis,
    partitions.flatMap((partition): Command[] => [
      ['XRANGE', streamKey(CLICKS_LOG, partition), '-', '+', 'COUNT', 1],
      ['HKEYS', countsKey(CLICKS_LOG, partition)],
      // Counts that a worker is moving to ClickHouse.
      ['HKEYS', movingKey(partition)],
    ]),
  );
  for (const at of partitions.keys()) {
    const [oldest, counted, moving] = held.slice(3 * at) as [[string, string[]][], string[], string[]];
    if (oldest[0] !== undefined)
      since = Math.min(since, Math.floor(Number(oldest[0][0].split('-')[0]) / MINUTE_MS));
    for (const field of [...counted, ...moving]) {
      const minute = Number(field.split(' ')[0]);
      if (Number.isInteger(minute) && minute > 0) since = Math.min(since, minute);
    }
  }
  return since;
}

/** The click ledger of the whole minutes in [from_ms, to_ms), newest first. Safe to repeat. */
export async function readLedger(
  clickhouse: ClickHouseClient,
  redis: RedisClient,
  from_ms: number,
  to_ms: number,
  now_ms: number,
): Promise<Ledger> {
  const open_since = await openSince(redis, now_ms);
  const from = Math.floor(from_ms / MINUTE_MS);
  const to = Math.ceil(to_ms / MINUTE_MS);
  const range = { from_s: from * 60, to_s: to * 60 };
  const where = 'minute >= toDateTime({from_s: UInt32}) AND minute < toDateTime({to_s: UInt32})';
  const sums = COUNTS.map((count) => `toFloat64(sum(${count}))`).join(', ');
  const result = await clickhouse.query({
    query: `SELECT toUnixTimestamp(minute), process, ${sums} FROM trackly.ledger WHERE ${where} GROUP BY minute, process ORDER BY minute DESC, process`,
    query_params: range,
    format: 'JSONCompactEachRow',
  });
  const rows: LedgerRow[] = [];
  for (const [minute_s, process, ...counted] of await result.json<[number, string, ...number[]]>()) {
    const counts = Object.fromEntries(
      COUNTS.map((name, i) => [name, Number(counted[i])]),
    ) as unknown as LedgerCounts;
    const open = minute_s / 60 >= open_since;
    const drift = open ? undefined : driftOf(counts);
    rows.push({
      minute: new Date(minute_s * 1_000).toISOString(),
      process,
      ...counts,
      state: open ? 'open' : drift === undefined ? 'balanced' : 'drift',
      ...(drift === undefined
        ? {}
        : { drift: { ...drift, batches: await batchesOf(clickhouse, minute_s, process, drift.stage) } }),
    });
  }
  const totals = Object.fromEntries(
    COUNTS.map((name) => [name, rows.reduce((sum, row) => sum + row[name], 0)]),
  ) as unknown as LedgerCounts;
  const spools = await readSpools(redis, clickhouse, now_ms);
  return {
    from: new Date(from * MINUTE_MS).toISOString(),
    to: new Date(to * MINUTE_MS).toISOString(),
    rows,
    spools,
    totals: {
      ...totals,
      spooled: spools.reduce((sum, { clicks }) => sum + clicks, 0),
      drift_rows: rows.reduce((sum, { drift }) => sum + Math.abs(drift?.rows ?? 0), 0),
    },
  };
}

/** The batches in which a stage differs; for rows that were not read, the batches read around them. */
async function batchesOf(
  clickhouse: ClickHouseClient,
  minute_s: number,
  process: string,
  stage: DriftStage,
): Promise<string[]> {
  const wrong =
    stage === 'inserted'
      ? 'sum(inserted) != sum(kept)'
      : stage === 'kept'
        ? 'sum(kept) + sum(dead_lettered) != sum(read)'
        : '1';
  const result = await clickhouse.query({
    query: `SELECT batch FROM trackly.ledger WHERE minute = toDateTime({minute_s: UInt32}) AND process = {process: String} AND batch != '' GROUP BY batch HAVING ${wrong} ORDER BY batch LIMIT ${BATCHES_NAMED_MAX}`,
    query_params: { minute_s, process },
    format: 'JSONCompactEachRow',
  });
  return (await result.json<[string]>()).map(([batch]) => batch);
}
