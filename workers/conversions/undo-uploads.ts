/**
 * Takes uploads back, oldest request first: waits until all that was logged of one is booked, voids each of its
 * conversions, waits until that is booked too, and marks the upload as undone. Safe to repeat from its beginning: a
 * worker that is killed leaves the upload to the next one. With Redis or ClickHouse down it waits for them.
 */
import type { ClickHouseClient } from '../../src/clickhouse/client.ts';
import { type Conversion, decodeConversion } from '../../src/conversions/conversion.ts';
import { voidConversions } from '../../src/conversions/receive/void-conversions.ts';
import { closeUndo, nextUndo, type Upload, uploadKey } from '../../src/conversions/uploads/upload.ts';
import { runAlone } from '../run-alone.ts';
import type { WorkerContext } from '../worker-context.ts';
import { untilBooked } from './until-booked.ts';

const LOCK_KEY = 'uploads_undoing:worker';
/** A report may turn up again on another partition while it is taken back; each pass finds fewer. */
const PASSES_MAX = 10;
/** Conversions that are read and voided together. */
const GROUP_MAX = 5_000;

type Ground = Pick<WorkerContext, 'redis' | 'clickhouse' | 'logger'>;

/** `bytes_max`: bytes that a partition of the log of conversions may hold. */
export function undoUploads(ground: Ground, bytes_max: number): { close(): Promise<void> } {
  const { redis, clickhouse, logger } = ground;
  return runAlone<Upload>(redis, {
    lock_key: LOCK_KEY,
    next: () => nextUndo(redis),
    keyOf: ({ upload_id }) => uploadKey(upload_id),
    async work(upload, turn) {
      await undo(ground, upload, bytes_max, turn.hold);
      upload.state = 'undone';
      upload.voided = await countVoided(clickhouse, upload);
      upload.undone_at = new Date().toISOString();
      await turn.save();
      await closeUndo(redis, upload);
    },
    // ClickHouse's messages quote rows.
    interrupted: ({ name }) => logger.warn({ error: name }, 'an upload is taken back shortly'),
  });
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
  const { redis } = ground;
  for (let passes = 1; passes <= PASSES_MAX; passes++) {
    // Twice: a coupon's report is logged anew, on another partition, before its old batch is trimmed.
    await untilBooked(redis, hold);
    await untilBooked(redis, hold);
    if (!(await voidStanding(ground, upload, bytes_max, hold))) break;
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
