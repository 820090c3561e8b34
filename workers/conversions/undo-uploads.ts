/**
 * Takes uploads back, oldest request first: waits until all that was logged of one is booked, voids each of its
 * conversions, waits until that is booked too, and marks the upload as undone. Safe to repeat from its beginning: a
 * worker that is killed leaves the upload to the next one. With Redis or ClickHouse down it waits for them.
 */
import type { ClickHouseClient } from '../../src/clickhouse/client.ts';
import { CONVERSIONS_LOG, type Conversion, decodeConversion } from '../../src/conversions/conversion.ts';
import { voidConversions } from '../../src/conversions/receive/void-conversions.ts';
import { finishUndo, holdWriter, nextUndo, type Upload } from '../../src/conversions/uploads/upload.ts';
import { hasPassed, newestId } from '../../src/log/backlog.ts';
import { PARTITIONS } from '../../src/log/partitions.ts';
import { newProducerId } from '../../src/platform/random.ts';
import type { RedisClient } from '../../src/platform/redis.ts';
import { sleep } from '../../src/platform/sleep.ts';
import type { WorkerContext } from '../worker-context.ts';

const LOOK_EVERY_MS = 1_000;
const PASSED_CHECK_MS = 50;
/** Conversions that are read and voided together. */
/** A report may turn up again on another partition while it is taken back; each pass finds fewer. */
const PASSES_MAX = 10;
const GROUP_MAX = 5_000;

export interface UndoRunner {
  close(): Promise<void>;
}

/** This process stops, or another worker has taken the upload. */
class NoLongerMineError extends Error {}

type Ground = Pick<WorkerContext, 'redis' | 'clickhouse' | 'logger'>;

/** `bytes_max`: bytes that a partition of the log of conversions may hold. */
export function undoUploads(ground: Ground, bytes_max: number): UndoRunner {
  const { redis, logger } = ground;
  const who = newProducerId();
  let closed = false;
  let running: Promise<void> | undefined;

  const holdOf = (upload: Upload) => async (): Promise<void> => {
    if (closed || !(await holdWriter(redis, `${upload.upload_id}:undo`, who))) throw new NoLongerMineError();
  };

  async function run(): Promise<void> {
    const upload = await nextUndo(redis);
    if (upload !== undefined) await undo(ground, upload, bytes_max, holdOf(upload));
  }

  const timer = setInterval(() => {
    if (running !== undefined) return;
    running = run()
      .catch((error: Error) => {
        if (error instanceof NoLongerMineError) return;
        // ClickHouse's messages quote rows.
        logger.warn({ error: error.name }, 'an upload is taken back shortly');
      })
      .finally(() => {
        running = undefined;
      });
  }, LOOK_EVERY_MS);

  return {
    async close() {
      closed = true;
      clearInterval(timer);
      await running;
    },
  };
}

/** Takes back what stands; false where nothing did. */
async function voidStanding(
  { redis, clickhouse }: Ground,
  upload: Upload,
  bytes_max: number,
  hold: () => Promise<void>,
): Promise<boolean> {
  for (let after = ''; ; ) {
    await hold();
    const standing = await readStanding(clickhouse, upload, after);
    if (standing.length === 0) return after !== '';
    await voidConversions(redis, standing, Date.now(), bytes_max);
    after = standing.at(-1)?.conversion_id ?? '';
  }
}

async function undo(
  ground: Ground,
  upload: Upload,
  bytes_max: number,
  hold: () => Promise<void>,
): Promise<void> {
  const { redis, clickhouse } = ground;
  for (let passes = 1; passes <= PASSES_MAX; passes++) {
    // Twice: a coupon's report is logged anew, on another partition, before its old batch is trimmed.
    await untilBooked(redis, hold);
    await untilBooked(redis, hold);
    if (!(await voidStanding(ground, upload, bytes_max, hold))) break;
  }
  await finishUndo(redis, upload, await countVoided(clickhouse, upload));
}

/** Resolves when all that is on the log of conversions now is in ClickHouse. */
async function untilBooked(redis: RedisClient, hold: () => Promise<void>): Promise<void> {
  for (let partition = 0; partition < PARTITIONS; partition++) {
    const newest = await newestId(redis, CONVERSIONS_LOG, partition);
    while (!(await hasPassed(redis, CONVERSIONS_LOG, partition, newest))) {
      await hold();
      await sleep(PASSED_CHECK_MS);
    }
  }
}

/**
 * The reports of an upload that were not taken back one by one yet, in order of their ids; also those that a void of their
 * transaction took back, because that void may be taken back with them.
 */
async function readStanding(
  clickhouse: ClickHouseClient,
  { account_id, upload_id }: Upload,
  after: string,
): Promise<Conversion[]> {
  const result = await clickhouse.query({
    query: `SELECT conversion_id, any(ledger.facts) AS facts
      FROM trackly.conversions AS ledger
      WHERE account_id = {account_id:String} AND upload_id = {upload_id:String}
        AND conversion_id > {after:String}
      GROUP BY transaction, offer_id, conversion_id, line
      HAVING sum(toInt32(sign)) > 0 AND any(ledger.reason) != concat('voided_by:', conversion_id, '_void')
      ORDER BY conversion_id
      LIMIT 1 BY conversion_id
      LIMIT {limit:UInt32}`,
    query_params: { account_id, upload_id, after, limit: GROUP_MAX },
    format: 'JSONEachRow',
    clickhouse_settings: { select_sequential_consistency: '1' },
  });
  return (await result.json<{ facts: string }>()).map(({ facts }) => decodeConversion(facts));
}

async function countVoided(clickhouse: ClickHouseClient, { account_id, upload_id }: Upload): Promise<number> {
  const result = await clickhouse.query({
    query: `SELECT uniqExact(conversion_id) AS voided FROM trackly.conversions
      WHERE account_id = {account_id:String} AND upload_id = {upload_id:String} AND reason = concat('voided_by:', conversion_id, '_void')`,
    query_params: { account_id, upload_id },
    format: 'JSONEachRow',
    clickhouse_settings: { select_sequential_consistency: '1' },
  });
  const [row] = await result.json<{ voided: string }>();
  return Number(row?.voided ?? 0);
}
